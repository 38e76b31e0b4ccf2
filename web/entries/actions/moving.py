"""Where entries are: into the bin and out of it, another kind, another place in the tree."""

from __future__ import annotations

from dataclasses import replace

from web import checks, text
from web.database import SQL, execute, for_update, in_list, in_one_transaction, new_id, now, row, rows, value
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
from web.entries.nameless import RUNS, must_not_tell, signed
from web.entries.rows import Entry
from web.errors import Invalid
from web.kinds import KINDS, Kind
from web.policy import Viewer

_DEEPEST = 50


@in_one_transaction
async def trash(viewer: Viewer, id: int, reason: str = "") -> None:
    """Puts an entry in the bin. What others wrote under it goes out of sight with it, and comes back with it."""
    entry = await held(viewer, id)
    viewer.must("trash", entry)
    await _must_not_tell_runs(viewer, entry)
    reason = checks.line("reason", reason)
    await _throw_away(viewer, id, reason)
    await _bury(entry, True)
    await record(viewer, "trash", entry=id, note=reason)


async def _must_not_tell_runs(viewer: Viewer, entry: Entry) -> None:
    """What others wrote is put there, and taken out, by those who run the space."""
    if not viewer.wrote(entry):
        await must_not_tell(viewer, entry.id, "reason", RUNS)


async def put_away(by: int, id: int) -> None:
    """The same, of what stands alone, in the transaction of whoever knows that it was decided by a person who might."""
    viewer = Viewer(by)
    await _throw_away(viewer, id, "")
    await _bury_under(id, True)
    await record(viewer, "trash", entry=id)


async def _throw_away(viewer: Viewer, id: int, reason: str) -> None:
    await execute(
        "UPDATE entry SET trashed_at = {}, trashed_by = {}, trash_reason = {}, hide_at = NULL, hide_by = NULL WHERE id = {}",
        now(), signed(viewer, id), reason, id,
    )  # fmt: skip


@in_one_transaction
async def restore(viewer: Viewer, id: int) -> None:
    """Takes an entry out of the bin again."""
    await lock(id)
    entry = await queries.trashed(viewer, id)
    viewer.must("restore", entry)
    await _must_not_tell_runs(viewer, entry)
    if not entry.is_a.alone and await value("SELECT trashed_at FROM entry WHERE id = {}", entry.root):
        raise Invalid("parent", "What this was written under is in the bin. Take that out first.")
    if entry.is_a.sums_up:
        await lock(entry.root)  # nobody says it in short meanwhile
        if await queries.summary(viewer, entry.parent or 0):
            raise Invalid("body", "Somebody has said it in short anew. Put what stood here into that.")
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
    """Of a conversation, the reply that was accepted last, as long as it is there to be read and holds, under what can have one."""
    accepted = await row(
        "SELECT e.id, e.trashed_at, v.note, o.id AS outdated FROM event v JOIN entry e ON e.id = v.entry LEFT JOIN outdated o ON o.id = e.id "
        "WHERE e.root = {} AND v.verb = 'accept' ORDER BY v.id DESC LIMIT 1",
        root,
    )
    stands = (
        accepted and accepted["id"] != root and not any(accepted[each] for each in ("note", "trashed_at", "outdated"))
    )
    await execute(
        "UPDATE entry SET accepted = {} WHERE id = {} AND kind IN {}",
        accepted["id"] if accepted and stands else None, root, in_list(k.name for k in KINDS.values() if k.accepts),
    )  # fmt: skip


@in_one_transaction
async def turn(viewer: Viewer, id: int, kind: str, title: str = "") -> None:
    """Makes an entry another kind. Its id, history, replies, reactions, watchers and addresses stay; and what a kind had that it was before, it has
    again: its stage, the answer that was accepted, its place in the tree, and its words, where nobody has changed them since."""
    entry = await held(viewer, id)
    viewer.must("turn", entry)
    what = KINDS[checks.one_of("kind", kind, entry.is_a.turns_into)]
    given = await _words_before(entry, what)
    if given is None or (title and what.title_max and title != given.title):
        given = await _refitted(entry, what, checks.line("title", title, what.title_max) if what.title_max else "")
    fields = checked(what, replace(given, tags=await queries.form_tags(id)))
    await leaves_its_place(id)
    await lift_below(entry)
    await execute(
        "UPDATE entry SET kind = {}, parent = NULL, position = {}, stage = {}, sort = {}, accepted = NULL WHERE id = {}",
        what.name, await last_position(entry.space.id, None) if what.tree else 0, await _stage_before(id, what),
        entry.sort if entry.sort in what.sorts else await _sort_before(entry, what), id,
    )  # fmt: skip
    await settle_accepted(id)
    await record(viewer, "turn", entry=id, note=f"{entry.kind} {what.name} {entry.sort or ''}".strip())
    if (fields.title, fields.body) != (entry.title, entry.body):
        await retitle(viewer, entry, fields)
    if what.tree:
        await _stands_again(entry)


async def _refitted(entry: Entry, what: Kind, title: str) -> Fields:
    """What has no title begins with it; what needs one is called as it begins."""
    fields = Fields.of(entry, "")
    if what.title_max:
        return replace(fields, title=title or entry.title or first_line((await rendered(entry.body)).plain))
    said = entry.title.rstrip("…").rstrip()
    begins = (await rendered(entry.body)).plain.startswith(said) if said else True
    return replace(fields, title="", body=entry.body if begins else f"{entry.title}\n\n{entry.body}".strip())


async def _words_before(entry: Entry, what: Kind) -> Fields | None:
    """Those that it had when it was that kind last, where its turning into what it is now was the last that changed them."""
    last = await row("SELECT id, note FROM event WHERE entry = {} AND verb = 'turn' ORDER BY id DESC LIMIT 1", entry.id)
    if last is None or last["note"].split()[:2] != [what.name, entry.kind]:
        return None
    # A text that no writing is noted of came of turning it.
    before = await row(
        "SELECT o.title, o.body FROM revision r JOIN revision o ON o.id = r.base WHERE r.id = {} AND o.redacted_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM event v WHERE v.entry = {} AND v.revision = r.id)",
        entry.revision, entry.id,
    )  # fmt: skip
    return replace(Fields.of(entry, ""), **before) if before else None


async def _stage_before(id: int, what: Kind) -> str | None:
    """The one that it had last as that kind."""
    said = await rows("SELECT note FROM event WHERE entry = {} AND verb = 'stage' ORDER BY id DESC", id)
    words = (each["note"].split(" ", 1)[0] for each in said)
    return next((word for word in words if word in what.stages), what.stages[0] if what.stages else None)


async def _sort_before(entry: Entry, what: Kind) -> str | None:
    """What it was said to be when it was that kind last, as long as it names somebody."""
    turned = "SELECT note FROM event WHERE entry = {} AND verb = 'turn' ORDER BY id DESC"
    notes = [each["note"].split() for each in await rows(turned, entry.id)] if what.sorts else []
    sort = next((note[2] for note in notes if note[0] == what.name and len(note) > 2), None)
    return sort if sort in what.sorts and await queries.thanked(entry.id, entry.author.id) else None


async def _stands_again(entry: Entry) -> None:
    """Where it stood in the tree before it left it, over what stood under it, as far as all of that is there still and in order."""
    stood = await row("SELECT parent, position, until FROM stood WHERE entry = {} ORDER BY id DESC LIMIT 1", entry.id)
    if stood is None or entry.is_a.tree:
        return
    there = "SELECT id FROM entry WHERE id = {} AND space = {} AND kind IN {} AND trashed_at IS NULL"
    above = stood["parent"]
    if above is None or await value(there, above, entry.space.id, in_list(queries.TREES)):
        await execute("UPDATE entry SET parent = {}, position = {} WHERE id = {}", above, stood["position"], entry.id)
        below = await rows(
            "SELECT e.id, o.position FROM stood o JOIN entry e ON e.id = o.entry WHERE o.parent = {} AND o.until >= {} AND e.space = {} AND {} "
            "AND e.kind IN {} AND e.trashed_at IS NULL AND o.id = (SELECT max(x.id) FROM stood x WHERE x.entry = e.id)",
            entry.id, stood["until"], entry.space.id, SQL("e.parent = {}", above) if above else SQL("e.parent IS NULL"),
            in_list(queries.TREES),
        )  # fmt: skip
        below = [each for each in below if each["id"] != above]
        await leaves_its_place(*(each["id"] for each in below))
        for each in below:
            await execute(
                "UPDATE entry SET parent = {}, position = {} WHERE id = {}", entry.id, each["position"], each["id"]
            )


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
