"""Of how many pieces a picture is made: a file of millions of empty ones would keep whoever opens it for long."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import IO

MOST = 20_000
# A GIF of 25 MB has a hundred thousand of these, since none is longer than 255 bytes.
MOST_IN_GIF = 250_000


def are_many(file: IO[bytes]) -> bool:
    """Whether it has more pieces than any picture needs. Only their lengths are read; what is no picture has none."""
    file.seek(0)
    begins = file.read(12)
    for sign, (pieces, most) in _SORTS.items():
        if begins.startswith(sign):
            return any(number >= most for number, _ in enumerate(pieces(file)))
    return False


def _png(file: IO[bytes]) -> Iterator[None]:
    file.seek(8)
    while len(head := file.read(8)) == 8:
        yield
        file.seek(struct.unpack(">I", head[:4])[0] + 4, 1)


def _jpeg(file: IO[bytes]) -> Iterator[None]:
    """As far as the picture itself, which comes last."""
    file.seek(2)
    while (head := file.read(2)) and head[0] == 0xFF:
        yield
        if head[1:] in (b"\xda", b"\xd9", b""):
            return
        if head[1] == 0xFF:  # filling before a marker
            file.seek(-1, 1)
        elif head[1] != 1 and not 0xD0 <= head[1] <= 0xD7:  # the others say how long they are
            length = file.read(2)
            file.seek(max(0, int.from_bytes(length, "big") - 2), 1)


def _gif(file: IO[bytes]) -> Iterator[None]:
    file.seek(6)
    _skip_colours(file, file.read(7)[4:5])
    while (what := file.read(1)) in (b"!", b","):
        if what == b"!":
            file.read(1)
        else:
            _skip_colours(file, file.read(9)[8:9])
            file.read(1)
        while length := file.read(1):
            yield
            if length == b"\0":
                break
            file.seek(length[0], 1)


def _skip_colours(file: IO[bytes], flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        file.seek(3 << ((flags[0] & 7) + 1), 1)


_SORTS: dict[bytes, tuple[Callable[[IO[bytes]], Iterator[None]], int]] = {
    b"\x89PNG\r\n\x1a\n": (_png, MOST),
    b"\xff\xd8": (_jpeg, MOST),
    b"GIF8": (_gif, MOST_IN_GIF),
}
