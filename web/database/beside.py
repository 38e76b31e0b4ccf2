"""Rows that another process makes while this one writes them down, and their words, which it counts in the end."""

from __future__ import annotations

import marshal
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from operator import itemgetter
from pathlib import Path
from typing import Any

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
# What FTS5 keeps an index in, besides the texts.
_KEPT_IN = ("data", "idx", "docsize", "config")
_CONTENT = re.compile(r"content='(\w+)'")
# While words are counted they are held in memory: so much, in bytes, and what FTS5 has otherwise.
MANY_WORDS, FEW_WORDS = 256 << 20, 1 << 20
# For a file that nobody else has, and that can be made again.
ALONE = "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; PRAGMA cache_size=-400000"


@dataclass(frozen=True)
class Words:
    """The full-text indexes that are made in a file of their own: their columns, and what makes each. `columns` are those of the rows, by table."""

    path: Path
    indexes: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, str]
    made_by: Mapping[str, str]

    def texts(self) -> dict[str, list[str]]:
        """Which columns of which tables they are of; the id comes first."""
        found: dict[str, list[str]] = {}
        for name, columns in self.indexes.items():
            (table,) = _CONTENT.findall(self.made_by[name])
            found[table] = list(dict.fromkeys([*found.get(table, ["id"]), *columns]))
        return found


@contextmanager
def beside(make: Callable[[], Iterable[Rows]], words: Words | None) -> Iterator[Iterator[Rows]]:
    """Gives what `make` makes there; it has to be known by its name. When all is taken the words are counted there, and are so when the block has ended."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_make, args=(make, there, words), daemon=True)
    process.start()
    there.close()
    try:
        with here:
            yield _taken(here, words)
        process.join()
        if process.exitcode:
            raise RuntimeError("the process that makes the rows has failed")
    finally:
        process.kill()
        process.join()


def _make(make: Callable[[], Iterable[Rows]], told: Connection, words: Words | None) -> None:
    with told:
        for batch in make():
            told.send_bytes(marshal.dumps(dict(batch)))
        told.send_bytes(marshal.dumps({}))
        told.recv_bytes()
    if words:
        with closing(_open(words)) as connection:
            count_words(connection, words.indexes, MANY_WORDS)
            for table in words.texts():  # what nobody reads again need not be written
                connection.execute(f"DROP TABLE {table}")
            connection.execute("COMMIT")


def _taken(made: Connection, words: Words | None) -> Iterator[Rows]:
    """Keeps the texts on the way: making the rows takes longer than writing them down."""
    with _texts(words) if words else nullcontext(_nothing) as keep:
        for batch in iter(lambda: marshal.loads(made.recv_bytes()), {}):  # noqa: S302  it comes from ourselves
            keep(batch)
            yield batch
    made.send_bytes(b"")


def _nothing(batch: Rows) -> None:
    """There is nothing to keep."""


@contextmanager
def _texts(words: Words) -> Iterator[Callable[[Rows], None]]:
    """A file with the texts that are counted, and with the indexes, which are empty; gives what keeps those of a batch."""
    with closing(_open(words)) as connection:
        kept: list[tuple[str, str, list[int]]] = []
        for table, columns in words.texts().items():
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {', '.join(columns[1:])})")
            there = [column.strip() for column in words.columns[table].split(",")]
            statement = f"INSERT INTO {table} VALUES ({', '.join('?' for _ in columns)})"
            kept.append((table, statement, [there.index(each) for each in columns]))
        for name in words.indexes:
            connection.execute(words.made_by[name])

        def keep(batch: Rows) -> None:
            for table, statement, places in kept:
                connection.executemany(statement, map(itemgetter(*places), batch.get(table, ())))

        yield keep
        connection.execute("COMMIT")


def _open(words: Words) -> sqlite3.Connection:
    connection = sqlite3.connect(words.path, isolation_level=None)
    connection.executescript(f"{ALONE}; BEGIN")
    return connection


def count_words(connection: sqlite3.Connection, indexes: Iterable[str], held: int) -> None:
    """Makes full-text indexes anew, each in one piece: somebody's save would have to do it else, and wait for it."""
    for name in indexes:
        for command, value in (("hashsize", held), ("rebuild", None), ("optimize", None), ("hashsize", FEW_WORDS)):
            connection.execute(f"INSERT INTO {name} ({name}, rank) VALUES (?, ?)", [command, value])


def bring_words(connection: sqlite3.Connection, words: Words) -> None:
    """What was counted in the file of its own comes to the texts. Not in a transaction, and before anything was asked of the indexes."""
    connection.execute("ATTACH ? AS counted", [str(words.path)])
    connection.execute("BEGIN")
    for name in words.indexes:
        for part in _KEPT_IN:
            connection.execute(f"DELETE FROM {name}_{part}")
            connection.execute(f"INSERT INTO {name}_{part} SELECT * FROM counted.{name}_{part}")
    connection.execute("COMMIT")
    connection.execute("DETACH counted")
