"""Search: what was typed becomes a query of the full-text index, with the permission inside the same statement."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from markupsafe import Markup, escape
from piccolo.querystring import QueryString as SQL

from web import text
from web.database import engine_type, join_and, rows, value
from web.entries import queries
from web.entries import rows as shapes
from web.entries.queries import PAGE_SIZE, Cursor
from web.entries.rows import Entry
from web.entries.stems import folded, query_stems
from web.kinds import BY_PATH, KINDS
from web.policy import Viewer, visible_to
from web.text import tag_name
from web.words import kinds_by_word

MOST_WORDS = 16
# With more hits than this, ranking costs more than it tells; then the newest come first.
_TOO_COMMON = 20_000
# Of PostgreSQL's labels D to A: nothing, stems, body, title.
_WEIGHTS = [0.0, 0.1, 0.4, 1.0]
_LONGEST_WORD = 64
_SNIPPET = 240
_READ_FOR_SNIPPET = 20_000
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'(-?)(?:(kind|tag|by|in|before|after):("[^"]*"|\S+)|"([^"]*)"|(\S+))', re.I)


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
    """Understands words, "phrases", -without, and kind: tag: by: in: before: after:."""
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
    return Query(tuple(wanted[:MOST_WORDS]), tuple(unwanted[:MOST_WORDS]), where)


def narrowed(typed: str, kind: str = "") -> str:
    """The same search, only for one kind; or for all of them again."""
    rest = " ".join(_KIND.sub(" ", typed[:1000]).split())
    return f"{rest} kind:{kind}" if kind else rest


async def search(viewer: Viewer, query: Query, older: Cursor | None = None, limit: int = PAGE_SIZE) -> Found:
    """The best hits first, the newest where words are very common; of every kind."""
    if query.empty:
        return Found((), None)
    condition = join_and(visible_to(viewer), *_conditions(query))
    if older is not None:
        condition = join_and(
            condition, SQL("(h.score < {} OR (h.score = {} AND h.id < {}))", older.time, older.time, older.id)
        )
    found = await rows(
        "WITH h AS ({}), best AS (SELECT h.id, h.score FROM entry e JOIN h ON h.id = e.id WHERE {} ORDER BY h.score DESC, h.id DESC LIMIT {}) "
        f"SELECT {queries.COLUMNS}, best.score, substr(t.body, 1, {_READ_FOR_SNIPPET}) AS plain, r.title AS under "
        f"FROM {queries.TABLES} JOIN best ON best.id = e.id JOIN entry r ON r.id = e.root ORDER BY best.score DESC, best.id DESC",
        await _hits(query), condition, limit + 1,
    )  # fmt: skip
    items = tuple(Hit(shapes.entry(each), snippet(each["plain"] or "", query), each["under"]) for each in found[:limit])
    more = len(found) > limit
    return Found(items, Cursor(found[limit - 1]["score"], found[limit - 1]["id"]) if more else None)


def _conditions(query: Query) -> list[SQL]:
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


# The index, in each engine's own language.


async def _hits(query: Query) -> SQL:
    """A statement that gives the id and score of what the index finds."""
    if not query.wanted:
        return SQL("SELECT id, active_at AS score FROM entry")
    return await (_sqlite_hits(query) if engine_type() == "sqlite" else _postgres_hits(query))


async def _sqlite_hits(query: Query) -> SQL:
    wanted = " AND ".join(_sqlite_phrase(words) for words in query.wanted)
    unwanted = " OR ".join(_sqlite_phrase(words) for words in query.unwanted)
    match = f"({wanted}) NOT ({unwanted})" if unwanted else wanted
    if await _common("entry_index MATCH {}", "entry_index", match):
        return SQL("SELECT rowid AS id, rowid AS score FROM entry_index WHERE entry_index MATCH {}", match)
    titled = " OR ".join(f"title : {_sqlite_phrase(words)}" for words in query.wanted)
    stems = [stem for words in query.wanted for word in words for stem in query_stems(word)[:1]]
    often = " + ".join("1000 * ({0}) / ({0} + 1 + length(t.body) / 2000)".replace("{0}", _SQLITE_OFTEN) for _ in stems)
    return SQL(
        "SELECT i.rowid AS id, CASE WHEN i.rowid IN (SELECT rowid FROM entry_index WHERE entry_index MATCH {}) "
        f"THEN 3000 ELSE 0 END + {often or '0'} AS score "
        "FROM entry_index i JOIN entry_text t ON t.id = i.rowid WHERE entry_index MATCH {}",
        titled, *(each for stem in stems for each in (f" {stem} ", len(stem) + 1) * 2), match,
    )  # fmt: skip


# How often a stem stands in a text. Not FTS5's own bm25: how rare a word is in the whole house, also in what the viewer
# cannot read, would show in its ranks.
_SQLITE_OFTEN = "(length(t.stems) - length(replace(' ' || t.stems || ' ', {}, ' ')) + 2) / {}"


def _sqlite_phrase(words: tuple[str, ...]) -> str:
    if len(words) > 1:
        return '"' + " ".join(words) + '"'
    stems = "".join(f' OR stems : "{stem}"' for stem in query_stems(words[0]))
    return f'("{words[0]}" *{stems})'


async def _postgres_hits(query: Query) -> SQL:
    wanted = " & ".join(_postgres_phrase(words) for words in query.wanted)
    unwanted = "".join(f" & !{_postgres_phrase(words)}" for words in query.unwanted)
    match = f"({wanted}){unwanted}"
    if await _common("words @@ CAST({} AS tsquery)", "entry_text", match):
        return SQL("SELECT id, id AS score FROM entry_text WHERE words @@ CAST({} AS tsquery)", match)
    return SQL(
        "SELECT id, CAST(1000000 * ts_rank(CAST({} AS real[]), words, CAST({} AS tsquery)) AS bigint) AS score "
        "FROM entry_text WHERE words @@ CAST({} AS tsquery)",
        _WEIGHTS, match, match,
    )  # fmt: skip


def _postgres_phrase(words: tuple[str, ...]) -> str:
    if len(words) > 1:
        return "(" + " <-> ".join(f"'{word}':AB" for word in words) + ")"
    stems = "".join(f" | '{stem}':C" for stem in query_stems(words[0]))
    return f"('{words[0]}':*AB{stems})"


async def _common(condition: str, table: str, match: str) -> bool:
    counted = f"SELECT count(*) FROM (SELECT 1 AS one FROM {table} WHERE {condition} LIMIT {_TOO_COMMON + 1}) AS hits"
    return int(await value(counted, match)) > _TOO_COMMON


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
