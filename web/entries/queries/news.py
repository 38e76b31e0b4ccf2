"""What has happened since somebody looked."""

from __future__ import annotations

from collections.abc import Sequence

from web.database import SQL, in_list, now, row, rows, value
from web.entries import rows as shapes
from web.entries.queries.lists import ALONE
from web.entries.rows import Face
from web.entries.talks import Latest
from web.kinds import SUMMARY
from web.policy import Viewer, people_known_to, visible_to
from web.rights import edited_by
from web.times import MINUTE

# Of what is typed a draft is kept every few seconds.
_LATELY, _NAMED = 2 * MINUTE, 5


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
    if not ids:
        return {}
    which = SQL("t.id IN {} AND t.active_at > t.created_at", in_list(ids))
    # What heads it, and what was written in it last. Not by an OR: PostgreSQL would go through every entry for that.
    found = await rows(
        "SELECT w.head AS id, CASE WHEN e.id = w.head OR e.revisions > 1 OR e.kind = {} THEN 'edit' ELSE 'reply' END AS verb, "
        "p.id AS author, p.handle AS author_handle, p.name AS author_name "
        "FROM (SELECT t.id AS head, t.active_at, t.id AS said FROM entry t WHERE {} UNION ALL "
        "SELECT t.id, t.active_at, (SELECT max(x.id) FROM entry x WHERE x.root = t.id) FROM entry t WHERE {}) w "
        "JOIN entry e ON e.id = w.said JOIN revision r ON r.id = e.revision AND r.created_at = w.active_at "
        "JOIN person p ON p.id = r.author WHERE {}",
        SUMMARY.name, which, which, visible_to(viewer),
    )  # fmt: skip
    return {each["id"]: Latest(each["verb"], shapes.face(each)) for each in found}
