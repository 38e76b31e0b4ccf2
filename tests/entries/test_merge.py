"""Two texts made from one: both people's words are kept, or both are shown."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from web.entries.merge import Merged, merge

SHARED = Path(os.environ.get("DUGNAD_SHARED", Path(__file__).resolve().parents[2] / ".." / "shared"))
CASES = SHARED / "data" / "merge-3way-real" / "dev.jsonl"
LONG = "On Saturday we meet at ten by the old boathouse and paint the whole north wall before the rain comes back."
texts = some.lists(some.sampled_from(["a", "b", "", "a longer line", "---"]), max_size=8).flatmap(
    lambda lines: some.sampled_from(["\n".join(lines), "\n".join([*lines, ""])])
)


@given(texts, texts)
def test_what_only_one_side_changed_is_taken_as_it_is(base: str, changed: str) -> None:
    assert merge(base, base, changed) == Merged(changed, True)
    assert merge(base, changed, base) == Merged(changed, True)


@given(texts, texts)
def test_the_same_change_on_both_sides_is_clean(base: str, changed: str) -> None:
    assert merge(base, changed, changed) == Merged(changed, True)


@given(texts, texts, texts)
def test_every_line_that_a_side_added_is_in_the_text(base: str, theirs: str, mine: str) -> None:
    merged = set(merge(base, theirs, mine).text.split("\n"))
    for side in (theirs, mine):
        assert set(side.split("\n")) - set(base.split("\n")) <= merged | {""}


def test_changes_to_different_lines_are_put_together() -> None:
    assert merge("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n") == Merged("A\nb\nC\n", True)


def test_changes_to_the_same_line_stand_between_marks() -> None:
    merged = merge("a\nb\nc\n", "a\nhers\nc\n", "a\nhis\nc\n")
    assert merged == Merged("a\n<<<<<<< theirs\nhers\n=======\nhis\n>>>>>>> mine\nc\n", False)


def test_the_marks_carry_the_labels_given() -> None:
    assert "<<<<<<< Kari\n" in merge("a", "b", "c", ("Kari", "you")).text


def test_what_both_sides_agree_on_stands_outside_the_marks() -> None:
    merged = merge("x\n", "same\nhers\nend\n", "same\nhis\nend\n").text
    assert merged == "same\n<<<<<<< theirs\nhers\n=======\nhis\n>>>>>>> mine\nend\n"


def test_words_far_apart_in_one_paragraph_are_put_together() -> None:
    merged = merge(LONG, LONG.replace("Saturday", "Sunday"), LONG.replace("rain", "snow"))
    assert merged == Merged(LONG.replace("Saturday", "Sunday").replace("rain", "snow"), True)


def test_words_close_together_in_one_paragraph_are_a_conflict() -> None:
    merged = merge(LONG, LONG.replace("Saturday", "Sunday"), LONG.replace("at ten", "at noon"))
    assert not merged.clean
    assert "On Sunday" in merged.text and "at noon" in merged.text


@pytest.mark.parametrize("start", ["    ", "| ", "```", "title: "])
def test_code_and_tables_are_never_merged_by_words(start: str) -> None:
    line = start + LONG
    assert not merge(line, line.replace("Saturday", "Sunday"), line.replace("rain", "snow")).clean


def test_a_line_removed_by_one_and_changed_by_the_other_is_a_conflict() -> None:
    merged = merge("a\nb\nc\n", "a\nc\n", "a\nnew b\nc\n")
    assert not merged.clean and "new b" in merged.text


def test_the_side_that_changed_the_newline_at_the_end_decides_about_it() -> None:
    assert merge("a\nb\nc", "a\nb\nc\n", "A\nb\nc") == Merged("A\nb\nc\n", True)
    assert merge("a\nb\nc\n", "a\nb\nc", "A\nb\nc\n") == Merged("A\nb\nc", True)


def test_huge_and_repetitive_texts_are_merged_too() -> None:
    base = "x\n" * 60_000
    assert merge(base, f"first\n{base}", f"{base}last\n") == Merged(f"first\n{base}last\n", True)
    line = "ab " * 80_000
    assert not merge(line, f"c{line}", f"{line}d").clean


def test_real_edits_made_at_once_are_merged_as_git_does_or_shown(
    record_property: Callable[[str, object], None],
) -> None:
    if not CASES.exists():
        pytest.skip(f"the real merges are not here: {CASES}")
    counts: Counter[str] = Counter()
    for case in map(json.loads, CASES.read_text(encoding="utf-8").splitlines()):
        merged = merge(case["base"], case["theirs"], case["ours"])
        git = case["git_merged"]
        counts[f"git {'clean' if git is not None else 'conflict'}, here {'clean' if merged.clean else 'conflict'}"] += 1
        if git is None:
            assert not merged.clean, case["id"]
        elif merged.clean:
            assert merged.text == git, case["id"]
        _nothing_vanished(case, merged)
    record_property("Real merges", dict(counts))


def _nothing_vanished(case: dict[str, str], merged: Merged) -> None:
    known, kept = set(case["base"].split("\n")), set(merged.text.split("\n"))
    for side in ("ours", "theirs"):
        assert set(case[side].split("\n")) - known <= kept, (case["id"], side)


@pytest.mark.parametrize(("between", "clean"), [(3, False), (4, True), (5, True)])
def test_four_untouched_words_between_two_changes_are_enough(between: int, clean: bool) -> None:
    middle = " ".join(f"word{n}" for n in range(between))
    assert merge(f"one {middle} two.", f"ONE {middle} two.", f"one {middle} TWO.").clean is clean


def test_every_second_word_of_a_long_paragraph_is_put_together_too() -> None:
    words = [f"w{n}" for n in range(3_300)]
    theirs = [*(f"{word}x" if n % 2 else word for n, word in enumerate(words[:1_600])), *words[1_600:]]
    mine = [*words[:1_700], *(f"{word}y" if n % 2 else word for n, word in enumerate(words[1_700:]))]
    assert merge(" ".join(words), " ".join(theirs), " ".join(mine)).clean
