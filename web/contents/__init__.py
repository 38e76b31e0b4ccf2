"""What stands in a file, as plain text: of PDF, of office documents, and of text. It is read in a process of its own (`web/contents/__main__.py`),
since a file may be made to keep its reader busy, or to need more memory than there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import IO

from web.contents import office, pdf, plain
from web.contents.errors import WORDS, Unreadable

__all__ = ["MOST", "WORDS", "Unreadable", "has_text", "text_of"]

# In characters: as much of a text as the search looks into.
MOST = 150_000
_BY_TYPE: dict[str, Callable[[IO[bytes]], Iterable[str]]] = {
    "application/pdf": pdf.pieces,
    "text/plain; charset=utf-8": plain.pieces,
    f"{office.OFFICE}wordprocessingml.document": office.word,
    f"{office.OFFICE}spreadsheetml.sheet": office.sheets,
    f"{office.OFFICE}presentationml.presentation": office.slides,
    **{f"{office.OPEN}{name}": office.open_document for name in ("text", "spreadsheet", "presentation", "graphics")},
}
_NOTHING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# A word that was cut at the end of its line.
_CUT = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])")


def has_text(media_type: str) -> bool:
    """Whether it is tried at all."""
    return media_type in _BY_TYPE


def text_of(file: IO[bytes], media_type: str) -> str:
    """At most MOST characters. Raises Unreadable."""
    said: list[str] = []
    size = 0
    try:
        for piece in _BY_TYPE[media_type](file):
            said.append(piece)
            size += len(piece) + 1
            if size > 2 * MOST:
                break
    except Unreadable:
        raise
    except MemoryError:
        raise Unreadable("large") from None
    except Exception as wrong:  # whatever a broken file may do to its reader
        if not said:
            raise Unreadable("broken") from wrong
    text = _CUT.sub("", _NOTHING.sub("", "\n".join(said).replace("\r\n", "\n")))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(filter(None, lines))[:MOST]
