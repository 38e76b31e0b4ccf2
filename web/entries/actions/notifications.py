"""What somebody would not be told of any more, for exactly one reason."""

from __future__ import annotations

from web import checks
from web.database import execute, in_one_transaction, new_id, now, rows
from web.entries import queries
from web.entries.queries.notifications import REASONS
from web.errors import Invalid
from web.policy import Viewer

_FOLLOWED = {
    "whom": "watch WHERE whom", "tag": "watch WHERE tag", "space": "watch WHERE space", "search": "followed_search WHERE id",
}  # fmt: skip


@in_one_transaction
async def mute(viewer: Viewer, reason: str, thing: int, *, undo: bool = False) -> None:
    """Tells the viewer of nothing more for exactly that reason: a word of REASONS and what it is about. Whatever else is a reason stays one."""
    viewer.must("write")
    reason = checks.one_of("reason", reason, REASONS)
    number = checks.integer("thing", thing, 1)
    if number is None:
        raise Invalid("thing", "Say what this is about.")
    if undo:
        await execute("DELETE FROM mute WHERE person = {} AND reason = {} AND thing = {}", viewer.me, reason, number)
        return
    if reason == "knows":
        told = "SELECT 1 AS one FROM event v JOIN tag t ON t.name = v.note WHERE v.person = {} AND v.verb = 'put_to' AND t.id = {} LIMIT 1"
        if not await rows(told, viewer.me, number):
            raise Invalid("thing", "You were not asked about this.")
    elif reason not in _FOLLOWED:
        await queries.entry(viewer, number)
    elif not await rows(f"SELECT 1 AS one FROM {_FOLLOWED[reason]} = {{}} AND person = {{}}", number, viewer.me):
        raise Invalid("thing", "You do not follow this.")
    await execute(
        "INSERT INTO mute (id, person, reason, thing, created_at) VALUES ({}, {}, {}, {}, {}) ON CONFLICT (person, reason, thing) DO NOTHING",
        new_id(), viewer.me, reason, number, now(),
    )  # fmt: skip
