"""Very many rows into a database that nobody else has open: indexes go first and are made anew at the end."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

# The rows to add, by table; each as long as the table's list of columns.
Batch = Mapping[str, Sequence[tuple[Any, ...]]]
# While words are counted they are held in memory: so much, in bytes, and what FTS5 has otherwise. What does not fit at once is
# put together at the end: somebody's save would have to do it else, and wait for it.
_MANY_WORDS, _SOME_WORDS, _FEW_WORDS = 256 << 20, 64 << 20, 1 << 20
_INDEXES = {"entry_index": ("title", "body", "stems"), "title_index": ("title",), "person_index": ("handle", "name")}
_LEVELS = 5
# What SQLite keeps of the file, in kB: of what nobody else waits for, and beside a house that is open.
_LARGE, _SMALL = 400_000, 64_000


@dataclass(frozen=True)
class Around:
    """Statements for both engines, in the same transaction as the rows: `first`, without indexes and triggers, and `last`, with them.
    `empty`: what gives a row where somebody lives already; asked when nobody else can move in any more."""

    empty: str = ""
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


class NotEmpty(Exception):
    """Somebody lives there already."""


async def load(
    address: str, columns: Mapping[str, str], batches: Iterable[Batch], around: Around | None = None
) -> None:
    """Adds `batches` in order. `columns` names those of each table, with commas.

    `address` is that of a migrated database, as `open_database` takes it. Nothing is checked: whoever makes the rows
    sees to it that they fit together. With `around`, and on PostgreSQL, all of them are added or none, whatever happens; without, SQLite
    keeps no journal, which takes less time. Raises NotEmpty, and what making a batch raises.
    """
    if address.startswith("sqlite:///"):
        await asyncio.to_thread(_load_sqlite, address.removeprefix("sqlite:///"), columns, batches, around)
    else:
        await _load_postgres(address, columns, batches, around or Around())


# SQLite.


def _load_sqlite(path: str, columns: Mapping[str, str], batches: Iterable[Batch], around: Around | None) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    journal = "PRAGMA journal_mode=WAL" if around else "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF"
    cache, words = (_SMALL, _SOME_WORDS) if around else (_LARGE, _MANY_WORDS)
    around = around or Around()
    try:
        connection.executescript(f"{journal}; PRAGMA cache_size=-{cache}")
        connection.execute("BEGIN EXCLUSIVE")
        if around.empty and connection.execute(around.empty).fetchone():
            raise NotEmpty
        with _bare(connection, columns):
            for statement in around.first:
                connection.execute(statement)
            for batch in batches:
                for table, rows in batch.items():
                    names = columns[table]
                    places = ", ".join("?" for _ in names.split(","))
                    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)
            _count_words(connection, words)
        for statement in around.last:
            connection.execute(statement)
        connection.execute("COMMIT")
        for name, indexed in _INDEXES.items():
            _lift(connection, name, indexed)
        connection.executescript("PRAGMA journal_mode=WAL; ANALYZE")
    finally:
        connection.close()


@contextmanager
def _bare(connection: sqlite3.Connection, tables: Iterable[str]) -> Iterator[None]:
    """Without the indexes and triggers of these tables, which come back at the end."""
    places = ", ".join("?" for _ in tables)
    made = connection.execute(
        f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({places}) "
        "AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        [*tables],
    ).fetchall()
    for what, name, _ in made:
        connection.execute(f"DROP {what} {name}")
    yield
    for _, _, sql in made:
        connection.execute(sql)


def _count_words(connection: sqlite3.Connection, held: int) -> None:
    for name in _INDEXES:
        for command, value in (
            ("hashsize", held),
            ("rebuild", None),
            ("optimize", None),
            ("hashsize", _FEW_WORDS),
        ):
            connection.execute(f"INSERT INTO {name} ({name}, rank) VALUES (?, ?)", [command, value])


def _lift(connection: sqlite3.Connection, name: str, columns: tuple[str, ...]) -> None:
    """FTS5 merges what is on one level when there are sixteen of it, and gives everything that it makes at once to the lowest:
    the sixteenth save would merge the whole index, and wait for it. A merge of no size lifts all by a level; a word comes and
    goes, so that there are two things to merge. Not in a transaction."""
    listed, words = ", ".join(columns), ["dugnad"] * len(columns)
    places = ", ".join("?" for _ in columns)
    for _ in range(_LEVELS):
        connection.execute(f"INSERT INTO {name} (rowid, {listed}) VALUES (1, {places})", words)
        connection.execute(f"INSERT INTO {name} ({name}, rowid, {listed}) VALUES ('delete', 1, {places})", words)
        connection.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', -1)")


# PostgreSQL.

# What is looked up or looked at for each row that is added: how to take it away, and to make it anew.
_MADE = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
    FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY($1)
    UNION ALL SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes WHERE schemaname = current_schema()
    AND tablename = ANY($1) AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


async def _load_postgres(address: str, columns: Mapping[str, str], batches: Iterable[Batch], around: Around) -> None:
    connection = await asyncpg.connect(address)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {', '.join(columns)} IN EXCLUSIVE MODE")
            if around.empty and await connection.fetchrow(around.empty):
                raise NotEmpty
            made = [(each["drop"], each["make"]) for each in await connection.fetch(_MADE, [*columns])]
            for drop, _ in made:
                await connection.execute(drop)
            for table in columns:
                await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in around.first:
                await connection.execute(statement)
            for batch in batches:
                for table, rows in batch.items():
                    names = [name.strip() for name in columns[table].split(",")]
                    await connection.copy_records_to_table(table, records=rows, columns=names)
            for _, make in made:
                await connection.execute(make)
            for table in columns:
                await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            for statement in around.last:
                await connection.execute(statement)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
