"""The languages that the program speaks, and its messages in each of them."""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# Each calls itself what its speakers do.
NAMES = {"nb": "Norsk", "en": "English"}
LANGUAGES = tuple(NAMES)
DEFAULT = "nb"
_HERE = Path(__file__).parent


def N_(message: str) -> str:
    """Marks a message for the catalogues; it is translated where it is shown."""
    return message


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations into one of LANGUAGES; English is what stands in the code."""
    path = _HERE / language / "LC_MESSAGES" / "dugnad.po"
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, domain="dugnad"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
