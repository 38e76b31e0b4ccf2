"""PDF, page by page: the text that is in it, and not what is only a picture of text."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import IO

from web.contents.errors import Unreadable

_PAGES = 1_000


def pieces(file: IO[bytes]) -> Iterator[str]:
    """Raises Unreadable for one that asks for a password."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import LimitReachedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(file, strict=False)
        # Many are locked against changes only, and open without a word.
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise Unreadable("locked")
        for number in range(min(len(reader.pages), _PAGES)):
            yield reader.pages[number].extract_text()
    except LimitReachedError:
        raise Unreadable("large") from None
