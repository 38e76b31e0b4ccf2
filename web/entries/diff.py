"""What changed between two texts, in the shape the history page shows it: paragraphs, and words inside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from web.entries.matching import Budget, matches

_CONTEXT = 3
# Two paragraphs with at least this share of words in common are one paragraph that changed.
_ALIKE = 0.4
# Pairing every removed paragraph with every added one is for stretches that a person wrote in one go.
_PAIRED = 400
_WORD = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """Some words. `what`: "same", "added" or "removed"."""

    what: str
    text: str


@dataclass(frozen=True)
class Block:
    """A run of `count` lines that share one fate.

    what: "same", "added" or "removed" (one piece, lines divided by `\\n`), "changed" (one line, pieces of all
    sorts), or "skipped" (no pieces: unchanged lines far from any change).
    """

    what: str
    pieces: tuple[Piece, ...]
    count: int


def word_diff(old: str, new: str) -> tuple[Block, ...]:
    """What was done to `old` to get `new`; empty when they say the same."""
    before, after = _lines(old), _lines(new)
    if before == after:
        return ()
    blocks: list[Block] = []
    a, b, budget = 0, 0, Budget()
    for start, begin, length in matches(before, after):
        blocks += _changed(before[a:start], after[b:begin], budget)
        a, b = start + length, begin + length
        blocks += _unchanged(before[start:a], first=not start and not begin, last=a == len(before) and b == len(after))
    return tuple(blocks)


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


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


def _changed(old: Sequence[str], new: Sequence[str], budget: Budget) -> Iterator[Block]:
    a = b = 0
    for start, begin in [*_paired(old, new), (len(old), len(new))]:
        yield from _run("removed", old[a:start])
        yield from _run("added", new[b:begin])
        if start < len(old):
            yield from _rewritten(old[start], new[begin], budget)
        a, b = start + 1, begin + 1


def _paired(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Which old line became which new one, in order."""
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
    pieces = _pieces(_WORD.findall(old), _WORD.findall(new), budget)
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
