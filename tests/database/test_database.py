"""Both engines: opened, migrated both ways, written by many at once, and right after everything that goes wrong."""

from __future__ import annotations

import asyncio

import pytest

from web.app import TABLES, NotReady, opened
from web.database import (
    SQL,
    Unreachable,
    close_database,
    execute,
    id_time,
    in_list,
    in_one_transaction,
    join_and,
    new_id,
    now,
    open_database,
    row,
    rows,
    value,
)  # fmt: skip
from web.database.migrate import State, migrate, migrate_back, names, state
from web.entries import search as index
from web.entries.tables import TABLES as ENTRY_TABLES
from web.people import queries as people
from web.policy import EVERYONE
from web.settings import Settings


async def test_migrations_run_forwards_and_backwards_and_forwards_again(database: str) -> None:
    assert await state() is State.CURRENT
    assert await migrate() == []
    assert await migrate_back() == list(reversed(names()))
    assert await state() is State.EMPTY
    assert await migrate() == names()
    assert await value("SELECT slug FROM space") == "house"


async def test_tables_in_the_code_are_the_tables_in_the_database(database: str) -> None:
    for table in TABLES:
        columns = [column._meta.db_column_name for column in table._meta.columns]
        await rows(f"SELECT {', '.join(columns)} FROM {table._meta.tablename}")


async def test_a_database_that_is_older_newer_or_empty_is_not_served(database: str, tmp_path: object) -> None:
    settings = Settings(database, tmp_path, "secret", "http://dugnad.test")  # type: ignore[arg-type]
    await migrate_back(names()[0])
    assert await state() is State.BEHIND
    await migrate()
    await execute("INSERT INTO migration (name, done_at) VALUES ('m9999_tomorrow', 0)")
    assert await state() is State.UNKNOWN
    await close_database()
    with pytest.raises(NotReady, match="newer"):
        async with opened(settings):
            pass
    await open_database(database, TABLES)
    await execute("DELETE FROM migration WHERE name = 'm9999_tomorrow'")
    assert await state() is State.CURRENT


async def test_the_version_before_goes_on_beside_one_that_only_adds(database: str, tmp_path: object) -> None:
    """Of several processes one after the other becomes new; an old one that starts again meanwhile is served."""
    settings = Settings(database, tmp_path, "secret", "http://dugnad.test")  # type: ignore[arg-type]
    add = "INSERT INTO migration (name, done_at, gentle) VALUES ('m9999_tomorrow', 0, {})"
    await execute(add, True)
    assert await state() is State.CURRENT
    await close_database()
    async with opened(settings):
        pass
    await open_database(database, TABLES)
    await execute("DELETE FROM migration WHERE name = 'm9999_tomorrow'")
    await execute(add, False)
    assert await state() is State.UNKNOWN
    await execute("DELETE FROM migration WHERE name = 'm9999_tomorrow'")


async def test_what_the_version_before_writes_is_found_by_this_one(database: str) -> None:
    """It knows nothing of what was added: of when something last happened under a tag, of the indexes of titles and names."""
    at, (person, entry, tag, other) = 1_700_000_000_000, (new_id() for _ in range(4))
    await execute("INSERT INTO person (id, handle, name) VALUES ({}, 'aase', 'Åse Øverland')", person)
    await execute(
        "INSERT INTO entry (id, kind, space, author, root, revision, title, title_key, created_at, updated_at, active_at) "
        "VALUES ({}, 'thread', 1, {}, {}, {}, 'Fjellvettregler', 'fjellvettregler', {}, {}, {})",
        entry, person, entry, other, at, at, at,
    )  # fmt: skip
    await execute("INSERT INTO entry_text (id, title, body, stems) VALUES ({}, 'Fjellvettregler', '', '')", entry)
    await execute("INSERT INTO tag (id, name, about) VALUES ({}, 'fjell', '')", tag)
    await execute("INSERT INTO tagging (id, entry, tag, title) VALUES ({}, {}, {}, 'fjell')", new_id(), entry, tag)
    assert await value("SELECT active_at FROM tagging WHERE entry = {}", entry) == at
    await execute("UPDATE entry SET active_at = {} WHERE id = {}", at + 5, entry)
    assert await value("SELECT active_at FROM tagging WHERE entry = {}", entry) == at + 5
    await execute("UPDATE person SET name = 'Åse Nordal' WHERE id = {}", person)
    assert [each.handle for each in await people.people(EVERYONE, start="Nordal")] == ["aase"]
    assert [each.handle for each in await people.people(EVERYONE, start="åse n")] == ["aase"]
    assert not await people.people(EVERYONE, start="Øverland")
    found = await index.search(EVERYONE, index.read("fjellvett"))
    assert [each.entry.id for each in found.items] == [entry]


async def test_a_transaction_is_all_or_nothing(database: str) -> None:
    @in_one_transaction
    async def half() -> None:
        await execute("INSERT INTO space (id, slug, name) VALUES ({}, 'half', 'Half')", new_id())
        raise ValueError

    with pytest.raises(ValueError):
        await half()
    assert await row("SELECT 1 FROM space WHERE slug = 'half'") is None


async def test_a_transaction_inside_another_is_part_of_it(database: str) -> None:
    @in_one_transaction
    async def inner() -> None:
        await execute("INSERT INTO space (id, slug, name) VALUES ({}, 'inner', 'Inner')", new_id())

    @in_one_transaction
    async def outer() -> None:
        await inner()
        raise ValueError

    with pytest.raises(ValueError):
        await outer()
    assert await row("SELECT 1 FROM space WHERE slug = 'inner'") is None


async def test_no_update_is_lost_when_many_write_at_once(database: str) -> None:
    id = new_id()
    await execute("INSERT INTO space (id, slug, name) VALUES ({}, 'busy', 'Busy')", id)

    @in_one_transaction
    async def add_one() -> None:
        members = await value("SELECT members FROM space WHERE id = {}" + _for_update(), id)
        await execute("UPDATE space SET members = {} WHERE id = {}", members + 1, id)

    await asyncio.gather(*(add_one() for _ in range(60)))
    assert await value("SELECT members FROM space WHERE id = {}", id) == 60


def _for_update() -> str:
    from web.database import for_update

    return f" {for_update()}"


async def test_whoever_is_cancelled_lets_go_of_the_writer(database: str) -> None:
    id = new_id()
    await execute("INSERT INTO space (id, slug, name) VALUES ({}, 'cancelled', 'C')", id)

    @in_one_transaction
    async def two_steps() -> None:
        await execute("UPDATE space SET members = members + 1 WHERE id = {}", id)
        await asyncio.sleep(0.002)
        await execute("UPDATE space SET members = members + 1 WHERE id = {}", id)

    for turn in range(40):
        task = asyncio.create_task(two_steps())
        await asyncio.sleep(turn * 0.0002)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await two_steps()
    assert await value("SELECT members FROM space WHERE id = {}", id) % 2 == 0


async def test_two_who_take_the_same_name_at_once_get_one_row(database: str) -> None:
    @in_one_transaction
    async def take() -> bool:
        if await row("SELECT 1 FROM space WHERE slug = 'mine'"):
            return False
        await asyncio.sleep(0.01)
        await execute("INSERT INTO space (id, slug, name) VALUES ({}, 'mine', 'Mine')", new_id())
        return True

    assert sorted(await asyncio.gather(*(take() for _ in range(5)))) == [False, False, False, False, True]


async def test_lists_of_nothing_match_nothing(database: str) -> None:
    assert await rows("SELECT id FROM space WHERE id IN {}", in_list([])) == []
    both = join_and(SQL("slug = {}", "house"), SQL("id IN {}", in_list([1, 2])))
    assert await rows("SELECT slug FROM space WHERE {}", both) == [{"slug": "house"}]


async def test_a_value_is_never_read_as_sql(database: str) -> None:
    for nasty in ("'; DROP TABLE space; --", "{}", "{0}", "$1", "%s", "\\"):
        assert await value("SELECT count(*) FROM space WHERE slug = {}", nasty) == 0
    assert await value("SELECT count(*) FROM space") > 0


def test_ids_grow_with_time_and_fit_in_javascript() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert made[-1] < 2**53
    assert abs(id_time(made[0]) - now()) < 60_000


async def test_a_database_that_is_not_there_says_so() -> None:
    with pytest.raises(Unreachable, match="cannot be opened"):
        await open_database("postgresql://nobody@127.0.0.1:1/none", ENTRY_TABLES)
