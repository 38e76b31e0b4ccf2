"""Series: what is told in several parts, in one space. Parts that the viewer may not read are not there, and not counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.database import SQL, rows
from web.entries import rows as shapes
from web.entries.beside import Series
from web.entries.derived import series_key
from web.entries.queries.lists import COLUMNS, PAGE_SIZE, TABLES, Listed
from web.entries.rows import Entry
from web.errors import there
from web.policy import Viewer, visible_to

MOST_PARTS = 200
_MOST_SERIES = 50
# By hand, those that have a number; then by date.
_ORDER = "CASE WHEN p.number IS NULL THEN 1 ELSE 0 END, p.number, e.created_at, e.id"


@dataclass(frozen=True)
class Told:
    """A series in a list of them; `parts`: how many there are for the viewer."""

    name: str
    key: str
    parts: int


def parts_around(viewer: Viewer, id: int) -> SQL:
    """A statement that gives the parts of the series that an entry is a part of, each with the name of that as its excerpt, in order."""
    return SQL(
        "SELECT e.id, e.kind, e.slug, e.title, e.root, p.series AS excerpt, 0 AS embeds, "
        f"row_number() OVER (ORDER BY {_ORDER}) AS place FROM part m JOIN part p ON p.series_key = m.series_key "
        "JOIN entry h ON h.id = m.id JOIN entry e ON e.id = p.id AND e.space = h.space WHERE m.id = {} AND {} ORDER BY place LIMIT {}",
        id, visible_to(viewer), MOST_PARTS,
    )  # fmt: skip


def series(id: int, found: Sequence[Mapping[str, Any]]) -> Series | None:
    """Around the entry, of what that gave; None for what is no part of any."""
    parts = tuple(shapes.ref(each) for each in found)
    at = next((at for at, each in enumerate(parts) if each.id == id), None)
    return None if at is None else Series(found[at]["excerpt"], series_key(found[at]["excerpt"]), parts, at)


async def parts(viewer: Viewer, space: int, key: str) -> tuple[str, tuple[Entry, ...]]:
    """What a series is called, and its parts in their order. Raises NotThere when the viewer may read none."""
    found = there(await _parts(viewer, space, key, _ORDER, MOST_PARTS) or None)
    return found[0]["series"], tuple(shapes.entry(each) for each in found)


async def latest_parts(viewer: Viewer, space: int, key: str) -> Listed:
    """The parts that were written last."""
    found = await _parts(viewer, space, key, "e.created_at DESC, e.id DESC", PAGE_SIZE)
    return Listed(tuple(shapes.entry(each) for each in found), None)


async def _parts(viewer: Viewer, space: int, key: str, order: str, most: int) -> list[dict]:
    return await rows(
        f"SELECT {COLUMNS}, p.series FROM part p JOIN {TABLES.replace('entry e', 'entry e ON e.id = p.id', 1)} "
        f"WHERE p.series_key = {{}} AND e.space = {{}} AND {{}} ORDER BY {order} LIMIT {{}}",
        key, space, visible_to(viewer), most,
    )  # fmt: skip


async def series_in(viewer: Viewer, space: int) -> tuple[Told, ...]:
    """Those that something was written in last, first."""
    found = await rows(
        "SELECT p.series_key, max(p.series) AS series, count(*) AS parts FROM part p JOIN entry e ON e.id = p.id "
        "WHERE e.space = {} AND {} GROUP BY p.series_key ORDER BY max(e.created_at) DESC, p.series_key LIMIT {}",
        space, visible_to(viewer), _MOST_SERIES,
    )  # fmt: skip
    return tuple(Told(each["series"], each["series_key"], each["parts"]) for each in found)


async def part_of(viewer: Viewer, entry: int) -> tuple[str, int | None]:
    """The name of its series, and its number there; empty for what is no part of any."""
    found = await rows(
        "SELECT p.series, p.number FROM part p JOIN entry e ON e.id = p.id WHERE p.id = {} AND {}", entry, visible_to(viewer),
    )  # fmt: skip
    return (found[0]["series"], found[0]["number"]) if found else ("", None)
