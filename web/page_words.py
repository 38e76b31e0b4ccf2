"""What a page on the web says of itself: its title, a sentence about it, whose it is. Plain text, and nothing else of it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from lxml import etree

from web.checks import INVISIBLE

# What stands further down is not what it says of itself.
_HEAD = 64 << 10
_LONGEST = {"title": 200, "about": 400, "site": 80}
_TITLES = ("og:title", "twitter:title")
_ABOUTS = ("og:description", "description", "twitter:description")
_SITES = ("og:site_name", "application-name")


@dataclass(frozen=True)
class Said:
    title: str
    about: str
    site: str


def said_by(content: bytes, charset: str | None) -> Said:
    """From any bytes at all; without a title where it has none."""
    # In C, and in a time that grows with the length of the page alone, whatever stands in it.
    head = _head(content).replace(b"\0", b"")
    tree = (
        etree.fromstring(head, etree.HTMLParser(encoding=_encoding(head, charset), no_network=True))
        if head.strip()
        else None
    )
    if tree is None:
        return Said("", "", "")
    meta: dict[str, str] = {}
    for each in tree.iter("meta"):
        name = (each.get("property") or each.get("name") or "").strip().lower()
        meta.setdefault(name, each.get("content") or "")
    title = next((each.text or "" for each in tree.iter("title")), "")
    return Said(
        _first("title", *(meta.get(name, "") for name in _TITLES), title),
        _first("about", *(meta.get(name, "") for name in _ABOUTS)),
        _first("site", *(meta.get(name, "") for name in _SITES)),
    )


def _encoding(head: bytes, charset: str | None) -> str | None:
    """None where the page says it itself."""
    try:
        head.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as wrong:
        if wrong.end >= len(head):  # cut in the middle of a letter
            return "utf-8"
    try:
        return codecs.lookup(charset).name if charset else None
    except LookupError:
        return None


def _head(content: bytes) -> bytes:
    end = content[:_HEAD].lower().find(b"<body")
    return content[: end if end >= 0 else _HEAD]


def _first(what: str, *found: str) -> str:
    return next(filter(None, (_tidy(each)[: _LONGEST[what]] for each in found)), "")


def _tidy(words: str) -> str:
    """One line, without what is no text or turns its direction."""
    return " ".join("".join(sign for sign in INVISIBLE.sub("", words) if sign.isprintable() or sign.isspace()).split())
