"""Who wrote what, word by word; and that comparing, merging and this agree."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.entries.test_diff import ending, put, texts
from web.entries.blame import blame, reach
from web.entries.diff import applied, word_diff
from web.entries.merge import merge

SHARED = Path(os.environ.get("DUGNAD_SHARED", Path(__file__).resolve().parents[2] / ".." / "shared"))
chains = some.lists(some.tuples(texts, ending).map("".join), min_size=1, max_size=6)


@given(chains)
def test_the_last_text_is_told_whole_and_nobody_is_credited_with_what_is_not_theirs(chain: list[str]) -> None:
    lines = blame(chain)
    last = chain[-1]
    assert [line.text for line in lines] == (last.removesuffix("\n").split("\n") if last else [])
    for line in lines:
        for number, words in line.parts:
            brought = {each.rstrip() for each in chain[number].split("\n")}
            assert any(words.strip() in each for each in brought), "the text that brought it has it"


@given(texts, texts, texts)
def test_comparing_merging_and_blame_agree(base: str, theirs: str, mine: str) -> None:
    merged = merge(base, theirs, mine)
    assert applied(theirs, word_diff(theirs, merged.text), merged.text.endswith("\n")) == merged.text
    lines = blame([base, theirs, merged.text])
    if merged.clean and theirs == base:
        assert merged.text.removesuffix("\n") == mine.removesuffix("\n")
    if merged.clean and mine == base:
        assert all(number < 2 for line in lines for number, _ in line.parts), "nothing came but by the others"


def test_a_changed_word_is_its_writers_and_the_rest_of_the_line_is_not() -> None:
    (line,) = blame(["We meet at ten today.", "We meet at noon today."])
    assert line.parts == ((0, "We meet at "), (1, "noon "), (0, "today."))
    assert (line.brought, line.changed) == (0, 1)


def test_what_was_moved_is_who_wrote_it() -> None:
    lines = blame([put([0, 1, 2, 3]), put([0, 1, 2, 3, 4]), put([3, 0, 2, 4, 1])])
    assert {line.text: line.brought for line in lines if line.text} == {
        put([0]): 0, put([1]): 0, put([2]): 0, put([3]): 0, put([4]): 1,
    }  # fmt: skip


def test_what_somebody_took_away_and_another_brought_back_is_still_its_writers() -> None:
    whole = put([0, 1, 2])
    lines = blame([put([0, 1]), whole, "all gone", whole])
    assert [line.brought for line in lines if line.text] == [0, 0, 1]
    (line,) = blame(["We meet at ten today.", "We meet at noon today.", "We meet at ten today."])
    assert line.parts == ((0, "We meet at ten today."),)


def test_blanks_and_a_newline_at_the_end_make_nobody_a_writer() -> None:
    assert [line.brought for line in blame(["one  two\nthree", "one two\nthree\n", "one two \nthree"])][1:] == [0]
    assert blame(["", "", "a"])[0].brought == 2
    assert blame([]) == blame(["a", ""]) == ()


def test_texts_are_compared_as_far_back_as_is_quick() -> None:
    chain = [put([n, n + 1]) for n in range(20)]
    assert reach(chain) == 0
    assert 0 < reach(chain, 500) < 19
    assert reach(chain, 0) == 19 and reach([]) == 0


def test_real_pages_come_back_text_by_text_and_all_of_each_has_a_writer() -> None:
    path = SHARED / "data" / "rev-page-histories" / "dev.jsonl"
    if not path.exists():
        pytest.skip("the real pages are not here; set DUGNAD_SHARED to the folder that holds data/")
    for page in map(json.loads, path.read_text("utf-8").split("\n")[:-1]):
        chain, before = [each["text"] for each in page["revisions"]], ""
        for text in chain:
            assert applied(before, word_diff(before, text), text.endswith("\n")) == text
            before = text
        assert "\n".join(line.text for line in blame(chain)) == before.removesuffix("\n")
