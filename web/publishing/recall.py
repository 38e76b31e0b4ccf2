"""Recall: what kept snapshots hold and those that they are for may not read any more, and having it taken out of them.

What was put in the bin, or moved to where they may not read, is known from what was done to it: whoever did that need not have thought
of snapshots. A text that was taken away for good is known so too. What lies in a space that was closed since is not looked for: who may not read that space is given nothing that has
something of it (`rights`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from web.database import SQL, execute, id_at, id_time, in_list, in_one_transaction, now, rows
from web.entries.events import record
from web.entries.rows import Ref
from web.errors import NotThere
from web.people import queries as people
from web.policy import Viewer, readable_spaces, trashed_for, visible_to
from web.publishing.rights import covered_by
from web.publishing.rows import whom

# What may take an entry out of somebody's sight; there is an index of it.
_VERBS = SQL("('trash', 'move')")
_KEPT = (
    "SELECT k.id, k.edition, e.name, k.made_at, k.again, COALESCE(k.read_at, k.as_of) AS read_at, k.audience, s.slug, p.handle, "
    "e.spaces FROM snapshot k JOIN edition e ON e.id = k.edition LEFT JOIN space s ON s.id = k.space "
    "LEFT JOIN person p ON p.id = k.person WHERE k.dropped_at IS NULL AND e.dropped_at IS NULL AND {} ORDER BY e.name, k.id DESC"
)


class Withdrawn(msgspec.Struct, frozen=True):
    """An entry that was taken out of sight, or of which an older text was: when last (ms), by which verb, and when that came to be there."""

    entry: Ref
    at: int
    verb: str
    came: int


class Holding(msgspec.Struct, frozen=True):
    """A kept snapshot, of the edition with that name, and what it holds that it should not. `again`: since when (ms) it is to be made
    anew."""

    id: int
    edition: int
    name: str
    made_at: int
    again: int | None
    withdrawn: tuple[Withdrawn, ...]


class Spread(msgspec.Struct, frozen=True):
    """Something that was taken out of sight, and in how many kept snapshots of each edition, by its name, it is."""

    withdrawn: Withdrawn
    kept: dict[str, int]


async def withdrawn_from(readers: Viewer, since: int = 0) -> list[Withdrawn]:
    """What these readers could read, and may not since something was done to it after `since` (ms); the latest first."""
    found = await rows(
        "SELECT e.id, e.kind, e.slug, e.title, e.root, substr(e.body, 1, 200) AS excerpt, v.created_at AS at, v.verb FROM event v JOIN entry e ON e.id = v.entry "
        "WHERE v.id IN (SELECT max(l.id) FROM event l WHERE l.verb IN {} AND l.id >= {} GROUP BY l.entry) AND NOT {} "
        "AND EXISTS (SELECT 1 FROM event w WHERE w.entry = e.id AND w.space IN (SELECT id FROM space WHERE {})) "
        "ORDER BY v.id DESC",
        _VERBS, id_at(since, 0), visible_to(readers), readable_spaces(readers),
    )  # fmt: skip
    return [Withdrawn(msgspec.convert(each, Ref), each["at"], each["verb"], id_time(each["id"])) for each in found]


async def redacted_for(readers: Viewer) -> list[Withdrawn]:
    """What these readers may read, and of which an older text was taken away for good; the latest first."""
    found = await rows(
        "SELECT e.id, e.kind, e.slug, e.title, e.root, substr(e.body, 1, 200) AS excerpt, "
        "(SELECT max(r.redacted_at) FROM revision r WHERE r.entry = e.id) AS at, min(v.revision) AS came "
        "FROM event v JOIN entry e ON e.id = v.entry WHERE v.verb = 'redact' AND v.revision IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM revision r WHERE r.entry = e.id AND r.redacted_at IS NOT NULL) AND {} GROUP BY e.id ORDER BY max(v.id) DESC",
        visible_to(readers),
    )  # fmt: skip
    return [Withdrawn(msgspec.convert(each, Ref), each["at"], "redact", id_time(each["came"])) for each in found]


async def holding(which: SQL) -> list[Holding]:
    """Those of the kept snapshots (`k`) that hold what they should not: by their editions, the latest first."""
    taken: dict[tuple[str, str], list[Withdrawn]] = {}
    found = []
    for kept in await rows(_KEPT, which):
        readers = whom(kept["audience"], kept["slug"] or kept["handle"]), kept["spaces"]
        if readers not in taken:
            taken[readers] = await _withdrawn_from(*readers)
        at = kept["read_at"]
        if late := tuple(each for each in taken[readers] if each.came <= at <= each.at):
            found.append(Holding(kept["id"], kept["edition"], kept["name"], kept["made_at"], kept["again"], late))
    return found


async def _withdrawn_from(audience: str, spaces: str) -> list[Withdrawn]:
    """Where there is nobody left to read it, nothing is: nobody is given it either."""
    try:
        readers = await people.only_in(await people.audience(audience), spaces.split())
        return [*await withdrawn_from(readers), *await redacted_for(readers)]
    except NotThere:
        return []


def by_entry(holding: Iterable[Holding]) -> list[Spread]:
    """The same the other way round; what was taken out last comes first."""
    last: dict[int, Withdrawn] = {}
    names: dict[int, Counter[str]] = defaultdict(Counter)
    for kept in holding:
        for each in kept.withdrawn:
            last[each.entry.id] = each
            names[each.entry.id][kept.name] += 1
    return sorted((Spread(each, names[id]) for id, each in last.items()), key=lambda each: -each.withdrawn.at)


def looked_after_by(viewer: Viewer) -> SQL:
    """A condition on a kept snapshot (`k`): an administrator may have it, as they may have its edition made."""
    return SQL("({} AND {})", SQL("1 = 1" if viewer.admin else "1 = 0"), covered_by(viewer, "k"))


async def known_to(viewer: Viewer, entries: Iterable[Withdrawn]) -> frozenset[int]:
    """The ids of those of them that the viewer may know of: in the bin, or where it is now."""
    asked = "SELECT e.id FROM entry e WHERE e.id IN {} AND ({} OR {})"
    ids = {each.entry.id for each in entries}
    return frozenset(each["id"] for each in await rows(asked, in_list(ids), visible_to(viewer), trashed_for(viewer)))


@in_one_transaction
async def make_anew(kept: Iterable[Holding]) -> None:
    """Nobody is given these until they have been made anew without what they should not hold, which is as soon as may be."""
    at, kept = now(), list(kept)
    await execute("UPDATE snapshot SET again = {} WHERE id IN {}", at, in_list(each.id for each in kept))
    editions = in_list({each.edition for each in kept})
    await execute("UPDATE edition SET next_at = {}, tries = 0 WHERE run IS NULL AND id IN {}", at, editions)


@in_one_transaction
async def recall(viewer: Viewer) -> int:
    """Takes it out of all that the viewer looks after; gives how many those are."""
    viewer.must("administer")
    kept = await holding(looked_after_by(viewer))
    await make_anew(kept)
    for name in sorted({each.name for each in kept}):
        await record(viewer, "recall", note=name)
    return len(kept)
