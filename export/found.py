"""All that an audience may read, asked for at once: what pages would ask for one after the other."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from web.database import in_list, now, rows
from web.entries.queries import TREES
from web.policy import Viewer, file_visible_to, listed_for, people_known_to, readable_spaces, trashed_for, visible_to


class Found:
    """All that the viewer may read, each by its id; `gone`: what is in the bin, and what may be told of that."""

    entries: dict[int, dict[str, Any]]
    gone: dict[int, dict[str, Any]]
    people: dict[int, dict[str, Any]]
    spaces: dict[int, dict[str, Any]]
    files: dict[int, dict[str, Any]]
    tags: dict[int, list[tuple[str, str, int]]]
    links: dict[int, list[dict[str, Any]]]
    events: dict[int, list[dict[str, Any]]]
    members: dict[int, list[tuple[Any, ...]]]
    parents: dict[int, int]
    revisions: dict[int, list[dict[str, Any]]]

    @classmethod
    async def read(cls, viewer: Viewer) -> Found:
        found, seen = cls(), visible_to(viewer)
        found.entries = _by_id(
            await rows(
                "SELECT e.id, e.kind, e.space, e.author, e.parent, e.root, e.revision, e.title, e.slug, e.lang, e.created_at, "
                "e.updated_at, e.active_at, e.url, e.quote, e.anchor, e.stage, e.accepted, e.position, e.replies, e.annotations, "
                "e.recommend, e.helped, e.vote, e.revisions, r.author AS editor "
                "FROM entry e JOIN revision r ON r.id = e.revision WHERE {} ORDER BY e.id",
                seen,
            )
        )
        found.gone = _by_id(
            await rows(
                "SELECT e.id, e.kind, e.space, e.root, e.trashed_at, e.trashed_by, e.trash_reason FROM entry e WHERE {} ORDER BY e.id",
                trashed_for(viewer),
            )
        )
        found.people = _by_id(
            await rows(
                "SELECT p.id, p.handle, p.name, p.about, p.guest, p.active, p.created_at FROM person p WHERE {} ORDER BY p.id",
                people_known_to(viewer),
            )
        )
        found.spaces = _by_id(
            await rows(
                "SELECT s.id, s.slug, s.name, s.about, s.access, s.public, s.members, "
                "CASE WHEN EXISTS (SELECT 1 FROM space WHERE id = s.id AND {}) THEN 1 ELSE 0 END AS readable "
                "FROM space s WHERE {} ORDER BY s.id",
                readable_spaces(viewer), listed_for(viewer),
            )
        )  # fmt: skip
        found.files = _by_id(
            await rows(
                "SELECT f.id, f.author, f.hash, f.name, f.media_type, f.size, f.width, f.height, f.alt, f.created_at "
                "FROM attachment f WHERE {} ORDER BY f.id",
                file_visible_to(viewer),
            )
        )
        found.tags, found.links, found.events, found.members = _lists(), _lists(), _lists(), _lists()
        found.revisions = _lists()
        for each in await rows(
            "SELECT g.entry, t.name, g.title, g.active_at FROM tagging g JOIN tag t ON t.id = g.tag JOIN entry e ON e.id = g.entry "
            "WHERE {} ORDER BY g.entry, t.name, g.id",
            seen,
        ):
            found.tags[each["entry"]].append((each["name"], each["title"], each["active_at"]))
        for each in await rows(
            "SELECT l.entry, l.written, l.target, l.person, l.attachment FROM link l JOIN entry e ON e.id = l.entry "
            "WHERE {} ORDER BY l.entry, l.id",
            seen,
        ):
            found.links[each["entry"]].append(each)
        for each in await rows(
            "SELECT v.id, v.entry, v.verb, v.actor, v.note FROM event v JOIN entry e ON e.id = v.entry WHERE {} "
            "AND (v.person IS NULL OR v.person IN (SELECT p.id FROM person p WHERE {})) ORDER BY v.id",
            seen,
            people_known_to(viewer),
        ):
            found.events[each["entry"]].append(each)
        for each in await rows(
            "SELECT r.id, r.entry, r.title, r.summary, r.minor, r.merged, r.created_at, r.redacted_at, r.redacted_by, r.redact_reason, p.handle, p.name FROM revision r "
            "JOIN entry e ON e.id = r.entry JOIN person p ON p.id = r.author WHERE NOT r.folded AND {} ORDER BY r.id",
            seen,
        ):
            found.revisions[each["entry"]].append(each)
        # Also of what may not be read: whoever may not see a page sees what that one stands under (as in `queries.trail`).
        found.parents = {
            each["id"]: each["parent"]
            for each in await rows(
                "SELECT e.id, e.parent FROM entry e WHERE e.parent IS NOT NULL AND e.kind IN {}", in_list(TREES)
            )
        }
        for each in await rows(
            "SELECT m.space, m.person, m.role, m.until FROM membership m WHERE (m.until IS NULL OR m.until > {}) "
            "AND m.space IN (SELECT id FROM space WHERE {}) ORDER BY m.space, m.person",
            now(),
            readable_spaces(viewer),
        ):
            found.members[each["space"]].append((each["person"], each["role"], each["until"]))
        return found


def _lists() -> Any:
    return defaultdict(list)


def _by_id(found: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {each["id"]: each for each in found}
