"""What changed between two texts, in the shape the history page shows it: paragraphs, and words inside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from web.entries.matching import Budget, Run, matches
from web.entries.moves import Moved, moves

_CONTEXT = 3
# Two paragraphs with at least this share of words in common are one paragraph that changed.
_ALIKE = 0.4
# Pairing every removed paragraph with every added one is for stretches that a person wrote in one go.
_PAIRED = 400
WORD = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """Some words. `what`: "same", "added" or "removed"; in a block that was moved, what the block is."""

    what: str
    text: str


@dataclass(frozen=True)
class Block:
    """A run of `count` lines that share one fate.

    what: "same", "added" or "removed" (one piece, lines divided by `\\n`), "changed" (one line, pieces of all
    sorts), "left" or "came" (one piece: lines that stood here and were moved, and lines that were moved here), or
    "skipped" (no pieces: unchanged lines far from any change).
    moved: the same number where lines left and where they came to, from 1; 0 for what was not moved.
    """

    what: str
    pieces: tuple[Piece, ...]
    count: int
    moved: int = 0


def word_diff(old: str, new: str, *, whole: bool = False, budget: Budget | None = None) -> tuple[Block, ...]:
    """What was done to `old` to get `new`; empty when they say the same. A newline at the very end says nothing.

    whole: with all that stayed, and nothing skipped.
    """
    before, after = _lines(old), _lines(new)
    if before == after:
        return tuple(_run("same", before)) if whole else ()
    blocks: list[Block] = []
    runs = _slid(before, after, matches(before, after))
    gone, come = moves(before, after, runs)
    a, b, budget = 0, 0, budget or Budget()
    for start, begin, length in runs:
        blocks += _changed(_items(before, a, start, gone), _items(after, b, begin, come), budget)
        a, b = start + length, begin + length
        lines = before[start:a]
        ends = {"first": not start and not begin, "last": a == len(before) and b == len(after)}
        blocks += _run("same", lines) if whole else _unchanged(lines, **ends)
    return tuple(blocks)


def applied(old: str, blocks: Sequence[Block], newline: bool) -> str:
    """The text that `blocks` make of `old`: `applied(old, word_diff(old, new), new.endswith("\\n")) == new`.

    newline: whether it ends in one, which is no change that anybody is shown.
    """
    before, made, at = _lines(old), list[str](), 0
    if not blocks:
        made = before
    for block in blocks:
        if block.what in ("same", "skipped"):
            made += before[at : at + block.count]
        elif block.what in ("added", "changed", "came"):
            made += "".join(piece.text for piece in block.pieces if piece.what != "removed").split("\n")
        at += block.count if block.what not in ("added", "came") else 0
    return "\n".join(made) + ("\n" if newline else "")


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _slid(old: Sequence[str], new: Sequence[str], runs: list[Run]) -> list[Run]:
    """The same, but where only lines came or only lines left, an empty one stands after them rather than before: that is how
    people put in a paragraph, and take one out."""
    slid = runs[:1]
    for a, b, length in runs[1:]:
        start, begin, kept = slid[-1]
        gap, other = (start + kept, begin + kept), (a - start - kept, b - begin - kept)
        # What comes first in what left (or came) also comes right after it.
        lines, at, end = (old, gap[0], a) if other[1] == 0 else (new, gap[1], b)
        if 0 in other and kept and length > 1 and not lines[at].strip() and lines[at] == lines[end]:
            slid[-1] = start, begin, kept + 1
            a, b, length = a + 1, b + 1, length - 1
        slid.append((a, b, length))
    return slid


def _run(what: str, lines: Sequence[str]) -> list[Block]:
    return [Block(what, (Piece(what, "\n".join(lines)),), len(lines))] if lines else []


def _unchanged(lines: Sequence[str], first: bool, last: bool) -> list[Block]:
    """The lines near the changes before and after them, and how many lie between."""
    head = 0 if first else min(_CONTEXT, len(lines))
    tail = len(lines) if last else max(head, len(lines) - _CONTEXT)
    # A note that one line is left out takes as much room as the line.
    if tail - head < 2:
        return _run("same", lines)
    return [*_run("same", lines[:head]), Block("skipped", (), tail - head), *_run("same", lines[tail:])]


Item = str | tuple[int, Sequence[str]]  # a line, or the number and the lines of what was moved


def _items(lines: Sequence[str], start: int, end: int, moved: Mapping[int, Moved]) -> list[Item]:
    items: list[Item] = []
    while start < end:
        if start in moved:
            number, length = moved[start]
            items.append((number, lines[start : start + length]))
            start += length
        else:
            items.append(lines[start])
            start += 1
    return items


def _changed(old: Sequence[Item], new: Sequence[Item], budget: Budget) -> Iterator[Block]:
    a = b = 0
    for start, begin in [*_paired(old, new), (len(old), len(new))]:
        yield from _told("removed", "left", old[a:start])
        yield from _told("added", "came", new[b:begin])
        if start < len(old):
            yield from _rewritten(str(old[start]), str(new[begin]), budget)
        a, b = start + 1, begin + 1


def _told(what: str, if_moved: str, items: Sequence[Item]) -> Iterator[Block]:
    for moved, group in groupby(items, lambda item: isinstance(item, tuple) and item[0]):
        found = list(group)
        if isinstance(found[0], tuple):
            yield replace(_run(if_moved, found[0][1])[0], moved=int(moved))
        else:
            yield from _run(what, [str(line) for line in found])


def _paired(old: Sequence[Item], new: Sequence[Item]) -> list[tuple[int, int]]:
    """Which old line became which new one, in order; what was moved is what it was."""
    places = [[at for at, item in enumerate(side) if isinstance(item, str)] for side in (old, new)]
    lines = [[str(side[at]) for at in kept] for side, kept in zip((old, new), places, strict=True)]
    return [(places[0][one], places[1][other]) for one, other in _paired_lines(*lines)]


def _paired_lines(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    if len(old) == len(new) == 1:
        return [(0, 0)]
    if len(old) * len(new) > _PAIRED:
        return []
    bags = [Counter(re.findall(r"\w+", line)) for line in new]
    pairs, begin = [], 0
    for at, line in enumerate(old):
        words = Counter(re.findall(r"\w+", line))
        scores = [(_alike(words, bags[place]), -place) for place in range(begin, len(new))]
        score, place = max(scores, default=(0.0, 0))
        if score >= _ALIKE:
            pairs.append((at, -place))
            begin = 1 - place
    return pairs


def _alike(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _rewritten(old: str, new: str, budget: Budget) -> Iterator[Block]:
    """One line that changed; as removed and added where hardly a word, or nothing but blanks, tells them apart."""
    pieces = _pieces(WORD.findall(old), WORD.findall(new), budget)
    kept = sum(len(piece.text) for piece in pieces if piece.what == "same")
    if len(pieces) > 1 and 2 * kept >= _ALIKE * (len(old) + len(new)):
        yield Block("changed", tuple(pieces), 1)
    else:
        yield from _run("removed", [old])
        yield from _run("added", [new])


def _pieces(old: list[str], new: list[str], budget: Budget) -> list[Piece]:
    pieces: list[Piece] = []
    a = b = 0
    for start, begin, length in matches([word.rstrip() for word in old], [word.rstrip() for word in new], budget):
        parts = ("removed", old[a:start]), ("added", new[b:begin]), ("same", new[begin : begin + length])
        pieces += [Piece(what, "".join(words)) for what, words in parts if words]
        a, b = start + length, begin + length
    return pieces
