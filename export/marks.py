"""Of what each page of a snapshot is made: the addresses, and a validator for each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from hashlib import blake2b

import msgspec

from export.changes import Lately

_written = msgspec.msgpack.Encoder().encode
_PART = re.compile(r"(/entries/\d+/)(?:replies|history)/.*|(/files/\d+/).*|(/people/)after/[^/]*/")


class Plan:
    """The addresses of a snapshot, and `ends`: those of what stands on the page of something else, with the address and the
    fragment there. `texts` is a validator for all that was written, `said` one for each text and what stands over it, as they were written; `late` is what happened last."""

    def __init__(self, frame: object) -> None:
        self.frame = repr(frame)
        self._marks: dict[str, bytes] = {}
        self._parts: dict[str, bytes] = {}
        self.ends: dict[str, tuple[str, str]] = {}
        self.texts = ""
        self.said: dict[int, bytes] = {}
        self.late = Lately()

    def add(self, address: str, mark: bytes) -> None:
        self._marks[address] = mark

    def add_parts(self, start: str, mark: bytes) -> None:
        """Pages whose addresses begin so, if there are any, are made of this."""
        self._parts[start] = mark

    @property
    def addresses(self) -> list[str]:
        return sorted(self._marks)

    @cached_property
    def stamp(self) -> str:
        """Of all of it, when that was told: while it is the same, so is the snapshot."""
        return hashed(self.frame, sorted(self._marks.items()), sorted(self._parts.items())).hex()

    def let_go(self) -> None:
        """Of all of it: it will not be asked any more."""
        for each in (self._marks, self._parts, self.ends, self.said):
            each.clear()

    def validator(self, address: str) -> str:
        """Empty for an address that nobody here knows of."""
        mark = self._marks.get(address)
        if mark is None and (found := _PART.fullmatch(address)):
            start = found[1] or found[2] or found[3]
            mark = self._parts.get(start) or self._marks.get(start)
        return hashed(self.frame, address, mark).hex() if mark else ""


def sum_of(made_of: Iterable[object]) -> str:
    """The same of very much, one after the other."""
    digest = blake2b(digest_size=16)
    for each in made_of:
        digest.update(_written(each))
    return digest.hexdigest()


def hashed(*made_of: object) -> bytes:
    """Of texts, bytes, numbers, and lists and tuples of them."""
    return blake2b(_written(made_of), digest_size=12).digest()
