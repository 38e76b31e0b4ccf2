"""Answers that hold no more, and that do after all."""

from __future__ import annotations

from web import checks
from web.database import execute, in_one_transaction, now, value
from web.entries import queries
from web.entries.actions.moving import settle_accepted
from web.entries.actions.steps import held, lock
from web.entries.events import record
from web.entries.nameless import signs
from web.entries.rows import Entry
from web.errors import Invalid
from web.policy import Viewer


@in_one_transaction
async def outdate(viewer: Viewer, id: int, why: str, instead: int | None = None) -> None:
    """An answer holds no more; `instead`: another one to the same question. Raises Invalid without a reason."""
    entry, head = await _answer(viewer, id)
    why = checks.line("why", why)
    if not why:
        raise Invalid("why", "Say what has changed, for those who come later.")
    other = await queries.entry(viewer, instead) if instead is not None else None
    if other and (other.id == id or other.parent != head.id or other.is_a.sums_up):
        raise Invalid("instead", "Choose another answer to the same question.")
    me = await signs(viewer, id)
    await execute(
        "INSERT INTO outdated (id, why, instead, person, created_at) VALUES ({}, {}, {}, {}, {}) ON CONFLICT (id) DO UPDATE SET "
        "why = excluded.why, instead = excluded.instead, person = excluded.person, created_at = excluded.created_at",
        id, why, instead, me, now(),
    )  # fmt: skip
    await settle_accepted(head.id)
    await record(viewer, "outdate", entry=id, people=_concerned(me, entry, head), note=why)


@in_one_transaction
async def uphold(viewer: Viewer, id: int) -> None:
    """It holds after all; where it was the accepted one, it is that again."""
    entry, head = await _answer(viewer, id)
    if await value("SELECT id FROM outdated WHERE id = {}", id):
        await execute("DELETE FROM outdated WHERE id = {}", id)
        await settle_accepted(head.id)
        await record(viewer, "uphold", entry=id, people=_concerned(await signs(viewer, id), entry, head))


async def _answer(viewer: Viewer, id: int) -> tuple[Entry, Entry]:
    """With what it answers. Whoever wrote it says so, and whoever may accept an answer there."""
    entry = await queries.entry(viewer, id)
    head = await held(viewer, entry.root)
    await lock(id)
    if entry.parent != head.id or not (head.is_a.accepts and entry.is_a.noted):
        raise Invalid("why", "Only an answer to a question can hold no more.")
    if not viewer.may("outdate", entry):
        viewer.must("accept", head)
    return entry, head


def _concerned(by: int, entry: Entry, head: Entry) -> list[int | None]:
    """Whoever wrote it and whoever asked; whoever does it knows."""
    return [*{entry.author.id, head.author.id} - {by}] or [None]
