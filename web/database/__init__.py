"""The database, SQLite or PostgreSQL: opened once, asked in SQL with `{}` places, written in transactions."""

from __future__ import annotations

import asyncio
import functools
import random
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import asyncpg
from piccolo.engine.base import Engine
from piccolo.table import Table

from web.database.counting import counted_statements
from web.database.ids import at, id_at, id_then, id_time, new_id, now
from web.database.postgres import PooledPostgres
from web.database.sql import SQL
from web.database.sqlite import PooledSQLite

__all__ = [
    "SQL", "Unreachable", "at", "changes", "close_database", "counted_statements", "engine_type", "execute", "for_update", "id_at", "id_then", "id_time", "in_list",
    "in_one_transaction", "insert", "join_and", "mark", "new_id", "now", "one_view", "open_database", "row", "rows", "tuples", "value", "values",
]  # fmt: skip

P = ParamSpec("P")
T = TypeVar("T")
_engine: Engine | None = None
_TRIES = 5
# Somebody else was quicker; seen from a new start, what they did is there to be met properly.
_TRY_AGAIN = (
    asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError,
)  # fmt: skip


class Unreachable(Exception):
    """The database cannot be opened; says why."""


async def open_database(address: str, tables: Iterable[type[Table]]) -> None:
    """Connects to `sqlite:///PATH` or `postgresql://…` and binds the tables to it. Raises Unreachable."""
    global _engine
    try:
        engine = _made(address)
        await engine.start_connection_pool()
        await engine.run_querystring(SQL("SELECT 1"))
    except (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as wrong:
        raise Unreachable(f"The database cannot be opened: {wrong}") from wrong
    _engine = engine
    for table in tables:
        table._meta._db = engine


def _made(address: str) -> Engine:
    if not address.startswith("sqlite:///"):
        return PooledPostgres(address)
    path = Path(address.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return PooledSQLite(str(path))


def limit_reads(seconds: float) -> None:
    """What reads longer raises Invalid. SQLite reads with a few threads; PostgreSQL has a worker for each."""
    engine = _opened()
    if isinstance(engine, PooledSQLite):
        engine.longest_read = seconds


def read_in_place() -> None:
    """For a process that does one thing after the other: nobody is kept waiting by what takes long."""
    engine = _opened()
    if isinstance(engine, PooledSQLite):
        engine.read_in_place()


async def close_database() -> None:
    global _engine
    if _engine is not None:
        engine, _engine = _engine, None
        await engine.close_connection_pool()


def _opened() -> Engine:
    if _engine is None:
        raise RuntimeError("the database is not open")
    return _engine


def engine_type() -> str:
    """`sqlite` or `postgres`."""
    return _opened().engine_type


# Asking.


async def rows(sql: str, *args: Any) -> list[dict[str, Any]]:
    """What a statement gives. Each `{}` in it takes a value, or an SQL with places of its own."""
    return await _opened().run_querystring(SQL(sql, *args))


async def tuples(sql: str, *args: Any) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The same for very many: what the columns are called, and each row without that."""
    engine, statement = _opened(), SQL(sql, *args)
    if isinstance(engine, PooledSQLite) and (at_once := engine.tuples(statement)):
        return at_once
    found = await engine.run_querystring(statement)
    return tuple(found[0]) if found else (), [tuple(each.values()) for each in found]


async def row(sql: str, *args: Any) -> dict[str, Any] | None:
    found = await rows(sql, *args)
    return found[0] if found else None


async def value(sql: str, *args: Any) -> Any:
    """The first column of the first row; None when there is no row."""
    found = await row(sql, *args)
    return next(iter(found.values())) if found else None


execute = rows


async def mark() -> str:
    """Another word after every commit of anybody, in whatever process; as long as it is the same, so is everything that
    can be read."""
    return await _opened().mark()  # type: ignore[attr-defined]


def changes() -> AsyncGenerator[None, None]:
    """At once, and whenever something may have been committed since, in whatever process or on whatever machine. Raises what
    the engine does when the database is away; whoever asks anew has missed nothing that they then look for."""
    return _opened().changes()  # type: ignore[attr-defined,no-any-return]


async def insert(table: str, **columns: Any) -> None:
    """Adds a row; what is not given is what the database says."""
    await rows(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_places(len(columns))})", *columns.values())


def _places(many: int) -> str:
    return ", ".join(["{}"] * many)


def in_list(values: Iterable[Any]) -> SQL:
    """For `x IN {}`, right for no values as well."""
    given = list(values)
    if not given:
        return SQL("(SELECT NULL WHERE 1 = 0)" if engine_type() == "sqlite" else "(SELECT NULL::bigint WHERE 1 = 0)")
    return SQL(f"({_places(len(given))})", *given)


def values(of: Iterable[Sequence[Any]]) -> SQL:
    """For `INSERT … VALUES {}`: one row or more."""
    given = [*of]
    return SQL(", ".join([f"({_places(len(each))})" for each in given]), *chain.from_iterable(given))


def join_and(*conditions: SQL) -> SQL:
    return SQL("(" + " AND ".join("{}" for _ in conditions) + ")", *conditions)


def for_update(*, unheld: bool = False) -> str:
    """Holds the rows that were asked for until the transaction ends; `unheld`: those that nobody else holds. SQLite has one writer at a
    time anyway."""
    if engine_type() != "postgres":
        return ""
    return "FOR UPDATE SKIP LOCKED" if unheld else "FOR UPDATE"


@asynccontextmanager
async def one_view() -> AsyncIterator[None]:
    """What is read in here is of one moment, whatever others write meanwhile. Nothing is written in here."""
    engine: Any = _opened()
    async with engine.view():
        yield


# Writing.


def in_one_transaction(work: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """All of it, or nothing. Inside another transaction it becomes part of that one."""

    @functools.wraps(work)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        engine: Any = _opened()
        if engine.current_transaction.get() is not None:
            return await work(*args, **kwargs)
        for tries_left in reversed(range(_TRIES)):
            try:
                async with engine.transaction():
                    return await work(*args, **kwargs)
            except (*_TRY_AGAIN, sqlite3.IntegrityError, sqlite3.OperationalError) as wrong:
                if not tries_left or not _worth_trying_again(wrong):
                    raise
                await asyncio.sleep(random.uniform(0, 0.05))
        raise AssertionError("unreachable")

    return run


def _worth_trying_again(wrong: Exception) -> bool:
    if isinstance(wrong, sqlite3.IntegrityError):
        return "UNIQUE" in str(wrong)
    return not isinstance(wrong, sqlite3.OperationalError) or "locked" in str(wrong)
