"""How much of whose words stands in the pages of today: counted anew, by an open house, of those that have been changed since."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from web.database import SQL, execute, id_at, in_list, in_one_transaction, new_id, now, rows, values
from web.entries.blame import blame, reach
from web.kinds import KINDS
from web.times import MINUTE

SHARED = tuple(kind.name for kind in KINDS.values() if kind.tended)
# All pages are looked through so seldom: what moved in has texts of long ago. What was written while a minute ended is looked at twice.
_ALL, _AGAIN = 60 * MINUTE, 5 * MINUTE
# So many pages are written down at once, some seconds apart; and of the last texts of one so many, with so many letters: in what is older, nobody is told from others.
_AT_ONCE, _TEXTS, _LETTERS = 500, 200, 2_000_000
# Whoever asks for something meanwhile does not wait: a pause (s) after each page, and what has so many letters is counted by a thread.
_PAUSE, _IN_PLACE = 0.03, 10_000
# A statement has no more values than these rows have: hundreds may have written one page.
_ROWS = 1_000
_WORD = re.compile(r"\w+")


class _Text(NamedTuple):
    """One of the texts that a page has had."""

    author: int
    at: int
    body: str


class _Left(NamedTuple):
    """How many words of somebody are left, and when (ms) they brought the last of them."""

    words: int
    at: int


class _Page(NamedTuple):
    id: int
    revision: int
    left: dict[int, _Left]


class Counting:
    """What has been written is looked for once a minute. Of what waits to be counted a batch comes at a time: each makes all pages anew."""

    def __init__(self) -> None:
        self._looked, self._all = now(), 0
        self._from: int | None = None

    async def count_due(self) -> None:
        at = now()
        if at >= self._looked + MINUTE and await count_changed(since=self._looked - _AGAIN) is None:
            self._looked = at
        if self._from is None and at >= self._all + _ALL:
            self._all, self._from = at, 0
        if self._from is not None:
            self._from = await count_changed(self._from)


async def count_changed(first: int = 0, *, since: int = 0) -> int | None:
    """Of the pages from the one with this id, or of those with a text since then (ms), the next so many. Gives with which one to go on, None
    when there is no other. Several processes may do it at once: it comes to the same."""
    which = SQL("e.id IN (SELECT r.entry FROM revision r WHERE r.id > {})", id_at(since, 0)) if since else SQL("1 = 1")
    found = await rows(
        "SELECT e.id, e.author, e.revision FROM entry e WHERE {} AND e.id >= {} AND e.kind IN {} AND e.trashed_at IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM surviving s WHERE s.entry = e.id AND s.revision = e.revision) ORDER BY e.id LIMIT {}",
        which, first, in_list(SHARED), _AT_ONCE + 1,
    )  # fmt: skip
    counted = []
    for each in found[:_AT_ONCE]:
        counted.append(_Page(each["id"], each["revision"], await _left(each["id"], each["author"])))
        await asyncio.sleep(_PAUSE)
    if counted:
        await _keep(counted)
    return int(found[-1]["id"]) if len(found) > _AT_ONCE else None


async def _left(page: int, author: int) -> dict[int, _Left]:
    """By whom, in the text of today; of its author nothing, where nothing is left."""
    sizes = await rows(
        "SELECT id, length(body) AS size FROM revision WHERE entry = {} AND NOT folded AND redacted_at IS NULL ORDER BY id DESC LIMIT {}",
        page, _TEXTS + 1,
    )  # fmt: skip
    within = accumulate(each["size"] for each in sizes)
    ids = [each["id"] for each, size in zip(sizes[:_TEXTS], within, strict=False) if size <= _LETTERS]
    found = await rows("SELECT author, created_at, body FROM revision WHERE id IN {} ORDER BY id", in_list(ids))
    texts = [_Text(each["author"], each["created_at"], each["body"]) for each in found]
    if not texts:
        return {author: _Left(0, 0)}
    count = partial(_counted, texts, older=len(texts) < len(sizes))
    left = count() if sum(each["size"] for each in sizes) < _IN_PLACE else await asyncio.to_thread(count)
    return left or {author: _Left(0, 0)}


def _counted(texts: Sequence[_Text], *, older: bool) -> dict[int, _Left]:
    first = reach([each.body for each in texts])
    texts, unknown = texts[first:], 0 if older or first else -1
    words: Counter[int] = Counter()
    last: dict[int, int] = {}
    for line in blame([each.body for each in texts]):
        for number, said in line.parts:
            if number != unknown and (many := len(_WORD.findall(said))):
                author = texts[number].author
                words[author] += many
                last[author] = max(last.get(author, 0), texts[number].at)
    return {author: _Left(many, last[author]) for author, many in words.items()}


@in_one_transaction
async def _keep(pages: Sequence[_Page]) -> None:
    await execute("DELETE FROM surviving WHERE entry IN {}", in_list(page.id for page in pages))
    found = [
        (new_id(), page.id, who, each.words, page.revision, each.at)
        for page in pages
        for who, each in sorted(page.left.items())
    ]
    for start in range(0, len(found), _ROWS):
        await execute(
            "INSERT INTO surviving (id, entry, person, words, revision, at) VALUES {} ON CONFLICT (entry, person) DO UPDATE SET "
            "words = excluded.words, revision = excluded.revision, at = excluded.at",
            values(found[start : start + _ROWS]),
        )  # fmt: skip
