"""What is looked after: who answers for it, when it was gone through last, and what waits to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from web.database import SQL, in_list, join_and, now, row, rows
from web.entries import rows as shapes
from web.entries.queries.lists import COLUMNS, TABLES
from web.entries.rows import Entry, Happening, Tending
from web.errors import there
from web.kinds import KINDS
from web.policy import Viewer, people_known_to, visible_to
from web.times import DAY, day_of, end_of, last_day, months_after

MOST_DUE = 100
TENDED = tuple(kind.name for kind in KINDS.values() if kind.tended)
RETIRED = tuple({kind.stages[-1] for kind in KINDS.values() if kind.tended})
# Without a row of its own: a year after it was changed last.
USUALLY = 12
_YEAR = 365 * DAY
# Whoever was asked to, or wrote it, as long as they are here and may read it; otherwise the hosts of the space.
_THERE = (
    "(o.active AND ((NOT o.guest AND s.access = 'open') OR EXISTS "
    "(SELECT 1 FROM membership m WHERE m.person = o.id AND m.space = e.space AND (m.until IS NULL OR m.until > {}))))"
)
_TENDED = (
    "entry e JOIN space s ON s.id = e.space LEFT JOIN tending y ON y.id = e.id "
    "LEFT JOIN person o ON o.id = COALESCE(y.owner, e.author) LEFT JOIN entry i ON i.id = y.instead"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.A)


async def tending(viewer: Viewer, entry: Entry) -> Tending:
    """Of an entry of one of the TENDED kinds."""
    found = await row(
        "SELECT y.owner AS given, COALESCE(y.every, {}) AS every, y.review_by, v.id, v.verb, v.note, v.revision, v.created_at, v.actor, "
        "p.handle AS actor_handle, p.name AS actor_name, o.id AS owner, o.handle AS owner_handle, o.name AS owner_name, "
        "i.id AS instead, i.kind, i.slug, i.title, i.root, {} AS actor_known, {} AS owner_there, {} AS instead_seen, "
        "(SELECT count(*) FROM revision r WHERE r.entry = e.id AND r.id > v.revision AND NOT r.folded AND NOT r.minor) AS changes "
        f"FROM {_TENDED} LEFT JOIN event v ON v.id = y.verified LEFT JOIN person p ON p.id = v.actor WHERE e.id = {{}} AND {{}}",
        USUALLY, people_known_to(viewer), *_told(viewer), entry.id, visible_to(viewer),
    )  # fmt: skip
    return _tending(entry, there(found))


def _told(viewer: Viewer) -> tuple[SQL, SQL]:
    """Whether the viewer is told of whoever answers for it, and of what is read instead. Asked of what was found, not to find it."""
    return SQL("({} AND {})", SQL(_THERE, now()), people_known_to(viewer, "o")), visible_to(viewer, "i")


def _tending(entry: Entry, found: Mapping[str, Any]) -> Tending:
    every = found["every"]
    by = found["review_by"] or (months_after(day_of(entry.updated_at), every) if every else "")
    verified = None
    if found["id"] is not None and found["actor_known"]:
        told = (found[name] for name in ("note", "revision", "created_at"))
        verified = Happening(found["id"], found["verb"], shapes.face(found, "actor"), *told)
    return Tending(
        owner=shapes.face(found, "owner") if found["owner_there"] else None, given=found["given"] is not None, every=every, review_by=by,
        due=bool(by) and by <= day_of(now()) and entry.stage not in RETIRED, verified=verified, changes=found["changes"],
        instead=shapes.ref({**found, "id": found["instead"]}) if found["instead"] and found["instead_seen"] else None,
    )  # fmt: skip


def looked_after(viewer: Viewer, condition: SQL) -> SQL:
    """A statement that gives all that a page shows of how an entry `e` is looked after, and that no event of it says."""
    return SQL(
        "SELECT e.id, y.owner IS NULL AS given, y.every, y.review_by, y.verified, CASE WHEN {} THEN o.id END AS owner, "
        f"CASE WHEN {{}} THEN i.id END AS instead FROM {_TENDED} WHERE e.kind IN {{}} AND {{}}",
        *_told(viewer), in_list(TENDED), condition,
    )  # fmt: skip


async def due(
    viewer: Viewer, space: int | None = None, *, mine: bool = False, limit: int = MOST_DUE
) -> tuple[Entry, ...]:
    """What should be gone through again, of a space or of all: first what many read, what has been remarked upon since it was said to be
    right, and what was said so long ago. `mine`: only what the viewer answers for."""
    where = [_waits(), visible_to(viewer), SQL("1 = 1") if space is None else SQL("e.space = {}", space)]
    if mine:
        where.append(SQL("({} OR {})", answered_for_by(viewer, viewer.handle), _left_to(viewer)))
    found = await rows(
        f"SELECT {COLUMNS} FROM {TABLES} LEFT JOIN tending y ON y.id = e.id LEFT JOIN event v ON v.id = y.verified "
        "WHERE {} ORDER BY (1 + {}) * (1 + {}) * ({} - COALESCE(v.created_at, e.updated_at)) DESC, e.id LIMIT {}",
        join_and(*where), _readers(), _remarks(), now(), limit,
    )  # fmt: skip
    return tuple(map(shapes.entry, found))


def answered_for_by(viewer: Viewer, handle: str) -> SQL:
    """A condition on `e`: asked of what that person was given or wrote, however much there is of others. Of somebody who is not here any more,
    or whom the viewer does not know, that is nothing."""
    who = SQL("(SELECT p.id FROM person p WHERE p.handle = {} AND p.active AND {})", handle, people_known_to(viewer))
    wrote = "SELECT a.id FROM entry a LEFT JOIN tending b ON b.id = a.id WHERE a.author = {} AND a.kind IN {} AND b.owner IS NULL"
    return SQL(f"e.id IN (SELECT id FROM tending WHERE owner = {{}} UNION ALL {wrote})", who, who, in_list(TENDED))


def _left_to(viewer: Viewer) -> SQL:
    """A condition on `e`: in a space whose host the viewer is, and whoever answered for it is not there any more."""
    hosted = in_list(sorted(id for id, role in viewer.roles.items() if role == "host"))
    left = (
        "SELECT x.id FROM entry x JOIN space s ON s.id = x.space LEFT JOIN tending z ON z.id = x.id JOIN person o ON o.id = COALESCE(z.owner, x.author) "
        f"WHERE x.space IN {{}} AND x.kind IN {{}} AND NOT {_THERE.replace('e.space', 'x.space')}"
    )
    return SQL(f"e.id IN ({left})", hosted, in_list(TENDED), now())


def _waits() -> SQL:
    """A condition on `e` and its `tending y`: the day has come."""
    return _waits_by(day_of(now()))


def _waits_by(day: str, entry: str = "e") -> SQL:
    """Of those that are not retired."""
    unsaid = f"y.review_by IS NULL AND COALESCE(y.every, 1) > 0 AND {entry}.updated_at < {{}}"
    return SQL(
        f"({entry}.kind IN {{}} AND COALESCE({entry}.stage, '') NOT IN {{}} AND (y.review_by <= {{}} OR ({{}})))",
        in_list(TENDED), in_list(RETIRED), day, SQL(unsaid, end_of(day) - _YEAR),
    )  # fmt: skip


def due_by(written: str) -> SQL:
    """A condition on `e`: to be gone through by a day (`2026-12-31`), a month (`2026-12`) or a year, or by the end of this
    `day`, `week`, `month` or `year`; of nothing else."""
    day = last_day(written, day_of(now()))
    if day is None:
        return SQL("1 = 0")
    waits = "SELECT x.id FROM entry x LEFT JOIN tending y ON y.id = x.id WHERE {}"
    return SQL(f"e.id IN ({waits})", _waits_by(day, "x"))


def _readers() -> SQL:
    """In the last twelve months."""
    read = "(SELECT COALESCE(sum(g.readers), 0) FROM reading g WHERE g.entry = e.id AND g.month > {})"
    return SQL(read, a_year_ago())


def a_year_ago() -> str:
    """The month, `2026-12`."""
    return day_of(now() - _YEAR)[:7]


def _remarks() -> SQL:
    """What was written under it since somebody said that it is right."""
    return SQL(
        "(SELECT count(*) FROM entry c WHERE c.root = e.id AND c.id <> e.id AND c.trashed_at IS NULL "
        "AND c.created_at > COALESCE(v.created_at, 0))"
    )


async def tended_by(id: int, moment: int) -> dict[str, Any] | None:
    """What was known of how an entry is looked after by that moment (ms), as columns of its row; None when nobody had said anything."""
    return (await tended_at([id], moment)).get(id)


async def tended_at(ids: Iterable[int], moment: int) -> dict[int, dict[str, Any]]:
    """The same of many: what was done to them says it."""
    found = await rows(
        "SELECT v.id, v.entry, v.verb, v.person, v.note, v.created_at FROM event v WHERE v.entry IN {} "
        "AND v.verb IN ('tend', 'verify', 'unverify') AND v.created_at <= {} ORDER BY v.id",
        in_list(ids), moment,
    )  # fmt: skip
    said: dict[int, dict[str, Any]] = {}
    # What stood before each time that somebody said that it is right, and may take back.
    before: dict[int, list[tuple[int | None, str | None]]] = {}
    for each in found:
        state = said.setdefault(each["entry"], {"owner": None, "every": USUALLY, "review_by": None, "verified": None})
        stood = before.setdefault(each["entry"], [])
        match each["verb"]:
            case "tend":
                every, _, by = each["note"].partition(" ")
                state |= {"owner": each["person"], "every": int(every), "review_by": by if _DAY.fullmatch(by) else None}
                # Who takes back what they said before takes back nothing of this.
                stood[:] = [(verified, state["review_by"]) for verified, _ in stood]
            case "verify":
                stood.append((state["verified"], state["review_by"]))
                by = months_after(day_of(each["created_at"]), state["every"]) if state["every"] else None
                state |= {"verified": each["id"], "review_by": by}
            case "unverify" if stood:
                state["verified"], state["review_by"] = stood.pop()
    return said
