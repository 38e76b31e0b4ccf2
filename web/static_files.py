"""Style sheets, scripts, fonts and icons: one fingerprint of them all stands in their addresses, so they never go stale.

The sheets are sent as one, and so are the scripts: put together as they are when the program starts, built by nothing.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

import brotli

PREFIX = "/static"
CODINGS = ("br", "gzip")
_TEXTUAL = (".css", ".js", ".svg")
# The last two of these are for those who only read.
STYLES, SCRIPTS, READING, RECALLED = "css/dugnad.css", "js/dugnad.js", "js/reading.js", "js/recalled.js"
FORMULAS = "vendor/katex.min.js"
_TOGETHER = {
    STYLES: [f"css/{name}.css" for name in (
        "tokens", "base", "layout", "parts", "entries", "forms", "prose", "code", "rooms", "print",
    )],
    SCRIPTS: ["vendor/htmx.min.js", *(f"js/{name}.js" for name in (
        "complete", "upload", "keep-text", "keys", "palette", "count", "quote", "format", "ask", "grid", "audience", "menus", "live", "drafts", "failing", "glide", "toasts", "tree", "prose", "reading/terms", "formulas", "once",
    ))],
    READING: ["js/reading/theme.js", "js/reading/keys.js", "js/reading/terms.js", "js/reading/lately.js", "js/reading/due.js", "js/reading/order.js", "js/formulas.js", "js/reading/search.js"],
    RECALLED: ["js/reading/recalled.js"],
}  # fmt: skip


def _folder(name: str) -> Path:
    """Beside web/ in a checkout, inside it in the wheel."""
    packed = Path(__file__).resolve().parent / "_data" / name
    return packed if packed.is_dir() else Path(__file__).resolve().parent.parent / name


def static_root() -> Path:
    return _folder("static")


def templates_root() -> Path:
    return _folder("templates")


def handbook_root(language: str) -> Path:
    """How the program is used, as Markdown pages."""
    return _folder("docs/handbook") / language


@cache
def contents() -> dict[str, bytes]:
    """Everything there is to send, by the name in its address."""
    root = static_root()
    files = {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}
    together = {name: b"\n".join(files[part] for part in parts) for name, parts in _TOGETHER.items()}
    apart = files.keys() - {part for parts in _TOGETHER.values() for part in parts}
    return {name: content for name, content in files.items() if name in apart} | together


@cache
def packed(name: str, coding: str) -> bytes | None:
    """The same for the wire, as small as it gets: `br` or `gzip`. Packed once; None when packing does not pay."""
    content = contents()[name]
    if not name.endswith(_TEXTUAL):
        return None
    small = brotli.compress(content, quality=11) if coding == "br" else gzip.compress(content, 9, mtime=0)
    return small if len(small) < len(content) else None


def pack() -> None:
    """All of it, before anybody asks: it takes a fraction of a second."""
    for name in contents():
        for coding in CODINGS:
            packed(name, coding)


@cache
def fingerprint() -> str:
    """Changes when any file does."""
    digest = hashlib.sha256()
    for name, content in sorted(contents().items()):
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """The address of `css/dugnad.css`."""
    return f"{PREFIX}/{fingerprint()}/{name}"
