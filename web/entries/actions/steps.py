"""The steps that verbs have in common."""

from __future__ import annotations

from collections.abc import Sequence

from web.database import SQL, execute, for_update, in_list, insert, new_id, now, rows, value, values
from web.entries import queries
from web.entries.actions.fields import Fields
from web.entries.nameless import signed
from web.entries.rows import Entry, Revision
from web.errors import Closed, Invalid
from web.kinds import KINDS, Kind
from web.policy import Placed, Viewer


async def held(viewer: Viewer, id: int) -> Entry:
    await lock(id)
    return await queries.entry(viewer, id)


def must_change(viewer: Viewer, entry: Entry, verb: str = "edit") -> None:
    """Raises Closed for what all who take part write, once its conversation has come to its end; and NotAllowed."""
    shared = entry.is_a.edited_by == "participants"
    if shared and entry.closed_at is not None and not viewer.may(verb, entry):
        raise Closed(verb)
    viewer.must(verb, entry)


async def lock(id: int) -> None:
    await rows("SELECT id FROM entry WHERE id = {} " + for_update(), id)


async def kept(viewer: Viewer, entry: int, revision: int | None) -> Revision:
    """One text of an entry. Raises Invalid where it is not said which, and for one that was taken away."""
    if revision is None:
        raise Invalid("revision", "Say which revision this text is based on.")
    old = await queries.revision(viewer, entry, revision)
    if old.redacted:
        raise Invalid("revision", "That text has been taken away.")
    return old


async def revise(
    viewer: Viewer, entry: int, id: int, base: int | None, fields: Fields, at: int, *, merged: bool = False,
    accepted_by: int | None = None,
) -> None:  # fmt: skip
    # What was suggested stands with the name that it was suggested with.
    author: object = viewer.person if accepted_by else signed(viewer, entry)
    await insert(
        "revision", id=id, entry=entry, author=author, base=base, title=fields.title, body=fields.body, url=fields.url,
        lead=fields.lead, lang=fields.lang, tags=fields.tags, summary=fields.summary, minor=fields.minor, merged=merged, created_at=at,
        accepted_by=accepted_by, correction=fields.correction,
    )  # fmt: skip


async def leaves_its_place(*ids: int) -> None:
    """Notes where these stand in the tree, before they stand elsewhere."""
    found = await rows(
        "SELECT id, parent, position FROM entry WHERE id IN {} AND kind IN {} ORDER BY id",
        in_list(ids),
        in_list(queries.TREES),
    )
    if found:
        stood = values((new_id(), each["id"], each["parent"], each["position"], now()) for each in found)
        await execute("INSERT INTO stood (id, entry, parent, position, until) VALUES {}", stood)


async def lift_below(entry: Entry, but: Sequence[int] = ()) -> None:
    """Pages under one that goes away move up to where it stood; `but` those that go with it."""
    within = in_list((entry.id, *but))
    found = await rows(
        "SELECT id FROM entry WHERE parent IN {} AND id NOT IN {} AND kind IN {}",
        within,
        within,
        in_list(queries.TREES),
    )
    ids = [each["id"] for each in found]
    await leaves_its_place(*ids)
    await execute("UPDATE entry SET parent = {} WHERE id IN {}", entry.parent, in_list(ids))


async def count_children(*ids: int | None) -> None:
    """Counts anew what hangs under the root and under the entry that was written under."""
    quoting = in_list([kind.name for kind in KINDS.values() if kind.counted == "annotations"])
    answering = in_list([kind.name for kind in KINDS.values() if kind.counted == "replies"])
    for id in sorted({id for id in ids if id is not None}):
        await execute(
            "UPDATE entry SET "
            "replies = (SELECT count(*) FROM entry c WHERE (c.root = {} OR (c.parent = {} AND c.root = entry.root)) AND c.id <> {} "
            "AND c.kind IN {} AND c.trashed_at IS NULL), "
            "annotations = (SELECT count(*) FROM entry c WHERE (c.root = {} OR (c.parent = {} AND c.root = entry.root)) AND c.id <> {} "
            "AND c.kind IN {} AND c.trashed_at IS NULL) WHERE id = {}",
            id, id, id, answering, id, id, id, quoting, id,
        )  # fmt: skip


async def subscribe(viewer: Viewer, entry: int, level: str = "all", *, replace_level: bool = False) -> bool:
    """Gives whether that changed anything; then somebody counts the watchers anew."""
    changed = await rows(
        "INSERT INTO watch (id, person, entry, level, created_at) VALUES ({}, {}, {}, {}, {}) "
        "ON CONFLICT (person, entry) WHERE entry IS NOT NULL DO "
        + ("UPDATE SET level = excluded.level, created_at = excluded.created_at" if replace_level else "NOTHING")
        + " RETURNING id",
        new_id(), viewer.person, entry, level, now(),
    )  # fmt: skip
    return bool(changed)


async def count_watchers(entry: int) -> None:
    await execute(
        "UPDATE entry SET watchers = (SELECT count(*) FROM watch WHERE entry = {} AND level = 'all') WHERE id = {}",
        entry, entry,
    )  # fmt: skip


def same_tree(what: Kind, space: Placed, parent: Entry) -> None:
    if not (what.tree and parent.is_a.tree):
        raise Invalid("parent", "Only pages stand under pages.")
    if parent.space.id != space.id:
        raise Invalid("parent", "That page is in another space.")


async def last_position(space: int, parent: Entry | None) -> int:
    found = await value(
        "SELECT max(position) FROM entry WHERE space = {} AND kind IN {} AND {}",
        space, in_list(queries.TREES), under(parent.id if parent else None),
    )  # fmt: skip
    return 0 if found is None else int(found) + 1


def under(parent: int | None) -> object:
    return SQL("parent = {}", parent) if parent is not None else SQL("parent IS NULL")
