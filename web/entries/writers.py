"""Who wrote which part of an entry's text, out of its history."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from web.entries import queries
from web.entries.blame import Line, blame, reach
from web.entries.rows import Entry, Step
from web.policy import Viewer

# A text of which others wrote every other line is not told to its end on one page.
_SHOWN = 500


@dataclass(frozen=True)
class Passage:
    """Lines that stand beneath each other, most of whose words the text `by` brought; None where those are as old as what was looked at,
    or older. `since`: what changed words in them afterwards, the latest first. `lines`: in pieces of words, and whether they are of `by`."""

    by: Step | None
    since: tuple[Step, ...]
    lines: tuple[tuple[tuple[bool, str], ...], ...]


@dataclass(frozen=True)
class Written:
    """All of a text; `oldest`: the first text that was looked at, where there are older ones; `more`: whether the text goes on."""

    passages: tuple[Passage, ...]
    oldest: Step | None
    more: bool


# By the ids of the texts: the first of them that was looked at, and the lines of the last.
_found: LRUCache[tuple[int, ...], tuple[int, tuple[Line, ...]]] = LRUCache(
    8 << 20, getsizeof=lambda found: 100 + sum(100 + len(line.text) for line in found[1])
)


async def written(viewer: Viewer, entry: Entry) -> Written:
    """Looks at the last texts, as far back as is quick. Lines that were moved are still theirs who wrote them."""
    chain = await queries.chain(viewer, entry.id)
    first, lines = await _lines(viewer, chain.ids)
    ids = chain.ids[first:]
    old = first > 0 or chain.older
    runs = list(_runs(lines))
    wanted = {number for run in runs[:_SHOWN] for line in run for number, _ in line.parts}
    known = await queries.steps(viewer, entry.id, [ids[0], *(ids[number] for number in wanted)]) if ids else {}
    by = [known.get(id) for id in ids]
    passages = tuple(_passage(run, by, 0 if old else -1) for run in runs[:_SHOWN])
    return Written(passages, by[0] if old else None, len(runs) > _SHOWN)


async def _lines(viewer: Viewer, ids: tuple[int, ...]) -> tuple[int, tuple[Line, ...]]:
    if ids not in _found:
        texts = await queries.texts_of(viewer, ids)
        found = await asyncio.to_thread(_looked_at, [texts[id].body for id in ids if id in texts])
        if found[1] and len(texts) == len(ids):
            _found[ids] = found
        return found
    return _found[ids]


def _looked_at(texts: Sequence[str]) -> tuple[int, tuple[Line, ...]]:
    first = reach(texts)
    return first, blame(texts[first:])


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines of one text that stand beneath each other; an empty one goes with what stands above it."""
    run: list[Line] = []
    for line in lines:
        if run and line.text.strip() and line.brought != run[0].brought:
            yield run
            run = []
        if run or line.text.strip():
            run.append(line)
    if run:
        yield run


def _passage(run: Sequence[Line], by: Sequence[Step | None], unknown: int) -> Passage:
    first = run[0].brought
    while not run[-1].text.strip():
        run = run[:-1]
    since = sorted(
        {number for line in run if line.text.strip() for number, _ in line.parts if number != first}, reverse=True
    )
    return Passage(
        None if first == unknown else by[first],
        tuple(step for number in since if number > first and (step := by[number])),
        tuple(tuple((number == first, words) for number, words in line.parts) for line in run),
    )
