"""How far somebody has read: moved on by reading, and set by hand."""

from __future__ import annotations

from collections.abc import Mapping

from web.database import SQL, execute, in_list, in_one_transaction, new_id, now, rows, value, values
from web.entries import queries
from web.errors import Invalid
from web.policy import Viewer, visible_to


@in_one_transaction
async def read_on(so_far: Mapping[tuple[int, int], int]) -> None:
    """So far has somebody (person, conversation) read; it is never moved back."""
    there = await rows("SELECT id FROM entry WHERE id IN {}", in_list({entry for _, entry in so_far}))
    known, at = {each["id"] for each in there}, now()
    found = [(new_id(), *key, upto, at) for key, upto in sorted(so_far.items()) if key[1] in known]
    if found:
        await execute(
            "INSERT INTO furthest (id, person, entry, upto, created_at) VALUES {} ON CONFLICT (person, entry) "
            "DO UPDATE SET upto = excluded.upto, was = NULL, created_at = excluded.created_at WHERE excluded.upto > furthest.upto",
            values(found),
        )


@in_one_transaction
async def read(viewer: Viewer, id: int, upto: int | None = None) -> int | None:
    """The viewer has read the conversation to this entry, or to what has the id `upto`, and no further. Gives how far they had."""
    entry = await queries.entry(viewer, id)
    viewer.must("read", entry)
    before = await queries.read_to(viewer, entry.root)
    await execute(
        "INSERT INTO furthest (id, person, entry, upto, created_at) VALUES {} ON CONFLICT (person, entry) "
        "DO UPDATE SET upto = excluded.upto, was = NULL, created_at = excluded.created_at",
        values([(new_id(), viewer.me, entry.root, entry.id if upto is None else upto, now())]),
    )
    return before


@in_one_transaction
async def read_all(viewer: Viewer, kind: str = "", space: int | None = None) -> tuple[int, int]:
    """The viewer has read all that is new in what they have read before: of a kind, of a space, or of the house. Gives the moment, by which it is
    undone, and in how many conversations there was something."""
    viewer.must("write")
    which = SQL("f.person = {} AND {}", viewer.person, visible_to(viewer))
    if kind:
        which = SQL("{} AND e.kind = {}", which, kind)
    if space is not None:
        which = SQL("{} AND e.space = {}", which, space)
    newer = "EXISTS (SELECT 1 FROM entry x WHERE x.root = f.entry AND x.id > f.upto)"
    found = await rows(f"SELECT f.id FROM furthest f JOIN entry e ON e.id = f.entry WHERE {{}} AND {newer}", which)
    at = now()
    await execute(
        "UPDATE furthest SET was = upto, created_at = {}, upto = (SELECT max(x.id) FROM entry x WHERE x.root = furthest.entry) "
        "WHERE id IN {}",
        at, in_list(each["id"] for each in found),
    )  # fmt: skip
    return at, len(found)


@in_one_transaction
async def unread_all(viewer: Viewer, at: int) -> None:
    """Takes just that back. Raises Invalid where there is nothing of it."""
    viewer.must("write")
    done = "person = {} AND created_at = {} AND was IS NOT NULL"
    if not await value(f"SELECT 1 FROM furthest WHERE {done} LIMIT 1", viewer.person, at):
        raise Invalid("undo", "There is nothing to take back any more.")
    await execute(f"UPDATE furthest SET upto = was, was = NULL WHERE {done}", viewer.person, at)
