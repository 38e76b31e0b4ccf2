"""The same text in other languages: what it was translated from, what was translated from it, and how far behind each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from web.database import SQL, in_list, row, rows
from web.entries import rows as shapes
from web.entries.beside import Translation
from web.policy import Viewer, visible_to

_REF = "e.id, e.kind, e.slug, e.title, e.root, '' AS excerpt"
# What has changed in what it was translated from since, but for small changes; and how often.
CHANGED = "FROM revision r WHERE r.entry = v.source AND r.id > v.revision AND NOT r.folded AND NOT r.minor"
_BEHIND = f"(SELECT count(*) {CHANGED})"
# What stands beside an entry, and has none of it.
NONE = "CAST(NULL AS VARCHAR(8)) AS lang, CAST(NULL AS BIGINT) AS since, CAST(NULL AS BIGINT) AS current, CAST(NULL AS BIGINT) AS behind"


def translations(viewer: Viewer, id: int) -> SQL:
    """A statement that gives what an entry was translated from, and what was translated from the same or from it: those that the viewer may read,
    and of which they may read what they were translated from."""
    return SQL(
        f"SELECT 'source' AS what, {_REF}, 0 AS embeds, 0 AS place, e.lang, v.revision AS since, e.revision AS current, {_BEHIND} AS behind "
        "FROM translation v JOIN entry e ON e.id = v.source WHERE v.id = {} AND {} UNION ALL "
        f"SELECT 'translation', {_REF}, 0, 0, e.lang, v.revision, s.revision, {_BEHIND} FROM translation v JOIN entry e ON e.id = v.id "
        "JOIN entry s ON s.id = v.source WHERE v.source IN ({}, (SELECT w.source FROM translation w WHERE w.id = {})) AND v.id <> {} AND {} AND {}",
        id, visible_to(viewer), id, id, id, visible_to(viewer), visible_to(viewer, "s"),
    )  # fmt: skip


def translation(found: Mapping[str, Any]) -> Translation:
    return Translation(shapes.ref(found), found["lang"], found["since"], found["current"], found["behind"])


def related(viewer: Viewer, condition: SQL) -> SQL:
    """A statement that gives all translations `e` of which the viewer may read both, with how far behind each is."""
    return SQL(
        f"SELECT v.id, v.source, v.revision AS since, s.revision AS current, {_BEHIND} AS behind FROM translation v JOIN entry e ON e.id = v.id "
        "JOIN entry s ON s.id = v.source WHERE {} AND {} AND {} ORDER BY v.id",
        visible_to(viewer), visible_to(viewer, "s"), condition,
    )  # fmt: skip


async def translated(id: int) -> tuple[int, int] | None:
    """What an entry was translated from, and with which of its texts it is up to date: for whoever may say so."""
    found = await row("SELECT source, revision FROM translation WHERE id = {}", id)
    return (found["source"], found["revision"]) if found else None


async def translations_at(ids: Iterable[int], moment: int) -> list[dict[str, Any]]:
    """As it was said by a moment (ms): the rows of those of the entries that were translations."""
    found = await rows(
        "SELECT v.entry AS id, v.verb, v.revision, r.entry AS source FROM event v LEFT JOIN revision r ON r.id = v.revision "
        "WHERE v.entry IN {} AND v.verb IN ('translate', 'untranslate') AND v.created_at <= {} ORDER BY v.id",
        in_list(ids), moment,
    )  # fmt: skip
    last = {each["id"]: each for each in found}
    return [each for each in last.values() if each["verb"] == "translate" and each["source"] is not None]
