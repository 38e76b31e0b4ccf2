"""The terms of the house, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from web.database import SQL, engine_type, in_list, row, rows
from web.entries import rows as shapes
from web.entries.queries.lists import ALONE
from web.entries.rows import Place
from web.entries.stems import query_stems
from web.entries.terms import Called, Term, meaning, names_of, words_of
from web.errors import there
from web.kinds import TERM_TAGS
from web.policy import Viewer, visible_to

GLOSSARY_SIZE = 200
# So many terms are looked for in one statement; SQLite puts no more than 500 together.
_AT_ONCE = 100
# What is said of a term stands in the beginning of its text.
_READ = 2000
_TABLES = "tag JOIN tagging g ON g.tag = tag.id JOIN entry e ON e.id = g.entry JOIN entry_text t ON t.id = e.id JOIN space s ON s.id = e.space"
_COLUMNS = (
    f"SELECT DISTINCT e.id, e.kind, e.slug, e.title, e.root, e.lead, e.lang, e.revision, e.space, s.name AS space_name, {{key}} AS place, "
    f"substr(t.body, 1, {_READ}) AS plain, substr(ltrim(e.body), 1, 8) AS opens FROM {_TABLES} "
)


def _terms() -> SQL:
    return SQL("tag.name IN {} AND e.kind IN {} AND e.title_key <> ''", in_list(TERM_TAGS), in_list(ALONE))


Stamp = tuple[int, int]


async def called() -> tuple[Stamp, tuple[Called, ...]]:
    """All terms of the house, by their names: nobody is told of them before `terms` says that they may read them. With what `stamp` says of
    them."""
    found = await rows(
        f"SELECT e.id, e.title, substr(t.body, 1, {_READ}) AS plain, g.id AS tagging FROM {_TABLES} WHERE {{}} ORDER BY e.id", _terms()
    )  # fmt: skip
    named = {each["id"]: each for each in found}
    terms = tuple(Called(id, names_of(each["title"], each["plain"])) for id, each in named.items())
    return (len(found), max((each["tagging"] for each in found), default=0)), terms


async def stamp() -> Stamp:
    """Another one after each change of what any term says: whoever saves a text tags it anew."""
    found = there(
        await row(f"SELECT count(*) AS many, COALESCE(max(g.id), 0) AS last FROM {_TABLES} WHERE {{}}", _terms())
    )
    return found["many"], found["last"]


async def terms(viewer: Viewer, ids: Iterable[int]) -> tuple[Term, ...]:
    """Those of them that say something."""
    found = await _read(SQL("e.id IN {} AND {}", in_list(sorted(ids)), visible_to(viewer)), SQL("e.id"))
    return tuple(each for each in found if each.says)


async def glossary(
    viewer: Viewer, space: int | None = None, after: int = 0, limit: int = GLOSSARY_SIZE + 1
) -> tuple[Term, ...]:
    """From A to Å, those of one space or of all, from the one after the id `after`."""
    here = SQL("e.space = {}", space) if space is not None else SQL("1 = 1")
    # Where something stands in the alphabet says what it is called: so also that one must be readable.
    last = f"SELECT {_alphabet()}, e.id FROM entry e WHERE e.id = {{}} AND {{}}"
    behind = SQL(f"({_alphabet()}, e.id) > ({last})", after, visible_to(viewer)) if after else SQL("1 = 1")
    return await _read(SQL("{} AND {} AND {}", here, behind, visible_to(viewer)), SQL("place, e.id LIMIT {}", limit))


async def glossary_spaces(viewer: Viewer) -> tuple[Place, ...]:
    """Those that have terms, by name."""
    found = await rows(
        f"SELECT DISTINCT s.id, s.slug, s.name, s.access, s.public FROM {_TABLES} WHERE {{}} AND {{}} ORDER BY s.name, s.id",
        _terms(), visible_to(viewer),
    )  # fmt: skip
    return tuple(Place(each["id"], each["slug"], each["name"], each["access"], bool(each["public"])) for each in found)


def _alphabet() -> str:
    """A key that sorts æ, ø and å last, whatever language a database is set to."""
    key = "replace(replace(replace(e.title_key, 'æ', '~1'), 'ø', '~2'), 'å', '~3')"
    return key if engine_type() == "sqlite" else f'{key} COLLATE "C"'


async def _read(where: SQL, order: SQL) -> tuple[Term, ...]:
    found = await rows(f"{_COLUMNS.format(key=_alphabet())} WHERE {{}} AND {{}} ORDER BY {{}}", _terms(), where, order)
    return tuple(map(_term, found))


def _term(row: Mapping[str, Any]) -> Term:
    return Term(
        shapes.ref(row), names_of(row["title"], row["plain"]), meaning(row["lead"], row["plain"], row["opens"]), row["space"],
        row["space_name"], row["lang"], row["revision"],
    )  # fmt: skip


async def saying(terms: Iterable[Term]) -> dict[int, frozenset[int]]:
    """By the id of each term, the ids of all texts that may have the words of one of its names in them: in any form, and in any order. Also
    of texts that whoever asks may not read."""
    sqlite = engine_type() == "sqlite"
    made = {
        each.id: (_in_sqlite if sqlite else _in_postgres)([words_of(name) for name in each.names]) for each in terms
    }
    read = (
        "SELECT {} AS term, rowid AS id FROM entry_index WHERE entry_index MATCH {}"
        if sqlite
        else "SELECT CAST({} AS BIGINT) AS term, id FROM entry_text WHERE words @@ CAST({} AS tsquery)"
    )
    asked = [SQL(read, term, match) for term, match in made.items() if match]
    found: dict[int, set[int]] = {term: set() for term in made}
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        for each in await rows(" UNION ALL ".join("{}" for _ in some), *some):
            found[each["term"]].add(each["id"])
    return {term: frozenset(ids) for term, ids in found.items()}


_PLAIN = re.compile(r"\w+")


def _forms(word: str) -> list[str]:
    return [each for each in query_stems(word) if _PLAIN.fullmatch(each)]


def _in_sqlite(names: list[tuple[str, ...]]) -> str:
    return _either(names, 'stems : "{}"', " OR ", " AND ")


def _in_postgres(names: list[tuple[str, ...]]) -> str:
    return _either(names, "'{}':C", " | ", " & ")


def _either(names: list[tuple[str, ...]], form: str, either: str, both: str) -> str:
    """Any of the names; of each all words, in any of their forms."""
    made = [[either.join(map(form.format, _forms(word))) for word in name if _forms(word)] for name in names]
    return either.join(f"({both.join(f'({word})' for word in words)})" for words in made if words)
