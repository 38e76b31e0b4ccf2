"""A file without what it says of itself: who made it, when, where and with what. What it shows stays as it is, to the last bit.

Nothing is drawn or written anew that need not be, so the same file gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from web.metadata import boxes, documents, packages, pictures
from web.metadata.errors import CannotStrip

_OPEN, _OFFICE = "application/vnd.oasis.opendocument.", "application/vnd.openxmlformats-officedocument."
_BY_TYPE: dict[str, Callable[[bytes], bytes]] = {
    "image/jpeg": pictures.jpeg, "image/png": pictures.png, "image/webp": pictures.webp, "image/gif": pictures.gif,
    "image/avif": boxes.bare, "video/mp4": boxes.bare, "application/pdf": documents.pdf,
}  # fmt: skip
# They say what stands in them, and nothing else.
_PLAIN = ("text/",)
__all__ = ["CannotStrip", "is_known", "is_plain", "made_by", "without"]


def is_plain(media_type: str) -> bool:
    """Whether such a file says nothing of itself."""
    return media_type.startswith(_PLAIN)


def without(data: bytes, media_type: str) -> bytes:
    """Raises CannotStrip for what it cannot be taken out of."""
    bare = _done_by(media_type)
    if bare is None:
        raise CannotStrip
    try:
        return bare(data)
    except CannotStrip:
        raise
    except Exception as wrong:  # whatever a broken file may do to its reader
        raise CannotStrip from wrong


def is_known(media_type: str) -> bool:
    """Whether it is tried at all."""
    return _done_by(media_type) is not None


def _done_by(media_type: str) -> Callable[[bytes], bytes] | None:
    return packages.bare if media_type.startswith((_OPEN, _OFFICE)) else _BY_TYPE.get(media_type)


@cache
def made_by() -> str:
    """Another one when it would be done otherwise."""
    room = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in room)).hexdigest()[:8]
