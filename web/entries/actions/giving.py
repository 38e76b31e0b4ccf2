"""What colleagues give an entry: a reaction, their attention, an acceptance, a next step."""

from __future__ import annotations

from dataclasses import dataclass

from web import checks
from web.database import execute, in_one_transaction, new_id, now, value
from web.entries import queries
from web.entries.actions.steps import count_watchers, held, subscribe
from web.entries.actions.tending import instead_of
from web.entries.events import record
from web.entries.nameless import RUNS, must_not_tell, signed
from web.entries.rows import Entry
from web.errors import Invalid
from web.policy import Viewer

MOST_NOTED = 200
_LEVELS = ("all", "muted", "none")


@in_one_transaction
async def react(viewer: Viewer, id: int, name: str, undo: bool = False, note: str | None = None) -> int:
    """Gives a recommend, a helped or a vote, or takes it back. Gives how many there are now. `note`: what one says of it with that, in place of what
    one said before; nothing in it takes just that back."""
    entry = await held(viewer, id)
    viewer.must(name, entry)
    if note is not None:
        note = checks.line("note", note, MOST_NOTED)
        await _noted(viewer, entry, name)
    me = signed(viewer, id)
    if undo:
        await execute("DELETE FROM reaction WHERE entry = {} AND person = {} AND name = {}", id, me, name)
    else:
        await execute(
            "INSERT INTO reaction (id, entry, person, name, created_at) VALUES ({}, {}, {}, {}, {}) "
            "ON CONFLICT (entry, person, name) DO NOTHING",
            new_id(), id, me, name, now(),
        )  # fmt: skip
        if note is not None:
            await execute(
                "UPDATE reaction SET note = {}, noted_at = {} WHERE entry = {} AND person = {} AND name = {}",
                note, now() if note else None, id, me, name,
            )  # fmt: skip
    count = await _given(id, name)
    if count != entry.count(name):
        await execute(f"UPDATE entry SET {name} = {{}} WHERE id = {{}}", count, id)
        await record(viewer, name, entry=id, note="undo" if undo else "")
    return count


async def _noted(viewer: Viewer, entry: Entry, name: str) -> None:
    """Raises Invalid where nothing is said with that."""
    if name != entry.is_a.noted or not (await queries.entry(viewer, entry.root)).is_a.accepts:
        raise Invalid("note", "Only how an answer helped is said in words.")


async def _given(id: int, name: str) -> int:
    """By whoever is here, and with those it came with."""
    counting = (
        "SELECT (SELECT count(*) FROM reaction WHERE entry = {} AND name = {}) + "
        "(SELECT coalesce(sum(many), 0) FROM tally WHERE entry = {} AND name = {})"
    )
    return int(await value(counting, id, name, id, name))


@dataclass(frozen=True)
class Met:
    """What somebody gave who found what they were about to ask: the id of what they reacted to, if they had not before, and whether they
    follow it since."""

    given: int | None = None
    follows: bool = False


@in_one_transaction
async def meet(viewer: Viewer, id: int) -> Met:
    """Somebody was about to ask, and finds it here: what settled it has helped them. Where nothing has, they ask it too, and follow it."""
    entry = await held(viewer, id)
    answer = await queries.entry(viewer, entry.accepted) if entry.accepted else entry
    marks = await queries.my_marks(viewer, [answer.id], entry.root)
    name = answer.is_a.met
    gives = viewer.may(name, answer) and name not in marks.given.get(answer.id, ())
    if gives:
        await react(viewer, answer.id, name)
    follows = entry.unanswered and marks.watching is None
    if follows:
        await watch(viewer, id)
    return Met(answer.id if gives else None, follows)


@in_one_transaction
async def unmeet(viewer: Viewer, id: int, met: Met) -> None:
    """Takes just that back."""
    if met.given is not None:
        answer = await queries.entry(viewer, met.given)
        await react(viewer, answer.id, answer.is_a.met, undo=True)
    if met.follows:
        await watch(viewer, id, "none")


@in_one_transaction
async def watch(viewer: Viewer, id: int, level: str = "all") -> None:
    """Follows a conversation: all of it, not at all (muted), or no more and no less than anything else (none)."""
    entry = await held(viewer, id)
    viewer.must("watch", entry)
    level = checks.one_of("level", level, _LEVELS)
    if level == "none":
        await execute("DELETE FROM watch WHERE person = {} AND entry = {}", viewer.person, entry.root)
    else:
        await subscribe(viewer, entry.root, level, replace_level=True)
    await count_watchers(entry.root)


@in_one_transaction
async def accept(viewer: Viewer, id: int, reply: int | None) -> None:
    """Marks one of the replies as the one that settled it, or none."""
    entry = await held(viewer, id)
    viewer.must("accept", entry)
    said = await queries.entry(viewer, reply) if reply is not None else None
    if said and (said.parent != id or said.is_a.counted != "replies"):
        raise Invalid("reply", "Only what was written right under it can be accepted.")
    if reply is not None and await value("SELECT id FROM outdated WHERE id = {}", reply):
        raise Invalid("reply", "This holds no more. Say first that it holds after all.")
    await execute("UPDATE entry SET accepted = {} WHERE id = {}", reply, id)
    await record(viewer, "accept", entry=reply or id, note="" if reply else "undo")


@in_one_transaction
async def stage(viewer: Viewer, id: int, stage: str, note: str = "", instead: int | None = None) -> None:
    """Moves an entry on to another of its stages (or back); `instead`: what to read instead of one that is looked after."""
    entry = await held(viewer, id)
    viewer.must("stage", entry)
    if entry.is_a.alone and not entry.is_a.tended:  # that is for those who run the space
        await must_not_tell(viewer, id, "stage", RUNS)
    stage = checks.one_of("stage", stage, entry.is_a.stages)
    note = checks.text("note", note)
    await execute("UPDATE entry SET stage = {}, active_at = {} WHERE id = {}", stage, now(), id)
    if entry.is_a.tended:
        await instead_of(id, (await queries.entry(viewer, instead)).id if instead is not None else None)
    await record(viewer, "stage", entry=id, note=f"{stage} {note}".strip())
