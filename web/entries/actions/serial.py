"""Making an entry a part of a series, and taking it out of one."""

from __future__ import annotations

from web import checks
from web.database import execute, in_one_transaction
from web.entries import queries
from web.entries.actions.fields import checked_series
from web.entries.actions.steps import held
from web.entries.derived import series_key
from web.entries.events import record
from web.policy import Viewer

MOST = 999


@in_one_transaction
async def series(viewer: Viewer, id: int, name: str, number: int | None = None) -> None:
    """An entry is a part of the series of its space that is called so, from now on of no other; of none, without a name. Those with a
    `number` come first, by that; the others in the order in which they were written."""
    entry = await held(viewer, id)
    viewer.must("series", entry)
    name = checked_series(name)
    number = checks.integer("number", number, 1, MOST)
    if (name, number) == await queries.part_of(viewer, id):
        return
    if name:
        await join_series(id, name, number)
    else:
        await execute("DELETE FROM part WHERE id = {}", id)
    await record(viewer, "series", entry=id, note=name)


async def join_series(id: int, name: str, number: int | None = None) -> None:
    await execute(
        "INSERT INTO part (id, series, series_key, number) VALUES ({}, {}, {}, {}) ON CONFLICT (id) DO UPDATE SET "
        "series = excluded.series, series_key = excluded.series_key, number = excluded.number",
        id, name, series_key(name), number,
    )  # fmt: skip
