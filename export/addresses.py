"""From an address in the house to the name of a file, and from one file to another."""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote

from web import urls

# What some file systems cannot have in a name.
_UNSAFE = re.compile(r'[/<>:"|?*\\\x00-\x1f]')
# The last three are what pages, their twins and feeds are called: no folder can be.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|index\.html|index\.md|feed\.atom", re.I)
# What opens as what it is and runs nothing, also from a folder; whatever else was sent is published as a text.
_OFFICE, _OPEN = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
HARMLESS = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif",
    ".pdf": "application/pdf", ".docx": f"{_OFFICE}wordprocessingml.document", ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}presentationml.presentation", ".odt": f"{_OPEN}text", ".ods": f"{_OPEN}spreadsheet",
    ".odp": f"{_OPEN}presentation", ".odg": f"{_OPEN}graphics", ".zip": "application/zip", ".gz": "application/gzip",
    ".webm": "video/webm", ".mp4": "video/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".ogv": "video/ogg", ".mp3": "audio/mpeg",
    ".txt": "text/plain", ".log": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".json": "application/json",
    ".yml": "application/yaml", ".yaml": "application/yaml",
}  # fmt: skip
_LONGEST = 100  # bytes: a name may have 255, and some ways of copying spell each of ours with more
_MANY = 100_000
TWIN, _FILES = "index.md", "files"


def plain(path: str) -> str | None:
    """The one spelling of a path: `/%70ages//42` and `/pages/42/` are the same room. None when it climbs.

    Ends in a slash, but for a last word with a dot in it, which keeps what it has.
    """
    words = [unquote(each) for each in path.split("/") if each]
    if any(word in (".", "..") for word in words):
        return None
    slash = path.endswith("/") or not words or "." not in words[-1]
    return "/" + "/".join(quote(word, safe="") for word in words) + ("/" if slash and words else "")


def key_of(address: str) -> str:
    """What two spellings have in common that differ in the last slash only: the application answers both alike."""
    return address.rstrip("/")


def is_page(address: str) -> bool:
    """Whether it gives a page; else it gives a file that somebody sent, the twin of a page, or a feed."""
    words = address.strip("/").split("/")
    return not (words[-1] == TWIN or urls.is_feed(address) or (words[0] == _FILES and len(words) > 2))


@lru_cache(maxsize=_MANY)
def file_of(address: str) -> str:
    """`/pages/42/x/` → `pages/42/x/index.html`; what is no page keeps its name. Relative to the top.

    No two addresses get names that some file system takes for the same, whatever else there is.
    """
    words = [unquote(each) for each in address.split("/") if each]
    if is_page(address):
        return "/".join([*map(segment, words), "index.html"])
    if words[-1] == TWIN or urls.is_feed(address):
        return "/".join([*map(segment, words[:-1]), words[-1]])
    # The name of what was sent stands alone in its folder.
    name = segment(words[-1], alone=True)
    if posixpath.splitext(name)[1].lower() not in HARMLESS:
        name += ".txt"
    return "/".join([*map(segment, words[:-1]), name])


def segment(name: str, *, alone: bool = False) -> str:
    """A name that every file system takes; a name that had to be changed, or that could be the same as another where case
    does not count, carries a mark, so that no two become one."""
    tidy = _UNSAFE.sub("-", unicodedata.normalize("NFC", name)).rstrip(". ") or "-"
    if _RESERVED.fullmatch(tidy) or tidy == "..":
        tidy = f"_{tidy}"
    if len(tidy.encode()) > _LONGEST:
        stem, ending = posixpath.splitext(tidy)
        ending = cut(ending, 20)
        tidy = cut(stem, _LONGEST - len(ending.encode())) + ending
    if tidy != name or not (alone or tidy == unicodedata.normalize("NFC", tidy.casefold())):
        mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        stem, ending = posixpath.splitext(tidy)
        tidy = f"{stem}-{mark}{ending}"
    return tidy


def cut(text: str, most: int) -> str:
    """No more than that many bytes, and no half letter."""
    return text.encode()[:most].decode("utf-8", "ignore")


def relative(here: str, there: str) -> str:
    """The link from one file to another, `../../../pages/42/index.html`: by the top, and so the same but for that way on all
    pages."""
    return f"{to_top(here)}{from_top_to(there)}"


def to_top(here: str) -> str:
    """`../../`"""
    return "../" * here.count("/")


@lru_cache(maxsize=_MANY)
def from_top_to(name: str) -> str:
    return quote(name, safe="/~")
