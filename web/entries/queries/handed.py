"""The spaces that somebody was made host of by another: it is told as what is new in conversations is, by the rights of the moment."""

from __future__ import annotations

from typing import Any

import msgspec

from web.database import now, rows
from web.database.ids import id_at
from web.entries import rows as shapes
from web.entries.rows import Face, Place
from web.policy import Viewer, people_known_to, readable_spaces
from web.times import DAY

# The list in which one comes so far by looking at what one is told of.
HANDED = 2
_BACK = 31 * DAY
_MOST = 20


class Handed(msgspec.Struct, frozen=True):
    """A space that the viewer was made host of, and still is; `at`: when (ms). `read`: whether they know."""

    space: Place
    by: Face
    at: int
    read: bool


async def handed(
    viewer: Viewer, *, after: int = 0, until: int | None = None, unread: bool = False, seen: int = 0
) -> tuple[Handed, ...]:
    """What was done since `after` and until `until` (ms), the latest first, each space once. `seen`: when the viewer looked last, besides what is kept of
    that."""
    since = id_at(max(after, now() - _BACK), 0)
    found = await rows(
        "SELECT s.id AS space, s.slug AS space_slug, s.name AS space_name, s.access AS space_access, s.public AS space_public, v.created_at AS at, "
        "p.id AS author, p.handle AS author_handle, p.name AS author_name, COALESCE(c.reached_at, 0) AS seen FROM event v "
        "JOIN (SELECT id, slug, name, access, public FROM space WHERE {}) s ON s.id = v.space JOIN person p ON p.id = v.actor "
        "JOIN membership m ON m.space = s.id AND m.person = v.person AND m.role = 'host' "
        "LEFT JOIN caught_up c ON c.person = v.person AND c.list = {} "
        "WHERE v.person = {} AND v.person IS NOT NULL AND v.id > {} AND v.created_at > {} AND v.created_at <= {} AND v.verb = 'set_role' AND v.note = 'host' "
        "AND v.actor <> {} AND {} ORDER BY v.id DESC LIMIT {}",
        readable_spaces(viewer), HANDED, viewer.me, since, after, until or now(), viewer.me, people_known_to(viewer), _MOST,
    )  # fmt: skip
    once = {each["space"]: each for each in reversed(found)}
    told = [
        Handed(_place(each), shapes.face(each), each["at"], each["at"] <= max(each["seen"], seen))
        for each in sorted(once.values(), key=lambda each: -each["at"])
    ]
    return tuple(each for each in told if not (unread and each.read))


def _place(row: dict[str, Any]) -> Place:
    return Place(row["space"], row["space_slug"], row["space_name"], row["space_access"], bool(row["space_public"]))
