"""To another space, alone or with the pages under it."""

from __future__ import annotations

from collections.abc import Sequence

from web.database import execute, in_list, in_one_transaction, value
from web.entries import queries
from web.entries.actions.moving import place
from web.entries.actions.steps import held, leaves_its_place, lift_below
from web.entries.events import record
from web.entries.nameless import asked_by_others, signs
from web.entries.rows import Entry
from web.errors import Invalid
from web.policy import Placed, Viewer


@in_one_transaction
async def move(
    viewer: Viewer, id: int, space: Placed, under: int | None = None, over: Sequence[int] = (), *, below: bool = False
) -> tuple[int, ...]:
    """Moves a conversation to another space; with all pages `below` it, or they stay, one level up. Gives what was moved.

    Back where it was, it stands `under` a page again, and `over` those that stood under it. Raises Invalid where the viewer may not
    move all of it.
    """
    entry = await held(viewer, id)
    viewer.must("move", entry)
    viewer.must("post", space)
    if space.id == entry.space.id:
        return ()
    along = [entry, *(await queries.below(viewer, id) if below else ())]
    for each in along:
        await _must_be_carried(viewer, each, space)
    ids = tuple(each.id for each in along)
    await leaves_its_place(*ids)
    await lift_below(entry, ids[1:])
    await execute("UPDATE entry SET parent = NULL WHERE id = {}", id)
    await execute("UPDATE entry SET space = {} WHERE root IN {}", space.id, in_list(ids))
    for moved in ids:
        await record(viewer, "move", entry=moved)
    if under is not None:
        await place(viewer, id, under)
    for child in over:
        await place(viewer, child, id)
    return ids


async def _must_be_carried(viewer: Viewer, entry: Entry, space: Placed) -> None:
    if not viewer.may("move", entry):
        raise Invalid(
            "below",
            "Some of the pages under it are not yours to move. Ask an editor or a host, or move it without them.",
        )
    opens = entry.space.access != "open" or (space.public and not entry.space.public)
    if opens and not viewer.may("carry_out", entry) and await _others_spoke(viewer, entry):
        raise Invalid("space", "Others wrote under this for those in here. Ask an editor or a host to move it.")
    if not viewer.may("identify", entry) and await asked_by_others(viewer, entry.id):
        raise Invalid(
            "space",
            "Somebody asked here without their name, and the hosts there could look up who. Ask a host of this space to move it.",
        )


async def _others_spoke(viewer: Viewer, entry: Entry) -> bool:
    """Whether others wrote for those in here: what came along when the viewer moved it here was written elsewhere."""
    came = (
        "SELECT CASE WHEN actor = {} THEN created_at ELSE 0 END FROM event "
        "WHERE entry = {} AND verb = 'move' ORDER BY id DESC LIMIT 1"
    )
    me = await signs(viewer, entry.id)
    since = await value(came, me, entry.id) or 0
    others = (
        "SELECT 1 FROM revision r JOIN entry e ON e.id = r.entry "
        "WHERE e.root = {} AND r.author <> {} AND r.created_at >= {} LIMIT 1"
    )
    noted = (
        "SELECT 1 FROM event v JOIN entry e ON e.id = v.entry WHERE e.root = {} AND v.actor <> {} AND v.created_at >= {} "
        "AND v.note <> '' AND v.verb IN ('stage', 'trash', 'verify') LIMIT 1"
    )
    suggested = "SELECT 1 FROM suggestion g JOIN entry e ON e.id = g.entry WHERE e.root = {} AND g.author <> {} AND g.created_at >= {} LIMIT 1"
    for asked in (others, noted, suggested):
        if await value(asked, entry.id, me, since):
            return True
    return False
