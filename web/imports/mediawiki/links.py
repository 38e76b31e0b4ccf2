"""Links and pictures of wikitext."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mwparserfromhell.nodes import ExternalLink, Text, Wikilink

from web.imports.mediawiki.marks import escaped
from web.imports.mediawiki.names import CATEGORY, FILE, MEDIA, SPECIAL, USER, Name, is_address
from web.imports.mediawiki.settling import ANONYMOUS, addressed, labelled, place, words_of
from web.text import tag_name

if TYPE_CHECKING:
    from web.imports.mediawiki.wikitext import Turning

_OPTION = re.compile(
    r"(?:thumb|thumbnail|frame|framed|frameless|border|left|right|center|centre|none|miniatyr|mini|ramme|ramlaus|rammeløs|ramløs|kant"
    r"|høyre|venstre|sentrer|sentrert|senter|ingen|miniatur|hochkant|rechts|links|zentriert|ohne|gerahmt|rahmenlos|rand"
    r"|baseline|sub|super|top|text-top|middle|bottom|text-bottom|upright(?:[ =][\d.]*)?|opprett(?:[ =][\d.]*)?"
    r"|\d*(?:x\d+)?\s*(?:px|pk)(?:px)?|(?:lang|page|side|seite|class|klasse|start|end|loop|muted|thumbtime)\s*=.*)",
    re.IGNORECASE,
)  # fmt: skip
_NAMED = re.compile(r"(alt|link|lenke|verweis)\s*=\s*(.*)", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def wikilink(turning: Turning, node: Wikilink, trail: str = "") -> str:
    """`trail`: the letters right after it, which belong to it."""
    written = turning.bare(node.title.nodes).strip()
    path, _, heading = written.partition("#")
    if path.startswith(("/", "../")):
        path = _relative(turning.name, path)
    name = turning.names.name(path)
    shown = node.text if node.text is None or not trail else [*node.text.nodes, Text(trail)]
    if trail and shown is None:
        shown = [Text(written.lstrip(":") + trail)]
    if not written or "\n" in path:
        return escaped(str(node) + trail)
    if not path.strip():
        return _to_heading(turning, heading, turning.inline(shown) if shown is not None else "")
    if (address := turning.names.elsewhere(path)) and not written.startswith("//"):
        return _elsewhere(turning, written, address, shown)
    if name.space == FILE and not written.startswith(":"):
        return picture(turning, name, node) + escaped(trail)
    if name.space == CATEGORY and not written.startswith(":"):
        _tagged(turning, name.bare)
        return escaped(trail)
    if name.space == MEDIA:
        return _file(turning, name, shown)
    if name.space == SPECIAL:
        if is_address(name.bare.rpartition("/")[2]) and not turning.keep:
            return ANONYMOUS
        turning.report("link", f"[[{written}]] is made by the wiki, and not here.")
        return _label(turning, shown, written)
    if name.space // 2 == USER // 2 and is_address(name.bare.partition("/")[0]) and not turning.keep:
        return ANONYMOUS
    return _to_page(turning, name, heading.strip(), shown, written)


def _relative(name: Name, path: str) -> str:
    parts = name.whole.split("/")
    while path.startswith("../"):
        path, parts = path[3:], parts[:-1]
    return "/".join([*parts, *filter(None, path.strip("/").split("/"))])


def _label(turning: Turning, shown: object, written: str) -> str:
    said = turning.flat(shown) if shown is not None else ""
    return said.strip() or escaped(written.lstrip(":").strip())


def _to_page(turning: Turning, name: Name, heading: str, shown: object, written: str) -> str:
    label = _label(turning, shown, written)
    return place("page", name.whole, heading, label, "1" if shown is not None else "")


def _to_heading(turning: Turning, heading: str, label: str) -> str:
    said = heading.replace("_", " ").strip()
    return place("page", "", said, label.strip() or escaped(said), "1") if said else label


def _elsewhere(turning: Turning, written: str, address: str, shown: object) -> str:
    if turning.names.is_language(written):
        turning.report("language", f"[[{written}]]: the same in another language.")
        return ""
    turning.report("interwiki", f"[[{written}]] became a link to {address}.")
    return f"[{labelled(_label(turning, shown, written))}]({addressed(address)})"


def _tagged(turning: Turning, category: str) -> None:
    if word := tag_of(category):
        turning.tags[word] = None
    else:
        turning.report("category", f"{category} cannot be a tag.")


def tag_of(category: str) -> str:
    """What a category is called as a tag; empty when nothing is left of it."""
    word = re.sub(r"[\s,;#]+", "-", category)
    word = (
        re.sub(r"-{2,}", "-", "".join(sign for sign in word if sign.isalnum() or sign in "-_"))
        .strip("-")[:48]
        .strip("-")
    )
    return next((each for each in (word, f"k-{word}") if word and tag_name(each)), "")


def external(turning: Turning, node: ExternalLink) -> str:
    address = turning.bare(node.url.nodes).strip()
    title = turning.flat(node.title).strip() if node.title is not None else ""
    if not _SCHEME.match(address):
        if not address.lower().startswith("mailto:"):
            turning.report("link", f"{address} is no address on the web.")
            return f"{title} ({escaped(address)})" if title else escaped(address)
        title = title or escaped(address[7:])
    if address.startswith("//"):
        address = f"https:{address}"
    if not title or title == address:
        plain = not re.search(r"[()<>\s*]", address)
        return address if plain and not node.brackets else f"<{addressed(address, angled=True)}>"
    return f"[{labelled(title)}]({addressed(address)})"


# Pictures and other files.


def picture(turning: Turning, name: Name, node: Wikilink) -> str:
    options, caption, alt, to = [], "", "", ""
    for piece in _pieces(node):
        said = turning.bare(piece).strip()
        if found := _NAMED.fullmatch(said):
            alt, to = (found[2].strip(), to) if found[1].lower() == "alt" else (alt, found[2].strip())
        elif _OPTION.fullmatch(said):
            options.append(said.lower())
        elif said:
            caption = turning.flat(piece).strip()
    framed = any(
        each.startswith(("thumb", "frame", "mini", "ramme", "gerahmt")) and each not in ("frameless", "rammeløs")
        for each in options
    )
    turning.files[name.bare] = None
    if to:
        turning.report("image", f"{name.whole} led to {to}; it is shown without.")
    said = words_of(escaped(alt) or caption)
    under = caption if framed and alt and caption else ""
    shown = place("picture", name.bare, name.whole, labelled(said), under)
    return turning.blocks.keep([shown]) if framed else shown


def _pieces(node: Wikilink) -> list[list[object]]:
    """What stands between the bars."""
    pieces: list[list[object]] = [[]]
    for each in node.text.nodes if node.text is not None else ():
        if isinstance(each, Text):
            first, *rest = each.value.split("|")
            pieces[-1].append(Text(first))
            pieces += ([Text(one)] for one in rest)
        else:
            pieces[-1].append(each)
    return pieces


def _file(turning: Turning, name: Name, shown: object) -> str:
    turning.files[name.bare] = None
    label = turning.flat(shown).strip() if shown is not None else escaped(name.bare)
    return place("file", name.bare, name.whole, labelled(words_of(label)), "")
