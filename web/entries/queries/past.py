"""Entries as they stood at a moment: the texts, titles, kinds, places and counts of then, by the rights of today.

Every text is kept, and what was done is in the events; where a page stood in its tree is noted when it is put elsewhere. What is not
known of then is as it is today, and so are the names of people and of spaces. What is in the bin today was never there.
"""

from __future__ import annotations

from typing import Any

from web import text
from web.database import SQL, in_list, rows
from web.entries import rows as shapes
from web.entries.derived import title_key
from web.entries.queries.conversations import CONVERSATION_SIZE
from web.entries.queries.lists import COLUMNS, TABLES
from web.entries.rows import Entry, Ref
from web.kinds import KINDS, REACTIONS, Kind
from web.policy import Viewer, readable_spaces, visible_to

_AT_ONCE = 1000
_DEEPEST = 50


async def stood_at(
    viewer: Viewer, moment: int, which: SQL, after: int = 0, limit: int = _AT_ONCE
) -> list[dict[str, Any]]:
    """What the viewer may read and was there at the moment (ms), in the order of their ids: those of `which`, a condition on the entry
    `e`, that come `after` an id. Each has the columns of an entry, `tags` as they were typed, and `today`, its text now where that is another."""
    found = await rows(
        f"SELECT {COLUMNS}, {_of_then(moment)} FROM {TABLES} {_joined(moment)} "
        f"WHERE {{}} AND {{}} AND e.id > {{}} AND e.created_at <= {moment} "
        f"AND {_not_in_the_bin('e.id', moment)} AND {_not_in_the_bin('e.root', moment)} ORDER BY e.id LIMIT {{}}",
        visible_to(viewer), which, after, limit,
    )  # fmt: skip
    spaces = await _readable(viewer) if any(each["then_space"] for each in found) else {}
    return [_as_it_stood(each, spaces) for each in found]


async def _readable(viewer: Viewer) -> dict[int, dict[str, Any]]:
    found = await rows("SELECT id, slug, name, access, public FROM space WHERE {}", readable_spaces(viewer))
    return {each["id"]: each for each in found}


async def conversation_at(viewer: Viewer, moment: int, root: int, after: int = 0) -> list[tuple[Entry, str, bool]]:
    """What headed a conversation then, and what was written under it, oldest first, from the one after the id `after`: one more than
    `CONVERSATION_SIZE` when there is more. Each with its tags as they were typed, and whether its text of then was taken
    away, so that this is another. Empty when it was not there."""
    which = SQL("e.root = {} AND (e.id = {} OR e.id > {})", root, root, after)
    found = await stood_at(viewer, moment, which, limit=CONVERSATION_SIZE + 2)
    if not found or found[0]["id"] != root:
        return []
    return [(shapes.entry(each), each["tags"], each["taken"] is not None) for each in found]


async def trail_at(viewer: Viewer, moment: int, id: int) -> tuple[Ref, ...]:
    """What an entry stood under then, from the top down."""
    found = await rows(
        f"WITH RECURSIVE up (id, depth) AS (SELECT CAST({{}} AS BIGINT), 0 UNION ALL SELECT {_parent(moment)}, up.depth + 1 FROM up "
        f"JOIN entry e ON e.id = up.id {_stood(moment)} WHERE {_parent(moment)} IS NOT NULL AND up.depth < {_DEEPEST}) "
        "SELECT id FROM up WHERE depth > 0 ORDER BY depth DESC",
        id,
    )
    ids = [each["id"] for each in found]
    if not ids:
        return ()
    found = await stood_at(viewer, moment, SQL("e.id IN {}", in_list(ids)))
    there = {each["id"]: shapes.ref(each) for each in found}
    return tuple(there[each] for each in ids if each in there)


def _not_in_the_bin(id: str, moment: int) -> str:
    last = (
        f"SELECT v.verb FROM event v WHERE v.entry = {id} AND v.verb IN ('trash', 'restore') AND v.created_at <= {moment} "
        "ORDER BY v.id DESC LIMIT 1"
    )
    return f"COALESCE(({last}), '') <> 'trash'"


def _stood(moment: int) -> str:
    return (
        "LEFT JOIN stood o ON o.id = (SELECT x.id FROM stood x "
        f"WHERE x.entry = e.id AND x.until > {moment} ORDER BY x.until, x.id LIMIT 1)"
    )


def _parent(moment: int) -> str:
    return "CASE WHEN o.id IS NULL THEN e.parent ELSE o.parent END"


def _joined(moment: int) -> str:
    return f"JOIN revision r ON r.id = COALESCE(({_kept('<=', moment)} DESC LIMIT 1), ({_kept('>', moment)} LIMIT 1)) {_stood(moment)}"


def _kept(when: str, moment: int) -> str:
    """Of a text that was taken away nothing is known: instead of it stands the last one before it, or the first one after."""
    return (
        "SELECT x.id FROM revision x WHERE x.entry = e.id AND x.redacted_at IS NULL "
        f"AND x.created_at {when} {moment} ORDER BY x.id"
    )


# What was said last of whether an answer holds.
_HELD = "SELECT x.verb FROM event x WHERE x.entry = {} AND x.verb IN ('outdate', 'uphold') AND x.created_at <= {} ORDER BY x.id DESC LIMIT 1"


def _of_then(moment: int) -> str:
    """What is not as it is today, as columns."""
    before, since = f"v.created_at <= {moment}", f"v.created_at > {moment}"
    columns = {
        "then_revision": "r.id",
        "then_title": "r.title",
        "then_body": "r.body",
        "then_lead": "r.lead",
        "then_url": "r.url",
        "then_lang": "r.lang",
        "tags": "r.tags",
        "then_saved_at": f"CASE WHEN r.created_at > {moment} THEN e.created_at ELSE r.created_at END",
        "taken": f"SELECT x.redacted_at FROM revision x WHERE x.entry = e.id AND x.created_at <= {moment} ORDER BY x.id DESC LIMIT 1",
        "then_parent": _parent(moment),
        "then_position": "CASE WHEN o.id IS NULL THEN e.position ELSE o.position END",
        "turned": f"SELECT v.note FROM event v WHERE v.entry = e.id AND v.verb = 'turn' AND {since} ORDER BY v.id LIMIT 1",
        "then_space": (
            f"SELECT v.space FROM event v WHERE v.entry = e.root AND {before} AND (SELECT 1 "
            f"FROM event m WHERE m.entry = e.root AND m.verb = 'move' AND m.created_at > {moment} LIMIT 1) IS NOT NULL ORDER BY v.id DESC LIMIT 1"
        ),
        **{f"staged_{kind.name}": _staged(kind.stages, before) for kind in KINDS.values() if kind.stages},
        "moved_on": f"SELECT 1 FROM event v WHERE v.entry = e.id AND v.verb IN ('stage', 'turn') AND {since} LIMIT 1",
        "settled": (
            f"SELECT CASE WHEN v.note = '' AND COALESCE(({_HELD.format('v.entry', moment)}), '') <> 'outdate' THEN v.entry ELSE 0 END FROM entry c JOIN event v ON v.entry = c.id "
            f"WHERE c.root = e.id AND v.verb = 'accept' AND {before} ORDER BY v.id DESC LIMIT 1"
        ),
        "settled_since": (
            f"SELECT 1 FROM entry c JOIN event v ON v.entry = c.id WHERE c.root = e.id AND v.verb = 'accept' AND {since} LIMIT 1"
        ),
        "then_active_at": (
            f"CASE WHEN e.active_at > {moment} THEN (SELECT max(v.created_at) FROM entry c JOIN event v ON v.entry = c.id "
            f"LEFT JOIN revision x ON x.id = v.revision WHERE c.root = e.id AND {before} "
            "AND (v.verb = 'stage' OR (x.id IS NOT NULL AND NOT x.minor))) END"
        ),
        "then_revisions": (
            "CASE WHEN r.id <> e.revision THEN (SELECT count(*) FROM revision x "
            f"WHERE x.entry = e.id AND x.created_at <= {moment} AND (NOT x.folded OR x.id = r.id)) END"
        ),
        **{f"then_{name}": _given(name, moment) for name in REACTIONS},
    }
    return ", ".join(f"{_in_brackets(made)} AS {name}" for name, made in columns.items())


def _staged(stages: tuple[str, ...], before: str) -> str:
    """What was said last of its stages as one kind."""
    said = " OR ".join(f"v.note = '{stage}' OR v.note LIKE '{stage} %'" for stage in stages)
    return f"SELECT v.note FROM event v WHERE v.entry = e.id AND v.verb = 'stage' AND {before} AND ({said}) ORDER BY v.id DESC LIMIT 1"


def _in_brackets(made: str) -> str:
    return f"({made})" if made.startswith("SELECT") else made


def _given(name: str, moment: int) -> str:
    """How many had given it: those who still do, those who have taken it back since, and those it came with."""
    took_back = (
        f"SELECT count(*) FROM event v WHERE v.entry = e.id AND v.verb = '{name}' AND v.created_at <= {moment} AND v.note = '' "
        "AND NOT EXISTS (SELECT 1 FROM event w WHERE w.entry = e.id AND w.actor = v.actor AND w.verb = v.verb "
        f"AND w.created_at <= {moment} AND w.id > v.id) AND NOT EXISTS (SELECT 1 FROM reaction x "
        f"WHERE x.entry = e.id AND x.person = v.actor AND x.name = '{name}' AND x.created_at <= {moment})"
    )
    still = f"SELECT count(*) FROM reaction x WHERE x.entry = e.id AND x.name = '{name}' AND x.created_at <= {moment}"
    came = f"SELECT coalesce(sum(y.many), 0) FROM tally y WHERE y.entry = e.id AND y.name = '{name}'"
    since = f"SELECT 1 FROM event v WHERE v.entry = e.id AND v.verb = '{name}' AND v.created_at > {moment}"
    # EXISTS would have PostgreSQL read through all events.
    return f"CASE WHEN ({since} LIMIT 1) IS NOT NULL THEN ({still}) + ({took_back}) + ({came}) END"


def _as_it_stood(row: dict[str, Any], spaces: dict[int, dict[str, Any]]) -> dict[str, Any]:
    kind = KINDS[row["turned"].split()[0] if row["turned"] else row["kind"]]
    other = row["then_revision"] != row["revision"]
    # A place that may not be known of today is not told of.
    space = spaces.get(row["then_space"])
    stood = {
        **row,
        **(_in(space) if space else {}),
        "kind": kind.name,
        "parent": row["then_parent"],
        "position": row["then_position"],
        "revision": row["then_revision"],
        "title": row["then_title"],
        "title_key": title_key(row["then_title"]),
        "slug": text.slug(row["then_title"]),
        "body": row["then_body"],
        "lead": row["then_lead"],
        "words": len(row["then_body"].split()) if kind.told else None,
        "url": row["then_url"],
        "lang": row["then_lang"],
        "today": row["body"] if other else None,
        "stage": _stage(row, kind),
        "accepted": _accepted(row) if kind.accepts else None,
        "updated_at": row["then_saved_at"] if other or row["taken"] is not None else row["updated_at"],
    }
    for name in ("active_at", "revisions", *REACTIONS):
        if row[f"then_{name}"] is not None:
            stood[name] = row[f"then_{name}"]
    return stood


def _in(space: dict[str, Any]) -> dict[str, Any]:
    return {"space": space["id"], **{f"space_{name}": space[name] for name in ("slug", "name", "access", "public")}}


def _stage(row: dict[str, Any], kind: Kind) -> str | None:
    if not kind.stages:
        return None
    if said := row[f"staged_{kind.name}"]:
        return str(said.split()[0])
    return kind.stages[0] if row["moved_on"] else row["stage"]


def _accepted(row: dict[str, Any]) -> int | None:
    if row["settled"] is not None:
        return row["settled"] or None
    return None if row["settled_since"] else row["accepted"]
