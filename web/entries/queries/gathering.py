"""What was said in conversations and stands on pages now: each side as whoever may read the other is told of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from web.database import SQL, in_list, join_and, rows
from web.entries import rows as shapes
from web.entries.queries.lists import SELECT
from web.entries.queries.trees import these_and_not_those
from web.entries.rows import Entry, Face, Ref
from web.entries.talks import Lives, Source
from web.kinds import TREED
from web.people.queries import readers_of
from web.policy import Placed, Viewer, people_known_to, visible_to
from web.rights import edited_by
from web.times import MINUTE

MOST_GATHERED = 100
_END = "\n"
_REF = "e.id || '\n' || e.kind || '\n' || e.slug || '\n' || e.title || '\n' || e.root"
_CHANGED = "EXISTS (SELECT 1 FROM revision r WHERE r.entry = e.id AND r.id > g.{} AND NOT r.minor)"
_LIVES = (
    f"SELECT 'lives' AS what, g.source AS entry, g.id || '\n' || {_REF} || '\n' || g.page_revision || '\n' || e.revision || '\n' || "
    f"CASE WHEN {_CHANGED.format('page_revision')} THEN 1 ELSE 0 END || '\n' || g.anchor || '\n' || g.section AS name "
    "FROM gathered g JOIN entry e ON e.id = g.page WHERE g.dropped_at IS NULL AND "
)
_SOURCES = (
    f"SELECT 'source' AS what, g.id AS entry, {_REF} || '\n' || h.id || '\n' || h.kind || '\n' || h.slug || '\n' || "
    "CASE WHEN h.title <> '' THEN h.title ELSE replace(substr(COALESCE(t.body, ''), 1, 60), '\n', ' ') END || '\n' || g.source_revision || '\n' || e.revision || '\n' || "
    f"CASE WHEN {_CHANGED.format('source_revision')} THEN 1 ELSE 0 END || '\n' || "
    "COALESCE(p.id || ' ' || p.handle || ' ' || p.name, '') AS name "
    "FROM gathered g JOIN entry e ON e.id = g.source JOIN entry h ON h.id = e.root LEFT JOIN entry_text t ON t.id = h.id "
    "LEFT JOIN person p ON p.id = e.author AND {} WHERE g.page = {} AND g.dropped_at IS NULL AND {} ORDER BY g.id LIMIT {}"
)


def gathered_at(viewer: Viewer, head: int, ids: Sequence[int]) -> SQL:
    """What stands in `head` of other conversations; and where that stands which was said in its own, or in `ids`."""
    seen = visible_to(viewer)
    within = "g.id IN (SELECT x.id FROM gathered x WHERE x.talk = {} UNION SELECT x.id FROM gathered x WHERE x.source IN {}) AND {}"
    return SQL(
        f"SELECT * FROM ({_SOURCES}) AS sources UNION ALL SELECT * FROM ({_LIVES}{within} ORDER BY g.id LIMIT {{}}) AS homes",
        people_known_to(viewer), head, seen, MOST_GATHERED, head, in_list(ids), seen, MOST_GATHERED,
    )  # fmt: skip


def source_of(row: int, said: str) -> Source:
    id, kind, slug, title, root, head, head_kind, head_slug, head_title, since, current, changed, by = said.split(
        _END, 12
    )
    who = by.split(" ", 2)
    return Source(
        row, Ref(int(id), kind, slug, title, int(root)), Ref(int(head), head_kind, head_slug, head_title, int(head)),
        Face(int(who[0]), who[1], who[2]) if by else None, int(since), int(current), changed == "1",
    )  # fmt: skip


def lives_of(source: int, said: str) -> Lives:
    row, id, kind, slug, title, root, since, current, changed, anchor, section = said.split(_END, 10)
    ref = Ref(int(id), kind, slug, title, int(root))
    return Lives(int(row), source, ref, section, anchor, int(since), int(current), changed == "1")


def credited(viewer: Viewer) -> SQL:
    """A condition on events: they took a credit off a page, or gave it back, of something that the viewer may read."""
    seen = "SELECT 1 FROM gathered g JOIN entry e ON e.id = g.source WHERE g.page = v.entry AND CAST(g.id AS VARCHAR) = v.note AND {}"
    return SQL(f"(v.verb IN ('uncredit', 'credit') AND EXISTS ({seen}))", visible_to(viewer))


async def lives_in(viewer: Viewer, talks: Collection[int]) -> dict[int, Lives]:
    """By conversations: the place on a page where something of it stands now; the answer that settled it before others, the latest before those."""
    if not talks:
        return {}
    found = await rows(
        "SELECT q.id AS talk, CASE WHEN q.accepted = f.entry THEN 1 ELSE 0 END AS settled, f.entry, f.name FROM "
        f"({_LIVES}g.talk IN {{}} AND {{}}) AS f JOIN entry s ON s.id = f.entry JOIN entry q ON q.id = s.root "
        "WHERE s.trashed_at IS NULL ORDER BY settled, f.entry",
        in_list(talks), visible_to(viewer),
    )  # fmt: skip
    return {each["talk"]: lives_of(int(each["entry"]), each["name"]) for each in found}


async def outgrown(viewer: Viewer, limit: int = MOST_GATHERED) -> tuple[Entry, ...]:
    """What the viewer may edit, and answers for or wrote, and of which the other side has changed since somebody saw that both fit."""
    changed = (
        "SELECT g.{} FROM gathered g JOIN entry o ON o.id = g.{} WHERE g.dropped_at IS NULL AND EXISTS "
        "(SELECT 1 FROM revision r WHERE r.entry = o.id AND r.id > g.{} AND NOT r.minor) AND {{}} AND g.{} IN ({{}})"
    )
    mine = SQL(
        "SELECT a.id FROM entry a LEFT JOIN tending b ON b.id = a.id WHERE a.author = {} AND b.owner IS NULL UNION ALL "
        "SELECT b.id FROM tending b WHERE b.owner = {}",
        viewer.me, viewer.me,
    )  # fmt: skip
    sides = [
        SQL(changed.format(here, there, f"{there}_revision", here), visible_to(viewer, "o"), mine)
        for here, there in (("page", "source"), ("source", "page"))
    ]
    where = join_and(SQL("e.id IN ({} UNION ALL {})", *sides), visible_to(viewer), edited_by(viewer))
    found = await rows(SELECT + "{} ORDER BY e.active_at DESC, e.id DESC LIMIT {}", where, limit)
    return tuple(map(shapes.entry, found))


# Who answers for a side: of a page whoever was named, else whoever wrote it.
OWNER = "COALESCE((SELECT b.owner FROM tending b WHERE b.id = y.id), y.author)"


def other_sides(viewer: Viewer, after: int, limit: int) -> tuple[SQL, ...]:
    """What has changed after then (ms), since somebody saw that both sides fit, and has its other side with the viewer: the conversation that it is in,
    a reason to be told of it, it, what the other side is called, where that is, since when (ms) that is news, and of what alone."""
    side = (
        "SELECT x.root, 'gathered', x.id, COALESCE(NULLIF(y.title, ''), h.title) AS called, '' AS at, COALESCE((SELECT max(v.created_at) + 1 FROM event v "
        "WHERE v.entry = x.id AND v.revision = g.{}_revision), g.created_at) AS since, x.id AS only FROM gathered g JOIN entry x ON x.id = g.{} JOIN entry y ON y.id = g.{} "
        f"JOIN entry h ON h.id = y.root WHERE g.changed_at > {{{{}}}} AND g.dropped_at IS NULL AND x.revision <> g.{{}}_revision AND {OWNER} = {{{{}}}} "
        "AND {{}} AND {{}} ORDER BY g.changed_at DESC LIMIT {{}}"
    )
    # That a side has changed is noted before the act is.
    return tuple(
        SQL(
            side.format(there, there, here, there), after - MINUTE, viewer.me, visible_to(viewer, "x"), visible_to(viewer, "y"), limit
        )
        for here, there in (("page", "source"), ("source", "page"))
    )  # fmt: skip


async def newcomers(viewer: Viewer, there: Placed, here: Placed) -> tuple[int, tuple[Face, ...]]:
    """How many of those whom the viewer knows read what is in one space, and not what is in the other; and the first of them."""
    return await these_and_not_those(viewer, readers_of(there), readers_of(here))


async def pages_to_change(viewer: Viewer, limit: int = 200) -> tuple[str, ...]:
    """What those pages are called that the viewer may edit, the latest active first."""
    found = await rows(
        "SELECT e.title FROM entry e WHERE e.kind = {} AND {} AND {} ORDER BY e.active_at DESC, e.id DESC LIMIT {}",
        TREED.name, visible_to(viewer), edited_by(viewer), limit,
    )  # fmt: skip
    return tuple(dict.fromkeys(each["title"] for each in found))
