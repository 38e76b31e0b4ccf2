"""What follows for conversations when more was said in them: counts, when they were active last, and which answer settled it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.database import execute, id_then, in_list, in_one_transaction, new_id, rows, values
from web.entries.actions.steps import count_children
from web.imports.histories import Teller
from web.kinds import KINDS, Kind


@dataclass(frozen=True)
class Settled:
    """Of an entry that came in: how many votes it came with, and the entry that it is the answer to, and since when (ms; 0: nobody said)."""

    entry: int
    above: int | None
    head: int | None
    votes: int
    given: str
    answers: int | None
    since: int


@in_one_transaction
async def settle(teller: Teller, settled: Sequence[Settled], *, new: bool) -> None:
    """Run again, it changes nothing. What colleagues have accepted, or not any more, stays."""
    await _tally(settled)
    if new:
        ids = {id for each in settled for id in (each.above, each.head) if id is not None}
        await count_children(*ids)
        await _active({each.head for each in settled if each.head is not None})
    await _accept(teller, [each for each in settled if each.answers is not None])


async def _tally(settled: Sequence[Settled]) -> None:
    """Below nothing there is nothing: nobody votes against anything here."""
    votes = {each.entry: max(each.votes, 0) for each in settled}
    given = {each.entry: each.given for each in settled}
    found = await rows(
        "SELECT e.id, e.kind, (SELECT sum(y.many) FROM tally y WHERE y.entry = e.id) AS had FROM entry e WHERE e.id IN {}",
        in_list(votes),
    )
    changed = [each for each in found if votes[each["id"]] != int(each["had"] or 0)]
    if not changed:
        return
    ids = [each["id"] for each in changed]
    names = {each["id"]: _given(KINDS[each["kind"]], given[each["id"]]) for each in changed}
    await execute("DELETE FROM tally WHERE entry IN {}", in_list(ids))
    rest = [(new_id(), id, names[id], votes[id]) for id in ids if votes[id]]
    if rest:
        await execute("INSERT INTO tally (id, entry, name, many) VALUES {}", values(rest))
    for name in sorted(set(names.values())):
        await execute(
            f"UPDATE entry SET {name} = (SELECT count(*) FROM reaction r WHERE r.entry = entry.id AND r.name = '{name}') + "
            f"(SELECT coalesce(sum(y.many), 0) FROM tally y WHERE y.entry = entry.id AND y.name = '{name}') WHERE id IN {{}}",
            in_list(id for id in ids if names[id] == name),
        )


def _given(kind: Kind, name: str) -> str:
    return name if name in kind.reactions else kind.reactions[0]


async def _active(heads: set[int]) -> None:
    await execute(
        "UPDATE entry SET active_at = (SELECT max(c.active_at) FROM entry c WHERE c.root = entry.id) WHERE id IN {}",
        in_list(heads),
    )


async def _accept(teller: Teller, answers: Sequence[Settled]) -> None:
    if not answers:
        return
    asked = {each.answers: each for each in answers}
    found = await rows(
        "SELECT e.id, e.kind, e.author FROM entry e WHERE e.id IN {} "
        "AND e.accepted IS NULL AND e.trashed_at IS NULL AND NOT EXISTS (SELECT 1 FROM entry c JOIN event v ON v.entry = c.id "
        "WHERE c.root = e.id AND v.verb = 'accept')",
        in_list(id for id in asked if id is not None),
    )  # fmt: skip
    for each in found:
        answer = asked[each["id"]]
        if not KINDS[each["kind"]].accepts:
            continue
        said = await rows(
            "SELECT created_at FROM entry WHERE id = {} AND parent = {} AND trashed_at IS NULL",
            answer.entry,
            each["id"],
        )
        if not said:
            continue
        at = max(answer.since, said[0]["created_at"])
        await execute("UPDATE entry SET accepted = {} WHERE id = {}", answer.entry, each["id"])
        await execute(
            "INSERT INTO event (id, verb, actor, entry, space, note, created_at) VALUES {}",
            values([(await _free(at), "accept", each["author"], answer.entry, teller.space.id, "", at)]),
        )


async def _free(at: int) -> int:
    """An id of then that no event has."""
    for order in range(128):
        id = id_then(at, order)
        if not await rows("SELECT id FROM event WHERE id = {}", id):
            return id
    return new_id()
