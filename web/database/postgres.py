"""PostgreSQL for Piccolo, with a pool and nothing asked of the server before it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString

from web.database.counting import count
from web.database.sql import SQL

_LEAST, _MOST = 1, 10
_SNAPSHOT = SQL("SELECT pg_current_snapshot()::text AS mark")
# Where the triggers of m0008_news tell of events, and after how many seconds of silence it is asked whether all is well.
_CHANNEL, _QUIET = "dugnad", 15.0
_STATEMENTS = 500
# What a page asks is done before other processes of the server have begun to help with it, or code has been made for it.
_SETTINGS = {"max_parallel_workers_per_gather": "0", "jit": "off"}


class _Connection(asyncpg.Connection):
    def get_reset_query(self) -> str:
        """Nothing: transactions that were left open are ended without it, and nothing else of ours stays behind on a
        connection. Asking takes as long as most of what pages ask."""
        return ""


class _Transaction(PostgresTransaction):
    """Gives its connection back whatever happens; Piccolo's own keeps it when its task is cancelled. The pool rolls
    back what is left on a connection that comes back."""

    options: dict[str, Any] = {}

    @property
    def _pool(self) -> asyncpg.Pool:
        if self.engine.pool is None:
            raise RuntimeError("the database is not open")
        return self.engine.pool

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        self.connection = await self._pool.acquire()
        self.transaction = self.connection.transaction(**self.options)
        try:
            await self.begin()
        except BaseException:
            await self._pool.release(self.connection)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, kind: object, wrong: object, trace: object) -> bool:
        if self._parent is not None:
            return wrong is None
        try:
            if wrong is not None:
                await self.rollback()
            else:
                await self.commit()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._pool.release(self.connection)
        return wrong is None


class PooledPostgres(PostgresEngine):
    def __init__(self, address: str) -> None:
        super().__init__(config={"dsn": address})
        self._mark: asyncio.Future[str] | None = None
        self._next_mark: asyncio.Future[str] | None = None

    async def check_version(self) -> None:
        """Not while the engine is built: the server may be away, and says so better when it is connected to."""

    def transaction(self, allow_nested: bool = True) -> _Transaction:
        return _Transaction(self, allow_nested)

    def view(self) -> _Transaction:
        """Reads only, and all of it of one moment."""
        made = self.transaction()
        made.options = {"isolation": "repeatable_read", "readonly": True}
        return made

    async def start_connection_pool(self, **_: Any) -> None:
        await super().start_connection_pool(
            min_size=_LEAST, max_size=_MOST, connection_class=_Connection, server_settings=_SETTINGS,
            statement_cache_size=_STATEMENTS,
        )  # fmt: skip

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[dict[str, Any]]:
        count(querystring)
        return self.transform_response_to_dicts(await super().run_querystring(querystring, in_pool))

    async def mark(self) -> str:
        """Which transactions can be seen: the same whoever asks, on whatever machine. Those who ask while the answer to others
        is on its way get the next one together: none is told of a time before they asked."""
        if self._next_mark is None:
            self._next_mark = asyncio.ensure_future(self._mark_after(self._mark))
        return await asyncio.shield(self._next_mark)

    async def _mark_after(self, before: asyncio.Future[str] | None) -> str:
        if before is not None:
            await asyncio.wait([before])
        self._mark, self._next_mark = self._next_mark, None
        count(_SNAPSHOT)
        (found,) = await self._run_in_pool(str(_SNAPSHOT.template))
        return str(found["mark"])

    async def changes(self) -> AsyncGenerator[None, None]:
        """A connection of its own listens; now and then it is seen to that somebody is at its other end."""
        connection, heard = await asyncpg.connect(**self.config), asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: heard.set())
            await connection.add_listener(_CHANNEL, lambda *_: heard.set())
            while not connection.is_closed():
                yield
                while not heard.is_set():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(heard.wait(), _QUIET)
                    await connection.execute("SELECT 1", timeout=_QUIET)
                heard.clear()
        finally:
            connection.terminate()
