"""Rows that another process makes while this one writes them down, and their words, which it counts meanwhile."""

from __future__ import annotations

import marshal
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
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
    """Gives what `make` makes there; it has to be known by its name. When all is taken and the block has ended, the words are counted."""
    here, there = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_make, args=(make, there, words), daemon=True)
    process.start()
    there.close()
    try:
        with here:
            yield iter(lambda: marshal.loads(here.recv_bytes()), {})  # noqa: S302  it comes from ourselves
        process.join()
        if process.exitcode:
            raise RuntimeError("the process that makes the rows has failed")
    finally:
        process.kill()
        process.join()


def _make(make: Callable[[], Iterable[Rows]], told: Connection, words: Words | None) -> None:
    texts = _Texts(words) if words else None
    with told:
        for batch in make():
            told.send_bytes(marshal.dumps(dict(batch)))
            if texts:
                texts.keep(batch)
        told.send_bytes(marshal.dumps({}))
    if texts:
        texts.count()


class _Texts:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._connection = sqlite3.connect(words.path, isolation_level=None)
        self._connection.executescript(f"{ALONE}; BEGIN")
        self._kept: list[tuple[str, str, list[int]]] = []
        for table, columns in words.texts().items():
            self._connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {', '.join(columns[1:])})")
            there = [column.strip() for column in words.columns[table].split(",")]
            statement = f"INSERT INTO {table} VALUES ({', '.join('?' for _ in columns)})"
            self._kept.append((table, statement, [there.index(each) for each in columns]))
        for name in words.indexes:
            self._connection.execute(words.made_by[name])

    def keep(self, batch: Rows) -> None:
        for table, statement, places in self._kept:
            self._connection.executemany(statement, ([row[place] for place in places] for row in batch.get(table, ())))

    def count(self) -> None:
        with closing(self._connection):
            count_words(self._connection, self._words.indexes, MANY_WORDS)
            for table, *_ in self._kept:  # what nobody reads again need not be written
                self._connection.execute(f"DROP TABLE {table}")
            self._connection.execute("COMMIT")


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
