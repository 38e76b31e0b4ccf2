"""AVIF, HEIC and MP4: what says something of the file is made empty where it stands, so that nothing else moves.

All three are boxes in boxes (ISO/IEC 14496-12): a size, a name of four letters, and what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from web.metadata.errors import CannotStrip

_IN = (b"moov", b"trak", b"mdia", b"moof", b"traf")
_SAYS = (b"udta", b"uuid")
# Of a film, what one sees and hears; another track may say where it was (GPS), as cameras have it.
_SEEN = (b"vide", b"soun")
_TIMES = (b"mvhd", b"tkhd", b"mdhd")
# An Exif that says nothing: where it begins, and that there are no lines in it.
_NOTHING = b"\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"
_MOST_BOXES, _MOST_PIECES = 100_000, 20_000


class _Box(NamedTuple):
    name: bytes
    start: int
    inside: int
    end: int


def bare(data: bytes) -> bytes:
    made = bytearray(data)
    _look(made, 0, len(made), still=False)
    return bytes(made)


def _look(data: bytearray, at: int, end: int, *, still: bool) -> None:
    """`still`: within a film; there, a `meta` is nothing but what is said of it."""
    for box in _boxes(data, at, end):
        if box.name in _SAYS or (box.name == b"meta" and still):
            _empty(data, box)
        elif box.name == b"meta":
            _look_at_items(data, box)
        elif box.name in _TIMES:
            _forget_when(data, box)
        elif box.name == b"hdlr" and still:
            _forget_what_wrote_it(data, box)
        elif box.name in _IN:
            _look(data, box.inside, box.end, still=True)


def _boxes(data: bytearray, at: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if at == end:
            return
        if at + 8 > end:
            raise CannotStrip
        size, name, inside = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8]), at + 8
        if size == 1:
            size, inside = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        after = end if size == 0 else at + size
        if after < inside or after > end:
            raise CannotStrip
        yield _Box(name, at, inside, after)
        at = after
    raise CannotStrip


def _empty(data: bytearray, box: _Box) -> None:
    data[box.start + 4 : box.start + 8] = b"free"
    data[box.inside : box.end] = bytes(box.end - box.inside)


def _forget_when(data: bytearray, box: _Box) -> None:
    """When it was made, and changed: two times, of eight bytes each in the newer version."""
    start, size = box.inside + 4, 16 if data[box.inside] == 1 else 8
    data[start : start + size] = bytes(size)


def _forget_what_wrote_it(data: bytearray, box: _Box) -> None:
    """A track says what sort it is of, and in words of its own what wrote it. Raises CannotStrip for what is neither seen nor heard."""
    sort = bytes(data[box.inside + 8 : box.inside + 12])
    if sort not in _SEEN:
        raise CannotStrip
    name = slice(box.inside + 24, box.end)
    data[name] = bytes(max(0, box.end - box.inside - 24))


def _look_at_items(data: bytearray, meta: _Box) -> None:
    """The items of a picture that are Exif or XMP are made empty; they lie anywhere in the file."""
    inside = {box.name: box for box in _boxes(data, meta.inside + 4, meta.end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        return
    says = _saying(data, inside[b"iinf"])
    for start, size in _places(_Reader(data, inside[b"iloc"]), says, inside.get(b"idat")):
        if start < 0 or start + size > len(data):
            raise CannotStrip
        # Who reads pictures may insist on there being a beginning.
        data[start : start + size] = _NOTHING[:size].ljust(size, b"\0")


def _saying(data: bytearray, iinf: _Box) -> set[int]:
    """The numbers of these items."""
    first = iinf.inside + 4 + (2 if data[iinf.inside] == 0 else 4)
    found = set()
    for box in _boxes(data, first, iinf.end):
        item = _Reader(data, box)
        if item.version < 2:
            raise CannotStrip
        number = item.number(2 if item.version == 2 else 4)
        item.number(2)
        if item.take(4) in (b"Exif", b"mime"):
            found.add(number)
    return found


class _Reader:
    """Reads a box of which the first four bytes are its version and some marks."""

    def __init__(self, data: bytearray, box: _Box) -> None:
        self._data, self._end = data, box.end
        self.version, self._at = data[box.inside], box.inside + 4

    def take(self, size: int) -> bytes:
        if self._at + size > self._end:
            raise CannotStrip
        self._at += size
        return bytes(self._data[self._at - size : self._at])

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")


def _places(iloc: _Reader, wanted: set[int], idat: _Box | None) -> Iterator[tuple[int, int]]:
    """Where these items lie, and how many bytes each piece has."""
    sizes = iloc.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide, pieces = 4 if iloc.version == 2 else 2, 0
    for _ in range(iloc.number(wide)):
        number = iloc.number(wide)
        how = iloc.number(2) & 15 if iloc.version else 0
        iloc.number(2)
        start, many = iloc.number(base), iloc.number(2)
        pieces += 1 + many
        if pieces > _MOST_PIECES:
            raise CannotStrip
        for _ in range(many):
            if iloc.version:
                iloc.number(index)
            at, size = start + iloc.number(offset), iloc.number(length)
            if number in wanted:
                if how > 1 or (how == 1 and idat is None):
                    raise CannotStrip
                yield at + (idat.inside if how == 1 and idat else 0), size
