"""What is kept from one run to the next, under names that say of what it was made: it is never wrong, and may be thrown away at any moment."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
# What nobody has used for so long (in seconds) was of an older state of some snapshot.
_LONG = 30 * 24 * 3600


class Kept:
    """In that folder. Where it cannot be written, nothing is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str, kind: type[T]) -> T | None:
        with suppress(OSError, msgspec.DecodeError):
            return msgspec.msgpack.decode((self._folder / name).read_bytes(), type=kind)
        return None

    def write(self, name: str, made: object) -> None:
        file = self._folder / name
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = file.with_suffix(".partial")
            aside.write_bytes(msgspec.msgpack.encode(made))
            aside.replace(file)

    def use(self, name: str) -> None:
        with suppress(OSError):
            os.utime(self._folder / name)

    def forget_old(self) -> None:
        for file in self._folder.glob("*"):
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > _LONG:
                    file.unlink()
