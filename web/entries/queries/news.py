"""What has happened since somebody looked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from web.database import SQL, in_list, now, row, rows, value
from web.database.ids import id_at, ids_since
from web.entries import rows as shapes
from web.entries.queries.lists import ALONE
from web.entries.queries.talks import MOST_NEW
from web.entries.rows import Face
from web.entries.talks import CaughtUp, Lately, Latest
from web.kinds import SUMMARY
from web.policy import Viewer, people_known_to, visible_to
from web.rights import edited_by
from web.times import DAY, MINUTE

# Of what is typed a draft is kept every few seconds.
_LATELY, _NAMED = 2 * MINUTE, 5
_DAYS = 7 * DAY


async def news(viewer: Viewer, since: int) -> int:
    """How many conversations others have started or gone on with since then (ms), 100 at most."""
    return int(
        await value(
            "SELECT count(*) FROM (SELECT 1 AS one FROM entry e WHERE e.active_at > {} AND e.kind IN {} AND {} "
            "AND EXISTS (SELECT 1 FROM entry w WHERE w.root = e.id AND w.created_at > {} AND w.author <> {}) "
            "AND NOT EXISTS (SELECT 1 FROM watch k WHERE k.person = {} AND k.entry = e.id AND k.level = 'muted') LIMIT 100) n",
            since, in_list(ALONE), visible_to(viewer), since, viewer.person or 0, viewer.person or 0,
        )
    )  # fmt: skip


async def news_of(viewer: Viewer, id: int, since: int) -> tuple[int, bool]:
    """How many replies others have written under an entry since then (ms), and whether its text was changed by one of
    them; nothing when it may not be read."""
    found = await row(
        "SELECT (SELECT count(*) FROM entry w WHERE w.root = e.id AND w.id <> e.id AND w.created_at > {} AND w.author <> {} "
        "AND w.trashed_at IS NULL) AS replies, (SELECT count(*) FROM revision r WHERE r.entry = e.id AND r.created_at > {} "
        "AND r.author <> {}) AS edits FROM entry e WHERE e.id = {} AND {}",
        since, viewer.person or 0, since, viewer.person or 0, id, visible_to(viewer),
    )  # fmt: skip
    return (found["replies"], bool(found["edits"])) if found else (0, False)


async def editing(viewer: Viewer, entry: int) -> tuple[Face, ...]:
    """Who else has typed something into a form that changes an entry, in the last minutes; told to those who may change it too."""
    found = await rows(
        "SELECT DISTINCT p.id AS author, p.handle AS author_handle, p.name AS author_name FROM draft d JOIN entry e ON e.id = d.entry "
        "JOIN person p ON p.id = d.person WHERE d.entry = {} AND d.updated_at > {} AND d.dropped_at IS NULL AND p.id <> {} "
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
        parts += _did(viewer.person, ids) if ids else []
        if list is not None:
            caught = "SELECT 'caught' AS what, c.before_at AS id, '' AS verb, c.opened_at AS many, c.reached_at AS author, '' AS author_handle, '' AS author_name FROM caught_up c WHERE c.person = {} AND c.list = {}"
            parts.append(SQL(caught, viewer.person, list))
            parts.append(
                SQL("SELECT 'tab', k.id, k.name, k.position, 0, '', '' FROM tab k WHERE k.person = {}", viewer.person)
            )
    if not parts:
        return Lately()
    found = await rows(" UNION ALL ".join("{}" for _ in parts), *parts)
    muted = {each["id"] for each in found if each["what"] == "muted"}
    did: dict[int, dict[str, int]] = defaultdict(dict)
    for each in found:
        if each["what"] == "did" and each["many"] and each["id"] not in muted:
            did[each["id"]][each["verb"]] = did[each["id"]].get(each["verb"], 0) + int(each["many"])
    return Lately(
        _latest_of(found), did, {each["id"]: int(each["many"]) for each in found if each["what"] == "read"},
        next((CaughtUp(int(c["many"]), int(c["author"]), int(c["id"])) for c in found if c["what"] == "caught"), None),
        tuple((k["id"], k["verb"]) for k in sorted(found, key=itemgetter("many", "id")) if k["what"] == "tab"),
    )  # fmt: skip


def _did(person: int, ids: Sequence[int]) -> list[SQL]:
    """What others have done since the person read each; where they never have, in the last days, if it is older than that."""
    week = now() - _DAYS
    heads = SQL("FROM entry h LEFT JOIN furthest f ON f.person = {} AND f.entry = h.id", person)
    which = SQL(
        "h.id IN {} AND (f.id IS NOT NULL OR (h.created_at < {} AND h.active_at > {}))", in_list(ids), week, week
    )
    since = SQL(f"v.id > COALESCE({ids_since('f.read_at')}, {{}}) AND v.actor <> {{}}", id_at(week, 0), person)
    seldom = "0 AS author, '' AS author_handle, '' AS author_name"
    counted = f"SELECT 'did' AS what, h.id AS id, {{}} AS verb, count(*) AS many, {seldom} {{}} JOIN {{}} WHERE {{}} AND {{}} GROUP BY h.id, 3"
    said = "SELECT x.id FROM entry x WHERE x.root = h.id AND x.id > {} AND x.author <> {} AND x.trashed_at IS NULL AND NOT x.buried"
    # Where they have read it, that is told as new; and it is counted up to a little more than is said.
    replies = SQL(f"SELECT count(*) FROM ({said} ORDER BY x.id LIMIT {MOST_NEW + 1}) AS n", id_at(week, 0), person)
    return [
        SQL(f"SELECT 'read' AS what, f.entry AS id, '' AS verb, f.read_at AS many, {seldom} FROM furthest f WHERE f.person = {{}} AND f.entry IN {{}}", person, in_list(ids)),
        SQL(f"SELECT 'muted' AS what, k.entry AS id, '' AS verb, 0 AS many, {seldom} FROM watch k WHERE k.person = {{}} AND k.entry IN {{}} AND k.level = 'muted'", person, in_list(ids)),
        SQL(f"SELECT 'did' AS what, h.id AS id, 'reply' AS verb, ({{}}) AS many, {seldom} {{}} WHERE {{}} AND f.id IS NULL", replies, heads, which),
        SQL(counted, SQL("CASE WHEN v.verb = 'revert' THEN 'edit' ELSE v.verb END"), heads, SQL("event v ON v.entry = h.id AND {}", since), which, SQL("v.verb IN ('edit', 'revert', 'stage', 'close')")),
        SQL(counted, SQL("v.verb"), heads, SQL("event v ON v.entry = h.accepted AND {}", since), which, SQL("v.verb = 'accept' AND v.note = ''")),
        SQL(
            counted, SQL("'summarize'"), heads,
            SQL(f"entry s ON s.parent = h.id AND s.kind = '{SUMMARY.name}' AND s.trashed_at IS NULL JOIN event v ON v.entry = s.id AND {{}}", since),
            which, SQL("v.verb IN ('summarize', 'edit', 'revert')"),
        ),
    ]  # fmt: skip
