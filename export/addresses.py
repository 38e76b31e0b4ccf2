"""From an address in the house to the name of a file, and from one file to another."""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata
from urllib.parse import quote, unquote

# What some file systems cannot have in a name.
_UNSAFE = re.compile(r'[/<>:"|?*\\\x00-\x1f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)
_LONGEST = 100


def file_of(path: str) -> str:
    """`/pages/42/x/` → `pages/42/x/index.html`; what has an ending of its own keeps it. Relative to the top."""
    segments = [_segment(unquote(each)) for each in path.split("/") if each]
    if path.endswith("/") or not segments or "." not in segments[-1]:
        segments.append("index.html")
    return "/".join(segments)


def _segment(name: str) -> str:
    """A name that every file system takes; a name that had to be changed carries a mark, so that no two become one."""
    tidy = _UNSAFE.sub("-", unicodedata.normalize("NFC", name)).rstrip(". ") or "-"
    if _RESERVED.fullmatch(tidy) or tidy == "..":
        tidy = f"_{tidy}"
    if len(tidy) > _LONGEST:
        stem, ending = posixpath.splitext(tidy)
        tidy = stem[: _LONGEST - len(ending[:20])] + ending[:20]
    if tidy != name:
        mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        stem, ending = posixpath.splitext(tidy)
        tidy = f"{stem}-{mark}{ending}"
    return tidy


def relative(here: str, there: str) -> str:
    """The link from one file to another, `../42/index.html`."""
    return quote(posixpath.relpath(there, posixpath.dirname(here) or "."), safe="/~")
