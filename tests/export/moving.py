"""Databases to move a house into, beside the one that is open."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from export.portable.arriving import read_house
from tests.cast import House
from tests.export.test_again import held
from web.app import TABLES
from web.database import close_database, open_database
from web.database.migrate import migrate
from web.storage import Folder

New = Callable[[str], Awaitable[str]]


async def databases(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[New]:
    """Makes empty databases, by engine."""
    made: list[tuple[str, str]] = []

    async def one(engine: str) -> str:
        name = f"t{uuid4().hex[:12]}"
        if engine == "sqlite":
            return f"sqlite:///{folder / name}.sqlite"
        server = request.getfixturevalue("postgres_server")
        connection = await asyncpg.connect(server)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        made.append((server, name))
        return server.replace("/postgres?", f"/{name}?")

    yield one
    for server, name in made:
        connection = await asyncpg.connect(server)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()


async def asked(address: str, statement: str) -> list[object]:
    """The first row that a statement gives, or nothing, past all that is ours."""
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as here:
            found = [*here.execute(statement).fetchall()]
            here.commit()
    else:
        there = await asyncpg.connect(address)
        found = await there.fetch(statement)
        await there.close()
    return list(found[0]) if found else []


@asynccontextmanager
async def elsewhere(house: House | None, address: str) -> AsyncIterator[None]:
    """Another database is open, in the place of the house's own."""
    await close_database()
    await open_database(address, TABLES)
    try:
        await migrate()
        yield
    finally:
        await close_database()
        if house:
            await open_database(house.settings.database, TABLES)
            house.forget()


async def moved(house: House | None, folder: Path, address: str, files: Folder) -> None:
    async with elsewhere(house, address):
        pass
    await read_house(folder, address, files)


def differing(one: Path, other: Path) -> list[str]:
    here, there = held(one), held(other)
    return sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
