"""What is known of answers besides their words: how they helped, and that they hold no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from web.database import SQL, in_list, rows, value
from web.entries.nameless import given_by
from web.entries.rows import Entry, Face
from web.entries.talks import Outdated, Worked
from web.policy import Viewer, people_known_to, visible_to

_MOST_WORKED = 200
_BY = "p.id || ' ' || p.handle || ' ' || p.name"
_INSTEAD = "COALESCE(e.id || ' ' || a.name, '')"


def held_at(viewer: Viewer, head: int, ids: Sequence[int]) -> SQL:
    """All of that of these, in the columns what, entry and name; nothing that people say whom the viewer does not know, nor an answer that they may
    not read."""
    known, these = people_known_to(viewer), in_list(ids)
    return SQL(
        f"SELECT * FROM (SELECT 'worked' AS what, r.entry AS entry, r.noted_at || '\n' || {_BY} || '\n' || "
        "CASE WHEN {} THEN 1 ELSE 0 END || '\n' || r.note AS name FROM reaction r JOIN person p ON p.id = r.person AND {} "
        "WHERE r.entry IN {} AND r.noted_at IS NOT NULL AND r.note <> '' ORDER BY r.noted_at DESC, r.id DESC LIMIT {}) AS notes UNION ALL "
        f"SELECT 'outdated', x.id, x.created_at || '\n' || COALESCE({_BY}, '') || '\n' || {_INSTEAD} || '\n' || x.why "
        "FROM outdated x LEFT JOIN person p ON p.id = x.person AND {} LEFT JOIN entry e ON e.id = x.instead AND e.root = {} AND {} "
        "LEFT JOIN person a ON a.id = e.author WHERE x.id IN {}",
        given_by(viewer), known, these, _MOST_WORKED, known, head, visible_to(viewer), these,
    )  # fmt: skip


async def outdated_at(ids: Iterable[int], moment: int) -> list[dict[str, Any]]:
    """Those of entries that were read already which held no more then (ms). What is read instead is as it is today."""
    said = await rows(
        "SELECT v.entry AS id, v.verb, v.note AS why, x.instead, v.actor AS person, v.created_at FROM event v LEFT JOIN outdated x ON x.id = v.entry "
        "WHERE v.entry IN {} AND v.verb IN ('outdate', 'uphold') AND v.created_at <= {} ORDER BY v.id",
        in_list(ids), moment,
    )  # fmt: skip
    return [each for each in {each["id"]: each for each in said}.values() if each["verb"] == "outdate"]


async def my_note(viewer: Viewer, id: int, name: str) -> str | None:
    """What the viewer said with a reaction, None where they have not given it."""
    return await value(
        "SELECT r.note FROM reaction r WHERE r.entry = {} AND {} AND r.name = {}", id, given_by(viewer), name
    )


async def outdated(viewer: Viewer, entry: Entry) -> Outdated | None:
    """What is said of an answer that was read already."""
    found = await rows("{}", held_at(viewer, entry.root, [entry.id]))
    return next((outdated_of(each["name"]) for each in found if each["what"] == "outdated"), None)


def worked_of(id: int, said: str) -> Worked:
    at, by, mine, note = said.split("\n", 3)
    return Worked(id, _face(by), int(at), note, mine == "1")


def outdated_of(said: str) -> Outdated:
    at, by, instead, why = said.split("\n", 3)
    id, _, whose = instead.partition(" ")
    return Outdated(int(at), why, _face(by) if by else None, int(id) if id else None, whose)


def _face(said: str) -> Face:
    id, handle, name = said.split(" ", 2)
    return Face(int(id), handle, name)
