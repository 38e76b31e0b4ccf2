"""Looking after what should go on being right: who answers for it, and who has gone through it."""

from __future__ import annotations

from web import checks
from web.database import execute, in_one_transaction, now, value
from web.entries import queries
from web.entries.actions.steps import held
from web.entries.events import record
from web.entries.nameless import must_not_tell, signed
from web.errors import Invalid
from web.people import queries as people
from web.policy import Placed, Viewer
from web.times import day_of, months_after

# In months; 0 for never.
EVERY = (1, 3, 6, 12, 24, 0)
USUALLY = queries.USUALLY


@in_one_transaction
async def tend(viewer: Viewer, id: int, owner: str, every: int | None, review_by: str = "") -> None:
    """Says who answers for an entry (a handle, or nobody in particular), how often (one of EVERY, in months) it is gone through, and by
    which day, `2026-12-31`, next; where that is left open, so many months from now."""
    entry = await held(viewer, id)
    viewer.must("tend", entry)
    every = USUALLY if every is None else every
    if every not in EVERY:
        raise Invalid("every", "Choose one of: %(choices)s.", choices=", ".join(map(str, EVERY)))
    by = checks.day("review_by", review_by) or _next(every)
    who = await _owner(viewer, entry.space, owner)
    if who == viewer.person:
        await must_not_tell(viewer, id, "owner")
    await _keep(id, owner=who, every=every, review_by=by or None)
    await record(viewer, "tend", entry=id, people=(who,), note=f"{every} {by}".strip())


async def _owner(viewer: Viewer, space: Placed, handle: str) -> int | None:
    """Raises Invalid for somebody who could not read it."""
    if not (handle := handle.strip().removeprefix("@").lower()):
        return None
    found = await people.reader_of(viewer, space, checks.handle("owner", handle))
    if found is None:
        raise Invalid("owner", "Nobody is called that who may read this.")
    return found


@in_one_transaction
async def verify(viewer: Viewer, id: int, note: str = "") -> int:
    """Says that it is right as it stands, and (the note) by what that was seen. Gives the event."""
    entry = await held(viewer, id)
    viewer.must("verify", entry)
    note = checks.text("note", note).strip()
    by = _next(await value("SELECT every FROM tending WHERE id = {}", id))
    await record(viewer, "verify", entry=id, revision=entry.revision, note=note)
    event = int(await value("SELECT max(id) FROM event WHERE entry = {} AND verb = 'verify'", id))
    await _keep(id, verified=event, review_by=by or None)
    return event


@in_one_transaction
async def unverify(viewer: Viewer, id: int, event: int) -> None:
    """Takes back the last time that the viewer said so, which was that event. Raises Invalid where it was somebody else, or later."""
    entry = await held(viewer, id)
    viewer.must("verify", entry)
    mine = await value(
        "SELECT 1 FROM tending t JOIN event v ON v.id = t.verified WHERE t.id = {} AND v.id = {} AND v.actor = {}",
        id, event, signed(viewer, id),
    )  # fmt: skip
    if not mine:
        raise Invalid("event", "Somebody has gone through this since; there is nothing to take back.")
    await record(viewer, "unverify", entry=id, revision=entry.revision)
    was = await queries.tended_by(id, now()) or {}
    await _keep(id, verified=was.get("verified"), review_by=was.get("review_by"))


def _next(every: int | None) -> str:
    every = USUALLY if every is None else every
    return months_after(day_of(now()), every) if every else ""


async def instead_of(id: int, instead: int | None) -> None:
    """Notes what is read instead of it."""
    if instead is not None or await value("SELECT instead FROM tending WHERE id = {}", id):
        await _keep(id, instead=instead)


async def _keep(id: int, **columns: object) -> None:
    """These columns, and no others."""
    names, places = ", ".join(columns), ", ".join("{}" for _ in columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    await execute(
        f"INSERT INTO tending (id, {names}) VALUES ({{}}, {places}) ON CONFLICT (id) DO UPDATE SET {changes}",
        id, *columns.values(),
    )  # fmt: skip
