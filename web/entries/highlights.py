"""What stood out since a day, and why: for those who were away, and for those who read once a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from web.database import SQL, id_at, rows
from web.entries import queries
from web.entries.following import muted_by
from web.entries.rows import Entry
from web.policy import Viewer, visible_to

# How many conversations are told of, and of how much that was done lately it is found: of a busy house, the latest.
MOST, _LOOKED_AT = 12, 3000
# What each thing counts that somebody did; what several did counts for each of them, and what one did several times counts once.
_COUNTS = {"helped": 3.0, "accept": 4.0, "recommend": 2.0, "vote": 2.0, "reply": 1.0, "wrote": 0.5}


@dataclass(frozen=True)
class Highlight:
    """A conversation that stood out; `because`: how many people did what, a word of `words.STOOD_OUT`, what counts most first."""

    entry: Entry
    because: tuple[tuple[str, int], ...]


async def highlights(viewer: Viewer, since: int, limit: int = MOST) -> tuple[Highlight, ...]:
    """What the viewer may read and others have recommended, found helpful, voted for, answered and settled since then (ms): by how many people
    did so, not by how often. Nothing that they muted."""
    after = id_at(since, 0)
    done = (
        SQL(
            "SELECT w.root, w.author AS person, CASE WHEN w.id = w.root THEN 'wrote' ELSE 'reply' END AS what FROM entry w "
            "WHERE w.id > {} AND w.created_at > {} AND {} ORDER BY w.id DESC LIMIT {}",
            after, since, visible_to(viewer, "w"), _LOOKED_AT,
        ),
        SQL(
            "SELECT w.root, r.person, r.name AS what FROM reaction r JOIN entry w ON w.id = r.entry WHERE r.id > {} AND r.created_at > {} AND {} "
            "ORDER BY r.id DESC LIMIT {}",
            after, since, visible_to(viewer, "w"), _LOOKED_AT,
        ),
        SQL(
            "SELECT w.root, v.actor AS person, 'accept' AS what FROM event v JOIN entry w ON w.id = v.entry JOIN entry h ON h.id = w.root "
            "WHERE v.id > {} AND v.created_at > {} AND v.verb = 'accept' AND h.accepted = w.id AND {} ORDER BY v.id DESC LIMIT {}",
            after, since, visible_to(viewer, "w"), _LOOKED_AT,
        ),
    )  # fmt: skip
    found = await rows(
        "SELECT done.root, done.what, count(DISTINCT done.person) AS many FROM ("
        + " UNION ALL ".join("SELECT * FROM ({}) AS part_of_it" for _ in done)
        + ") AS done WHERE NOT {} "
        "GROUP BY done.root, done.what",
        *done, muted_by(viewer.person, "done.root"),
    )  # fmt: skip
    because: dict[int, dict[str, int]] = defaultdict(dict)
    for each in found:
        because[each["root"]][each["what"]] = each["many"]
    best = sorted(because, key=lambda root: (-_score(because[root]), -root))[:limit]
    entries = await queries.entries(viewer, [root for root in best if because[root].keys() - {"wrote"}])
    return tuple(Highlight(entries[root], _because(because[root])) for root in best if root in entries)


def _score(done: dict[str, int]) -> float:
    return sum(_COUNTS[what] * many for what, many in done.items())


def _because(done: dict[str, int]) -> tuple[tuple[str, int], ...]:
    told: Sequence[tuple[str, int]] = [each for each in done.items() if each[0] != "wrote"]
    return tuple(sorted(told, key=lambda each: (-_COUNTS[each[0]] * each[1], each[0])))
