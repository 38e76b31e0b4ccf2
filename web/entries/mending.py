"""Links in Markdown that call something by a name it had: the same text, in which they say what it is called now."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from web.entries.derived import entry_id, link_key, rendered, title_key
from web.source import without_code
from web.text import Written, slug

_WIKI = re.compile(
    r"(?<!\\)\[\[(?P<to>[^\[\]|#\n]{1,200}?)(?P<heading>#[^\[\]|\n]*?)?(?:(?P<bar>\\?\|)(?P<label>[^\[\]\n]{1,200}))?\]\]"
)
_ADDRESS = re.compile(
    r"(?<!\\)(?<!!)\[(?P<label>[^\[\]\n]*)\]\((?P<to>[^\s()<>#?]+)(?P<more>[#?][^\s()<>]*)?(?P<title>\s[^()\n]*)?\)"
)
# Not in the title of a wiki link.
_UNFIT = re.compile(r"[\[\]|#\n]")
_BRACKET = re.compile(r"[\[\]]")
_LONGEST = 200


@dataclass(frozen=True)
class Named:
    """What is linked to: the entry `id`. title: what it is called now; to: what a wiki link to it says, empty where none would mean it;
    address: its address now, from / on. keys: how links are kept (`link_key`) that are to say something else; was: the keys of titles
    that it had. instead: the id of what is to be linked to in its place, when that is another entry; all the rest is of that then."""

    id: int
    title: str
    to: str
    address: str
    keys: Container[str]
    was: Container[str] = ()
    instead: int = 0

    @property
    def short(self) -> str:
        """Its lasting address."""
        return f"/e/{self.instead or self.id}"


def wiki_name(title: str, space: str = "") -> str:
    """What a wiki link to something with that title says, in `space` where that must be named; empty when none can."""
    name = f"{space}/{title}" if space else title
    return "" if _UNFIT.search(title) or len(name) > _LONGEST else name


async def mended(body: str, named: Named) -> str:
    """The same Markdown with each link to it by what it is called now; code stays as it is, and so does everything where a change would
    make another link of something."""
    shadow = without_code(body)
    edits = [(found.span(), _wiki(found, body, named)) for found in _WIKI.finditer(shadow)]
    edits += [(found.span(), _address(found, body, named)) for found in _ADDRESS.finditer(shadow)]
    made, last = [], 0
    for (start, end), new in sorted(edits):
        if new is not None and start >= last:
            made += [body[last:start], new]
            last = end
    new = "".join([*made, body[last:]])
    return new if new != body and await _says_the_same(body, new, named) else body


def _wiki(found: re.Match[str], body: str, named: Named) -> str | None:
    if link_key(found["to"]) not in named.keys:
        return None
    if not named.to and found.start() and body[found.start() - 1] == "!":
        return None  # what it says is shown there; as an address it would be a picture
    heading, label = found["heading"] or "", body[slice(*found.span("label"))] if found["label"] else ""
    if named.to:
        return f"[[{named.to}{heading}{found['bar'] + label if label else ''}]]"
    fragment = f"#s-{slug(heading)}" if heading else ""
    return f"[{label or _escaped(named.title)}]({named.short}{fragment})"


def _address(found: re.Match[str], body: str, named: Named) -> str | None:
    if entry_id(found["to"]) != named.id:
        return None
    label = body[slice(*found.span("label"))]
    label = _escaped(named.title) if title_key(label) in named.was else label
    to = named.short if found["to"].startswith("/e/") else named.address
    new = f"[{label}]({to}{found['more'] or ''}{found['title'] or ''})"
    return None if new == found[0] else new


def _escaped(title: str) -> str:
    return _BRACKET.sub(r"\\\g<0>", title)


async def _says_the_same(body: str, new: str, named: Named) -> bool:
    """Whether every link that leads elsewhere is there, and no other."""
    before, after = await rendered(body), await rendered(new)
    return _elsewhere(before.links, named) == _elsewhere(after.links, named)


def _elsewhere(links: Iterable[Written], named: Named) -> set[Written]:
    return {link for link in links if not _leads_there(link, named)}


def _leads_there(link: Written, named: Named) -> bool:
    if link.kind_of != "wiki":
        return entry_id(link.written) in (named.id, named.instead)
    key = link_key(link.written)
    return key in named.keys or bool(named.to and key == link_key(named.to))
