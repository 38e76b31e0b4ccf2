"""Brings a database to the shape this program knows, or back; says of any database how the two stand.

A migration that only adds, and whose triggers keep what is new, is GENTLE: the version before goes on working beside it, so
that of several processes or machines one after the other becomes new. That is noted in the database itself, for a program
that does not know the migration.
"""

from __future__ import annotations

import enum
import importlib
import pkgutil
import re
from types import ModuleType

from web.database import engine_type, execute, in_list, in_one_transaction, now, rows, value
from web.database import migrations as folder
from web.errors import NotDone


class State(enum.Enum):
    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    UNKNOWN = "unknown"


def names() -> list[str]:
    """Every migration, in order."""
    return sorted(each.name for each in pkgutil.iter_modules(folder.__path__) if re.fullmatch(r"m\d{4}_\w+", each.name))


async def state() -> State:
    """EMPTY has no tables of ours; BEHIND lacks migrations; UNKNOWN was made by something else, or something newer that this
    program cannot work with."""
    if not await _has_table("migration"):
        return State.UNKNOWN if await _has_table("entry") or await _has_table("person") else State.EMPTY
    done = set(await _done())
    if done - set(names()) - await _gentle():
        return State.UNKNOWN
    return State.CURRENT if done >= set(names()) else State.BEHIND if done else State.EMPTY


@in_one_transaction
async def migrate() -> list[str]:
    """Runs what has not been run and gives its names. All of it, or nothing."""
    await _alone()
    await execute("CREATE TABLE IF NOT EXISTS migration (name VARCHAR(100) PRIMARY KEY, done_at BIGINT NOT NULL)")
    done = await _done()
    waiting = [name for name in names() if name not in done]
    for name in waiting:
        await _run(_load(name).forwards(engine_type()))
        await execute("INSERT INTO migration (name, done_at) VALUES ({}, {})", name, now())
    if await _has_column("migration", "gentle"):
        gentle = [name for name in names() if getattr(_load(name), "GENTLE", False)]
        await execute("UPDATE migration SET gentle = {} WHERE name IN {}", True, in_list(gentle))
    return waiting


@in_one_transaction
async def migrate_back(to: str = "") -> list[str]:
    """Undoes the migrations after `to` (all of them without it), the last one first, and gives their names.

    Raises NotDone when there is no migration of that very name.
    """
    if to and to not in names():
        raise NotDone(f"There is no migration called {to}. There are: {', '.join(names())}; 0 undoes all.")
    await _alone()
    undone = [name for name in reversed(names()) if name > to and name in await _done()]
    for name in undone:
        await _run(_load(name).backwards(engine_type()))
        await execute("DELETE FROM migration WHERE name = {}", name)
    return undone


async def _alone() -> None:
    """Of several programs that start at once, one migrates. SQLite has one writer anyway."""
    if engine_type() == "postgres":
        await execute("SELECT pg_advisory_xact_lock(20260101)")


async def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        await execute(statement)


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"{folder.__name__}.{name}")


async def _done() -> list[str]:
    return [each["name"] for each in await rows("SELECT name FROM migration ORDER BY name")]


async def _gentle() -> set[str]:
    if not await _has_column("migration", "gentle"):
        return set()
    return {each["name"] for each in await rows("SELECT name FROM migration WHERE gentle")}


async def _has_column(table: str, name: str) -> bool:
    known = {
        "sqlite": "SELECT 1 FROM pragma_table_info({}) WHERE name = {}",
        "postgres": "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = {} AND column_name = {}",
    }
    return bool(await value(known[engine_type()], table, name))


async def _has_table(name: str) -> bool:
    known = {
        "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = {}",
        "postgres": "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = {}",
    }
    return bool(await value(known[engine_type()], name))
