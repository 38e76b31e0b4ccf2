"""What two sequences share, in order: the one comparison that history, merging and annotations stand on."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

Run = tuple[int, int, int]

# difflib looks at every pair of equal items, again and again, once for every run it finds. A longer stretch, or one
# with more pairs, is cut at items that stand once on both sides; `_TOGETHER` bounds the pairs of one comparison.
_ITEMS = 1_000
_PAIRS = 20_000
_TOGETHER = 200_000
_DEEPEST = 8


class Budget:
    """How many pairs of equal items may still be looked at, by all comparisons that share it."""

    def __init__(self, pairs: int = _TOGETHER) -> None:
        self.left = pairs


def matches(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget | None = None) -> list[Run]:
    """Runs of equal items as `(start in old, start in new, length)`, in order.

    Ends with an empty run at both ends, as difflib's matching blocks do. The work is close to linear for any
    input: what would cost more is taken as different.
    """
    found: list[Run] = []
    budget = budget or Budget()
    waiting = [(0, len(old), 0, len(new), 0)]
    while waiting:
        a, a_end, b, b_end, depth = waiting.pop()
        a, a_end, b, b_end = _trimmed(old, new, (a, a_end, b, b_end), found)
        if a == a_end or b == b_end:
            continue
        in_old, in_new = Counter(old[a:a_end]), Counter(new[b:b_end])
        pairs = sum(count * in_new[item] for item, count in in_old.items())
        if pairs <= min(_PAIRS, budget.left) and max(a_end - a, b_end - b) <= _ITEMS:
            budget.left -= pairs
            found += [(a + x, b + y, n) for x, y, n in _compared(old[a:a_end], new[b:b_end])]
        elif depth < _DEEPEST:
            once = {item for item, count in in_old.items() if count == in_new[item] == 1}
            waiting += [(*gap, depth + 1) for gap in _gaps(old, new, (a, a_end, b, b_end), once)]
    return [*_joined(sorted(found)), (len(old), len(new), 0)]


class Matcher:
    """`matches` in the shape that merge3 asks for."""

    def __init__(self, budget: Budget, isjunk: object, a: Sequence[str], b: Sequence[str]) -> None:
        self.runs = matches(a, b, budget)

    def get_matching_blocks(self) -> list[Run]:
        return self.runs


Window = tuple[int, int, int, int]


def _trimmed(old: Sequence[Hashable], new: Sequence[Hashable], window: Window, found: list[Run]) -> Window:
    """The window without what is equal at its start and its end, which is put into `found`."""
    a, a_end, b, b_end = window
    while a < a_end and b < b_end and old[a] == new[b]:
        a, b = a + 1, b + 1
    while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    found += [(window[0], window[2], a - window[0]), (a_end, b_end, window[1] - a_end)]
    return a, a_end, b, b_end


def _compared(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    return [(run.a, run.b, run.size) for run in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()]


def _gaps(old: Sequence[Hashable], new: Sequence[Hashable], window: Window, once: set[Hashable]) -> list[Window]:
    """The windows that begin at each of the items in `once` which keep their order."""
    a, a_end, b, b_end = window
    places = {new[at]: at for at in range(b, b_end) if new[at] in once}
    kept = _rising([(at, places[old[at]]) for at in range(a, a_end) if old[at] in once])
    if not kept:
        return []
    starts, ends = [(a, b), *kept], [*kept, (a_end, b_end)]
    return [(x, x_end, y, y_end) for (x, y), (x_end, y_end) in zip(starts, ends, strict=True)]


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of pairs whose second numbers rise (the first ones do already)."""
    tops: list[int] = []
    best: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        at = bisect_left(tops, second)
        before.append(best[at - 1] if at else -1)
        tops[at : at + 1] = [second]
        best[at : at + 1] = [index]
    kept, index = [], best[-1] if best else -1
    while index >= 0:
        kept.append(pairs[index])
        index = before[index]
    return kept[::-1]


def _joined(runs: list[Run]) -> list[Run]:
    whole: list[Run] = []
    for a, b, length in runs:
        if whole and length and (whole[-1][0] + whole[-1][2], whole[-1][1] + whole[-1][2]) == (a, b):
            whole[-1] = (*whole[-1][:2], whole[-1][2] + length)
        elif length:
            whole.append((a, b, length))
    return whole


def shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items are equal from the start."""
    for count, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return count
    return min(len(one), len(other))
