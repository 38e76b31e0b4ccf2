"""What changed, as the history page shows it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from web.entries.diff import Block, Piece, applied, word_diff
from web.entries.sides import sides

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


def put(paragraphs: list[int]) -> str:
    """Paragraphs that say something, in this order, with an empty line between them."""
    return "\n\n".join(f"Paragraph {number} says that the ferry leaves at {number} o'clock." for number in paragraphs)


texts = some.lists(some.sampled_from([*put(list(range(6))).split("\n\n"), "one two three", "one two four", "", "x"]), max_size=20).map("\n".join)  # fmt: skip
ending = some.sampled_from(["", "\n", "\n\n"])


@given(texts, ending, texts, ending, some.booleans())
def test_what_changed_applied_to_a_text_gives_the_next_letter_by_letter(
    old: str, end: str, new: str, other_end: str, whole: bool
) -> None:
    old, new = old + end, new + other_end
    assert applied(old, word_diff(old, new, whole=whole), new.endswith("\n")) == new


@given(texts, texts)
def test_what_left_came_somewhere_and_says_the_same_there(old: str, new: str) -> None:
    blocks = word_diff(old, new)
    left, came = ({b.moved: b.pieces[0].text for b in blocks if b.what == what} for what in ("left", "came"))
    assert left == came and list(came) == list(range(1, len(came) + 1))


def test_a_paragraph_that_was_moved_is_no_paragraph_that_was_removed() -> None:
    blocks = word_diff(put([0, 1, 2, 3]), put([0, 2, 3, 1]))
    assert [(block.what, block.count) for block in blocks if block.what in ("removed", "added", "left", "came")] in (
        [("left", 1), ("removed", 1), ("added", 1), ("came", 1)],
        [("removed", 1), ("left", 1), ("added", 1), ("came", 1)],
    )
    assert {block.pieces[0].text for block in blocks if block.moved} == {put([1])}


def test_several_lines_move_together_and_a_short_one_does_not_move_alone() -> None:
    head, short = "\n".join(f"Line {n} of what is moved" for n in range(3)), "- yes"
    blocks = word_diff(f"{head}\n{put([7, 8, 9])}", f"{put([7, 8, 9])}\n{head}")
    (came,) = [block for block in blocks if block.what == "came"]
    assert came.pieces[0].text == head and came.count == 3
    assert not any(block.moved for block in word_diff(f"{short}\n{put([7, 8])}", f"{put([7, 8])}\n{short}"))


def test_beside_each_other_stand_what_was_and_what_is() -> None:
    blocks = word_diff(put([0, 1, 2]) + "\none two three", put([2, 0, 1]) + "\nmore\none two four")
    rows = sides(blocks)
    before = [row.before for row in rows if row.before]
    assert "left" in [block.what for block in before] and "came" not in [block.what for block in before]
    assert not any(piece.what == "added" for block in before for piece in block.pieces)
    assert not any(piece.what == "removed" for row in rows if row.after for piece in row.after.pieces)
    changed = next(row for row in rows if row.before and row.before.what == "changed")
    assert changed.after and [piece.text for piece in changed.after.pieces if piece.what == "added"] == ["four"]


@pytest.mark.timeout(60)
def test_hostile_texts_are_shown_as_removed_and_added() -> None:
    chance = random.Random(1)
    coin = ["".join(chance.choice("ab!? ") for _ in range(256 * 1024)) for _ in range(2)]
    assert word_diff(*coin)
    assert word_diff(*("\n".join(text) for text in coin))
    unique = ["\n".join(f"{n}\n{side}{n % 7}" for n in range(12_000)) for side in "ab"]
    assert word_diff(*unique)
    moved = "\n".join(f"{n} is a line that is moved" for n in range(12_000))
    assert [block.what for block in word_diff(f"{moved}\nend", f"end\n{moved}")]
    dashes = ["-" * n for n in range(1, 600)]
    assert not any(block.moved for block in word_diff("\n".join([*dashes, "a"]), "\n".join(["a", *dashes[::-1]])))
    assert word_diff("x\n" * 60_000, "x\n" * 50_000 + "y\n" + "x\n" * 9_000)
