"""What has happened since somebody looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from web.database import SQL, in_list, now, row, rows, value
from web.database.ids import id_at, ids_since
from web.entries import rows as shapes
from web.entries.nameless import asked_in, by_others
from web.entries.queries.lists import ALONE
from web.entries.queries.talks import MOST_NEW
from web.entries.rows import Face
from web.entries.talks import CaughtUp, Lately, Latest
from web.kinds import SUMMARY
from web.policy import Viewer, people_known_to, visible_to
from web.rights import edited_by, wrote
from web.times import DAY, MINUTE

# Of what is typed a draft is kept every few seconds.
_LATELY, _NAMED = 2 * MINUTE, 5
_DAYS = 7 * DAY


async def news(viewer: Viewer, since: int) -> int:
    """How many conversations others have started or gone on with since then (ms), 100 at most."""
    return int(
        await value(
            "SELECT count(*) FROM (SELECT 1 AS one FROM entry e WHERE e.active_at > {} AND e.kind IN {} AND {} "
            "AND EXISTS (SELECT 1 FROM entry w WHERE w.root = e.id AND w.created_at > {} AND NOT {}) "
            "AND NOT EXISTS (SELECT 1 FROM watch k WHERE k.person = {} AND k.entry = e.id AND k.level = 'muted') LIMIT 100) n",
            since, in_list(ALONE), visible_to(viewer), since, wrote(viewer, "w"), viewer.person or 0,
        )
    )  # fmt: skip


async def news_of(viewer: Viewer, id: int, since: int) -> tuple[int, bool]:
    """How many replies others have written under an entry since then (ms), and whether its text was changed by one of
    them; nothing when it may not be read."""
    found = await row(
        "SELECT (SELECT count(*) FROM entry w WHERE w.root = e.id AND w.id <> e.id AND w.created_at > {} AND NOT {} "
        "AND w.trashed_at IS NULL) AS replies, (SELECT count(*) FROM revision r WHERE r.entry = e.id AND r.created_at > {} "
        "AND {}) AS edits FROM entry e WHERE e.id = {} AND {}",
        since, wrote(viewer, "w"), since, by_others(viewer, "r.author"), id, visible_to(viewer),
    )  # fmt: skip
    return (found["replies"], bool(found["edits"])) if found else (0, False)


async def editing(viewer: Viewer, entry: int) -> tuple[Face, ...]:
    """Who else has typed something into a form that changes an entry, in the last minutes; told to those who may change it too. Not whoever asked
    there without their name."""
    found = await rows(
        "SELECT DISTINCT p.id AS author, p.handle AS author_handle, p.name AS author_name FROM draft d JOIN entry e ON e.id = d.entry "
        "JOIN person p ON p.id = d.person WHERE d.entry = {} AND d.updated_at > {} AND d.dropped_at IS NULL AND p.id <> {} "
        f"AND NOT {asked_in('p.id', 'e.root')} "
        "AND {} AND {} AND {} ORDER BY p.name LIMIT {}",
        entry, now() - _LATELY, viewer.person or 0, visible_to(viewer), edited_by(viewer), people_known_to(viewer), _NAMED,
    )  # fmt: skip
    return tuple(map(shapes.face, found))


async def latest(viewer: Viewer, ids: Sequence[int]) -> dict[int, Latest]:
    """Who went on with each of these conversations last, and how; nothing for those that nobody has."""
    return _latest_of(await rows("{}", _latest(viewer, ids))) if ids else {}


def _latest_of(found: Sequence[Mapping[str, Any]]) -> dict[int, Latest]:
    return {each["id"]: Latest(each["verb"], shapes.face(each)) for each in found if each["what"] == "latest"}


def _latest(viewer: Viewer, ids: Sequence[int]) -> SQL:
    which = SQL("t.id IN {} AND t.active_at > t.created_at", in_list(ids))
    # What heads it, and what was written in it last. Not by an OR: PostgreSQL would go through every entry for that.
    return SQL(
        "SELECT 'latest' AS what, w.head AS id, CASE WHEN e.id = w.head OR e.revisions > 1 OR e.kind = {} THEN 'edit' ELSE 'reply' END AS verb, 0 AS many, "
        "p.id AS author, p.handle AS author_handle, p.name AS author_name "
        "FROM (SELECT t.id AS head, t.active_at, t.id AS said FROM entry t WHERE {} UNION ALL "
        "SELECT t.id, t.active_at, (SELECT max(x.id) FROM entry x WHERE x.root = t.id) FROM entry t WHERE {}) w "
        "JOIN entry e ON e.id = w.said JOIN revision r ON r.id = e.revision AND r.created_at = w.active_at "
        "JOIN person p ON p.id = r.author WHERE {}",
        SUMMARY.name, which, which, visible_to(viewer),
    )  # fmt: skip


async def lately(viewer: Viewer, ids: Sequence[int], list: int | None = None) -> Lately:
    """With what was done in each, where somebody is asked; and how far they have come in that `list`, with the others that they keep."""
    parts = [_latest(viewer, ids)] if ids else []
    if viewer.person is not None:
        parts += [_did(viewer.person, ids)] if ids else []
        if list is not None:
            caught = "SELECT 'caught' AS what, c.before_at AS id, '' AS verb, c.opened_at AS many, c.reached_at AS author, '' AS author_handle, '' AS author_name"
            parts.append(SQL(f"{caught} FROM caught_up c WHERE c.person = {{}} AND c.list = {{}}", viewer.person, list))
            mine = "SELECT 'tab', k.id, k.name, k.position, 0, '', '' FROM tab k WHERE k.person = {}"
            parts.append(SQL(mine, viewer.person))
    if not parts:
        return Lately()
    found = await rows(" UNION ALL ".join("{}" for _ in parts), *parts)
    did = {each["id"]: _told(each["verb"]) for each in found if each["what"] == "did"}
    return Lately(
        _latest_of(found), {id: told for id, told in did.items() if told},
        {each["id"]: int(each["many"]) for each in found if each["what"] == "did" and each["many"]},
        next((CaughtUp(int(c["many"]), int(c["author"]), int(c["id"])) for c in found if c["what"] == "caught"), None),
        tuple((k["id"], k["verb"]) for k in sorted(found, key=itemgetter("many", "id")) if k["what"] == "tab"),
    )  # fmt: skip


# What is told of in words, besides replies, and how it is noted.
_ACTS = {"edit": ("edit", "revert"), "stage": ("stage",), "close": ("close",)}
_TOLD = ("reply", "accept", "summarize", *_ACTS)


def _told(counted: str) -> dict[str, int]:
    return {name: int(many) for name, many in zip(_TOLD, counted.split(), strict=False) if many != "0"}


def _did(person: int, ids: Sequence[int]) -> SQL:
    """How often others have done what is told of, in the order of `_TOLD`, since the person read each; where they never have, in the last days,
    if it is older than that. Nothing of what they have muted. Each is counted by itself: SQLite would go through all events to join them."""
    week = now() - _DAYS
    events = "(SELECT count(*) FROM event v WHERE v.entry = {} AND v.id > h.since AND v.actor <> {{}} AND {})"
    counts = [
        # Where they have read it, that is told as new. It is counted up to a little more than is said.
        "CASE WHEN h.read_at IS NOT NULL THEN 0 ELSE (SELECT count(*) FROM (SELECT x.id FROM entry x WHERE x.root = h.id AND x.id <> h.id "
        f"AND x.id > h.since AND x.author <> {{}} AND x.trashed_at IS NULL AND NOT x.buried ORDER BY x.id LIMIT {MOST_NEW + 1}) AS n) END",
        events.format("h.accepted", "v.verb = 'accept' AND v.note = ''"),
        "(SELECT count(*) FROM entry s CROSS JOIN event v WHERE s.parent = h.id AND s.kind = '" + SUMMARY.name + "' AND s.trashed_at IS NULL "
        "AND v.entry = s.id AND v.id > h.since AND v.actor <> {} AND v.verb IN ('summarize', 'edit', 'revert'))",
        *(
            events.format("h.id", "v.verb IN (" + ", ".join(f"'{verb}'" for verb in verbs) + ")")
            for verbs in _ACTS.values()
        ),
    ]  # fmt: skip
    said = " || ' ' || ".join(counts)
    muted = "SELECT 1 FROM watch k WHERE k.person = {} AND k.entry = h.id AND k.entry IS NOT NULL AND k.level = 'muted'"
    return SQL(
        f"SELECT 'did' AS what, h.id AS id, CASE WHEN h.told = 1 THEN {said} ELSE '' END AS verb, COALESCE(h.read_at, 0) AS many, 0 AS author, "
        "'' AS author_handle, '' AS author_name FROM (SELECT h.id, h.accepted, f.read_at, "
        f"COALESCE({ids_since('f.read_at')}, {{}}) AS since, CASE WHEN f.id IS NULL AND (h.created_at >= {{}} OR h.active_at <= {{}}) THEN 0 "
        f"WHEN EXISTS ({muted}) THEN 0 ELSE 1 END AS told "
        "FROM entry h LEFT JOIN furthest f ON f.person = {} AND f.entry = h.id WHERE h.id IN {}) AS h",
        *[person] * len(counts), id_at(week, 0), week, week, person, person, in_list(ids),
    )  # fmt: skip
