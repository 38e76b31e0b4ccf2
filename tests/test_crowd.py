"""The house that everything is measured in: what the verbs would have left, the same every time, and no dearer when it is large."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.cast import application, how_many
from web import crowd
from web.app import TABLES
from web.database import (
    SQL,
    close_database,
    counted_statements,
    engine_type,
    execute,
    in_one_transaction,
    open_database,
    row,
    rows,
    value,
)
from web.database.migrate import migrate
from web.entries import check, queries, search, trails
from web.entries.rows import Entry
from web.entries.surviving import count_changed
from web.people import actions
from web.people import queries as people
from web.policy import Viewer
from web.settings import Settings
from web.storage import Folder
from web.urls import url_of

_NUMBER = count()
SMALL, LARGE = 100, 100_000
# How many statements a page may take, whatever the size of the house.
BUDGETS = {
    "/": 8, "page": 8, "thread": 8, "/people/p5/": 8, f"/search/?q={crowd.RARE}": 6, f"/search/?q={crowd.MIDDLING}": 6,
    f"/search/?q={crowd.COMMON}": 6, "tag": 8, "/spaces/house/": 10, "/api/entries": 5,
}  # fmt: skip


@asynccontextmanager
async def open_house(
    address: str, entries: int, told: Callable[[int, int], None] = lambda done, of: None
) -> AsyncIterator[str]:
    """Another house beside that of `address`, with so many entries in it."""
    name = f"crowd{next(_NUMBER)}"
    if address.startswith("sqlite"):
        here = f"{address.removesuffix('.sqlite')}-{name}.sqlite"
    else:
        connection = await asyncpg.connect(address)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        before, _, after = address.partition("?")
        here = f"{before.rpartition('/')[0]}/{name}?{after}"
    await open_database(here, TABLES)
    await migrate()
    await close_database()
    await crowd.fill(here, entries, "", told)
    await open_database(here, TABLES)
    yield here
    await close_database()


async def fingerprint() -> str:
    found = await rows("SELECT * FROM entry ORDER BY id")
    return hashlib.sha256(repr([sorted(each.items()) for each in found]).encode()).hexdigest()


async def test_it_is_the_same_every_time_and_fits_together(address: str) -> None:
    prints = set()
    for _ in range(2):
        async with open_house(address, 3_500):
            assert await value("SELECT count(*) FROM entry") == 3_500
            assert await value("SELECT max(replies) FROM entry") == crowd.LONG_THREAD
            assert await check.faults(Folder(Path("/"))) == []
            prints.add(await fingerprint())
    assert len(prints) == 1


async def test_made_by_two_processes_it_is_the_same_and_is_found_in_the_same_way(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for worth in (10_000, 0):
        monkeypatch.setattr(crowd, "_WORTH_A_PROCESS", worth)
        told: list[int] = []
        async with open_house(address, 3_500, lambda done, of, told=told: told.append(done)):
            kari = await people.viewer_by_handle("kari")
            found = [
                [hit.entry.id for hit in (await search.search(kari, search.read(typed))).items]
                for typed in (crowd.RARE, crowd.MIDDLING, crowd.COMMON, "solvakt", "fjordplan havnbok")
            ]
            assert all(found[:3]) and told[-1] == 3_500
            made.append((await fingerprint(), found))
            if engine_type() == "sqlite":
                for name in ("entry_index", "title_index", "person_index"):  # it says so when anything is wrong
                    await execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")
    assert made[0] == made[1]


async def test_its_texts_leave_what_a_save_would_leave(address: str) -> None:
    async with open_house(address, 600):
        kari = await people.viewer_by_handle("kari")
        some = await rows("SELECT id FROM entry ORDER BY id LIMIT 600")
        shown = await queries.entries(kari, [each["id"] for each in some])
        assert len(shown) > 300
        for entry in shown.values():
            before = await left_behind(entry.id)
            await save_again(kari, entry)
            assert await left_behind(entry.id) == before, entry


async def test_what_an_open_house_would_have_counted_in_its_pages_is_counted(address: str) -> None:
    async with open_house(address, 600):
        counted = "SELECT entry, person, words, revision FROM surviving ORDER BY entry"
        before = await rows(counted)
        await execute("DELETE FROM surviving")
        assert await count_changed() is None and await rows(counted) == before and len(before) > 30


@in_one_transaction
async def save_again(viewer: Viewer, entry: Entry) -> None:
    await trails.keep(viewer, entry.id, entry.space, entry.title, entry.body, await queries.form_tags(entry.id))


async def left_behind(id: int) -> object:
    return (
        await row("SELECT title, body, stems FROM entry_text WHERE id = {}", id),
        await rows("SELECT tag, title, active_at FROM tagging WHERE entry = {} ORDER BY tag", id),
        await rows("SELECT written, target, person FROM link WHERE entry = {} ORDER BY written", id),
    )


@pytest.mark.timeout(400)
async def test_no_page_asks_more_in_a_large_house_than_in_a_small_one(address: str, tmp_path: Path) -> None:
    asked = {}
    for size in (SMALL, LARGE):
        async with open_house(address, size) as here:
            asked[size] = await statements(Settings(here, tmp_path, "a-secret-for-tests", "http://dugnad.test"))
    for counts in asked.values():
        assert not {page: made for page, made in counts.items() if made > BUDGETS[page]}
    # A search that finds very much is another one than where there is little, and neither is more.
    same = [page for page in BUDGETS if "search" not in page and "spaces" not in page]
    assert {page: asked[LARGE][page] for page in same} == {page: asked[SMALL][page] for page in same}


async def statements(settings: Settings) -> dict[str, int]:
    app = application(settings)
    kari = await people.viewer_by_handle("kari")
    await actions.settle(kari)
    session, key = await actions.start_session(kari.me), await actions.new_token(kari)
    first = "SELECT id FROM entry WHERE kind = {} AND space = 1 ORDER BY replies DESC, id LIMIT 1"
    shown = await queries.entries(kari, [await value(first, kind) for kind in ("page", "thread")])
    known = {each.kind: url_of(each) for each in shown.values()}
    tag = (await queries.tags_like(kari, "", 1))[0]
    counts = {}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=settings.url, cookies={"dugnad": session},
        headers={"authorization": f"Bearer {key}"},
    ) as browser:  # fmt: skip
        await browser.get("/api/house")
        for page in BUDGETS:
            where = url_of(tag) if page == "tag" else known.get(page, page)
            with counted_statements() as made:
                assert (await browser.get(where)).status_code == 200, where
            counts[page] = how_many(made)
            if engine_type() == "sqlite":
                assert not [each for each in made if await goes_through_all(each)], where
    return counts


async def goes_through_all(statement: SQL) -> bool:
    """Where it takes a few rows for very many, SQLite reads a whole table first to know which of them it need not look for."""
    plan = [] if "PRAGMA" in str(statement) else await rows("EXPLAIN QUERY PLAN {}", statement)
    return any("BLOOM FILTER" in each["detail"] for each in plan)
