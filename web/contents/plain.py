"""Text, as it is."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import IO

_PIECE = 1 << 16


def pieces(file: IO[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    rest = ""
    while data := file.read(_PIECE):
        lines = (rest + decoder.decode(data)).split("\n")
        rest = lines.pop()
        yield "\n".join(lines)
    yield rest
