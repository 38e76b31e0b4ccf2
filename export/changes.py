"""What changed, as a snapshot has it: of what its pages are made, and what the reader's browser is told, for it to mark what is new
since the snapshot that it saw before.

The browser is told in a script of its own, which every page loads, so that no page is written anew because another has changed: of
the `_MOST` texts that were written or changed last, when, and of what was put in the bin last, where that is told. Nothing in it
depends on a clock.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from export.audience import Snapshot
from export.found import Found
from web import urls
from web.database import id_time
from web.entries.queries import CHANGES_MONTH_SIZE, CHANGES_SIZE, Cursor
from web.kinds import KINDS
from web.times import DAY

LATELY = "lately.js"
# About 8 kB, whatever the size of the house: what a page loads first stays below 30 kB.
_MOST, _MOST_GONE = 250, 15


class Late(NamedTuple):
    """When (ms) an entry was changed last, and when it was written."""

    changed: int
    written: int
    entry: int


class Gone(NamedTuple):
    """When (ms) an entry was put in the bin, when it was written, and where it is told."""

    gone: int
    written: int
    entry: int
    path: str


class Lately(NamedTuple):
    """The latest first, and one more of each when that is not all of them. `erased`: when (ms) a text was taken away for good last."""

    texts: Sequence[Late] = ()
    gone: Sequence[Gone] = ()
    erased: int = 0


def pages_of_changes(found: Found, ref: Callable[[int | None], Any]) -> Iterator[tuple[str, object]]:
    """Each address, and what its page is made of: what it shows of each change, and whether there is more. `ref`: what a link says."""
    here = urls.url_of("changes")
    months: dict[str, list[tuple[int, object]]] = {}
    for id, shown in sorted(_shown(found, ref)):
        months.setdefault(month_of(id_time(id)), []).append((id, shown))
    latest = [change for month in sorted(months)[::-1] for change in reversed(months[month])][:CHANGES_SIZE]
    yield here, (latest, Counter({month: len(changes) for month, changes in months.items()}))
    for month, changes in months.items():
        for start in range(0, len(changes), CHANGES_MONTH_SIZE):
            after = f"after/{_cursor(changes[start - 1][0])}/" if start else ""
            end = start + CHANGES_MONTH_SIZE
            yield f"{here}month/{month}/{after}", (month, changes[start:end], end < len(changes))


def month_of(ms: int) -> str:
    """`2026-11`"""
    return _month_of_day(ms // DAY)


@lru_cache(maxsize=10_000)
def _month_of_day(day: int) -> str:
    return f"{datetime.fromtimestamp(day * DAY // 1000, UTC):%Y-%m}"


def _cursor(id: int) -> Cursor:
    return Cursor(id_time(id), id)


def _shown(found: Found, ref: Callable[[int | None], Any]) -> Iterator[tuple[int, object]]:
    for id, revisions in found.revisions.items():
        entry = found.entries[id]
        space = found.spaces[entry.space]
        of_entry = (
            id, ref(id), ref(entry.root), entry.lang, entry.revision, space.slug, space.name, space.access,
            space.public,
        )  # fmt: skip
        before = None
        for each in revisions:
            if each.redacted_at is not None:
                continue
            yield each.id, (tuple(each), before, of_entry)
            before = each.id


def lately(found: Found) -> Lately:
    """What was written or changed last, and what was put in the bin last."""
    texts = (
        # The first text may have been followed at once by the one that is in the history.
        Late(revisions[-1].created_at, min(id_time(id), revisions[0].created_at), id)
        for id, revisions in found.revisions.items()
    )
    gone = (Gone(each.trashed_at, id_time(id), id, KINDS[each.kind].path) for id, each in found.gone.items())
    return Lately(sorted(texts, reverse=True)[: _MOST + 1], sorted(gone, reverse=True)[: _MOST_GONE + 1], found.erased)


def script(snapshot: Snapshot, language: str, as_of: int, late: Lately) -> bytes:
    """A classic script that says so: `key`, what the browser remembers it by; `as_of` (ms); `from`, the time from which on it tells of
    everything; of each entry its id, how long (ms) before `as_of` it was written, and how long after that it was changed; and of what
    is in the bin its word in the address, its id, and how long before it was written and put there.

    Nothing of a day that has passed: whoever looks back has not read on. But `erased` is told of that too: what was taken away later stands
    in it.
    """
    erased = f"window.dugnadErased = {late.erased};\n" if late.erased else ""
    if snapshot.moment:
        return f"window.dugnadLately = null;\n{erased}".encode()
    # Whoever throws something away writes nothing.
    as_of = max([as_of, *(each.gone for each in late.gone[:1])])
    told = {
        "key": " ".join((snapshot.live, snapshot.audience, language, *snapshot.spaces)),
        "as_of": as_of,
        "from": max(
            [0, *(each.changed for each in late.texts[_MOST:]), *(each.gone for each in late.gone[_MOST_GONE:])]
        ),
        "entries": [[each.entry, as_of - each.written, each.changed - each.written] for each in late.texts[:_MOST]],
        "gone": [[each.path, each.entry, as_of - each.written, as_of - each.gone] for each in late.gone[:_MOST_GONE]],
    }
    return f"window.dugnadLately = {json.dumps(told, separators=(',', ':'))};\n{erased}".encode()
