"""Search: what was typed becomes a query of the full-text index, with the permission inside the same statement."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup, escape

from web import text
from web.database import SQL, engine_type, in_list, join_and, rows
from web.entries import finding, queries
from web.entries import rows as shapes
from web.entries.queries import PAGE_SIZE, Cursor
from web.entries.rows import Entry
from web.entries.stems import folded, query_stems
from web.kinds import BY_PATH, KINDS
from web.policy import Viewer, file_visible_to, visible_to
from web.rights import wrote
from web.text import tag_name
from web.words import kinds_by_word, stages_by_word

MOST_WORDS = 16
_LONGEST_WORD = 64
_SNIPPET = 240
_READ_FOR_SNIPPET = 20_000
_MOST_CHANGED = 500
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'(-?)(?:(kind|tag|by|in|before|after|stage|owner|due|lang):("[^"]*"|\S+)|"([^"]*)"|(\S+))', re.I)


_KIND = re.compile(r'(?<!\S)-?kind:("[^"]*"|\S+)', re.I)


@dataclass(frozen=True)
class Query:
    """What somebody searches for. Each of `wanted` and `unwanted` is a phrase of one or more words."""

    wanted: tuple[tuple[str, ...], ...] = ()
    unwanted: tuple[tuple[str, ...], ...] = ()
    where: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.wanted and not self.where

    @property
    def kind(self) -> str:
        """The one that is asked for: by its name, its word in addresses, or what it is called in any language; empty when
        none is called so."""
        called = self.where.get("kind", "").casefold()
        kind = KINDS.get(called) or BY_PATH.get(called)
        return kind.name if kind else kinds_by_word().get(called, "")


@dataclass(frozen=True)
class Hit:
    """An entry that was found, the part of its text that shows why, and the title of what heads its conversation."""

    entry: Entry
    snippet: Markup
    under: str


@dataclass(frozen=True)
class Found:
    items: tuple[Hit, ...]
    older: Cursor | None


def read(typed: str) -> Query:
    """Understands words, "phrases", -without, and kind: tag: by: in: before: after: stage: owner: due: lang:."""
    wanted: list[tuple[str, ...]] = []
    unwanted: list[tuple[str, ...]] = []
    where: dict[str, str] = {}
    for minus, name, given, phrase, word in _PART.findall(typed[:1000]):
        words = tuple(each.lower()[:_LONGEST_WORD] for each in _WORD.findall(phrase or word))
        if name:
            where[name.lower()] = given.strip('"')
        elif words and phrase:
            (unwanted if minus else wanted).append(words)
        elif words:
            (unwanted if minus else wanted).extend((each,) for each in words)
    # A word that is said twice asks for no more.
    wanted, unwanted = list(dict.fromkeys(wanted)), list(dict.fromkeys(unwanted))
    return Query(tuple(wanted[:MOST_WORDS]), tuple(unwanted[:MOST_WORDS]), where)


def narrowed(typed: str, kind: str = "") -> str:
    """The same search, only for one kind; or for all of them again."""
    rest = " ".join(_KIND.sub(" ", typed[:1000]).split())
    return f"{rest} kind:{kind}" if kind else rest


async def search(viewer: Viewer, query: Query, older: Cursor | None = None, limit: int = PAGE_SIZE) -> Found:
    """The best hits first; where words are common, those that have them in their title, and of each the newest first. Of
    every kind."""
    if query.empty:
        return Found((), None)
    condition = join_and(visible_to(viewer), *conditions(viewer, query))
    if query.wanted:
        best = await finding.best(query.wanted, query.unwanted, condition, older, limit + 1)
    else:
        best = _latest(condition, older, limit + 1)
    found = await rows(
        f"WITH best AS ({{}}) SELECT {queries.COLUMNS}, best.score, substr(t.body, 1, {_READ_FOR_SNIPPET}) AS plain, "
        f"r.title AS under FROM {queries.TABLES} JOIN best ON best.id = e.id JOIN entry r ON r.id = e.root "
        "ORDER BY best.score DESC, best.id DESC LIMIT {}",
        best, limit + 1,
    )  # fmt: skip
    items = tuple(Hit(shapes.entry(each), snippet(each["plain"] or "", query), each["under"]) for each in found[:limit])
    more = len(found) > limit
    return Found(items, Cursor(found[limit - 1]["score"], found[limit - 1]["id"]) if more else None)


async def written(viewer: Viewer, query: Query, after: int, until: int, limit: int) -> list[int]:
    """Of what others have written, by its ids after one and up to another: the latest that is found so."""
    others = SQL("e.id > {} AND e.id <= {} AND NOT {}", after, until, wrote(viewer))
    condition = join_and(visible_to(viewer), others, *conditions(viewer, query))
    among = finding.among(query.wanted, query.unwanted, after)
    found = await rows("SELECT e.id FROM {} AND {} ORDER BY e.id DESC LIMIT {}", among, condition, limit)
    return [each["id"] for each in found]


async def changed(viewer: Viewer, query: Query, after: int, until: int, limit: int) -> list[dict[str, Any]]:
    """Of what was there, and what others have changed by a revision after that one and up to another: the latest that is found so, as `id`, with
    that `revision`, and the `title`, `body` and `tags` that it had before."""
    few = SQL(
        "SELECT r.entry, max(r.id) AS revision FROM revision r WHERE r.id > {} AND r.id <= {} AND r.author <> {} AND r.minor = {} "
        "GROUP BY r.entry ORDER BY max(r.id) DESC LIMIT {}",
        after, until, viewer.me, False, _MOST_CHANGED,
    )  # fmt: skip
    # What they wrote without their name is changed by the stand-in for them.
    there = SQL("e.id <= {} AND e.id NOT IN {}", after, in_list(sorted(viewer.asked)))
    condition = join_and(there, visible_to(viewer), *conditions(viewer, query))
    return await rows(
        "SELECT n.id, n.revision, o.title, o.body, o.tags FROM (SELECT e.id, c.revision, (SELECT max(x.id) FROM revision x WHERE x.entry = e.id "
        "AND x.id <= {}) AS before FROM {} AND {} ORDER BY c.revision DESC LIMIT {}) n JOIN revision o ON o.id = n.before",
        after, finding.one_by_one(query.wanted, query.unwanted, few), condition, limit,
    )  # fmt: skip


def is_in(query: Query, words: str, tags: Container[str]) -> bool:
    """Whether that is found by what is searched for: as the index finds it, but of a text that is not in it any more."""
    said = [word.lower() for word in _WORD.findall(words)]
    once = set(said)
    stems = {stem for word in once for stem in query_stems(word)}

    def stands(phrase: tuple[str, ...]) -> bool:
        if len(phrase) > 1:
            return any(tuple(said[at : at + len(phrase)]) == phrase for at in range(len(said)))
        return any(word.startswith(phrase[0]) for word in once) or not stems.isdisjoint(query_stems(phrase[0]))

    tagged = tag_name(query.where.get("tag", "").lstrip("#"))
    return all(map(stands, query.wanted)) and not any(map(stands, query.unwanted)) and (not tagged or tagged in tags)


def _latest(condition: SQL, older: Cursor | None, limit: int) -> SQL:
    """Of all there is, when nothing was said but where to look."""
    after = SQL("(e.active_at, e.id) < ({}, {})", older.time, older.id) if older else SQL("1 = 1")
    return SQL(
        "SELECT e.id, e.active_at AS score FROM entry e WHERE {} AND {} ORDER BY e.active_at DESC, e.id DESC LIMIT {}",
        condition, after, limit,
    )  # fmt: skip


def conditions(viewer: Viewer, query: Query) -> list[SQL]:
    """What is asked for besides words, on the entry `e`."""
    made = []
    for name, given in query.where.items():
        match name:
            case "kind":
                made.append(SQL("e.kind = {}", query.kind))
            case "tag":
                tagged = "e.id IN (SELECT g.entry FROM tagging g JOIN tag ON tag.id = g.tag WHERE tag.name = {})"
                made.append(SQL(tagged, tag_name(given.lstrip("#"))))
            case "by":
                made.append(SQL("e.author IN (SELECT id FROM person WHERE handle = {})", given.lower().lstrip("@")))
            case "in":
                made.append(SQL("e.space IN (SELECT id FROM space WHERE slug = {})", given.lower()))
            case "stage":
                made.append(SQL("e.stage = {}", stages_by_word().get(given.casefold(), given.lower())))
            case "lang":
                made.append(SQL("lower(e.lang) = {}", given.lower()))
            case "owner":
                made.append(queries.answered_for_by(viewer, given.lower().lstrip("@")))
            case "due":
                made.append(queries.due_by(given.lower()))
            case "before" | "after":
                sign = "<" if name == "before" else ">="
                made.append(SQL(f"e.created_at {sign} {{}}", _day(given)) if _day(given) is not None else SQL("1 = 0"))
    return made


def _day(given: str) -> int | None:
    """The start of a day, `2026-03-01`, `2026-03` or `2026`, in milliseconds."""
    parts = given.split("-")
    try:
        day = date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except (ValueError, OverflowError):
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True)
class FileHit:
    """A file that was found by its name, or by what stands in it; `home` and `under`: what it belongs to, and the title of that, if the
    viewer may read it."""

    id: int
    name: str
    size: int
    snippet: Markup
    home: int | None
    under: str


_PLACE = {"sqlite": ("instr", "max"), "postgres": ("strpos", "greatest")}
MOST_FILES = 5


def files(viewer: Viewer, query: Query) -> SQL:
    """Asks for those that the viewer may read, and for what `file_hits` makes them of: the latest sent first, MOST_FILES, and one more if there are
    more. Where it is said what kind of entry is looked for, or in which space, that is asked of what they belong to."""
    of = SQL(
        "EXISTS (SELECT 1 FROM entry e WHERE e.id = f.entry AND {})",
        join_and(visible_to(viewer), *conditions(viewer, query)),
    )
    find, larger = _PLACE[engine_type()]
    return SQL(
        f"SELECT f.id, f.name, f.size, h.id AS home, h.title AS under, substr(x.body, {larger}(1, {find}(lower(x.body), {{}}) - {_SNIPPET}), {20 * _SNIPPET}) "
        "AS plain FROM (SELECT i.place FROM {} AND {} AND {} ORDER BY i.place DESC LIMIT {}) AS n "
        "JOIN attachment f ON f.id = n.place JOIN file_text x ON x.id = f.id "
        "LEFT JOIN entry h ON h.id = f.entry AND {} ORDER BY f.id DESC",
        query.wanted[0][0], finding.in_files(query.wanted, query.unwanted), file_visible_to(viewer),
        of if query.where else SQL("1 = 1"), MOST_FILES + 1, visible_to(viewer, "h"),
    )  # fmt: skip


def file_hits(found: Sequence[Mapping[str, Any]], query: Query) -> tuple[FileHit, ...]:
    return tuple(
        FileHit(
            each["id"], each["name"], each["size"], snippet(each["plain"], query), each["home"], each["under"] or ""
        )
        for each in found
    )


# What is shown of a hit.


def snippet(plain: str, query: Query) -> Markup:
    """The part of a text where the words stand, each marked."""
    starts = [word for words in query.wanted for word in words]
    stems = {stem for word in starts for stem in query_stems(word)}
    marks = _marks(plain, tuple(starts), stems)
    begin = max(0, marks[0][0] - _SNIPPET // 3) if marks else 0
    if begin:
        begin = plain.find(" ", begin) + 1 or begin
    end = begin + _SNIPPET
    return _marked(plain, begin, end, marks)


def _marks(plain: str, starts: tuple[str, ...], stems: set[str]) -> list[tuple[int, int]]:
    if not starts:
        return []
    marks: list[tuple[int, int]] = []
    initials = {stem[0] for stem in stems}
    for found in _WORD.finditer(plain):
        if marks and found.start() > marks[0][0] + _SNIPPET:
            break
        word = found[0].lower()
        if word.startswith(starts) or (
            not initials.isdisjoint((word[0], folded(word[0])[:1])) and not stems.isdisjoint(query_stems(word))
        ):
            marks.append(found.span())
    return marks


def _marked(plain: str, begin: int, end: int, marks: list[tuple[int, int]]) -> Markup:
    pieces, at = [Markup("… ") if begin else Markup("")], begin
    for start, stop in marks:
        if begin <= start and stop <= end:
            pieces += [
                escape(text.one_line(plain[at:start])),
                Markup("<mark>"),
                escape(plain[start:stop]),
                Markup("</mark>"),
            ]
            at = stop
    pieces += [escape(text.one_line(plain[at:end])), Markup(" …") if end < len(plain) else Markup("")]
    return Markup("").join(pieces)
