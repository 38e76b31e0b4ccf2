"""Pages that were made before, for whatever folder: where the same is published again, or packed otherwise, each is read and written."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import brotli
import msgspec

from export.manifest import Made
from web.remembered import Remembered

_ENDINGS, _LARGEST = (".html", ".md", ".atom"), 1 << 20
# The least: with more it takes longer than it does to write what is saved.
_QUALITY = 1
_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(tuple[Made, bytes]).decode


class Before:
    """By their validators: two pages that differ never have the same."""

    def __init__(self, folder: Path, program: str, taken: int) -> None:
        """`program`: what pages are made by; `taken`: as for `Remembered`."""
        self._kept = Remembered(folder, program[:16], taken)
        self._new: list[tuple[bytes, bytes]] = []

    def find(self, validator: str) -> tuple[Made, bytes] | None:
        found = self._kept.find(bytes.fromhex(validator))
        if found is None:
            return None
        with suppress(brotli.error, msgspec.DecodeError):
            return _decode(brotli.decompress(found))
        return None

    def add(self, made: Made, content: bytes) -> None:
        if made.validator and not made.wrong and made.file.endswith(_ENDINGS) and len(content) <= _LARGEST:
            packed = brotli.compress(_encode((made, content)), quality=_QUALITY)
            self._new.append((bytes.fromhex(made.validator), packed))

    def keep(self) -> None:
        """What was added: all at once, since other processes keep theirs too."""
        self._kept.keep(self._new)
        self._new = []
