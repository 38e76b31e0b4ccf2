"""Searches that somebody follows: an open house looks now and then what is new that is found so, and tells them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from web.database import SQL, execute, for_update, in_one_transaction, new_id, now, row, rows, value, values
from web.database.ids import id_at, id_time
from web.entries import search
from web.entries.derived import named_tags, rendered
from web.entries.search import FileHit, Query
from web.entries.telling import LATELY, SETTLES, concern
from web.entries.trails import MOST_TAGS
from web.errors import Invalid
from web.people import queries as people
from web.policy import Viewer
from web.times import MINUTE

MOST_FOLLOWED, LONGEST = 20, 300
# Each is looked at so seldom, so many at a time, and of what is new at once so much is told.
_EVERY, _AT_ONCE, _MOST_HITS = 10 * MINUTE, 20, 20


class FollowedSearch(msgspec.Struct, frozen=True):
    id: int
    words: str


def said(typed: str) -> str:
    """What one searches for, as it is kept. Raises Invalid."""
    words = " ".join(typed.replace("\0", "").split())
    if search.read(words).empty:
        raise Invalid("q", "Say what you are looking for.")
    if len(words) > LONGEST:
        raise Invalid("q", "This is longer than %(most)s characters.", most=LONGEST)
    return words


async def followed(viewer: Viewer) -> tuple[FollowedSearch, ...]:
    """The viewer's own, by what is searched for."""
    if not viewer.signed_in:
        return ()
    mine = "SELECT id, words FROM followed_search WHERE person = {} ORDER BY words LIMIT {}"
    return tuple(FollowedSearch(**each) for each in await rows(mine, viewer.me, MOST_FOLLOWED))


async def beside(viewer: Viewer, query: Query, words: str) -> tuple[tuple[FileHit, ...], bool]:
    """The files that are found so, and whether the viewer follows that search."""
    mine = "SELECT q.id, q.words AS name, -1 AS size, NULL AS home, '' AS under, '' AS plain FROM followed_search q WHERE q.person = {} AND q.words = {}"
    asked = [SQL(mine, viewer.person or 0, words)]
    if query.wanted:
        asked.insert(0, SQL("SELECT * FROM ({}) AS files", search.files(viewer, query)))
    found = await rows(" UNION ALL ".join("{}" for _ in asked), *asked)
    files = sorted((each for each in found if each["size"] >= 0), key=lambda each: -each["id"])
    return search.file_hits(files, query), len(files) < len(found)


@in_one_transaction
async def follow(viewer: Viewer, typed: str, *, on: bool = True) -> str:
    """What is written from now on and found so is told. Gives what is searched for, as it is kept; raises Invalid."""
    viewer.must("write")
    words = said(typed)
    if not on:
        await execute("DELETE FROM followed_search WHERE person = {} AND words = {}", viewer.me, words)
        return words
    await rows("SELECT id FROM person WHERE id = {} " + for_update(), viewer.me)  # two at once are not one too many
    others = "SELECT count(*) FROM followed_search WHERE person = {} AND words <> {}"
    if await value(others, viewer.me, words) >= MOST_FOLLOWED:
        raise Invalid("q", "You follow %(most)s searches already. Leave one of them first.", most=MOST_FOLLOWED)
    await execute(
        "INSERT INTO followed_search (id, person, words, upto, looked_at, created_at) VALUES ({}, {}, {}, {}, {}, {}) "
        "ON CONFLICT (person, words) DO NOTHING",
        new_id(), viewer.me, words, id_at(now(), 0), now(), now(),
    )  # fmt: skip
    return words


async def seek_due() -> int:
    """Gives how much was found. What has just been written may still be taken back, and waits."""
    newest = await value("SELECT max(id) FROM revision WHERE id < {}", id_at(now() - SETTLES, 0)) or 0
    due = await rows(
        "SELECT id FROM followed_search WHERE looked_at < {} AND upto < {} ORDER BY looked_at, id LIMIT {}",
        now() - _EVERY, newest, _AT_ONCE,
    )  # fmt: skip
    return sum([await _seek(each["id"], newest) for each in due])


async def _seek(id: int, newest: int) -> int:
    """Nobody who writes waits while it looks."""
    search = await row("SELECT person, words, upto FROM followed_search WHERE id = {}", id)
    if not search:
        return 0
    viewer = await people.viewer(search["person"])
    # A house that moved in has a past that is no news.
    after = max(search["upto"], id_at(now() - LATELY, 0))
    found = await _found(viewer, search["words"], after, newest) if viewer.signed_in else []
    return await _note(viewer, id, found, search["upto"], newest)


@in_one_transaction
async def _note(viewer: Viewer, id: int, found: Sequence[tuple[int, int | None]], upto: int, newest: int) -> int:
    """Of several processes that have looked at once, one notes it."""
    on = "UPDATE followed_search SET upto = {}, looked_at = {} WHERE id = {} AND upto = {} RETURNING id"
    if not await row(on, newest, now(), id, upto):
        return 0
    if found:
        made = values((new_id(), id, entry, revision) for entry, revision in found)
        await execute(
            "INSERT INTO search_hit (id, search, entry, revision) VALUES {} ON CONFLICT (search, entry) DO NOTHING",
            made,
        )
        first = min(revision or entry for entry, revision in found)
        await concern(SQL("SELECT id AS person FROM person WHERE id = {}", viewer.me), id_time(first) - 1)
    return len(found)


async def _found(viewer: Viewer, words: str, after: int, until: int) -> list[tuple[int, int | None]]:
    """Each with the revision since which it is found, if it was there before; none where it takes too long to find out."""
    query = search.read(words)
    try:
        written = await search.written(viewer, query, after, until, _MOST_HITS)
        changed = await search.changed(viewer, query, after, until, _MOST_HITS)
    except Invalid:
        return []
    news = [(each["id"], each["revision"]) for each in changed if not await _was_found(query, each)]
    return [*((id, None) for id in written), *news]


async def _was_found(query: Query, before: Mapping[str, Any]) -> bool:
    """Whether the text that was there before the change is found as well."""
    text = await rendered(before["body"])
    tags = named_tags(before["tags"], text.tags, MOST_TAGS)
    return await asyncio.to_thread(search.is_in, query, f"{before['title']}\n{before['tags']}\n{text.plain}", tags)
