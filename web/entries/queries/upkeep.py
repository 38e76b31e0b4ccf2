"""What a wiki asks for: pages that are linked to and not written; and pages that hang together with nothing, or are forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from web.database import SQL, in_list, join_and, rows
from web.entries import rows as shapes
from web.entries.derived import link_key, rendered
from web.entries.queries.links import REF
from web.entries.queries.lists import COLUMNS, PAGE_SIZE, SELECT, TABLES, TREES, Cursor, Listed, listed
from web.entries.queries.tending import a_year_ago
from web.entries.queries.translating import CHANGED
from web.entries.rows import Entry, Ref
from web.policy import Viewer, visible_to

MOST_WANTED = 100
_NAMED = 3
_ALL = SQL("1 = 1")
_WAITING = SQL(
    "l.target IS NULL AND l.person IS NULL AND l.attachment IS NULL AND l.url IS NULL AND l.written <> '[list]'"
)
_UNDER = "EXISTS (SELECT 1 FROM entry c WHERE c.parent = e.id AND c.kind IN {} AND c.trashed_at IS NULL)"
_STANDS_UNDER = "EXISTS (SELECT 1 FROM entry u WHERE u.id = e.parent AND u.trashed_at IS NULL)"
# With what the viewer may read at the other end.
_LINKED = "EXISTS (SELECT 1 FROM link l JOIN entry x ON x.id = l.entry WHERE l.target = e.id AND x.id <> e.id AND {})"
_LEADS_ON = "EXISTS (SELECT 1 FROM link l JOIN entry x ON x.id = l.target WHERE l.entry = e.id AND {})"


class Wanted(msgspec.Struct, frozen=True):
    """A page that is linked to and not written yet: its title and (where one is named) the slug of its space, as one of the texts spells
    them; how many `texts` there are, and some of them."""

    title: str
    space: str
    texts: int
    linking: tuple[Ref, ...]


async def wanted(viewer: Viewer, space: int | None = None) -> tuple[Wanted, ...]:
    """In texts that the viewer may read (of that space, or of all): those that most link to first, at most MOST_WANTED."""
    where = join_and(_WAITING, visible_to(viewer), _in(space))
    found = await rows(
        "SELECT l.written, count(DISTINCT l.entry) AS texts FROM link l JOIN entry e ON e.id = l.entry WHERE {} "
        "GROUP BY l.written ORDER BY texts DESC, l.written LIMIT {}",
        where, MOST_WANTED,
    )  # fmt: skip
    linking = await _linking(where, [each["written"] for each in found])
    return tuple([await _wanted(each["written"], each["texts"], linking[each["written"]]) for each in found])


async def _linking(where: SQL, written: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Some of the texts for each, the latest first."""
    found = await rows(
        f"SELECT * FROM (SELECT l.written, e.body, {REF}, row_number() OVER (PARTITION BY l.written ORDER BY e.active_at DESC, e.id) "
        "AS place FROM link l JOIN entry e ON e.id = l.entry LEFT JOIN entry_text t ON t.id = e.id "
        "WHERE {} AND l.written IN {}) AS x WHERE place <= {} ORDER BY place",
        where, in_list(written), _NAMED,
    )  # fmt: skip
    by_written: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in found:
        by_written[each["written"]].append(each)
    return by_written


async def _wanted(key: str, texts: int, linking: Sequence[dict[str, Any]]) -> Wanted:
    links = [link for each in linking for link in (await rendered(each["body"])).links if link.kind_of == "wiki"]
    written = next((link.written for link in links if link_key(link.written) == key), key).partition("#")[0].strip()
    space, slash, title = written.partition("/")
    named = bool(slash and title.strip())
    return Wanted(title if named else written, space.lower() if named else "", texts, tuple(map(shapes.ref, linking)))


async def orphans(viewer: Viewer, space: int | None = None, older: Cursor | None = None) -> Listed:
    """Pages that stand under nothing and over nothing, and that nothing links to; the latest active first."""
    alone = SQL(f"NOT {_STANDS_UNDER} AND NOT {_UNDER} AND NOT {_LINKED}", in_list(TREES), visible_to(viewer, "x"))
    return await listed("active_at", join_and(_pages(viewer, space), alone), older, PAGE_SIZE)


async def dead_ends(viewer: Viewer, space: int | None = None, older: Cursor | None = None) -> Listed:
    """Pages from which no link leads on, and under which nothing stands."""
    ends = SQL(f"NOT {_UNDER} AND NOT {_LEADS_ON}", in_list(TREES), visible_to(viewer, "x"))
    return await listed("active_at", join_and(_pages(viewer, space), ends), older, PAGE_SIZE)


async def never_read(viewer: Viewer, space: int | None = None, newer: Cursor | None = None) -> Listed:
    """Pages that nobody has opened in the last twelve months, those on which nothing has happened for longest first."""
    read = SQL("NOT EXISTS (SELECT 1 FROM reading g WHERE g.entry = e.id AND g.month > {})", a_year_ago())
    return await untouched(viewer, space, newer, read)


async def most_read(viewer: Viewer, space: int | None = None) -> dict[Entry, int]:
    """Pages by how many people have read them in the last twelve months, and how many; at most MOST_WANTED."""
    found = await rows(
        f"SELECT {COLUMNS}, g.readers FROM (SELECT entry, sum(readers) AS readers FROM reading WHERE month > {{}} GROUP BY entry) AS g "
        f"JOIN {TABLES.replace('entry e', 'entry e ON e.id = g.entry', 1)} WHERE {{}} ORDER BY g.readers DESC, e.id LIMIT {{}}",
        a_year_ago(), _pages(viewer, space), MOST_WANTED,
    )  # fmt: skip
    return {shapes.entry(each): int(each["readers"]) for each in found}


async def untouched(viewer: Viewer, space: int | None = None, newer: Cursor | None = None, which: SQL = _ALL) -> Listed:
    """Pages on which nothing has happened for longest, these first."""
    after = SQL("(e.active_at, e.id) > ({}, {})", newer.time, newer.id) if newer else _ALL
    found = await rows(
        SELECT + "{} AND {} AND {} ORDER BY e.active_at, e.id LIMIT {}",
        _pages(viewer, space), which, after, PAGE_SIZE + 1,
    )  # fmt: skip
    items = tuple(map(shapes.entry, found[:PAGE_SIZE]))
    return Listed(items, Cursor(items[-1].active_at, items[-1].id) if len(found) > PAGE_SIZE else None)


async def undescribed(viewer: Viewer, space: int | None = None, older: Cursor | None = None) -> Listed:
    """What has a title and shows a picture of which nobody has said what it shows: its name stands there by itself."""
    named = " OR ".join(f"replace(e.body, '![' || f.name || '{sign}', '') <> e.body" for sign in ("](", "|"))
    shows = SQL(
        "EXISTS (SELECT 1 FROM link l JOIN attachment f ON f.id = l.attachment WHERE l.entry = e.id AND f.width IS NOT NULL "
        f"AND ({named}))"
    )
    return await listed(
        "active_at", join_and(SQL("e.title <> ''"), shows, visible_to(viewer), _in(space)), older, PAGE_SIZE
    )


async def lost(viewer: Viewer, space: int | None = None, older: Cursor | None = None) -> Listed:
    """What was said of passages that stand in their text no more, as long as it is not settled; the latest first."""
    return await _said(viewer, space, older, SQL("e.quote IS NOT NULL AND e.anchor IS NULL"))


async def doubts(viewer: Viewer, space: int | None = None, older: Cursor | None = None) -> Listed:
    """Passages of which it is said that something is the matter with them."""
    return await _said(viewer, space, older, SQL("e.sort IS NOT NULL AND e.sort <> 'thanks'"))


async def _said(viewer: Viewer, space: int | None, older: Cursor | None, which: SQL) -> Listed:
    still = SQL("COALESCE(e.stage, '') <> 'settled'")
    return await listed("active_at", join_and(which, still, visible_to(viewer), _in(space)), older, PAGE_SIZE)


async def behind(viewer: Viewer, space: int | None = None, older: Cursor | None = None) -> Listed:
    """What was translated from a text that has been changed since, but for small changes."""
    changed = f"e.id IN (SELECT v.id FROM translation v JOIN entry s ON s.id = v.source WHERE {{}} AND EXISTS (SELECT 1 {CHANGED}))"
    where = join_and(SQL(changed, visible_to(viewer, "s")), visible_to(viewer), _in(space))
    return await listed("active_at", where, older, PAGE_SIZE)


def _pages(viewer: Viewer, space: int | None) -> SQL:
    return join_and(SQL("e.kind IN {}", in_list(TREES)), visible_to(viewer), _in(space))


def _in(space: int | None) -> SQL:
    return _ALL if space is None else SQL("e.space = {}", space)
