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
# What opens as what it is and runs nothing, also from a folder; whatever else was sent is published as a text.
_HARMLESS = re.compile(
    r"\.(png|jpe?g|gif|webp|avif|pdf|docx|xlsx|pptx|od[tspg]|zip|gz|webm|mp4|ogg|oga|ogv|mp3|txt|md|csv|json|ya?ml|log)",
    re.I,
)
_LONGEST = 100  # bytes: a name may have 255, and some ways of copying spell each of ours with more


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


def file_of(path: str, *, page: bool = True) -> str:
    """`/pages/42/x/` → `pages/42/x/index.html`; what is no page keeps its name. Relative to the top."""
    segments = [_segment(unquote(each)) for each in path.split("/") if each]
    if page:
        segments.append("index.html")
    elif "." not in segments[-1] or not _HARMLESS.fullmatch(posixpath.splitext(segments[-1])[1]):
        segments[-1] += ".txt"
    return "/".join(segments)


def apart(name: str, path: str) -> str:
    """Another name for what `path` gives, where a file system that ignores case has `name` already."""
    folder, last = posixpath.split(name)
    mark = hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{folder}-{mark}/{last}" if last == "index.html" else f"{folder}/{mark}-{last}"


def _segment(name: str) -> str:
    """A name that every file system takes; a name that had to be changed carries a mark, so that no two become one."""
    tidy = _UNSAFE.sub("-", unicodedata.normalize("NFC", name)).rstrip(". ") or "-"
    if _RESERVED.fullmatch(tidy) or tidy == "..":
        tidy = f"_{tidy}"
    if len(tidy.encode()) > _LONGEST:
        stem, ending = posixpath.splitext(tidy)
        ending = _cut(ending, 20)
        tidy = _cut(stem, _LONGEST - len(ending.encode())) + ending
    if tidy != name:
        mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        stem, ending = posixpath.splitext(tidy)
        tidy = f"{stem}-{mark}{ending}"
    return tidy


def _cut(text: str, most: int) -> str:
    """No more than that many bytes, and no half letter."""
    return text.encode()[:most].decode("utf-8", "ignore")


def relative(here: str, there: str) -> str:
    """The link from one file to another, `../42/index.html`."""
    return quote(posixpath.relpath(there, posixpath.dirname(here) or "."), safe="/~")
