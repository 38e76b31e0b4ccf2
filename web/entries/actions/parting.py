"""Conversations that become two, and two that become one. Nothing that was written changes: only where it stands, and what heads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from web import checks
from web.database import execute, in_list, in_one_transaction, new_id, now, rows, value, values
from web.entries import queries
from web.entries.actions.fields import Fields, checked, first_line
from web.entries.actions.moving import retitle, settle_accepted
from web.entries.actions.steps import count_children, count_watchers, held, lock
from web.entries.derived import rendered
from web.entries.events import record
from web.entries.nameless import signs, speaks
from web.entries.rows import Entry
from web.errors import Invalid
from web.kinds import KINDS
from web.policy import Viewer


@in_one_transaction
async def split(
    viewer: Viewer, id: int, kind: str, title: str = "", also: Collection[int] = ()
) -> dict[int, int | None]:
    """Makes a reply the head of a conversation of its own, with what was written under it, and with `also` others that came later. What it
    leads to, who reads and watches it, and what is accepted in it come along. Gives what each of them stood under."""
    said = await queries.entry(viewer, id)
    root = await held(viewer, said.root)
    await lock(id)
    said = await queries.entry(viewer, id)
    viewer.must("split", root)
    if said.root != root.id or not said.is_a.splits_into:
        raise Invalid("kind", "Only what was written in a conversation can be taken out of it.")
    what = KINDS[checks.one_of("kind", kind, said.is_a.splits_into)]
    stood = await _along(root.id, said, also)
    title = checks.line("title", title, what.title_max) or said.title or first_line((await rendered(said.body)).plain)
    fields = checked(what, replace(Fields.of(said, await queries.form_tags(id)), title=title))
    # As whom they stand in the conversation that it is taken out of.
    by = await signs(viewer, id)
    if fields.title != said.title:
        await retitle(viewer, said, fields)
    await record(viewer, "split", entry=id)
    await execute("UPDATE entry SET root = {} WHERE id IN {}", id, in_list(stood))
    await execute(
        "UPDATE entry SET kind = {}, parent = NULL, stage = {}, active_at = (SELECT max(x.created_at) FROM entry x WHERE x.root = {}) WHERE id = {}",
        what.name, what.stages[0] if what.stages else None, id, id,
    )  # fmt: skip
    tops = [each for each in also if each in stood]
    await execute("UPDATE entry SET parent = {} WHERE id IN {}", id, in_list(tops))
    await _note_way(by, id, root.id, said.kind, back=id)
    was = {each: parent for each, parent in stood.items() if each == id or each in tops}
    await count_children(root.id, id, *was.values())
    await _readers_follow(root.id, id)
    await _watchers_follow(root.id, id, levels=("all", "muted"))
    for each in (root.id, id):
        await settle_accepted(each)
    return was


async def _along(root: int, said: Entry, also: Collection[int]) -> dict[int, int | None]:
    """What goes with it, itself included, and what each of them stands under."""
    found = await rows("SELECT id, parent, kind FROM entry WHERE root = {} AND id <> {} ORDER BY id", root, root)
    parents: dict[int, int | None] = {each["id"]: each["parent"] for each in found}
    below: dict[int | None, list[int]] = {}
    for each, parent in parents.items():
        below.setdefault(parent, []).append(each)
    for each in also:
        if each not in parents or each < said.id:
            raise Invalid("also", "Only what was written later in the same conversation can come along.")
    along: dict[int, int | None] = {}
    wanted = [said.id, *also]
    while wanted:
        each = wanted.pop()
        if each not in along:
            along[each] = parents[each]
            wanted += below.get(each, [])
    return along


@in_one_transaction
async def merge(viewer: Viewer, id: int, into: int, parents: Mapping[int, int] | None = None) -> None:
    """Puts a conversation into another one of the same space: what heads it becomes a reply there, under `into`, and all that was written under it
    comes along. `parents`: what some of that stood under there before."""
    other = await _held_with_head(viewer, into, id)
    if other.root == id:
        raise Invalid("into", "That is this conversation itself. Choose another one.")
    entry, head = await queries.entry(viewer, id), await queries.entry(viewer, other.root)
    viewer.must("split", head)
    # Whoever took it out may put it back, whoever wrote it.
    if not entry.is_a.joins or await queries.way_of(id) != (head.id, await signs(viewer, id)):
        viewer.must("merge", entry)
    if await speaks(viewer, id) != await speaks(viewer, head.id):
        raise Invalid(
            "into",
            "You asked in one of them without your name, and this would tell whose it is. Leave it to another one.",
        )
    what = KINDS[entry.is_a.joins]
    if other.kind not in what.under:
        raise Invalid("into", "It cannot be put under that.")
    if head.space.id != entry.space.id:
        raise Invalid("into", "That is in another space. Move one of them to the other first.")
    await execute(
        "UPDATE entry SET kind = {}, parent = {}, stage = NULL, accepted = NULL WHERE id = {}", what.name, into, id
    )
    found = await rows("SELECT id FROM entry WHERE root = {}", id)
    ids = {each["id"] for each in found}
    await execute("UPDATE entry SET root = {} WHERE id IN {}", head.id, in_list(ids))
    for child, parent in (parents or {}).items():
        if child in ids - {id} and parent not in ids:
            await execute(
                "UPDATE entry SET parent = {} WHERE id = {} AND EXISTS (SELECT 1 FROM entry x WHERE x.id = {} AND x.root = {})",
                parent, child, parent, head.id,
            )  # fmt: skip
    await execute("DELETE FROM talk WHERE id = {}", id)
    await execute(
        "UPDATE entry SET active_at = {} WHERE id = {} AND active_at < {}", entry.active_at, head.id, entry.active_at
    )
    await _note_way(await signs(viewer, id), id, id, entry.kind, back=head.id)
    await _readings_meet(id, head.id, ids)
    await _watchers_follow(id, head.id, levels=("all",))
    await count_children(head.id, into, id, *(parents or {}).values())
    if head.accepted is None:
        await settle_accepted(head.id)
    await record(viewer, "merge", entry=id)


async def _held_with_head(viewer: Viewer, into: int, id: int) -> Entry:
    """What `into` is, when nothing moves any more that heads its conversation, nor `id`: before that it may have come under another head."""
    ends = {id}
    while (other := await queries.entry(viewer, into)).root not in ends:
        ends.add(other.root)
        for each in sorted(ends):
            await lock(each)
    return other


async def _note_way(by: int, id: int, source: int, kind: str, *, back: int) -> None:
    """Where it came from, and who took it from there; nothing, where it is `back` there."""
    known = await queries.way_of(id)
    await execute("DELETE FROM went WHERE id = {}", id)
    if known is None or known[0] != back:
        await execute(
            "INSERT INTO went (id, source, kind, person, created_at) VALUES {}",
            values([(id, source, kind, by, now())]),
        )


async def _watchers_follow(source: int, to: int, levels: Collection[str]) -> None:
    found = await rows(
        "SELECT w.person, w.level FROM watch w WHERE w.entry = {} AND w.level IN {}", source, in_list(levels)
    )
    if found:
        at = now()
        await execute(
            "INSERT INTO watch (id, person, entry, level, created_at) VALUES {} "
            "ON CONFLICT (person, entry) WHERE entry IS NOT NULL DO NOTHING",
            values((new_id(), each["person"], to, each["level"], at) for each in found),
        )
    await count_watchers(to)


async def _readers_follow(source: int, to: int) -> None:
    """Whoever has read what heads it now has read as far in it as they had."""
    found = await rows(
        "SELECT f.person, f.upto, f.read_at FROM furthest f WHERE f.entry = {} AND f.upto >= {}", source, to
    )
    await _read_so_far(to, [(each["person"], each["upto"], each["read_at"]) for each in found])


async def _readings_meet(source: int, to: int, ids: Collection[int]) -> None:
    """Nobody is told anew of what they have read, and nothing that somebody has not read is passed over where they have read in both."""
    last = max(ids)
    rest = await value("SELECT max(e.id) FROM entry e WHERE e.root = {} AND e.id NOT IN {}", to, in_list(ids)) or 0
    found = await rows(
        "SELECT f.person, f.upto, f.read_at, o.upto AS other, o.read_at AS other_at FROM furthest f "
        "LEFT JOIN furthest o ON o.person = f.person AND o.entry = {} WHERE f.entry = {}",
        to, source,
    )  # fmt: skip
    met = []
    for each in found:
        ends = [upto for upto, end in ((each["upto"], last), (each["other"], rest)) if upto is not None and upto < end]
        upto = min(ends) if ends else max(each["upto"], each["other"] or 0)
        times = [at for at in (each["read_at"], each["other_at"]) if at is not None]
        met.append((each["person"], upto, min(times) if ends else max(times)))
    await _read_so_far(to, met)


async def _read_so_far(entry: int, so_far: list[tuple[int, int, int]]) -> None:
    if so_far:
        await execute(
            "INSERT INTO furthest (id, person, entry, upto, read_at) VALUES {} "
            "ON CONFLICT (person, entry) DO UPDATE SET upto = excluded.upto, read_at = excluded.read_at, was = NULL, was_at = NULL",
            values((new_id(), person, entry, upto, at) for person, upto, at in so_far),
        )
