"""How far somebody has read: moved on by reading, and set by hand."""

from __future__ import annotations

from collections.abc import Mapping

from web.database import SQL, execute, in_list, in_one_transaction, new_id, now, rows, value, values
from web.database.ids import id_time
from web.entries import queries
from web.entries.talks import CaughtUp, Reading
from web.errors import Invalid
from web.policy import Viewer, visible_to


@in_one_transaction
async def read_on(so_far: Mapping[tuple[int, int], Reading], lists: Mapping[tuple[int, int], CaughtUp]) -> None:
    """So far has somebody (person, conversation) read, and come in a list (person, list); it is never moved back."""
    if lists:
        await execute(
            "INSERT INTO caught_up (id, person, list, opened_at, reached_at, before_at) VALUES {} ON CONFLICT (person, list) DO UPDATE SET "
            "opened_at = excluded.opened_at, reached_at = excluded.reached_at, before_at = excluded.before_at "
            "WHERE excluded.opened_at >= caught_up.opened_at AND excluded.reached_at >= caught_up.reached_at",
            values((new_id(), *key, each.opened, each.reached, each.before) for key, each in sorted(lists.items())),
        )
    there = await rows("SELECT id FROM entry WHERE id IN {}", in_list({entry for _, entry in so_far}))
    known = {each["id"] for each in there}
    found = [(new_id(), *key, read.upto, read.at) for key, read in sorted(so_far.items()) if key[1] in known]
    if found:
        await execute(
            "INSERT INTO furthest (id, person, entry, upto, read_at) VALUES {} ON CONFLICT (person, entry) DO UPDATE SET was = NULL, was_at = NULL, "
            "upto = CASE WHEN excluded.upto > furthest.upto THEN excluded.upto ELSE furthest.upto END, "
            "read_at = CASE WHEN excluded.read_at > furthest.read_at THEN excluded.read_at ELSE furthest.read_at END "
            "WHERE excluded.upto > furthest.upto OR excluded.read_at > furthest.read_at",
            values(found),
        )


@in_one_transaction
async def read(viewer: Viewer, id: int, upto: int | None = None) -> int | None:
    """The viewer has read the conversation to this entry, or to what has the id `upto`, and no further. Gives how far they had."""
    entry = await queries.entry(viewer, id)
    viewer.must("read", entry)
    before = await queries.read_to(viewer, entry.root)
    upto = entry.id if upto is None else upto
    following = await value("SELECT min(id) FROM entry WHERE root = {} AND id > {}", entry.root, upto)
    await execute(
        "INSERT INTO furthest (id, person, entry, upto, read_at) VALUES {} ON CONFLICT (person, entry) "
        "DO UPDATE SET upto = excluded.upto, was = NULL, was_at = NULL, read_at = excluded.read_at",
        values([(new_id(), viewer.me, entry.root, upto, id_time(following) - 1 if following else now())]),
    )
    return before


@in_one_transaction
async def read_all(
    viewer: Viewer, kind: str = "", space: int | None = None, until: int | None = None
) -> tuple[int, int]:
    """The viewer has read all that others did until then (ms), but what came while they looked: in what they have read before and in what
    they are told of; of a kind, of a space, or of the house. Gives the moment, by which it is undone, and in how many conversations there was
    something."""
    viewer.must("write")
    until = min(until or now(), now())
    which = SQL("f.person = {} AND f.read_at <= {} AND {}", viewer.person, until, visible_to(viewer))
    if kind:
        which = SQL("{} AND e.kind = {}", which, kind)
    if space is not None:
        which = SQL("{} AND e.space = {}", which, space)
    newer = "EXISTS (SELECT 1 FROM entry x WHERE x.root = f.entry AND x.id > f.upto AND x.created_at <= {})"
    found = await rows(
        f"SELECT f.entry FROM furthest f JOIN entry e ON e.id = f.entry WHERE {{}} AND {newer}", which, until
    )
    told = await queries.notifications(viewer, until=until, unread=True, limit=queries.MOST_NOTIFICATIONS)
    roots = {each["entry"] for each in found} | {
        each.entry.id for each in told if kind in ("", each.entry.kind) and space in (None, each.entry.space.id)
    }
    ends = await rows(
        "SELECT x.root, max(x.id) AS upto FROM entry x WHERE x.root IN {} AND x.created_at <= {} GROUP BY x.root",
        in_list(roots),
        until,
    )
    if ends:
        # `was` is 0 where they had never been.
        await execute(
            "INSERT INTO furthest (id, person, entry, upto, was, was_at, read_at) VALUES {} ON CONFLICT (person, entry) DO UPDATE SET "
            "was = furthest.upto, was_at = furthest.read_at, read_at = excluded.read_at, "
            "upto = CASE WHEN excluded.upto > furthest.upto THEN excluded.upto ELSE furthest.upto END",
            values([(new_id(), viewer.me, each["root"], each["upto"], 0, 0, until) for each in ends]),
        )
    return until, len(ends)


@in_one_transaction
async def unread_all(viewer: Viewer, at: int) -> None:
    """Takes just that back. Raises Invalid where there is nothing of it."""
    viewer.must("write")
    done = "person = {} AND read_at = {} AND was IS NOT NULL"
    if not await value(f"SELECT 1 FROM furthest WHERE {done} LIMIT 1", viewer.person, at):
        raise Invalid("undo", "There is nothing to take back any more.")
    await execute(f"DELETE FROM furthest WHERE {done} AND was = 0", viewer.person, at)
    await execute(
        f"UPDATE furthest SET upto = was, read_at = was_at, was = NULL, was_at = NULL WHERE {done}", viewer.person, at
    )
