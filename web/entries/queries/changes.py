"""What was written and changed, text by text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from web.database import SQL, engine_type, id_at, id_time, in_list, join_and, rows
from web.entries import rows as shapes
from web.entries.queries.lists import Cursor, Month, Place
from web.entries.rows import Change, Wording
from web.errors import there
from web.policy import Viewer, visible_to

CHANGES_SIZE, CHANGES_MONTH_SIZE = 30, 50
# Ids sort by time, so what came when is found by them, and needs no index of its own.
_LAST = 2**62
# CROSS: SQLite is to go along the revisions, and not to sort those of all entries.
_TABLES = (
    "revision r CROSS JOIN entry e JOIN entry h ON h.id = e.root JOIN space s ON s.id = e.space "
    "JOIN person p ON p.id = r.author JOIN entry_text t ON t.id = e.id"
)
_COLUMNS = """
    r.id AS revision, r.author, p.handle AS author_handle, p.name AS author_name, r.summary, r.minor, r.merged, r.created_at,
    e.id, e.kind, e.slug, e.title, e.root, e.lang, e.revision AS current, CASE WHEN h.id = e.id THEN '' ELSE h.title END AS under,
    s.id AS space, s.slug AS space_slug, s.name AS space_name, s.access AS space_access, s.public AS space_public,
    COALESCE(NULLIF(e.lead, ''), NULLIF(substr(t.body, 1, 600), ''), e.quote, e.url) AS excerpt,
    (SELECT max(x.id) FROM revision x WHERE x.entry = r.entry AND x.id < r.id AND NOT x.folded AND x.redacted_at IS NULL) AS before
"""


@dataclass(frozen=True)
class Changes:
    """One page of them, and the cursor to the next one, if there is more."""

    items: tuple[Change, ...]
    older: Cursor | None


async def changes(viewer: Viewer, place: Place = None) -> Changes:
    """Every text that is in a history and was not taken away, the latest first; or those of a month, the first of them first. Raises NotThere for a month without any."""
    if isinstance(place, Month):
        found = await _listed(viewer, _in(place), "r.id", CHANGES_MONTH_SIZE)
        there(found.items or None)
        return found
    older = place.id if place else _LAST
    return await _listed(viewer, SQL("r.id < {}", older), "r.id DESC", CHANGES_SIZE)


def _in(month: Month) -> SQL:
    first = max(id_at(month.start, 0), month.after.id + 1 if month.after else 0)
    return SQL("r.id >= {} AND r.id < {}", first, id_at(month.end, 0))


async def _listed(viewer: Viewer, where: SQL, order: str, limit: int) -> Changes:
    found = await rows(
        f"SELECT {_COLUMNS} FROM {_TABLES} WHERE {{}} ORDER BY {order} LIMIT {{}}",
        join_and(where, _readable(viewer)), limit + 1,
    )  # fmt: skip
    items = tuple(shapes.change(each) for each in found[:limit])
    return Changes(items, Cursor(id_time(items[-1].id), items[-1].id) if len(found) > limit else None)


def _readable(viewer: Viewer) -> SQL:
    # Where something is asked of entries alone, SQLite first reads all of them, to be quicker with each revision.
    both = (
        "CASE WHEN r.folded OR r.redacted_at IS NOT NULL THEN FALSE ELSE {} END"
        if engine_type() == "sqlite"
        else "NOT r.folded AND r.redacted_at IS NULL AND {}"
    )
    return SQL(f"e.id = r.entry AND {both}", visible_to(viewer))


async def months_of_changes(viewer: Viewer) -> tuple[tuple[Month, int], ...]:
    """The months in which anything was written or changed, the latest first, and how much. Looks at all of it."""
    sqlite = "strftime('%Y-%m', {} / 1000, 'unixepoch')"
    postgres = "to_char(to_timestamp({} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM')"
    when = f"((r.id >> 12) + {id_time(0)})"
    named = (sqlite if engine_type() == "sqlite" else postgres).format(when)
    found = await rows(
        f"SELECT month, count(*) AS many FROM (SELECT {named} AS month FROM revision r CROSS JOIN entry e "
        "WHERE {}) AS written GROUP BY month ORDER BY month DESC",
        _readable(viewer),
    )
    return tuple((Month.read(each["month"]), each["many"]) for each in found)


async def texts_of(viewer: Viewer, ids: Iterable[int]) -> dict[int, Wording]:
    """What these revisions say."""
    found = await rows(
        "SELECT r.id, r.title, r.tags, r.body, r.lead FROM revision r JOIN entry e ON e.id = r.entry WHERE r.id IN {} AND {}",
        in_list(ids), visible_to(viewer),
    )  # fmt: skip
    return {each["id"]: Wording(each["title"], each["tags"], each["body"], each["lead"]) for each in found}
