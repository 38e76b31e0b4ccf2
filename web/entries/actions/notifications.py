"""What people do about what they are told of: they have seen it, or would not be told for that reason any more."""

from __future__ import annotations

from collections.abc import Mapping

from web import checks
from web.database import SQL, execute, in_list, in_one_transaction, new_id, now, rows, values
from web.entries import queries
from web.entries.queries.notifications import REASONS
from web.errors import Invalid
from web.policy import Viewer


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
    if reason not in ("whom", "tag", "space"):
        await queries.entry(viewer, number)
    elif not await rows(f"SELECT 1 AS one FROM watch WHERE person = {{}} AND {reason} = {{}}", viewer.me, number):
        raise Invalid("thing", "You do not follow this.")
    await execute(
        "INSERT INTO mute (id, person, reason, thing, created_at) VALUES ({}, {}, {}, {}, {}) ON CONFLICT (person, reason, thing) DO NOTHING",
        new_id(), viewer.me, reason, number, now(),
    )  # fmt: skip


async def read_notifications(viewer: Viewer, until: int) -> None:
    """All that was done until then (ms) is read; not what came while the viewer looked at the list."""
    viewer.must("write")
    await execute(
        "INSERT INTO correspondence (id, read_at, told_at) VALUES ({}, {}, {}) ON CONFLICT (id) DO UPDATE SET read_at = excluded.read_at "
        "WHERE excluded.read_at > correspondence.read_at",
        viewer.me, min(until, now()), now(),
    )  # fmt: skip


async def opened(pairs: Mapping[tuple[int, int], int]) -> int:
    """Whoever (a person) has read a conversation at a time (ms): noted where they would be told of something new in it, and only there,
    since whatever is written makes every page new. Gives how many were."""
    noted = [(person, entry, at) for (person, entry), at in pairs.items()]
    if not noted:
        return 0
    asked = SQL(
        " UNION ALL ".join("SELECT {} AS person, {} AS entry, {} AS at" for _ in noted),
        *(SQL(str(int(each))) for pair in noted for each in pair),
    )
    found = await rows(
        "SELECT o.person, o.entry, o.at FROM ({}) o JOIN entry e ON e.id = o.entry JOIN person p ON p.id = o.person "
        "LEFT JOIN seen k ON k.person = o.person AND k.entry = o.entry WHERE "
        "(e.active_at > COALESCE(k.seen_at, 0) AND EXISTS (SELECT 1 FROM watch w WHERE w.person = o.person AND "
        "(w.entry = e.id OR w.space = e.space OR w.whom IS NOT NULL OR w.tag IN (SELECT g.tag FROM tagging g WHERE g.entry = e.id)))) OR "
        "EXISTS (SELECT 1 FROM event v JOIN entry x ON x.id = v.entry WHERE v.person = o.person AND x.root = e.id AND v.created_at > COALESCE(k.seen_at, 0))",
        asked,
    )  # fmt: skip
    if found:
        await _seen([(each["person"], each["entry"], each["at"]) for each in found])
    return len(found)


@in_one_transaction
async def _seen(found: list[tuple[int, int, int]]) -> None:
    there = {
        each["id"] for each in await rows("SELECT id FROM entry WHERE id IN {}", in_list({one for _, one, _ in found}))
    }
    known = [(new_id(), *each) for each in found if each[1] in there]
    if known:
        await execute(
            "INSERT INTO seen (id, person, entry, seen_at) VALUES {} ON CONFLICT (person, entry) DO UPDATE SET seen_at = excluded.seen_at "
            "WHERE excluded.seen_at > seen.seen_at",
            values(known),
        )
