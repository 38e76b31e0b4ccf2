"""Very many rows into a database that nobody else has open: indexes go first and are made anew at the end."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from web.database.beside import ALONE, MANY_WORDS, Words, beside, bring_words, count_words

# The rows to add, by table; each as long as the table's list of columns.
Batch = Mapping[str, Sequence[tuple[Any, ...]]]
# While words are counted beside a house that is open, so much of them is held in memory, in bytes.
_SOME_WORDS = 64 << 20
_INDEXES = {"entry_index": ("title", "body", "stems"), "title_index": ("title",), "person_index": ("handle", "name")}
_LEVELS = 5
# What SQLite keeps of the file then, in kB.
_SMALL = 64_000


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


async def load_beside(
    address: str, columns: Mapping[str, str], make: Callable[[], Iterable[Batch]], told: Callable[[Batch], None]
) -> None:
    """The same with what `make` makes in another process, which counts the words as well: on two processors it takes less time. `make` is
    found there by its name; `told` hears of each batch that is in. On SQLite no journal is kept."""
    if address.startswith("sqlite:///"):
        await asyncio.to_thread(_load_beside, address.removeprefix("sqlite:///"), columns, make, told)
        return
    with beside(make, None) as batches:
        await _load_postgres(address, columns, _telling(batches, told), Around())


def _telling(batches: Iterable[Batch], told: Callable[[Batch], None]) -> Iterator[Batch]:
    for batch in batches:
        yield batch
        told(batch)


# SQLite.


def _load_sqlite(path: str, columns: Mapping[str, str], batches: Iterable[Batch], around: Around | None) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    alone, around = around is None, around or Around()
    try:
        connection.executescript(ALONE if alone else f"PRAGMA journal_mode=WAL; PRAGMA cache_size=-{_SMALL}")
        connection.execute("BEGIN EXCLUSIVE")
        if around.empty and connection.execute(around.empty).fetchone():
            raise NotEmpty
        with _bare(connection, columns):
            for statement in around.first:
                connection.execute(statement)
            for batch in batches:
                _write(connection, columns, batch)
            count_words(connection, _INDEXES, MANY_WORDS if alone else _SOME_WORDS)
        for statement in around.last:
            connection.execute(statement)
        connection.execute("COMMIT")
        _finish(connection)
    finally:
        connection.close()


def _write(connection: sqlite3.Connection, columns: Mapping[str, str], batch: Batch) -> None:
    for table, rows in batch.items():
        names = columns[table]
        places = ", ".join("?" for _ in names.split(","))
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


def _finish(connection: sqlite3.Connection) -> None:
    for name, indexed in _INDEXES.items():
        _lift(connection, name, indexed)
    connection.executescript("PRAGMA journal_mode=WAL; ANALYZE")


def _load_beside(
    path: str, columns: Mapping[str, str], make: Callable[[], Iterable[Batch]], told: Callable[[Batch], None]
) -> None:
    with tempfile.TemporaryDirectory(dir=Path(path).parent, prefix="words-") as folder, _alone(path) as connection:
        made_by = {
            name: sql for name, sql in connection.execute("SELECT name, sql FROM sqlite_master") if name in _INDEXES
        }
        words = Words(Path(folder, "words.sqlite"), _INDEXES, columns, made_by)
        with beside(make, words) as batches:
            connection.execute("BEGIN EXCLUSIVE")
            with _bare(connection, columns):
                for batch in batches:
                    _write(connection, columns, batch)
                    told(batch)
            connection.execute("COMMIT")
        bring_words(connection, words)
        # Another connection looks at the indexes as they are now.
    with _alone(path) as connection:
        _finish(connection)


@contextmanager
def _alone(path: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(ALONE)
        yield connection


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
