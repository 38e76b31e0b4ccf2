"""Who may know: colleagues, by what they have written and settled that looks like what somebody asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from web.database import in_list, now, rows
from web.entries import rows as shapes
from web.entries.alike import Alike, conversations
from web.entries.rows import Entry, Face
from web.kinds import KINDS
from web.policy import Viewer, people_known_to, visible_to
from web.times import DAY

_MOST, _MOST_TALKS, _MOST_SAID, _TOLD = 5, 12, 200, 3
# What has less in common with it than this share of what the best one has is not about it.
_ABOUT = 0.45
# What each thing counts, and after how long it counts half.
_COUNTS = {"accepted": 6.0, "helped": 3.0, "wrote": 2.0, "changed": 1.5, "verified": 1.5, "answered": 1.0}
_HALF = 2 * 365 * DAY
_ASKED = tuple(kind.name for kind in KINDS.values() if kind.accepts)
_SHARED = tuple(kind.name for kind in KINDS.values() if kind.tended)


@dataclass(frozen=True)
class Evidence:
    """One thing that somebody did: `what` is a word of `_COUNTS`, and `entry` heads the conversation; `here` is the id of the text."""

    what: str
    entry: Entry
    here: int


@dataclass(frozen=True)
class Knower:
    """Somebody who may know; `because`: what says so, the weightiest first, three at most, and `more` how many more there are."""

    person: Face
    because: tuple[Evidence, ...]
    more: int
    score: float


async def knowers(viewer: Viewer, found: Sequence[Alike]) -> tuple[Knower, ...]:
    """Of what was found: who answered, wrote, changed and verified it, as far as the viewer may read that. Whoever asks is not among them, nor
    who has left."""
    about = {each.entry.id: each for each in conversations(found, _MOST_TALKS) if each.score >= _ABOUT * found[0].score}
    if not about:
        return ()
    heads, read = in_list(tuple(about)), visible_to(viewer, "w")
    done = await rows(
        "SELECT p.id AS author, p.handle AS author_handle, p.name AS author_name, d.id, d.root, d.what, d.at FROM ("
        "SELECT * FROM (SELECT w.id, w.root, w.author AS person, CASE WHEN r.accepted = w.id THEN 'accepted' WHEN w.helped > 0 THEN 'helped' "
        "WHEN w.id = w.root THEN 'wrote' ELSE 'answered' END AS what, w.updated_at AS at "
        "FROM entry w JOIN entry r ON r.id = w.root WHERE w.root IN {} AND w.kind NOT IN {} AND {} "
        "ORDER BY w.helped DESC, w.id DESC LIMIT {}) AS said UNION ALL "
        "SELECT w.id, w.root, v.author, 'changed', max(v.created_at) FROM entry w JOIN revision v ON v.entry = w.id "
        "WHERE w.id IN {} AND w.kind IN {} AND v.author <> w.author AND NOT v.minor GROUP BY w.id, w.root, v.author UNION ALL "
        "SELECT w.id, w.root, v.actor, 'verified', max(v.created_at) FROM entry w JOIN event v ON v.entry = w.id "
        "WHERE w.id IN {} AND v.verb = 'verify' GROUP BY w.id, w.root, v.actor) d JOIN person p ON p.id = d.person "
        "WHERE p.active AND p.id <> {} AND {}",
        heads, in_list(_ASKED), read, _MOST_SAID, heads, in_list(_SHARED), heads, viewer.person or 0, people_known_to(viewer),
    )  # fmt: skip
    because: dict[Face, list[tuple[float, Evidence]]] = defaultdict(list)
    moment = now()
    for each in done:
        alike = about[each["root"]]
        weight = _COUNTS[each["what"]] * alike.score * 0.5 ** ((moment - each["at"]) / _HALF)
        because[shapes.face(each)].append((weight, Evidence(each["what"], alike.entry, each["id"])))
    made = [_knower(person, all) for person, all in because.items()]
    return tuple(sorted(made, key=lambda one: (-one.score, one.person.handle))[:_MOST])


def _knower(person: Face, done: list[tuple[float, Evidence]]) -> Knower:
    """Very much of one sort weighs less and less: each thing half of the one before."""
    done.sort(key=lambda each: (-each[0], each[1].here))
    score = sum(weight * 0.5**n for n, (weight, _) in enumerate(done))
    told = list({each.entry.id: each for _, each in reversed(done)}.values())[::-1]
    return Knower(person, tuple(told[:_TOLD]), max(0, len(told) - _TOLD), score)
