"""One entry, and lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter

from web.database import SQL, engine_type, in_list, join_and, row, rows
from web.entries import rows as shapes
from web.entries.following import muted_by
from web.entries.rows import Entry, Face
from web.errors import NotThere, there
from web.kinds import KINDS
from web.policy import Viewer, people_known_to, trashed_for, visible_to
from web.rights import run_by, wrote

PAGE_SIZE, MONTH_SIZE = 30, 100
# Of what is told, how many words it has: the places where one ends.
_TOLD = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if kind.told)
_WORDS = (
    f"CASE WHEN e.kind IN ({_TOLD}) THEN length(t.body) - length(replace(replace(t.body, ' ', ''), '\n', '')) + 1 END"
)
# Who wrote it besides its author, of the few of which that is said: a line for each.
_CREW = (
    "CASE WHEN EXISTS (SELECT 1 FROM writer w WHERE w.entry = e.id) THEN (SELECT string_agg(w.id || ' ' || p.id || ' ' || p.handle || ' ' || p.name, "
    "'\n') FROM writer w JOIN person p ON p.id = w.person WHERE w.entry = e.id) END"
)
COLUMNS = f"""
    e.id, e.kind, e.space, e.author, e.parent, e.root, e.revision, e.title, e.slug, e.body, e.lead, e.lang, e.created_at,
    e.updated_at, e.active_at, e.url, e.quote, e.anchor, e.sort, e.stage, e.accepted, e.position, e.replies, e.annotations,
    e.recommend, e.helped, e.vote, e.watchers, e.revisions, e.trashed_at, e.trashed_by, e.trash_reason, e.hide_at,
    a.handle AS author_handle, a.name AS author_name,
    s.slug AS space_slug, s.name AS space_name, s.access AS space_access, s.public AS space_public,
    (SELECT c.closed_at FROM talk c WHERE c.id = e.root) AS closed_at,
    (SELECT c.pinned_at FROM talk c WHERE c.id = e.id AND c.pinned_in = e.space) AS pinned_at,
    COALESCE(NULLIF(e.lead, ''), substr(t.body, 1, 600)) AS excerpt, {_WORDS} AS words, {_CREW} AS crew
"""
# Every entry has all of them; LEFT says that it is the entry that is looked for, and they come along.
TABLES = (
    "entry e LEFT JOIN person a ON a.id = e.author LEFT JOIN space s ON s.id = e.space "
    "LEFT JOIN entry_text t ON t.id = e.id"
)
_OF_TAGGING = TABLES.replace("entry e", "entry e ON e.id = g.entry", 1)
SELECT = f"SELECT {COLUMNS} FROM {TABLES} WHERE "
TREES = tuple(kind.name for kind in KINDS.values() if kind.tree)
ALONE = tuple(kind.name for kind in KINDS.values() if kind.alone)
EVERY = tuple(KINDS)
_ASKED = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if kind.accepts)
_ANSWERS = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if kind.counted == "replies")
# It waits for an answer: nothing is accepted, and of what was answered, nothing holds. One is looked for, so that it is found by keys.
WAITS = (
    f"(e.accepted IS NULL AND (e.replies = 0 OR (e.kind IN ({_ASKED}) AND (SELECT 1 FROM entry n WHERE n.parent = e.id AND n.trashed_at IS NULL "
    f"AND n.kind IN ({_ANSWERS}) AND NOT EXISTS (SELECT 1 FROM outdated o WHERE o.id = n.id) LIMIT 1) IS NULL)))"
)


@dataclass(frozen=True)
class Filter:
    """Which entries to list; what is empty does not narrow. Names are ids, but for kinds. `with_author`: what the author wrote
    together with others, who began it. `pinned`: those that are pinned in the space stand first."""

    kinds: tuple[str, ...] = ALONE
    space: int | None = None
    author: int | None = None
    with_author: tuple[int, ...] = ()
    tag: str | None = None
    followed_by: int | None = None
    parent: int | None = None
    root: int | None = None
    unanswered: bool = False
    pinned: bool = False


@dataclass(frozen=True)
class Cursor:
    """A place in a list that is sorted by a time, then by id, both falling."""

    time: int
    id: int

    def __str__(self) -> str:
        return f"{self.time}-{self.id}"

    @classmethod
    def read(cls, text: str | None) -> Cursor | None:
        """Raises NotThere when the text was not made by a cursor."""
        if not text:
            return None
        parts = text.split("-")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
            raise NotThere
        return cls(int(parts[0]), int(parts[1]))


_MONTH = re.compile(r"(\d{4})-(\d\d)", re.A)


@dataclass(frozen=True)
class Month:
    """A month of a list, from its first day on: what was written from `start` to `end` (ms), after the place `after`. Unlike what
    is found by going back from the latest, this stays where it is when more is written."""

    start: int
    end: int
    after: Cursor | None = None

    def __str__(self) -> str:
        return f"{datetime.fromtimestamp(self.start / 1000, UTC):%Y-%m}"

    @classmethod
    def read(cls, text: str, after: str | None = None) -> Month:
        """`2026-11`. Raises NotThere."""
        found = _MONTH.fullmatch(text)
        if not found or not (1 <= int(found[2]) <= 12 and 1970 <= int(found[1]) < 9999):
            raise NotThere
        year, month = int(found[1]), int(found[2])
        ends = datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        start, end = (int(each.timestamp()) * 1000 for each in ends)
        return cls(start, end, Cursor.read(after))


# Where in a list: None is its beginning.
Place = Cursor | Month | None


@dataclass(frozen=True)
class Listed:
    """One page of a list, and the cursor to the next one, if there is more."""

    items: tuple[Entry, ...]
    older: Cursor | None


async def entry(viewer: Viewer, id: int) -> Entry:
    """Raises NotThere."""
    found = await row(SELECT + "e.id = {} AND {}", id, visible_to(viewer))
    found = there(found)
    return shapes.entry(found)


async def trashed(viewer: Viewer, id: int) -> Entry:
    """An entry in the bin that the viewer could read before. Raises NotThere."""
    found = await row(SELECT + "e.id = {} AND {}", id, trashed_for(viewer))
    found = there(found)
    return shapes.entry(found)


async def entries(viewer: Viewer, ids: Iterable[int]) -> dict[int, Entry]:
    if not (ids := list(ids)):
        return {}
    found = await rows(SELECT + "e.id IN {} AND {}", in_list(ids), visible_to(viewer))
    return {each["id"]: shapes.entry(each) for each in found}


async def face(viewer: Viewer, id: int | None) -> Face | None:
    """None for somebody whom the viewer does not know."""
    known = "SELECT p.id, p.handle, p.name FROM person p WHERE p.id = {} AND {}"
    found = await row(known, id, people_known_to(viewer)) if id else None
    return Face(found["id"], found["handle"], found["name"]) if found else None


async def faces(viewer: Viewer, ids: Iterable[int | None]) -> dict[int, Face]:
    """Of those of them whom the viewer knows."""
    wanted = {id for id in ids if id}
    known = "SELECT p.id, p.handle, p.name FROM person p WHERE p.id IN {} AND {}"
    found = await rows(known, in_list(wanted), people_known_to(viewer)) if wanted else []
    return {each["id"]: Face(each["id"], each["handle"], each["name"]) for each in found}


async def stream(viewer: Viewer, which: Filter, place: Place = None, limit: int = PAGE_SIZE) -> Listed:
    """Conversations, the latest active first; or those of a month, in the order in which they were written."""
    if isinstance(place, Month):
        return await _written_in(viewer, which, place)
    if which.tag is not None:
        return await _tagged(viewer, which, which.tag, place, limit)
    if which.pinned and place is None:
        return await _pinned_first(viewer, which, limit)
    return await listed("active_at", _narrowed(viewer, which), place, limit)


async def _pinned_first(viewer: Viewer, which: Filter, limit: int) -> Listed:
    """The first page, in one statement."""
    pinned = join_and(
        SQL("e.id IN (SELECT k.id FROM talk k WHERE k.pinned_in = {})", which.space),
        _narrowed(viewer, replace(which, pinned=False)),
    )
    found = await rows(
        f"SELECT * FROM (SELECT {COLUMNS}, 1 AS first FROM {TABLES} WHERE {{}}) AS p UNION ALL SELECT * FROM "
        f"(SELECT {COLUMNS}, 0 AS first FROM {TABLES} WHERE {{}} ORDER BY e.active_at DESC, e.id DESC LIMIT {{}}) AS l",
        pinned, _narrowed(viewer, which), limit + 1,
    )  # fmt: skip
    first = sorted((each for each in found if each["first"]), key=itemgetter("pinned_at"))
    then = sorted((each for each in found if not each["first"]), key=itemgetter("active_at", "id"), reverse=True)
    items = tuple(shapes.entry(each) for each in (*first, *then[:limit]))
    return Listed(items, Cursor(items[-1].active_at, items[-1].id) if len(then) > limit else None)


async def _tagged(viewer: Viewer, which: Filter, tag: str, older: Cursor | None, limit: int) -> Listed:
    """The same, found from the tag's side: `tagging` knows when something last happened under it."""
    under = SQL(
        "g.tag = COALESCE((SELECT tag FROM synonym WHERE name = {}), (SELECT id FROM tag WHERE name = {}))", tag, tag
    )
    where = join_and(under, _narrowed(viewer, which))
    return await listed("active_at", where, older, limit, ("g.active_at", "g.entry"), f"tagging g JOIN {_OF_TAGGING}")


async def written(viewer: Viewer, which: Filter, place: Place = None, limit: int = PAGE_SIZE) -> Listed:
    """Entries, the latest written first; or those of a month, the first of them first."""
    if isinstance(place, Month):
        return await _written_in(viewer, which, place)
    return await listed("created_at", _narrowed(viewer, which), place, limit)


async def _written_in(viewer: Viewer, which: Filter, month: Month) -> Listed:
    """Raises NotThere when nothing was."""
    after = month.after or Cursor(month.start - 1, 0)
    found = await rows(
        SELECT + "{} AND e.created_at < {} AND (e.created_at, e.id) > ({}, {}) ORDER BY e.created_at, e.id LIMIT {}",
        _with_tag(viewer, which), month.end, after.time, after.id, MONTH_SIZE + 1,
    )  # fmt: skip
    there(found or None)
    items = tuple(shapes.entry(each) for each in found[:MONTH_SIZE])
    return Listed(items, Cursor(items[-1].created_at, items[-1].id) if len(found) > MONTH_SIZE else None)


async def months(viewer: Viewer, which: Filter) -> tuple[tuple[Month, int], ...]:
    """The months in which something of a list was written, the latest first, and how much. Looks at all of it, in an index."""
    sqlite = "strftime('%Y-%m', e.created_at / 1000, 'unixepoch')"
    postgres = "to_char(to_timestamp(e.created_at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM')"
    named = sqlite if engine_type() == "sqlite" else postgres
    found = await rows(
        f"SELECT month, count(*) AS many FROM (SELECT {named} AS month FROM entry e WHERE {{}}) AS written "
        "GROUP BY month ORDER BY month DESC",
        _with_tag(viewer, which, by_kinds=True),
    )
    return tuple((Month.read(each["month"]), each["many"]) for each in found)


def _with_tag(viewer: Viewer, which: Filter, *, by_kinds: bool = False) -> SQL:
    """Of all months: what is pinned stands in its own as well. `by_kinds`: that is asked of what stands in an index, and not of rows with their texts."""
    which = replace(which, pinned=False)
    if which.tag is None:
        return _narrowed(viewer, which, by_kinds=by_kinds)
    tagged = "e.id IN (SELECT entry FROM tagging WHERE tag = (SELECT id FROM tag WHERE name = {}))"
    return join_and(SQL(tagged, which.tag), _narrowed(viewer, which, by_kinds=by_kinds))


async def bin_of(viewer: Viewer, older: Cursor | None = None, limit: int = PAGE_SIZE) -> Listed:
    """What the viewer wrote or threw away, and what lies in the bin of spaces they run; the latest first."""
    mine = SQL("({} OR e.trashed_by = {} OR {})", wrote(viewer), viewer.person, run_by(viewer))
    return await listed("trashed_at", join_and(trashed_for(viewer), mine), older, limit)


def _narrowed(viewer: Viewer, which: Filter, *, by_kinds: bool = False) -> SQL:
    conditions = [visible_to(viewer)]
    if which.kinds == ALONE and not by_kinds:
        conditions.append(SQL("e.root = e.id"))  # the same, and no reason to look for one kind after the other
    elif which.kinds != EVERY:
        conditions.append(SQL("e.kind IN {}", in_list(which.kinds)))
    if which.space is not None:
        conditions.append(SQL("e.space = {}", which.space))
    if which.author is not None:
        mine = SQL("e.author = {}", which.author)
        also = which.with_author  # an OR would cost everybody the order of the index
        conditions.append(SQL("({} OR e.id IN {})", mine, in_list(also)) if also else mine)
    if which.parent is not None:
        conditions.append(SQL("e.parent = {}", which.parent))
    if which.root is not None:
        conditions.append(SQL("e.root = {} AND e.id <> e.root", which.root))
    if which.followed_by is not None:
        conditions.append(_followed(which.followed_by))
    if which.pinned:
        conditions.append(SQL("NOT EXISTS (SELECT 1 FROM talk k WHERE k.id = e.id AND k.pinned_in = e.space)"))
    if which.unanswered:
        conditions.append(SQL(WAITS))
    return join_and(*conditions)


def _followed(person: int) -> SQL:
    watches = "SELECT {} FROM watch WHERE person = {{}} AND level = 'all' AND {} IS NOT NULL"
    either = " OR ".join(
        (
            f"e.id IN ({watches.format('entry', 'entry')})",
            f"e.space IN ({watches.format('space', 'space')})",
            f"e.author IN ({watches.format('whom', 'whom')})",
            f"e.id IN (SELECT entry FROM writer WHERE person IN ({watches.format('whom', 'whom')}))",
            f"e.id IN (SELECT entry FROM tagging WHERE tag IN ({watches.format('tag', 'tag')}))",
            "e.id IN (SELECT m.root FROM link l JOIN entry m ON m.id = l.entry WHERE l.person = {})",  # mentioned
        )
    )
    # Of what is muted nothing is told but that one is mentioned in it since.
    called = (
        "SELECT m.root FROM event v JOIN entry m ON m.id = v.entry JOIN watch k ON k.entry = m.root AND k.person = v.person "
        "WHERE v.person = {} AND v.verb = 'mention' AND k.level = 'muted' AND v.created_at > k.created_at"
    )
    return SQL(f"((({either}) AND NOT {{}}) OR e.id IN ({called}))", *[person] * 6, muted_by(person), person)


async def listed(
    by: str, where: SQL, older: Cursor | None, limit: int, keys: tuple[str, str] | None = None, tables: str = TABLES
) -> Listed:
    """Sorted by a time of the entries, `by`, then by id; `keys` are the columns that have both, where those of the entry are
    not the ones to go by."""
    time, id = keys or (f"e.{by}", "e.id")
    if older is not None:
        where = join_and(where, SQL(f"({time}, {id}) < ({{}}, {{}})", older.time, older.id))
    found = await rows(
        f"SELECT {COLUMNS} FROM {tables} WHERE {{}} ORDER BY {time} DESC, {id} DESC LIMIT {{}}", where, limit + 1
    )
    items = tuple(shapes.entry(each) for each in found[:limit])
    more = len(found) > limit
    return Listed(items, Cursor(getattr(items[-1], by), items[-1].id) if more else None)
