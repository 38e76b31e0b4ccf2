"""What must be true of a snapshot before anybody gets it."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import tinycss2

from export.pages import rewritten

# What a link may lead to outside of the snapshot; a reader follows it, nothing loads it.
OUTSIDE = ("http", "https", "mailto", "tel")


def sheet_faults(name: str, css: str, files: Container[str]) -> list[str]:
    """What is wrong with a style sheet of a snapshot that has these files, each as a sentence; an empty list is good."""
    sheet = tinycss2.parse_component_value_list(css)
    return [fault for link in _loaded(sheet) if (fault := _link(name, link, files, loaded=True))]


def _loaded(parts: Iterable[Any]) -> Iterator[str]:
    """Each address that a style sheet loads: `url(x)`, `url("x")`, `@import "x"`."""
    imports = False
    for part in parts:
        if part.type == "url" or (imports and part.type == "string"):
            yield part.value
        elif part.type == "function" and part.lower_name in ("url", "src"):
            yield from (each.value for each in part.arguments if each.type == "string")
        elif part.type == "function":
            yield from _loaded(part.arguments)
        elif hasattr(part, "content"):
            yield from _loaded(part.content)
        if part.type != "whitespace":
            imports = part.type == "at-keyword" and part.lower_value == "import"


def page_faults(name: str, html: str, files: Container[str]) -> list[str]:
    """The same for a page."""
    found: list[str] = []

    def look(link: str) -> str:
        if fault := _link(name, link, files):
            found.append(fault)
        return link

    _, live = rewritten(html, look)
    return found + [f"{name} still has a {each}" for each in dict.fromkeys(live)]


def _link(name: str, link: str, files: Container[str], *, loaded: bool = False) -> str:
    parts = urlsplit(link)
    if parts.scheme in OUTSIDE and not loaded:
        return ""
    if parts.scheme == "data":
        return ""
    if parts.scheme or parts.netloc or link.startswith("/"):
        return f"{name} reaches outside: {link}"
    if not parts.path:
        return ""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
    return "" if target in files else f"{name} links to {link}, which is not there"
