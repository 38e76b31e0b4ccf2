"""Words are found in all their forms, in Norwegian and in English, from any keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from Stemmer import Stemmer

from web.entries.stems import folded, query_stems, stems

SHARED = Path(os.environ.get("DUGNAD_SHARED", Path(__file__).resolve().parents[2] / ".." / "shared"))
WORDS = SHARED / "data" / "nlp-snowball-no" / "norwegian"


def meet(query: str, text: str) -> bool:
    return not set(query_stems(query)).isdisjoint(stems(text).split())


@pytest.mark.parametrize(
    "words",
    [
        "møte møter møtet møtene", "årsplan årsplanen arsplan", "deployment deployments Deployment", "møte moete",
        "årsplan aarsplan aarsplanen", "årene aarene", "lærer laerer", "idé ide", "søk sok soek",
    ],
)  # fmt: skip
def test_forms_of_one_word_meet_its_first(words: str) -> None:
    first, *others = words.split()
    for other in others:
        assert meet(first, other) and meet(other, first), other


def test_other_words_do_not_meet() -> None:
    assert not meet("pot", "poet")
    assert not meet("møte", "mat")


def test_repeats_are_kept_for_the_ranking() -> None:
    assert stems("båt båter båten").split().count("båt") == 3


def test_letters_without_their_marks() -> None:
    assert folded("Ærlig Idé på SØNDAG") == "aerlig ide pa sondag"


def test_signs_and_blanks_leave_nothing() -> None:
    assert stems("— ' \" * _ !") == "" and query_stems("'\"") == ()


@given(some.text())
def test_a_query_finds_the_stems_of_its_own_word(word: str) -> None:
    assert set(query_stems(word)) == set(stems(word).split())
    assert not set("'\"*()\\ ") & set("".join(query_stems(word)))


def test_the_index_of_a_huge_text_is_bounded() -> None:
    assert len(stems("a " * 300_000).split()) == 200_000
    assert len(stems("x" * 300_000)) < 200


def test_the_stemmer_agrees_with_the_vocabulary_of_its_authors(record_property: Callable[[str, object], None]) -> None:
    if not WORDS.exists():
        pytest.skip(f"the vocabulary is not here: {WORDS}")
    words, expected = ((WORDS / name).read_text(encoding="utf-8").split("\n") for name in ("voc.txt", "output.txt"))
    pairs = [pair for pair in zip(words, expected, strict=True) if pair[0]]
    stemmer = Stemmer("norwegian")
    agreed = sum(stemmer.stemWord(word) == stem for word, stem in pairs)
    indexed = sum(stem in query_stems(word) for word, stem in pairs)
    record_property("Norwegian stems", f"{agreed} of {len(pairs)} stems agree, {indexed} are among those indexed")
    assert agreed >= 0.97 * len(pairs)
