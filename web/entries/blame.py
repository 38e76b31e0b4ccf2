"""Who wrote what: for each line of a text, and each word in it, which of the texts before brought it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from web.entries.diff import WORD, Block, word_diff
from web.entries.matching import Budget
from web.entries.moves import says

# In letters of lines that only one of two texts has, of all comparisons together. A text of a thousand words that is written anew twice a day
# for a year is within it.
_TOGETHER = 4_000_000
# Of equal words that are looked at, of all of them together.
_PAIRS = 2_000_000


@dataclass(frozen=True)
class Line:
    """One line of the last text. `parts`: its words in order, each with the number of the text that brought it; an empty line has one of ""."""

    parts: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        return "".join(words for _, words in self.parts)

    @cached_property
    def brought(self) -> int:
        """The text that brought most of its letters; of two that brought as many, the earlier one."""
        letters: Counter[int] = Counter()
        for number, words in self.parts:
            letters[number] += len(words.strip())
        return min(letters, key=lambda number: (-letters[number], number))

    @property
    def changed(self) -> int:
        """The last text that brought anything of it."""
        return max(number for number, _ in self.parts)


# A line so far: of each of its words (of an empty line, of itself), the number of the text that brought it.
_Origins = tuple[int, ...]


def blame(texts: Sequence[str]) -> tuple[Line, ...]:
    """The lines of the last of `texts` (the oldest first), with the index of the text that brought each word.

    Lines that were moved, or taken away and brought back, or only had other blanks, are who wrote them. What stood in the first text is of the index 0. A line that was
    changed keeps the words that stayed; one of which hardly any stayed is new. Lines are divided by `\\n`; one at the very end divides nothing.
    """
    lines: list[str] = []
    origins: list[_Origins] = []
    gone: dict[str, _Origins] = {}
    budget, before = Budget(_PAIRS), ""
    for number, text in enumerate(texts):
        if text != before:
            blocks = word_diff(before, text, whole=True, budget=budget)
            gone.update(_left(lines, origins, blocks))
            origins = list(_followed(origins, blocks, number, gone))
        before = text
        lines = text.removesuffix("\n").split("\n") if text else []
    return tuple(_line(text, words) for text, words in zip(lines, origins, strict=True))


def reach(texts: Sequence[str], most: int = _TOGETHER) -> int:
    """From which of `texts` on (the oldest first) they can be compared without its taking long."""
    for number in range(len(texts) - 1, 0, -1):
        most -= sum(map(len, set(texts[number].split("\n")) ^ set(texts[number - 1].split("\n"))))
        if most < 0:
            return number
    return 0


def _left(lines: Sequence[str], old: Sequence[_Origins], blocks: Sequence[Block]) -> Iterator[tuple[str, _Origins]]:
    """The lines that do not stand any more as they were."""
    at = 0
    for block in blocks:
        if block.what in ("removed", "changed"):
            yield from zip(lines[at : at + block.count], old[at : at + block.count], strict=True)
        at += block.count if block.what not in ("added", "came") else 0


def _followed(
    old: Sequence[_Origins], blocks: Sequence[Block], number: int, gone: Mapping[str, _Origins]
) -> Iterator[_Origins]:
    """The lines of the text `number`, made of those of the text before, and of what had `gone`."""
    at, starts = 0, {}
    for block in blocks:
        if block.what == "left":
            starts[block.moved] = at
        at += block.count if block.what not in ("added", "came") else 0
    at = 0
    for block in blocks:
        if block.what == "same":
            yield from old[at : at + block.count]
        elif block.what == "came":
            yield from old[starts[block.moved] : starts[block.moved] + block.count]
        elif block.what == "added":
            for line in block.pieces[0].text.split("\n"):
                back = gone.get(line) if says([line]) else None
                yield back or (number,) * (len(WORD.findall(line)) or 1)
        elif block.what == "changed":
            made = "".join(piece.text for piece in block.pieces if piece.what != "removed")
            yield gone.get(made) or tuple(_kept(old[at], block, number))
        at += block.count if block.what not in ("added", "came") else 0


def _kept(old: _Origins, block: Block, number: int) -> Iterator[int]:
    at = 0
    for piece in block.pieces:
        many = len(WORD.findall(piece.text))
        if piece.what == "same":
            yield from old[at : at + many]
        elif piece.what == "added":
            yield from (number,) * many
        at += many if piece.what != "added" else 0


def _line(text: str, origins: _Origins) -> Line:
    parts: list[tuple[int, str]] = []
    for number, word in zip(origins, WORD.findall(text) or [""], strict=True):
        if parts and parts[-1][0] == number:
            parts[-1] = (number, parts[-1][1] + word)
        else:
            parts.append((number, word))
    return Line(tuple(parts))
