"""Where entries are: into the bin and out of it, another kind, another place in the tree."""

from __future__ import annotations

from dataclasses import replace

from web import checks, text
from web.database import execute, for_update, in_list, in_one_transaction, new_id, now, row, rows, value
from web.entries import queries, trails
from web.entries.actions.fields import Fields, checked, first_line
from web.entries.actions.steps import (
    count_children,
    held,
    last_position,
    leaves_its_place,
    lift_below,
    lock,
    revise,
    same_tree,
    under,
)
from web.entries.derived import rendered, title_key
from web.entries.events import record
from web.entries.rows import Entry
from web.errors import Invalid
from web.kinds import KINDS
from web.policy import Viewer

_DEEPEST = 50


@in_one_transaction
async def trash(viewer: Viewer, id: int, reason: str = "") -> None:
    """Puts an entry in the bin. What others wrote under it goes out of sight with it, and comes back with it."""
    entry = await held(viewer, id)
    viewer.must("trash", entry)
    reason = checks.line("reason", reason)
    await _throw_away(viewer, id, reason)
    await _bury(entry, True)
    await record(viewer, "trash", entry=id, note=reason)


async def put_away(by: int, id: int) -> None:
    """The same, of what stands alone, in the transaction of whoever knows that it was decided by a person who might."""
    viewer = Viewer(by)
    await _throw_away(viewer, id, "")
    await _bury_under(id, True)
    await record(viewer, "trash", entry=id)


async def _throw_away(viewer: Viewer, id: int, reason: str) -> None:
    await execute(
        "UPDATE entry SET trashed_at = {}, trashed_by = {}, trash_reason = {}, hide_at = NULL, hide_by = NULL WHERE id = {}",
        now(), viewer.person, reason, id,
    )  # fmt: skip


@in_one_transaction
async def restore(viewer: Viewer, id: int) -> None:
    """Takes an entry out of the bin again."""
    await lock(id)
    entry = await queries.trashed(viewer, id)
    viewer.must("restore", entry)
    if not entry.is_a.alone and await value("SELECT trashed_at FROM entry WHERE id = {}", entry.root):
        raise Invalid("parent", "What this was written under is in the bin. Take that out first.")
    await execute(
        "UPDATE entry SET trashed_at = NULL, trashed_by = NULL, trash_reason = '' WHERE id = {}",
        id,
    )
    await _bury(entry, False)
    await record(viewer, "restore", entry=id)


async def _bury(entry: Entry, under: bool) -> None:
    if entry.is_a.alone:
        await _bury_under(entry.id, under)
        return
    await count_children(entry.root, entry.parent)
    await settle_accepted(entry.root)


async def _bury_under(id: int, under: bool) -> None:
    await execute("UPDATE entry SET buried = {} WHERE root = {} AND id <> {}", under, id, id)


async def settle_accepted(root: int) -> None:
    """Of a conversation, the reply that was accepted last, as long as it is there to be read, under what can have one."""
    accepted = await row(
        "SELECT e.id, e.trashed_at, v.note FROM event v JOIN entry e ON e.id = v.entry "
        "WHERE e.root = {} AND v.verb = 'accept' ORDER BY v.id DESC LIMIT 1",
        root,
    )
    stands = accepted and not accepted["note"] and accepted["trashed_at"] is None and accepted["id"] != root
    await execute(
        "UPDATE entry SET accepted = {} WHERE id = {} AND kind IN {}",
        accepted["id"] if accepted and stands else None, root, in_list(k.name for k in KINDS.values() if k.accepts),
    )  # fmt: skip


@in_one_transaction
async def turn(viewer: Viewer, id: int, kind: str, title: str = "") -> None:
    """Makes an entry another kind. Its id, history, replies, reactions, watchers and addresses stay."""
    entry = await held(viewer, id)
    viewer.must("turn", entry)
    what = KINDS[checks.one_of("kind", kind, entry.is_a.turns_into)]
    title = checks.line("title", title, what.title_max) or entry.title or first_line((await rendered(entry.body)).plain)
    tags = await queries.form_tags(id)
    fields = checked(what, replace(Fields.of(entry, tags), title=title))
    await leaves_its_place(id)
    await lift_below(entry)
    await execute(
        "UPDATE entry SET kind = {}, parent = NULL, position = {}, stage = {}, sort = {}, accepted = NULL "
        "WHERE id = {}",
        what.name, await last_position(entry.space.id, None) if what.tree else 0,
        what.stages[0] if what.stages else None, entry.sort if entry.sort in what.sorts else None, id,
    )  # fmt: skip
    await settle_accepted(id)
    await record(viewer, "turn", entry=id, note=f"{entry.kind} {what.name}")
    if fields.title != entry.title:
        await retitle(viewer, entry, fields)


async def retitle(viewer: Viewer, entry: Entry, fields: Fields) -> None:
    """Another title, as one more text of it."""
    revision, at = new_id(), now()
    await revise(viewer, entry.id, revision, entry.revision, fields, at)
    await execute(
        "UPDATE entry SET revision = {}, title = {}, title_key = {}, slug = {}, body = {}, revisions = revisions + 1, "
        "updated_at = {} WHERE id = {}",
        revision, fields.title, title_key(fields.title), text.slug(fields.title), fields.body, at, entry.id,
    )  # fmt: skip
    await trails.keep(viewer, entry.id, entry.space, fields.title, fields.body, fields.tags)


@in_one_transaction
async def place(viewer: Viewer, id: int, parent: int | None, before: int | None = None) -> None:
    """Puts a page under another (or at the top), before one of its new siblings or last."""
    entry = await held(viewer, id)
    viewer.must("place", entry)
    await rows("SELECT id FROM space WHERE id = {} " + for_update(), entry.space.id)  # one tree, one gardener at a time
    if parent is not None:
        await _may_stand_under(viewer, entry, await queries.entry(viewer, parent))
    found = await rows(
        "SELECT id, position FROM entry WHERE space = {} AND kind IN {} AND {} AND id <> {} ORDER BY position, title, id",
        entry.space.id, in_list(queries.TREES), under(parent), id,
    )  # fmt: skip
    siblings, positions = [each["id"] for each in found], {each["id"]: each["position"] for each in found}
    if before is not None and before not in siblings:
        raise Invalid("before", "That page stands under another one.")
    siblings.insert(siblings.index(before) if before in siblings else len(siblings), id)
    moved = {sibling: position for position, sibling in enumerate(siblings) if positions.get(sibling) != position}
    await leaves_its_place(*moved.keys() | {id})
    await execute("UPDATE entry SET parent = {} WHERE id = {}", parent, id)
    for sibling, position in moved.items():
        await execute("UPDATE entry SET position = {} WHERE id = {}", position, sibling)
    await record(viewer, "place", entry=id)


async def _may_stand_under(viewer: Viewer, entry: Entry, parent: Entry) -> None:
    above = {parent.id} | {each.id for each in await queries.trail(viewer, parent.id)}
    if len(above) >= _DEEPEST:
        raise Invalid("parent", "Pages stand under each other in fifty steps at most.")
    if entry.id in above:
        raise Invalid("parent", "A page cannot stand under itself.")
    same_tree(KINDS[entry.kind], entry.space, parent)
