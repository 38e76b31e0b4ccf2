"""Changes that were suggested: read by whoever suggested them and by those who may edit the text, as long as they may read it."""

from __future__ import annotations

from dataclasses import dataclass

from web.database import SQL, row, rows
from web.entries import suggested as shapes
from web.entries.rows import Entry
from web.entries.suggested import Suggestion
from web.errors import there
from web.policy import Viewer, visible_to
from web.rights import edited_by

SUGGESTIONS_SIZE = 30
_ABOUT = """
    g.id AS suggestion, g.author, g.base, g.title, {body} AS body, g.summary, g.created_at, g.outcome, g.decided_by, g.decided_at,
    g.reason, g.revision, g.further, p.handle AS author_handle, p.name AS author_name, e.id, e.kind, e.slug, e.title AS entry_title,
    e.root, s.id AS space, s.slug AS space_slug, s.name AS space_name, s.access AS space_access, s.public AS space_public
"""
_TABLES = "suggestion g JOIN entry e ON e.id = g.entry JOIN space s ON s.id = e.space JOIN person p ON p.id = g.author"
_LIST = f"SELECT {_ABOUT.format(body=chr(39) * 2)} FROM {_TABLES} WHERE "
_WAITS = "g.outcome IS NULL"


@dataclass(frozen=True)
class Suggested:
    """How many changes to a text wait for somebody to look at them; of those that the viewer may read."""

    waiting: int = 0
    mine: int = 0


@dataclass(frozen=True)
class Suggestions:
    """One page of a list, the latest first, and the id from which it goes on, if there is more."""

    items: tuple[Suggestion, ...]
    older: int | None


def _theirs(viewer: Viewer, entry: Entry) -> SQL:
    """Those upon an entry that the viewer may read: all of them for those who may edit it, but what its author has taken back."""
    mine = SQL("g.author = {}", viewer.person or 0)
    return SQL("({} OR COALESCE(g.outcome, '') <> 'withdrawn')", mine) if viewer.may("adopt", entry) else mine


async def suggestion(viewer: Viewer, id: int) -> Suggestion:
    """Raises NotThere, also for one of somebody else upon a text that the viewer may not edit."""
    found = there(
        await row(
            f"SELECT {_ABOUT.format(body='g.body')}, CASE WHEN {{}} THEN 1 ELSE 0 END AS edits FROM {_TABLES} WHERE g.id = {{}} AND {{}}",
            edited_by(viewer), id, visible_to(viewer),
        )
    )  # fmt: skip
    mine, back = found["author"] == (viewer.person or 0), found["outcome"] == "withdrawn"
    return shapes.suggestion(there(found if mine or (found["edits"] and not back) else None))


def suggested_upon(viewer: Viewer, entry: Entry) -> SQL:
    """How many wait upon one entry, and how many of these are the viewer's: in the column `entry`, by `what` they are."""
    which = SQL(f"FROM suggestion g WHERE g.entry = {{}} AND {_WAITS} AND {{}}", entry.id, _theirs(viewer, entry))
    return SQL(
        "SELECT 'waiting' AS what, count(*) AS entry, '' AS name {} UNION ALL SELECT 'mine', count(*), '' {} AND g.author = {}",
        which, which, viewer.person,
    )  # fmt: skip


async def suggestions_of(viewer: Viewer, entry: Entry, before: int | None = None) -> Suggestions:
    """Upon one entry, whatever came of them."""
    return await _listed(viewer, SQL("g.entry = {} AND {}", entry.id, _theirs(viewer, entry)), before)


async def my_suggestions(viewer: Viewer, before: int | None = None) -> Suggestions:
    return await _listed(viewer, SQL("g.author = {}", viewer.person or 0), before)


async def waiting_suggestions(viewer: Viewer, before: int | None = None) -> Suggestions:
    """Upon all that the viewer may edit."""
    return await _listed(viewer, SQL(f"{_WAITS} AND {{}}", edited_by(viewer)), before)


async def decided_suggestions(viewer: Viewer, before: int | None = None) -> Suggestions:
    """Upon all that the viewer may edit."""
    return await _listed(
        viewer, SQL("g.outcome IN ('adopted', 'partly', 'declined') AND {}", edited_by(viewer)), before
    )


async def _listed(viewer: Viewer, which: SQL, before: int | None) -> Suggestions:
    older = SQL("g.id < {}", before) if before else SQL("1 = 1")
    found = await rows(
        _LIST + "{} AND {} AND {} ORDER BY g.id DESC LIMIT {}", which, older, visible_to(viewer), SUGGESTIONS_SIZE + 1
    )
    items = tuple(shapes.suggestion(each) for each in found[:SUGGESTIONS_SIZE])
    return Suggestions(items, items[-1].id if len(found) > SUGGESTIONS_SIZE else None)
