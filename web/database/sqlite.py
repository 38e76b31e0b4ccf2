"""SQLite for Piccolo with connections that stay open: one that writes, several that read.

Piccolo's own engine opens a connection and a thread for every query, and its transactions begin as readers,
which fails under load with "database is locked".

What is read takes some microseconds mostly, and reaching a thread takes many more: so reads run where they are asked,
until one takes too long for those who wait behind it. That one is begun anew aside, and so are those like it for a while.
"""

from __future__ import annotations

import asyncio
import math
import random
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from piccolo.engine.sqlite import SQLiteEngine, TransactionType
from piccolo.querystring import QueryString

from web.database.counting import count
from web.database.log import Log
from web.database.sql import SQL
from web.database.sqlite_transaction import Lease, Transaction
from web.errors import Invalid

_READ = re.compile(r"\s*(?:SELECT|VALUES|EXPLAIN|WITH)\b", re.I)
# What a transaction is made of, between its beginning and its end.
_WITHIN = re.compile(r"\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE)\b", re.I)
_LONG = 20_000
_CHANGES = SQL("PRAGMA data_version")
# How long (in seconds, of the processor, and in all) a read may keep everybody waiting, how many steps SQLite takes between two looks at the clock; how
# often in a row a statement that took longer runs aside at first (twice as often each time that it does so again), at most
# how often, and of how many this is remembered.
_PATIENCE, _MOST_PATIENCE = 0.002, 0.02
_STEPS = 1000
_ASIDE, _MOST_ASIDE = 8, 1024
_MOST_SLOW = 1000
_LOOK = 0.1
# How many seconds a transaction waits for one of another process.
_WAIT = 15
_PRAGMAS = {
    "journal_mode": "WAL",
    # What was acknowledged is on the disk, also when the machine loses its power: web/database/log.py sees to it.
    "synchronous": "NORMAL",
    "wal_autocheckpoint": 0,
    "foreign_keys": 1,
    "cache_size": -4_000,
    "mmap_size": 256 << 20,
    "temp_store": "MEMORY",
}


class _Joined:
    """Texts with another between them."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._between = ""

    def step(self, text: str | None, between: str) -> None:
        if text is not None:
            self._texts.append(text)
            self._between = between

    def finalize(self) -> str | None:
        return self._between.join(self._texts) if self._texts else None


class PooledSQLite(SQLiteEngine):
    """Build it after a fork, in the process that uses it. `batch()` is not supported: page by key instead."""

    __slots__ = (
        "_connections",
        "_deadlines",
        "_here",
        "_left",
        "_local",
        "_patient",
        "_readers",
        "_salt",
        "_slow",
        "_writer",
        "_writing",
        "log",
        "longest_read",
        "writing",
    )

    def __init__(self, path: str, readers: int = 3) -> None:
        super().__init__(path=path, timeout=_WAIT, check_same_thread=False, cached_statements=512, isolation_level=None)
        # Integers and texts come as they are. Piccolo turns each number into one in Python, which costs more than reading it.
        self.connection_kwargs["detect_types"] = 0
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(readers, "dugnad-read", self._connect, (True,))
        self._writer = ThreadPoolExecutor(1, "dugnad-write", self._connect, (False,))
        self._here: sqlite3.Connection | None = None
        self._writing: sqlite3.Connection | None = None
        # The latest rolling back of what was left open.
        self._left: Future[None] | None = None
        self._deadlines = (math.inf, math.inf)
        # How long a read may take aside, in seconds: a house that is open has others waiting.
        self.longest_read = math.inf
        # Whether there is nobody whom a read keeps waiting.
        self._patient = False
        # Statements that have been too slow: how many times more they run aside, and of how many.
        self._slow: dict[str, tuple[int, int]] = {}
        self._salt = secrets.token_hex(8)
        self.writing = asyncio.Lock()
        self.log = Log(path, lambda: self._opened(read_only=False), self.writing)

    def transaction(
        self, transaction_type: TransactionType = TransactionType.immediate, allow_nested: bool = True
    ) -> Transaction:
        return Transaction(self, transaction_type, allow_nested)

    def view(self) -> Transaction:
        """Reads, all of it of one moment. Other processes write meanwhile; in this one, who would write waits."""
        return self.transaction(TransactionType.deferred)

    async def start_connection_pool(self, **_: Any) -> None:
        """Nothing to start: threads connect when they are first needed."""

    async def close_connection_pool(self) -> None:
        await self.log.close()
        await self.write("PRAGMA optimize")
        self._readers.shutdown()
        self._writer.shutdown()
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._here = self._writing = None

    async def write(self, sql: str, args: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Where it may wait for others, for the disk, or for the words of a long text, aside; else at once. Who holds `writing`
        asks one after the other, so the connection is never used by two."""
        if self._writing is None or not _WITHIN.match(sql):
            return await self._aside(sql, args)
        for each in args:
            if type(each) is str and len(each) > _LONG:
                return await self._aside(sql, args)
        return _fetched(self._writing, sql, args)

    async def _aside(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write_aside, sql, args)

    def _write_aside(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        """Waits while another process writes."""
        until = time.perf_counter() + _WAIT
        while True:
            try:
                return self._run(sql, args)
            except sqlite3.OperationalError as wrong:
                if "locked" not in str(wrong) or time.perf_counter() > until:
                    raise
            time.sleep(random.uniform(0.001, 0.02))

    async def mark(self) -> str:
        """Says nothing to other processes: each has a salt of its own."""
        count(_CHANGES)
        self._deadlines = (math.inf, math.inf)
        # What a connection tells of changes can only be compared with what the same one told before.
        (version,) = self._reader_here().execute(_CHANGES.template).fetchone()
        return f"{self._salt} {version}"

    async def changes(self) -> AsyncGenerator[None, None]:
        """The mark is looked at often: that takes a few microseconds."""
        before = ""
        while True:
            if (found := await self.mark()) != before:
                before = found
                yield
            await asyncio.sleep(_LOOK)

    def read_in_place(self) -> None:
        """From now on there is nobody whom a read keeps waiting: nothing looks at the clock."""
        self._patient = True
        if self._here is not None:
            self._here.set_progress_handler(None, _STEPS)

    def began_here(self) -> bool:
        """Whether a transaction began without waiting: reaching a thread takes longer than beginning. Not while the thread
        may still be busy with what the holder before has left."""
        if self._writing is None or not (self._left is None or self._left.done()):
            return False
        try:
            self._writing.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True

    def committed_here(self) -> bool:
        """Whether a transaction ended without waiting."""
        if self._writing is None:
            return False
        try:
            self._writing.execute("COMMIT")
        except sqlite3.OperationalError as wrong:
            if "locked" not in str(wrong):
                raise
            return False
        return True

    def written(self) -> int:
        """How many rows so far, by this process."""
        return self._writing.total_changes if self._writing else 0

    def roll_back_later(self) -> None:
        self._left = self._writer.submit(self._roll_back)

    # What Piccolo calls.

    async def get_connection(self) -> Lease:  # type: ignore[override]
        await self.writing.acquire()
        return Lease(self)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> list[dict[str, Any]]:
        count(querystring)
        sql, args = querystring.compile_string(self.engine_type)
        transaction = self.current_transaction.get()
        # A task that was started inside a transaction may outlive it.
        if transaction is not None and transaction.connection.open:
            return await self.write(sql, args)
        return await self._run_in_new_connection(sql, args)

    def tuples(self, querystring: QueryString) -> tuple[tuple[str, ...], list[tuple[Any, ...]]] | None:
        """Rows as SQLite gives them: to name what is in each of very many takes as long as to read them. Nothing while somebody could be kept
        waiting, or within a transaction."""
        if not self._patient or self.current_transaction.get() is not None:
            return None
        count(querystring)
        cursor = self._reader_here().execute(*querystring.compile_string(self.engine_type))
        return tuple(each[0] for each in cursor.description), cursor.fetchall()

    async def _run_in_new_connection(
        self, query: str, args: Sequence[Any] | None = None, query_type: str = "generic", table: Any = None
    ) -> list[dict[str, Any]]:
        if _READ.match(query):
            return await self._read(query, args or ())
        async with self.writing:
            before = self.written()
            try:
                found = await self._aside(query, args or ())
            except asyncio.CancelledError:
                self.roll_back_later()  # who writes next waits until the thread is done
                raise
            self.log.grew(self.written() - before)
        await self.log.on_disk()
        return found

    # Reading.

    async def _read(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        left, of = self._slow.pop(sql, (0, 0))
        if not left:
            if not self._patient:
                self._deadlines = self._until()
            try:
                return _fetched(self._reader_here(), sql, args)
            except sqlite3.OperationalError as wrong:
                if "interrupted" not in str(wrong):
                    raise
                left = of = min(max(_ASIDE, 2 * of), _MOST_ASIDE)
        self._slow[sql] = max(0, left - 1), of  # the latest stand last
        if len(self._slow) > _MOST_SLOW:
            del self._slow[next(iter(self._slow))]
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read_aside, sql, args)

    def _until(self) -> tuple[float, float]:
        return time.thread_time() + _PATIENCE, time.perf_counter() + _MOST_PATIENCE

    def _read_aside(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        """Raises Invalid for what would keep the few who read aside from everybody else."""
        self._local.until = time.perf_counter() + self.longest_read
        try:
            return self._run(sql, args)
        except sqlite3.OperationalError as wrong:
            if "interrupted" not in str(wrong):
                raise
            raise Invalid("q", "This takes too long to find out. Say more of what you are looking for.") from wrong

    def _reader_here(self) -> sqlite3.Connection:
        if self._here is None:
            self._here = self._opened(read_only=True)
            if not self._patient:
                self._here.set_progress_handler(self._is_late, _STEPS)
        return self._here

    def _is_late(self) -> bool:
        busy, waiting = self._deadlines
        return time.thread_time() > busy or time.perf_counter() > waiting

    # What the threads do.

    def _connect(self, read_only: bool) -> None:
        connection = self._local.connection = self._opened(read_only=read_only)
        if read_only:
            local, local.until = self._local, math.inf
            connection.set_progress_handler(lambda: time.perf_counter() > local.until, _STEPS)
        else:
            self._writing = connection

    def _opened(self, *, read_only: bool) -> sqlite3.Connection:
        connection = sqlite3.connect(**self.connection_kwargs)
        for name, value in _PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")
        # Who writes looks first whether that can be done at once, and waits elsewhere.
        connection.execute("PRAGMA query_only=1" if read_only else "PRAGMA busy_timeout=0")
        # As PostgreSQL has it; SQLite does from 3.44 on.
        connection.create_aggregate("string_agg", 2, _Joined)  # type: ignore[arg-type]
        self._connections.append(connection)
        return connection

    def _run(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        return _fetched(self._local.connection, sql, args)

    def _roll_back(self) -> None:
        if self._local.connection.in_transaction:
            self._local.connection.rollback()


def _fetched(connection: sqlite3.Connection, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, args)
    found = cursor.fetchall()
    if not found:
        return []
    names = [each[0] for each in cursor.description]
    return [dict(zip(names, each, strict=True)) for each in found]
