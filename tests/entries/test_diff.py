"""What changed, as the history page shows it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from web.entries.diff import Block, Piece, word_diff

lines = some.lists(some.sampled_from(["one two three", "one two four", "", "five  six", "x"]), max_size=20)


def side(blocks: tuple[Block, ...], what: str) -> str:
    """One side of a diff without skipped lines, blanks aside."""
    return "".join("".join(p.text for p in block.pieces if p.what in ("same", what)) for block in blocks)


@given(lines, lines)
def test_both_texts_can_be_read_from_the_blocks(old: list[str], new: list[str]) -> None:
    blocks = word_diff("\n".join(old), "\n".join(new))
    if blocks and not any(block.what == "skipped" for block in blocks):
        assert "".join(side(blocks, "removed").split()) == "".join("".join(old).split())
        assert "".join(side(blocks, "added").split()) == "".join("".join(new).split())


def test_texts_that_say_the_same_have_no_blocks() -> None:
    assert word_diff("a\nb", "a\nb") == word_diff("a\n", "a") == word_diff("", "") == ()


def test_a_changed_word_is_marked_in_its_line() -> None:
    (block,) = word_diff("We meet at ten today.", "We meet at noon today.")
    assert block.what == "changed"
    assert block.pieces == (
        Piece("same", "We meet at "), Piece("removed", "ten "), Piece("added", "noon "), Piece("same", "today."),
    )  # fmt: skip


def test_a_line_with_other_words_is_removed_and_added() -> None:
    assert [block.what for block in word_diff("quite another thing", "nothing of that sort")] == ["removed", "added"]


def test_lines_far_from_a_change_are_skipped_and_counted() -> None:
    old = [f"line {n}" for n in range(30)]
    blocks = word_diff("\n".join(old), "\n".join([*old[:15], "new and different", *old[15:]]))
    assert [(block.what, block.count) for block in blocks] == [
        ("skipped", 12), ("same", 3), ("added", 1), ("same", 3), ("skipped", 12),
    ]  # fmt: skip
    assert blocks[0].pieces == ()


def test_a_rewritten_line_among_new_lines_is_still_told_apart() -> None:
    old = "intro\nthe quick brown fox jumps\nend"
    new = "intro\nsomething new\nthe quick red fox jumps\nend"
    assert [block.what for block in word_diff(old, new)] == ["same", "added", "changed", "same"]


def test_blanks_that_changed_are_shown_as_a_line_that_changed() -> None:
    assert [block.what for block in word_diff("one two  ", "one two")] == ["removed", "added"]


def test_everything_is_added_to_an_empty_text() -> None:
    assert word_diff("", "a\nb") == (Block("added", (Piece("added", "a\nb"),), 2),)


@pytest.mark.timeout(60)
def test_hostile_texts_are_shown_as_removed_and_added() -> None:
    chance = random.Random(1)
    coin = ["".join(chance.choice("ab!? ") for _ in range(256 * 1024)) for _ in range(2)]
    assert word_diff(*coin)
    assert word_diff(*("\n".join(text) for text in coin))
    unique = ["\n".join(f"{n}\n{side}{n % 7}" for n in range(12_000)) for side in "ab"]
    assert word_diff(*unique)
    assert word_diff("x\n" * 60_000, "x\n" * 50_000 + "y\n" + "x\n" * 9_000)
