"""The messages that people read, taken out of the code; run, it brings them into the catalogues: `make words`."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from tests.test_house import PYTHON, ROOT, TEMPLATES
from web import words
from web.errors import Closed, FromElsewhere

# What marks a message in the code, and which of its arguments it is.
KEYWORDS = {"N_": 1, "Notice": 1, "Invalid": 2, "Taken": 2, "Several": 2, "TooLarge": 2}
# Their readers are programs, and whoever sits at a terminal; both are answered in English.
ENGLISH = ("web/imports/", "web/routes/api/")
OPTIONS = {
    "trimmed": "false",
    "extensions": "jinja2.ext.i18n, jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
TRANSLATED = [language for language in words.LANGUAGES if language != "en"]
Message = str | tuple[str, ...]


def messages() -> Iterator[tuple[Message, str]]:
    """Each message (of a plural, both forms), and where it stands."""
    for path in TEMPLATES:
        for _, _, message, _ in babel_extract(BytesIO(path.read_bytes()), ("_", "gettext", "ngettext"), [], OPTIONS):
            given = tuple(filter(None, message)) if isinstance(message, tuple) else message
            if given:
                yield given[0] if len(given) == 1 else given, str(path.relative_to(ROOT))
    yield FromElsewhere.why, "web/errors.py"
    yield Closed.why, "web/errors.py"
    for path in PYTHON:
        if str(path.relative_to(ROOT)).startswith(ENGLISH):
            continue
        for line, keyword, message, _ in extract_python(
            BytesIO(path.read_bytes()), list(KEYWORDS), [], {"encoding": "utf-8"}
        ):
            given = message if isinstance(message, tuple) else (message,)
            place = KEYWORDS[keyword] - 1
            if place < len(given) and isinstance(given[place], str):
                yield given[place], f"{path.relative_to(ROOT)}:{line}"


def first(message: object) -> str:
    return str(message[0] if isinstance(message, (tuple, list)) else message)


def file_of(language: str) -> Path:
    return ROOT / "web/words" / language / "LC_MESSAGES/dugnad.po"


def catalogue(language: str) -> Catalog:
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


def main() -> None:
    """What is new comes in without a translation, what nobody says any more goes, and the rest is kept, in order."""
    for language in TRANSLATED:
        known = catalogue(language)
        fresh = Catalog(locale=language, domain="dugnad")
        for message, _ in messages():
            before = known.get(first(message))
            fresh.add(message, string=before.string if before else "")
        waiting = [
            first(each.id)
            for each in fresh
            if each.id and not (all(each.string) if isinstance(each.string, tuple) else each.string)
        ]
        header = file_of(language).read_text("utf-8").partition("\n\n")[0]
        written = BytesIO()
        write_po(written, fresh, width=120, omit_header=True, sort_output=True)
        file_of(language).write_text(f"{header}\n\n{written.getvalue().decode().strip()}\n", "utf-8")
        print(f"{language}: {len(fresh)} messages, {len(waiting)} without a translation", *waiting, sep="\n  ")


if __name__ == "__main__":
    main()
