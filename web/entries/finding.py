"""What the full-text index has, in each engine's own language: the best of it, or the newest where there is very much."""

from __future__ import annotations

import json

from web.database import SQL, engine_type, value
from web.entries.queries import Cursor
from web.entries.stems import query_stems
from web.kinds import SUMMARY

Phrases = tuple[tuple[str, ...], ...]
# Ranking looks at every hit: of more than so many, the newest come first.
MOST_RANKED = 1000
# Above every id: what has the words in its title comes before what has them elsewhere.
_TITLED = 10**16
# What says in short what a conversation has come to is found before what was said in it, and after what is called so.
_IN_SHORT = {"sqlite": 2000, "postgres": 150_000}
# What PostgreSQL's planner guesses is trusted when it is so many times as many.
_SURELY = 5
# Of PostgreSQL's labels D to A: nothing, stems, body, title.
_WEIGHTS = [0.0, 0.1, 0.4, 1.0]


async def best(wanted: Phrases, unwanted: Phrases, condition: SQL, older: Cursor | None, limit: int) -> SQL:
    """A statement that gives the id and score of what has all phrases of `wanted` and none of `unwanted`: the next `limit`,
    the highest first. `condition` is one on the entry `e`."""
    ranked, newest = await (_in_sqlite if engine_type() == "sqlite" else _in_postgres)(wanted, unwanted)
    if not newest:
        after = SQL("(h.score, h.id) < ({}, {})", older.time, older.id) if older else SQL("1 = 1")
        score = f"h.score + CASE WHEN e.kind = '{SUMMARY.name}' THEN {_IN_SHORT[engine_type()]} ELSE 0 END"
        return SQL(
            f"SELECT h.id, h.score FROM (SELECT h.id, {score} AS score FROM ({{}}) h JOIN entry e ON e.id = h.id WHERE {{}}) h WHERE {{}} "
            "ORDER BY h.score DESC, h.id DESC LIMIT {}",
            ranked, condition, after, limit,
        )  # fmt: skip
    # In two parts: neither is sorted, both are read from the end.
    titled, others = (
        SQL("{} AND {} AND {}", found, SQL("e.id < {}", older.time - above) if older else SQL("1 = 1"), condition)
        for found, above in zip(newest, (_TITLED, 0), strict=True)
    )
    part = f"SELECT * FROM (SELECT e.id, e.id + {{}} AS score FROM {{}} ORDER BY {_KEY[engine_type()]} DESC LIMIT {{}}) AS part"
    return SQL(f"{part} UNION ALL {part}", _TITLED, titled, limit, 0, others, limit)


def among(wanted: Phrases, unwanted: Phrases, after: int) -> SQL:
    """What the entries `e` with an id after that are read from, where they have all that is wanted."""
    if not wanted:
        return SQL("entry e WHERE e.id > {}", after)
    if engine_type() == "sqlite":
        return SQL(f"{_READ.format('entry_index')} AND i.rowid > {{}}", _fts(wanted, unwanted, beginnings=True), after)
    return SQL(
        "entry_text i JOIN entry e ON e.id = i.id WHERE i.id > {} AND i.words @@ CAST({} AS tsquery)",
        after, _every(wanted, unwanted),
    )  # fmt: skip


def one_by_one(wanted: Phrases, unwanted: Phrases, few: SQL) -> SQL:
    """What the entries `e` among a `few` (a statement that gives them as `entry`, as `c`) are read from, where they have all that is wanted."""
    if not wanted:
        return SQL("({}) c JOIN entry e ON e.id = c.entry WHERE 1 = 1", few)
    if engine_type() == "sqlite":
        read = "({}) c CROSS JOIN entry_index i ON i.rowid = c.entry CROSS JOIN entry e ON e.id = c.entry WHERE entry_index MATCH {}"
        return SQL(read, few, _fts(wanted, unwanted, beginnings=True))
    read = (
        "({}) c JOIN entry_text i ON i.id = c.entry JOIN entry e ON e.id = c.entry WHERE i.words @@ CAST({} AS tsquery)"
    )
    return SQL(read, few, _every(wanted, unwanted))


def in_files(wanted: Phrases, unwanted: Phrases) -> SQL:
    """What the attachments `f` with their texts `x` are read from, the latest first by `place`, where they have all that is wanted."""
    if engine_type() == "sqlite":
        return SQL(
            "(SELECT rowid AS place FROM file_index WHERE file_index MATCH {} ORDER BY rowid DESC) i "
            "CROSS JOIN attachment f ON f.id = i.place CROSS JOIN file_text x ON x.id = f.id WHERE 1 = 1",
            _fts(wanted, unwanted, beginnings=True),
        )  # fmt: skip
    return SQL(
        "(SELECT id AS place FROM file_text WHERE words @@ CAST({} AS tsquery)) i "
        "JOIN attachment f ON f.id = i.place JOIN file_text x ON x.id = f.id WHERE 1 = 1",
        _every(wanted, unwanted),
    )  # fmt: skip


_KEY = {"sqlite": "i.rowid", "postgres": "i.id"}
# Nothing to rank, or nothing to read newest first.
Ways = tuple[SQL, tuple[SQL, ...]]


# SQLite.

# How often a stem stands in a text. Not FTS5's own bm25: how rare a word is in the whole house, also in what the viewer
# cannot read, would show in its ranks.
_OFTEN = "(length(t.stems) - length(replace(' ' || t.stems || ' ', {}, ' ')) + 2) / {}"
_COUNTED = f"(SELECT count(*) FROM (SELECT 1 FROM entry_index WHERE entry_index MATCH {{}} LIMIT {MOST_RANKED + 1}))"
_READ = "{0} i CROSS JOIN entry e ON e.id = i.rowid WHERE {0} MATCH {{}}"
# Looked up whole, once: whoever may read little goes through all hits before there is a page of them.
_NOT_IN = " AND i.rowid NOT IN (SELECT rowid FROM {0} WHERE {0} MATCH {{}})"


async def _in_sqlite(wanted: Phrases, unwanted: Phrases) -> Ways:
    # What begins like a word is gathered before the first is given; whole words are read as they come.
    whole, begun = (_fts(wanted, unwanted, beginnings=beginnings) for beginnings in (False, True))
    many = await value(
        f"SELECT CASE WHEN {_COUNTED} > {MOST_RANKED} THEN 2 WHEN {_COUNTED} > {MOST_RANKED} THEN 1 ELSE 0 END",
        whole,
        begun,
    )
    if not many:
        return _ranked_in_sqlite(wanted, begun), ()
    match = whole if many == 2 else begun
    title = " AND ".join(_fts_phrase(words, beginnings=many == 1, stems=False) for words in wanted)
    # What has the words in its title has them; only what is not wanted may stand elsewhere in it.
    titled = SQL(_READ.format("title_index"), title)
    if unwanted:
        titled = SQL(
            f"{{}}{_NOT_IN.format('entry_index')}", titled, " OR ".join(_fts_phrase(each) for each in unwanted)
        )
    return SQL(""), (titled, SQL(_READ.format("entry_index") + _NOT_IN.format("title_index"), match, title))


def _ranked_in_sqlite(wanted: Phrases, match: str) -> SQL:
    titled = " OR ".join(_fts_phrase(words, stems=False) for words in wanted)
    stems = [stem for words in wanted for word in words for stem in query_stems(word)[:1]]
    often = " + ".join("1000 * ({0}) / ({0} + 1 + length(t.body) / 2000)".replace("{0}", _OFTEN) for _ in stems)
    return SQL(
        "SELECT i.rowid AS id, CASE WHEN i.rowid IN (SELECT rowid FROM title_index WHERE title_index MATCH {}) "
        f"THEN 3000 ELSE 0 END + {often or '0'} AS score "
        "FROM entry_index i JOIN entry_text t ON t.id = i.rowid WHERE entry_index MATCH {}",
        titled, *(each for stem in stems for each in (f" {stem} ", len(stem) + 1) * 2), match,
    )  # fmt: skip


def _fts(wanted: Phrases, unwanted: Phrases, *, beginnings: bool) -> str:
    match = " AND ".join(_fts_phrase(words, beginnings=beginnings) for words in wanted)
    without = " OR ".join(_fts_phrase(words) for words in unwanted)
    return f"({match}) NOT ({without})" if without else match


def _fts_phrase(words: tuple[str, ...], *, beginnings: bool = True, stems: bool = True) -> str:
    if len(words) > 1:
        return '"' + " ".join(words) + '"'
    others = "".join(f' OR stems : "{stem}"' for stem in query_stems(words[0])) if stems else ""
    return f'("{words[0]}"{" *" if beginnings else ""}{others})'


# PostgreSQL.


async def _in_postgres(wanted: Phrases, unwanted: Phrases) -> Ways:
    match = _every(wanted, unwanted)
    if not (await _surely_many(wanted) or await _many(match)):
        return SQL(
            "SELECT id, CAST(1000000 * ts_rank(CAST({} AS real[]), words, CAST({} AS tsquery)) AS bigint) AS score "
            "FROM entry_text WHERE words @@ CAST({} AS tsquery) LIMIT {}",  # for the planner, which thinks that it finds more
            _WEIGHTS, match, match, MOST_RANKED + 1,
        ), ()  # fmt: skip
    title = " & ".join(_tsquery(words, of="", stems=False) for words in wanted)
    read = "entry_text i JOIN entry e ON e.id = i.id WHERE i.words @@ CAST({} AS tsquery) AND "
    titled = "i.title_words @@ CAST({} AS tsquery)"
    return SQL(""), (SQL(read + titled, match, title), SQL(f"{read} NOT {titled}", match, title))


async def _surely_many(wanted: Phrases) -> bool:
    """As the planner knows it, at once, of words that are common: of others it thinks that one in 200 texts has them."""
    words = " & ".join(f"'{word}'" for phrase in wanted for word in phrase)
    read = "SELECT 1 FROM entry_text"
    told = await value(f"EXPLAIN (FORMAT JSON) {read} WHERE words @@ CAST({{}} AS tsquery) UNION ALL {read}", words)
    hits, texts = (part["Plan Rows"] for part in json.loads(told)[0]["Plan"]["Plans"])
    return hits > max(_SURELY * MOST_RANKED, texts / 100)


async def _many(match: str) -> bool:
    """Counted, which takes the longer the more there are."""
    hits = "SELECT 1 AS one FROM entry_text WHERE words @@ CAST({} AS tsquery) LIMIT {}"
    return int(await value(f"SELECT count(*) FROM ({hits}) AS hits", match, MOST_RANKED + 1)) > MOST_RANKED


def _every(wanted: Phrases, unwanted: Phrases) -> str:
    return " & ".join(_tsquery(words) for words in wanted) + "".join(f" & !{_tsquery(words)}" for words in unwanted)


def _tsquery(words: tuple[str, ...], *, of: str = "AB", stems: bool = True) -> str:
    if len(words) > 1:
        return "(" + " <-> ".join(f"'{word}'" + (f":{of}" if of else "") for word in words) + ")"
    others = "".join(f" | '{stem}':C" for stem in query_stems(words[0])) if stems else ""
    return f"('{words[0]}':*{of}{others})"
