"""Every word is in every language: nothing that people read is missing from the catalogues, and nothing stands there for nobody."""

from __future__ import annotations

import re

import pytest

from tests.catalogues import TRANSLATED, catalogue, first, messages


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_that_people_read_is_missing_or_doubtful(language: str) -> None:
    known = catalogue(language)
    missing = {}
    for message, place in messages():
        found = known.get(first(message))
        translated = found.string if found and not found.fuzzy else ""
        if not translated or (isinstance(translated, tuple) and not all(translated)):
            missing[first(message)] = place
    assert not missing, "`make words` brings them into the catalogue"


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_for_nobody(language: str) -> None:
    used = {first(message) for message, _ in messages()}
    assert {first(message.id) for message in catalogue(language) if message.id} - used == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for message in catalogue(language):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        for form in forms if message.id else ():
            assert set(re.findall(r"%\(\w+\)[sd]", form)) == set(re.findall(r"%\(\w+\)[sd]", first(message.id))), (
                message.id
            )
