"""What was taken from one place in a text and put into another: found among what two texts do not share in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from web.entries.matching import Run

Moved = tuple[int, int]  # the number of a move, from 1, and how many lines
# In letters and digits: what is shorter stands in many places, and was hardly moved.
_LEAST = 20


def moves(old: Sequence[str], new: Sequence[str], runs: Sequence[Run]) -> tuple[dict[int, Moved], dict[int, Moved]]:
    """Lines that stand in both texts, outside of the `runs` that they share in order: by where each block of them begins in `old`, and
    by where it begins in `new`. Blocks are as long as they can be, begin with a line that says something, and are numbered as they stand in
    `new`. The work is linear."""
    gone, come = _outside(len(old), [(a, n) for a, _, n in runs]), _outside(len(new), [(b, n) for _, b, n in runs])
    in_old, in_new = Counter(old[at] for at in gone), Counter(new[at] for at in come)
    places = {old[at]: at for at in gone if in_old[old[at]] == 1}
    free_old, free_new = set(gone), set(come)
    found: list[Run] = []
    for begin in come:
        line = new[begin]
        if begin not in free_new or in_new[line] != 1 or places.get(line, -1) not in free_old or not line.strip():
            continue
        a, b, n = _grown(old, new, free_old, free_new, (places[line], begin))
        # Also where it says too little: each line is looked at once.
        free_old -= set(range(a, a + n))
        free_new -= set(range(b, b + n))
        if says(old[a : a + n]):
            found.append((a, b, n))
    numbered = list(enumerate(sorted(found, key=lambda run: run[1]), start=1))
    return {a: (number, n) for number, (a, _, n) in numbered}, {b: (number, n) for number, (_, b, n) in numbered}


def _outside(length: int, runs: Sequence[tuple[int, int]]) -> list[int]:
    left, at = list[int](), 0
    for start, count in runs:
        left += range(at, start)
        at = start + count
    return [*left, *range(at, length)]


def _grown(
    old: Sequence[str], new: Sequence[str], free_old: set[int], free_new: set[int], seed: tuple[int, int]
) -> Run:
    """The longest block around the line that is at `seed` in both, of lines that are free."""
    a, b = seed
    end = 1
    while a + end in free_old and b + end in free_new and old[a + end] == new[b + end]:
        end += 1
    back = 0
    while a - back - 1 in free_old and b - back - 1 in free_new and old[a - back - 1] == new[b - back - 1]:
        back += 1
    while not old[a - back].strip() and back:
        back -= 1
    return a - back, b - back, end + back


def says(lines: Sequence[str]) -> bool:
    """Whether these say enough to be known again where they stand elsewhere."""
    return sum(sign.isalnum() for line in lines for sign in line) >= _LEAST
