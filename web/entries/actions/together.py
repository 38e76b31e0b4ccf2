"""What several texts have in common, and several people: the series that an entry is a part of, and who wrote it besides whoever began it."""

from __future__ import annotations

from web import checks
from web.database import execute, in_one_transaction, insert, new_id, now
from web.entries import queries
from web.entries.actions.fields import checked_series
from web.entries.actions.steps import count_watchers, held, subscribe
from web.entries.derived import series_key
from web.entries.events import record
from web.entries.nameless import must_not_tell, signed
from web.errors import Invalid, NotAllowed
from web.people import queries as people
from web.policy import Viewer

_LAST_NUMBER, _MOST_WRITERS = 999, 20


@in_one_transaction
async def series(viewer: Viewer, id: int, name: str, number: int | None = None) -> None:
    """An entry is a part of the series of its space that is called so, from now on of no other; of none, without a name. Those with a
    `number` come first, by that; the others in the order in which they were written."""
    entry = await held(viewer, id)
    viewer.must("series", entry)
    name = checked_series(name)
    number = checks.integer("number", number, 1, _LAST_NUMBER)
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


@in_one_transaction
async def write_with(viewer: Viewer, id: int, handle: str, *, undo: bool = False) -> None:
    """Somebody is named as a writer of an entry, and may edit it like its author; or not any more. Whoever is named can take
    themselves off."""
    entry = await held(viewer, id)
    viewer.must("write_with", entry)
    handle = checks.handle("handle", handle)
    if undo:
        known = {each.handle: each for each in entry.writers}
        if handle not in known:
            return
        if known[handle].id != viewer.person and not viewer.may("edit", entry):
            raise NotAllowed("write_with")
        await execute("DELETE FROM writer WHERE entry = {} AND person = {}", id, known[handle].id)
        await record(viewer, "write_without", entry=id, people=(known[handle].id,))
        return
    viewer.must("edit", entry)
    person = await people.reader_of(viewer, entry.space, handle)
    if person is None:
        raise Invalid("handle", "Nobody is called that who may read this.")
    if person == viewer.person:
        await must_not_tell(viewer, id, "handle")
    if person == entry.author.id or person in {each.id for each in entry.writers}:
        raise Invalid("handle", "That person is named as a writer already.")
    if len(entry.writers) >= _MOST_WRITERS:
        raise Invalid("handle", "A text has twenty writers besides its author at most.")
    await insert("writer", id=new_id(), entry=id, person=person, added_by=signed(viewer, id), created_at=now())
    if await subscribe(Viewer(person), entry.root):
        await count_watchers(entry.root)
    await record(viewer, "write_with", entry=id, people=(person,))
