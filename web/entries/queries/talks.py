"""Where a conversation came from and what went out of it, whether it is closed, and what is new in it for whoever reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.database import SQL, in_list, join_and, row, rows, value
from web.entries import rows as shapes
from web.entries.queries.gathering import gathered_at, lives_of, source_of
from web.entries.queries.holding import held_at, outdated_of, worked_of
from web.entries.rows import Entry, Face, Ref
from web.entries.talks import Closing, Talk, Went
from web.kinds import SUMMARY
from web.policy import Viewer, people_known_to, visible_to
from web.rights import wrote

# What is new is counted so far.
MOST_NEW = 20
_MOST_WAYS = 20
_BY = "COALESCE(p.id || ' ' || p.handle || ' ' || p.name, '')"
_WAY = f"e.kind || '\n' || e.slug || '\n' || e.title || '\n' || e.root || '\n' || w.created_at || '\n' || {_BY}"


def talked(viewer: Viewer, head: Entry, ids: Sequence[int], short: Entry | None = None) -> SQL:
    """All of that of what heads a conversation, and of those of it that are shown, in the columns what, entry and name."""
    known, seen = people_known_to(viewer), visible_to(viewer)
    parts = [
        SQL(
            f"SELECT * FROM (SELECT 'gone' AS what, e.id AS entry, {_WAY} AS name FROM went w JOIN entry e ON e.id = w.id "
            "LEFT JOIN person p ON p.id = w.person AND {} WHERE w.source = {} AND w.id <> {} AND e.root <> {} AND {} ORDER BY w.id LIMIT {}) AS ways",
            known, head.id, head.id, head.id, seen, _MOST_WAYS,
        ),
        SQL(
            f"SELECT 'came', e.id, {_WAY} FROM went w JOIN entry e ON e.id = w.source LEFT JOIN person p ON p.id = w.person AND {{}} "
            "WHERE w.id = {} AND w.source <> w.id AND {}",
            known, head.id, seen,
        ),
        SQL(
            f"SELECT 'joined', e.id, {_WAY} FROM went w JOIN entry e ON e.id = w.id LEFT JOIN person p ON p.id = w.person AND {{}} "
            "WHERE w.id IN {} AND w.source = w.id AND e.root <> e.id AND {}",
            known, in_list(ids), seen,
        ),
    ]  # fmt: skip
    first = "SELECT min(x.id) FROM event x WHERE x.entry = {} AND x.verb = 'turn'"
    parts.append(SQL(f"SELECT 'began', v.id, v.note FROM event v WHERE v.id = ({first})", head.id))
    parts.append(gathered_at(viewer, head.id, ids))
    if head.is_a.accepts:
        parts.append(held_at(viewer, head.id, ids))
    if short is not None:
        parts.append(
            SQL(
                f"SELECT 'short', r.id, {_BY} FROM revision r JOIN person p ON p.id = r.author AND {{}} WHERE r.id = {{}}",
                known,
                short.revision,
            )
        )
    if head.closed_at is not None:
        last = "SELECT max(x.id) FROM event x WHERE x.entry = {} AND x.verb = 'close'"
        parts.append(
            SQL(
                f"SELECT 'closed', v.created_at, {_BY} || '\n' || v.note FROM event v LEFT JOIN person p ON p.id = v.actor AND {{}} "
                f"WHERE v.id = ({last})",
                known,
                head.id,
            )
        )
    if viewer.person is not None:
        parts += [
            SQL("SELECT 'upto', f.upto, '' || f.read_at FROM furthest f WHERE f.person = {} AND f.entry = {}", viewer.person, head.id),
            SQL(
                "SELECT 'called', max(v.created_at), '' FROM furthest f JOIN event v ON v.person = f.person AND v.id > f.upto "
                "JOIN entry x ON x.id = v.entry AND x.root = f.entry WHERE f.person = {} AND f.entry = {}",
                viewer.person, head.id,
            ),
            news_in(viewer, SQL("f.entry = {}", head.id)),
        ]  # fmt: skip
    return SQL(" UNION ALL ".join("{}" for _ in parts), *parts)


def news_in(viewer: Viewer, which: SQL) -> SQL:
    """How much others have written since in those conversations that the viewer has read before, and does not want to hear nothing of; `which`
    is a condition on `f`."""
    seen = SQL(
        "x.root = f.entry AND x.id > f.upto AND NOT {} AND x.trashed_at IS NULL AND NOT x.buried AND x.kind <> {}",
        wrote(viewer, "x"), SUMMARY.name,
    )  # fmt: skip
    counted = SQL(
        "(SELECT count(*) FROM entry x WHERE {} AND x.id <= COALESCE((SELECT x.id FROM entry x WHERE {} ORDER BY x.id LIMIT 1 OFFSET {}), {}))",
        seen, seen, MOST_NEW, 2**53,
    )  # fmt: skip
    return SQL(
        "SELECT 'new' AS what, f.entry AS entry, '' || {} AS name FROM furthest f WHERE f.person = {} AND {} AND NOT EXISTS "
        "(SELECT 1 FROM watch k WHERE k.person = {} AND k.entry = f.entry AND k.level = 'muted')",
        counted, viewer.person, which, viewer.person,
    )  # fmt: skip


def talk_of(found: Sequence[Mapping[str, Any]]) -> Talk:
    """What was found of it."""
    ways: dict[str, list[tuple[int, Went]]] = {"gone": [], "came": [], "joined": []}
    closed = upto = short_by = None
    read_at, called_at, new, began = 0, 0, 0, ""
    for each in found:
        what, id, said = each["what"], each["entry"], each["name"]
        if what in ways:
            ways[what].append((int(id), _way(int(id), said)))
        elif what == "closed":
            by, _, why = said.partition("\n")
            closed = Closing(int(id), why, _by(by))
        elif what == "short":
            short_by = _by(said)
        elif what == "began":
            began = said.split()[0]
        elif what == "upto":
            upto, read_at = int(id), int(said)
        elif what == "called":
            called_at = int(id or 0)
        elif what == "new":
            new = int(said)
    sources = tuple(source_of(int(each["entry"]), each["name"]) for each in found if each["what"] == "source")
    lives = tuple(lives_of(int(each["entry"]), each["name"]) for each in found if each["what"] == "lives")
    worked = tuple(worked_of(int(each["entry"]), each["name"]) for each in found if each["what"] == "worked")
    outdated = {int(each["entry"]): outdated_of(each["name"]) for each in found if each["what"] == "outdated"}
    came = ways["came"][0][1] if ways["came"] else None
    return Talk(
        closed,
        tuple(way for _, way in ways["gone"]),
        came,
        dict(ways["joined"]),
        sources,
        lives,
        began,
        upto,
        read_at,
        called_at,
        new,
        short_by,
        worked,
        outdated,
    )


def _way(id: int, said: str) -> Went:
    kind, slug, title, root, at, by = said.split("\n", 5)
    return Went(Ref(id, kind, slug, title, int(root)), int(at), _by(by))


def _by(said: str) -> Face | None:
    if not said:
        return None
    id, handle, name = said.split(" ", 2)
    return Face(int(id), handle, name)


async def first_new(viewer: Viewer, root: int, upto: int) -> int | None:
    """The first that others wrote after that."""
    return await value(
        "SELECT e.id FROM entry e WHERE e.root = {} AND e.id > {} AND NOT {} AND e.kind <> {} AND {} ORDER BY e.id LIMIT 1",
        root, upto, wrote(viewer), SUMMARY.name, visible_to(viewer),
    )  # fmt: skip


async def read_to(viewer: Viewer, root: int) -> int | None:
    """How far the viewer has read a conversation."""
    return await value("SELECT upto FROM furthest WHERE person = {} AND entry = {}", viewer.person or 0, root)


async def way_of(id: int) -> tuple[int, int] | None:
    """The conversation that an entry was in before, and who took it from there."""
    found = await row("SELECT source, person FROM went WHERE id = {}", id)
    return (found["source"], found["person"]) if found else None


async def pinned_in(viewer: Viewer, space: int) -> tuple[Ref, ...]:
    """The conversations that stand first in a space."""
    found = await rows(
        "SELECT e.id, e.kind, e.slug, e.title, e.root FROM talk k JOIN entry e ON e.id = k.id WHERE {} ORDER BY k.pinned_at, k.id",
        join_and(SQL("k.pinned_in = {} AND e.space = {}", space, space), visible_to(viewer)),
    )
    return tuple(map(shapes.ref, found))
