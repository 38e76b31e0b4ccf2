"""What waits for an answer: first what one may know oneself, spread among those who may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.database import in_list, rows
from web.entries import rows as shapes
from web.entries.following import muted_by
from web.entries.queries import COLUMNS, TABLES, WAITS
from web.entries.rows import Entry
from web.kinds import KINDS
from web.people.queries import read_by
from web.people.skills import here, turn
from web.policy import Viewer, visible_to
from web.rights import wrote

# How many of the latest are looked at, how many colleagues one question is put to, and in how many of one's latest texts it is looked for
# what one has answered.
_LOOKED_AT, _PUT_TO, _LATEST = 40, 5, 300
_ASKED = tuple(kind.name for kind in KINDS.values() if kind.accepts)


@dataclass(frozen=True)
class Waiting:
    """A question that nobody has answered so that it holds; `topic`: the tag for which the viewer may know, or nothing."""

    entry: Entry
    topic: str


async def waiting(viewer: Viewer, limit: int) -> tuple[Waiting, ...]:
    """Of the latest that others have asked in vain: first what the viewer may know, by what they say of themselves and what they had the answer
    to, then the rest. Nothing that they have muted, nor about what they would rather not be asked. Each question is put to few of those who say
    that they can be asked and may read it, so that not all are asked everything."""
    me = viewer.me
    topics = (
        "SELECT t.id AS tag FROM skill k JOIN tag t ON t.name = k.topic WHERE k.person = {} AND k.says = 'ask' UNION "
        "SELECT g.tag FROM (SELECT w.id, w.root FROM entry w WHERE w.author = {} ORDER BY w.created_at DESC, w.id DESC LIMIT {}) AS mine "
        "JOIN entry r ON r.id = mine.root AND r.accepted = mine.id JOIN tagging g ON g.entry = r.id"
    )
    passed = "SELECT 1 FROM tagging g JOIN tag t ON t.id = g.tag JOIN skill k ON k.topic = t.name WHERE g.entry = e.id AND k.person = {} AND k.says = 'pass'"
    found = await rows(
        f"WITH known AS MATERIALIZED ({topics}) SELECT e.id, "
        "(SELECT min(t.name) FROM tagging g JOIN tag t ON t.id = g.tag WHERE g.entry = e.id AND g.tag IN (SELECT tag FROM known)) AS topic "
        f"FROM entry e WHERE e.kind IN {{}} AND {WAITS} AND NOT {{}} AND {{}} "
        f"AND NOT {{}} AND NOT EXISTS ({passed}) ORDER BY e.active_at DESC, e.id DESC LIMIT {{}}",
        me, me, _LATEST, in_list(_ASKED), wrote(viewer), visible_to(viewer), muted_by(me), me, _LOOKED_AT,
    )  # fmt: skip
    known = {each["id"]: each["topic"] for each in found if each["topic"]}
    rest = [each["id"] for each in found if each["id"] not in known]
    entries = await _read(viewer, [*known, *rest[:limit]])
    mine = [Waiting(entry, known[id]) for id, (entry, others) in entries.items() if id in known and others < _PUT_TO]
    theirs = [Waiting(entry, "") for id, (entry, others) in entries.items() if id not in known or others >= _PUT_TO]
    return (*_latest(mine), *_latest(theirs))[:limit]


def _latest(questions: list[Waiting]) -> list[Waiting]:
    return sorted(questions, key=lambda each: (-each.entry.active_at, -each.entry.id))


async def _read(viewer: Viewer, ids: Sequence[int]) -> dict[int, tuple[Entry, int]]:
    """Each with how many others come before the viewer, who say that they can be asked about it and may read it: up to those that it is put to."""
    others = (
        "SELECT DISTINCT k.person FROM tagging g JOIN tag t ON t.id = g.tag JOIN skill k ON k.topic = t.name "
        "WHERE g.entry = e.id AND k.says = 'ask' AND k.person NOT IN ({}, e.author) AND EXISTS (SELECT 1 FROM person p "
        "WHERE p.id = k.person AND p.active AND {} AND {}) "
        f"AND {turn('k.person')} < {turn('CAST({} AS BIGINT)')} LIMIT {{}}"
    )
    found = await rows(
        f"SELECT {COLUMNS}, (SELECT count(*) FROM ({others}) AS ahead) AS ahead FROM {TABLES} WHERE e.id IN {{}} AND {{}}",
        viewer.person, here(), read_by(), viewer.person, _PUT_TO, in_list(ids), visible_to(viewer),
    )  # fmt: skip
    return {each["id"]: (shapes.entry(each), each["ahead"]) for each in found}
