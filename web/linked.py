"""Which addresses may be linked to, and which of them are ours."""

from __future__ import annotations

import re

from mistune.util import unescape

from web.cleaning import SCHEMES

_NOT_SHOWN = re.compile(r"[\x00-\x20\x7f-\x9f]|%(?:[01][0-9a-f]|7f)", re.IGNORECASE)
_FILE = re.compile(r"/files/\d{1,16}(?:/[^\s]*)?")
_ENTRY = re.compile(r"/(?!files/|entries/)[a-z]+/\d{1,16}(?:/[\w.-]*)?/?(?:[#?].*)?")


def may_link(address: str) -> bool:
    """Whether it has no scheme, or one that opens nothing but a page, a mail or a call."""
    scheme, colon, _ = re.split(r"[/?#]", _NOT_SHOWN.sub("", unescape(address)), maxsplit=1)[0].partition(":")
    return not colon or scheme.lower() in SCHEMES


def is_outside(address: str) -> bool:
    return address.lower().startswith(("http:", "https:", "//"))


def own_kind(address: str) -> str | None:
    """Whether it is the address of a "file" or an "entry" of ours."""
    if _FILE.fullmatch(address):
        return "file"
    return "entry" if _ENTRY.fullmatch(address) else None
