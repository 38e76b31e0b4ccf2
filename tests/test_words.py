"""Every word is in every language: nothing that people read is missing from the catalogues, and nothing stands there for nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from tests.test_house import PYTHON, ROOT, TEMPLATES
from web import words
from web.errors import FromElsewhere

# What marks a message in the code, and which of its arguments it is.
KEYWORDS = {"N_": 1, "Notice": 1, "Invalid": 2, "Taken": 2, "TooLarge": 2}
# Their readers are programs, and whoever sits at a terminal; both are answered in English.
ENGLISH = ("web/imports/", "web/routes/api/")
OPTIONS = {
    "trimmed": "false",
    "extensions": "jinja2.ext.i18n, jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
TRANSLATED = [language for language in words.LANGUAGES if language != "en"]


def _messages() -> Iterator[tuple[str, str]]:
    """Each message (of a plural, the first form), and where it stands."""
    for path in TEMPLATES:
        found = babel_extract(BytesIO(path.read_bytes()), ("_", "gettext", "ngettext"), [], OPTIONS)
        yield from (
            (_first(message), str(path.relative_to(ROOT))) for _, _, message, _ in found if _first(message) != "None"
        )
    yield FromElsewhere.why, "web/errors.py"
    for path in PYTHON:
        if str(path.relative_to(ROOT)).startswith(ENGLISH):
            continue
        found = extract_python(BytesIO(path.read_bytes()), list(KEYWORDS), [], {"encoding": "utf-8"})
        for line, keyword, message, _ in found:
            given = message if isinstance(message, tuple) else (message,)
            place = KEYWORDS[keyword] - 1
            if place < len(given) and isinstance(given[place], str):
                yield str(given[place]), f"{path.relative_to(ROOT)}:{line}"


def _first(message: object) -> str:
    return str(message[0] if isinstance(message, tuple) else message)


def _catalogue(language: str) -> Catalog:
    with (ROOT / "web/words" / language / "LC_MESSAGES/dugnad.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_that_people_read_is_missing_or_doubtful(language: str) -> None:
    catalogue = _catalogue(language)
    missing = {}
    for message, place in _messages():
        found = catalogue.get(message)
        translated = found.string if found and not found.fuzzy else ""
        if not translated or (isinstance(translated, tuple) and not all(translated)):
            missing[message] = place
    assert not missing


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_for_nobody(language: str) -> None:
    used = {message for message, _ in _messages()}
    assert {_first(message.id) for message in _catalogue(language) if message.id} - used == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for message in _catalogue(language):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        for form in forms if message.id else ():
            assert set(re.findall(r"%\(\w+\)[sd]", form)) == set(re.findall(r"%\(\w+\)[sd]", _first(message.id))), (
                message.id
            )
