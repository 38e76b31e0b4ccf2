"""Links in a turned text whose addresses were not known, and are now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from web.imports.mediawiki.marks import BAR, BREAK, CELL, CLOSE, ESCAPE, OPEN, OURS
from web.text import slug

# Who has no other name than the address of a machine.
ANONYMOUS = "anonymous"
NOT_IN_WIKI = re.compile(r"[\[\]|#\n]")
LINK = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(?<!\\)(?:\*\*?\*?|~~|`)")


@dataclass(frozen=True)
class Lead:
    """Where a title leads. `address`: where its title alone would not lead to it. `handle`: of the colleague whom it means."""

    title: str = ""
    address: str = ""
    handle: str = ""


class Leads(Protocol):
    """What there is: None for what is not there. Titles and names of files are as the wiki has them."""

    def page(self, whole: str) -> Lead | None: ...
    def file(self, name: str) -> str | None: ...


def place(what: str, *said: str) -> str:
    """What stands in a text until it is settled."""
    return OPEN + BAR.join((what, *said)) + CLOSE


def settled(body: str, leads: Leads) -> tuple[str, list[tuple[str, str]]]:
    """With addresses, and what leads nowhere: what it is, and a sentence."""
    missing: list[tuple[str, str]] = []

    def put(found: re.Match[str]) -> str:
        inside = found[0][1:-1]
        in_cell = CELL in inside
        what, *said = inside.replace(CELL, "").split(BAR)
        if what == "page":
            return _page(leads, in_cell, *said)
        return _file(leads, in_cell, missing, what, *said)

    while OPEN in body:
        body, many = LINK.subn(put, body)
        if not many:
            break
    return OURS.sub("", body), missing


def _page(leads: Leads, in_cell: bool, whole: str, heading: str, label: str, shown: str) -> str:
    lead = leads.page(whole) if whole else Lead()
    if lead is None:
        return label
    if lead.handle:
        return label if shown else f"@{lead.handle}"
    plain = " ".join(_ESCAPED.sub(r"\1", _EMPHASIS.sub("", words_of(label))).split())
    to = f"#{anchor_of(heading)}" if heading else ""
    if (
        lead.address
        or not whole
        or NOT_IN_WIKI.search(lead.title + heading)
        or NOT_IN_WIKI.search(plain.replace("#", ""))
    ):
        if lead.address or not whole:
            return f"[{label}]({lead.address}{to})" if not _holds_link(label) else label
        plain = NOT_IN_WIKI.sub(" ", plain)
    if len(lead.title) + len(heading) > 198 or NOT_IN_WIKI.search(lead.title + heading):
        return label
    name = lead.title + (f"#{heading}" if heading else "")
    bar = "\\|" if in_cell else "|"
    return f"[[{name}]]" if not plain or plain == name else f"[[{name}{bar}{plain[:190]}]]"


def _holds_link(label: str) -> bool:
    return "](" in label or "[[" in label


def _file(
    leads: Leads,
    in_cell: bool,
    missing: list[tuple[str, str]],
    what: str,
    name: str,
    whole: str,
    label: str,
    under: str,
) -> str:
    address = leads.file(name)
    stem = _plain_label(name.rpartition(".")[0] or name)
    if address is not None:
        shown = f"{'!' if what == 'picture' else ''}[{label or stem}]({address})"
        return shown + (("<br>" if in_cell else "\\\n") + under if under else "")
    missing.append(("image" if what == "picture" else "file", f"{whole} is not among the files."))
    said = under or label
    if lead := leads.page(whole):
        return _page(leads, in_cell, whole, "", said or _plain_label(whole), "1" if lead else "")
    return f"{said} ({_plain_label(whole)})" if said else _plain_label(whole)


def _plain_label(name: str) -> str:
    return re.sub(r"([\\`*_\[\]<])", r"\\\1", name)


def labelled(label: str) -> str:
    """A label in which brackets are text."""
    return re.sub(f"(?<!{ESCAPE})([\\[\\]])", ESCAPE + r"\1", label.replace(BREAK, " "))


def anchor_of(heading: str) -> str:
    name = slug(heading.replace("_", " "))
    return f"s-{name or 'section'}"


def addressed(address: str, *, angled: bool = False) -> str:
    """An address as it stands in a link."""
    return quote(address, safe="!#$%&'*+,-./:;=?@_~" + ("()" if angled else "")).replace("*", "%2A")


def words_of(said: str) -> str:
    """Of a text with links, what one reads."""
    said = LINK.sub(lambda found: found[0].strip(OPEN + CLOSE + CELL).split(BAR)[3], said)
    return re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", said)
