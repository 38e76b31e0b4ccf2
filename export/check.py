"""What must be true of a snapshot before anybody gets it."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from export.pages import rewritten

_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)")


def faults(folder: Path) -> list[str]:
    """Each as a sentence; an empty list is good."""
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    found: list[str] = []
    for name in sorted(files):
        if name.endswith(".html"):
            found += _page(name, (folder / name).read_text("utf-8"), files)
        elif name.endswith(".css"):
            links = _URL.findall((folder / name).read_text("utf-8"))
            found += [fault for link in links if (fault := _link(name, link, files, loaded=True))]
    return found


def _page(name: str, html: str, files: set[str]) -> list[str]:
    found: list[str] = []

    def look(link: str) -> str:
        if fault := _link(name, link, files):
            found.append(fault)
        return link

    _, live = rewritten(html, look)
    return found + [f"{name} still has a {each}" for each in dict.fromkeys(live)]


def _link(name: str, link: str, files: set[str], *, loaded: bool = False) -> str:
    parts = urlsplit(link)
    if parts.scheme in ("http", "https", "mailto", "tel") and not loaded:
        return ""
    if parts.scheme == "data":
        return ""
    if parts.scheme or parts.netloc or link.startswith("/"):
        return f"{name} reaches outside: {link}"
    if not parts.path:
        return ""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
    return "" if target in files else f"{name} links to {link}, which is not there"
