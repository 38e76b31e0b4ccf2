"""All that an audience may read, asked for at once: what pages would ask for one after the other."""

from __future__ import annotations

from collections import defaultdict, namedtuple
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cache
from typing import Any

from web.database import SQL, in_list, now, rows, tuples, value
from web.entries.events import told
from web.entries.queries import TREES, glossary, looked_after, related, saying
from web.entries.rows import Ref
from web.entries.terms import Term
from web.policy import Viewer, file_visible_to, listed_for, people_known_to, readable_spaces, trashed_for, visible_to

# Of so many entries rows are read at once: as dictionaries, all of them would take more room than everything else.
_AT_ONCE = 4_000
_ALL = 1_000_000


class Found:
    """All that the viewer may read, each by its id; `gone`: what is in the bin, and what may be told of that; `saying`: by the id of a term,
    the texts in which its words may stand. A row has its columns as attributes, and takes a fifth of the room of a dictionary."""

    entries: dict[int, Any]
    gone: dict[int, Any]
    people: dict[int, Any]
    spaces: dict[int, Any]
    files: dict[int, Any]
    tags: dict[int, list[tuple[str, str, int]]]
    described: dict[str, list[str]]
    links: dict[int, list[Any]]
    events: dict[int, list[Any]]
    members: dict[int, list[tuple[Any, ...]]]
    parents: dict[int, int]
    revisions: dict[int, list[Any]]
    tended: dict[int, Any]
    parts: dict[int, Any]
    polls: dict[int, list[Any]]
    featured: dict[int, list[int]]
    writers: dict[int, list[int]]
    translations: dict[int, Any]
    talks: dict[int, Any]
    ways: dict[int, Any]
    gathered: list[Any]
    helped: dict[int, list[Any]]
    outdated: dict[int, Any]
    erased: int
    terms: tuple[Term, ...]
    saying: dict[int, frozenset[int]]

    @classmethod
    async def read(cls, viewer: Viewer) -> Found:
        found, seen = cls(), visible_to(viewer)
        found.entries = {}
        async for each in _by_key(
            "SELECT e.id, e.kind, e.space, e.author, e.parent, e.root, e.revision, e.title, e.slug, e.lang, e.created_at, "
            "e.updated_at, e.active_at, e.url, e.quote, e.anchor, e.sort, e.stage, e.accepted, e.position, e.replies, e.annotations, "
            "e.recommend, e.helped, e.vote, e.revisions, r.author AS editor "
            "FROM entry e JOIN revision r ON r.id = e.revision WHERE {}",
            seen,
        ):
            found.entries[each.id] = each
        found.gone = _by_id(
            await _rows(
                "SELECT e.id, e.kind, e.space, e.root, e.trashed_at, e.trashed_by, e.trash_reason FROM entry e WHERE {} ORDER BY e.id",
                trashed_for(viewer),
            )
        )
        found.people = _by_id(
            await _rows(
                "SELECT p.id, p.handle, p.name, p.about, p.guest, p.active, p.created_at FROM person p WHERE {} ORDER BY p.id",
                people_known_to(viewer),
            )
        )
        found.spaces = _by_id(
            await _rows(
                "SELECT s.id, s.slug, s.name, s.about, s.access, s.public, s.members, "
                "CASE WHEN EXISTS (SELECT 1 FROM space WHERE id = s.id AND {}) THEN 1 ELSE 0 END AS readable "
                "FROM space s WHERE {} ORDER BY s.id",
                readable_spaces(viewer), listed_for(viewer),
            )
        )  # fmt: skip
        found.files = _by_id(
            await _rows(
                "SELECT f.id, f.author, f.hash, f.name, f.media_type, f.size, f.width, f.height, f.alt, f.created_at "
                "FROM attachment f WHERE {} ORDER BY f.id",
                file_visible_to(viewer),
            )
        )
        found.tags, found.links, found.events, found.members = _lists(), _lists(), _lists(), _lists()
        found.revisions, found.tended = _lists(), {}
        for which in found.spans():
            for each in await _rows("{}", looked_after(viewer, SQL("{} AND {}", which, seen))):
                found.tended[each.id] = each
        found.parts, found.writers, found.talks, found.ways = {}, _lists(), {}, {}
        async for each in _of_entries(
            found,
            "SELECT k.id, k.closed_at, k.pinned_at FROM talk k CROSS JOIN entry e WHERE e.id = k.id AND {} AND {} ORDER BY k.id",
            seen,
        ):
            found.talks[each.id] = each
        async for each in _of_entries(
            found,
            "SELECT w.id, w.source, w.kind, w.person, w.created_at FROM went w CROSS JOIN entry e WHERE e.id = w.id AND {} AND {} ORDER BY w.id",
            seen,
        ):
            found.ways[each.id] = each
        found.gathered = [
            each
            async for each in _of_entries(
                found,
                "SELECT g.id, g.page, g.section, g.anchor, g.source, g.talk FROM gathered g CROSS JOIN entry e WHERE e.id = g.page AND g.dropped_at IS NULL AND {} AND {} ORDER BY g.id",
                seen,
            )
        ]
        found.helped, found.outdated = _lists(), {}
        async for each in _of_entries(
            found, "SELECT r.entry, r.person, r.note, r.noted_at FROM reaction r JOIN entry e ON e.id = r.entry WHERE {} AND r.noted_at IS NOT NULL AND {} ORDER BY r.id", seen,
        ):  # fmt: skip
            found.helped[each.entry].append(each)
        async for each in _of_entries(
            found, "SELECT x.id, x.why, x.instead, x.person, x.created_at FROM outdated x CROSS JOIN entry e WHERE e.id = x.id AND {} AND {} ORDER BY x.id", seen,
        ):  # fmt: skip
            found.outdated[each.id] = each
        async for each in _of_entries(
            found,
            "SELECT w.entry, w.person FROM writer w CROSS JOIN entry e WHERE e.id = w.entry AND {} AND {} ORDER BY w.id",
            seen,
        ):
            found.writers[each.entry].append(each.person)
        async for each in _of_entries(
            found,
            "SELECT p.id, p.series, p.series_key, p.number FROM part p CROSS JOIN entry e WHERE e.id = p.id AND {} AND {} ORDER BY p.id",
            seen,
        ):
            found.parts[each.id] = each
        found.polls, found.featured = _lists(), _lists()
        async for each in _of_entries(
            found,
            "SELECT q.id, q.several, q.until, q.ended_at, q.voters, c.id AS choice, c.words, c.votes FROM poll q CROSS JOIN choice c CROSS JOIN entry e "
            "WHERE c.entry = q.id AND e.id = q.id AND {} AND {} ORDER BY c.id",
            seen,
        ):
            found.polls[each.id].append(tuple(each))
        async for each in _of_entries(
            found, "SELECT k.id, k.entry, k.person FROM featured k CROSS JOIN entry e WHERE e.id = k.entry AND {} AND {} ORDER BY k.id", seen,
        ):  # fmt: skip
            found.featured[each.person].append(each.entry)
        async for each in _of_entries(
            found,
            "SELECT g.entry, t.name, g.title, g.active_at FROM tagging g JOIN tag t ON t.id = g.tag JOIN entry e ON e.id = g.entry "
            "WHERE {} AND {} ORDER BY g.entry, t.name, g.id",
            seen,
        ):
            found.tags[each.entry].append((each.name, each.title, each.active_at))
        async for each in _of_entries(
            found,
            "SELECT l.entry, l.written, l.target, l.person, l.attachment, l.embeds FROM link l JOIN entry e ON e.id = l.entry "
            "WHERE {} AND {} ORDER BY l.entry, l.id",
            seen,
        ):
            found.links[each.entry].append(each)
        async for each in _of_entries(
            found,
            "SELECT v.id, v.entry, v.verb, v.actor, v.note FROM event v JOIN entry e ON e.id = v.entry WHERE {} AND {} AND {} "
            "AND (v.person IS NULL OR v.person IN (SELECT p.id FROM person p WHERE {})) ORDER BY v.id",
            seen, told(), people_known_to(viewer),
        ):  # fmt: skip
            found.events[each.entry].append(each)
        async for each in _of_entries(
            found,
            "SELECT r.id, r.entry, r.title, r.summary, r.minor, r.merged, r.created_at, r.redacted_at, r.redacted_by, "
            "r.redact_reason, r.accepted_by, r.correction, p.handle, p.name FROM revision r "
            "JOIN entry e ON e.id = r.entry JOIN person p ON p.id = r.author WHERE NOT r.folded AND {} AND {} ORDER BY r.id",
            seen,
        ):
            found.revisions[each.entry].append(each)
        found.erased = await value(
            "SELECT max(r.redacted_at) FROM revision r JOIN entry e ON e.id = r.entry WHERE r.redacted_at IS NOT NULL AND {}", seen
        ) or 0  # fmt: skip
        found.described = _lists()
        for each in await rows(
            "SELECT t.name, t.about, y.name AS other FROM tag t LEFT JOIN synonym y ON y.tag = t.id ORDER BY y.name"
        ):
            if each["about"] or each["other"]:
                found.described[each["name"]] += [each["about"], each["other"] or ""]
        found.translations = _by_id(
            [each for which in found.spans() for each in await _rows("{}", related(viewer, which))]
        )
        found.terms = await glossary(viewer, limit=_ALL)
        found.saying = await saying(each for each in found.terms if each.says)
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
            now(), readable_spaces(viewer),
        ):  # fmt: skip
            found.members[each["space"]].append((each["person"], each["role"], each["until"]))
        return found

    def last_change(self) -> int:
        """When (ms) something last happened to any of it; 0 when there is nothing."""
        return max((max(each.updated_at, each.active_at) for each in self.entries.values()), default=0)

    def gone_from(self) -> dict[int, list[Any]]:
        """By what they came out of, the ways out of it."""
        gone: dict[int, list[Any]] = defaultdict(list)
        for way in self.ways.values():
            gone[way.source].append(way)
        return gone

    def gathered_at(self) -> dict[int, list[Any]]:
        """By the pages, what of conversations stands on them; by what was said, and its conversation, the pages on which it stands."""
        at: dict[int, list[Any]] = defaultdict(list)
        for each in self.gathered:
            ends = {each.source, each.talk, *([each.page] if each.source in self.entries else [])}
            for id in ends:
                at[id].append(each)
        return at

    def in_series(self) -> dict[tuple[int, str], list[int]]:
        """The parts of each series of each space, in their order."""
        series: dict[tuple[int, str], list[int]] = defaultdict(list)

        def place(part: Any) -> tuple[Any, ...]:
            return part.number is None, part.number, self.entries[part.id].created_at, part.id

        for each in sorted(self.parts.values(), key=place):
            series[self.entries[each.id].space, each.series_key].append(each.id)
        return series

    def spans(self) -> Iterator[SQL]:
        """Conditions on `e`: each is true of some of the entries, and one of every one of them."""
        ids = list(self.entries)
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            yield SQL("e.id BETWEEN {} AND {}", some[0], some[-1])


def _lists() -> Any:
    return defaultdict(list)


def _by_id(found: Sequence[Any]) -> dict[int, Any]:
    return {each.id: each for each in found}


async def _rows(sql: str, *args: Any) -> list[Any]:
    names, found = await tuples(sql, *args)
    return list(map(_shape(*names)._make, found))


@cache
def _shape(*names: str) -> Any:
    return namedtuple("Row", names)


async def _by_key(sql: str, *args: Any) -> AsyncIterator[Any]:
    """The rows of entries, in the order of their ids. The statement ends in a condition."""
    after = 0
    while found := await _rows(f"{sql} AND e.id > {{}} ORDER BY e.id LIMIT {{}}", *args, after, _AT_ONCE):
        for each in found:
            yield each
        after = found[-1].id


async def _of_entries(found: Found, sql: str, *args: Any) -> AsyncIterator[Any]:
    """What hangs on the entries. The first place of the statement says on which. What few of them have is crossed with them: SQLite begins with
    what stands to the left then, and does not look for it once for each entry."""
    for which in found.spans():
        for each in await _rows(sql, which, *args):
            yield each


def ref_of(entry: Any) -> Ref:
    return Ref(entry.id, entry.kind, getattr(entry, "slug", ""), getattr(entry, "title", ""), entry.root)
