"""SQLite's log: who has saved is told so when it is on the disk, many with one look; and it is brought into the file in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from web.database import close_database, execute, in_one_transaction, open_database, value
from web.database.log import Log


@pytest_asyncio.fixture
async def file(tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "log.sqlite"
    await open_database(f"sqlite:///{path}", [])
    await execute("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT)")
    yield path
    await close_database()


@in_one_transaction
async def note(words: str) -> None:
    await execute("INSERT INTO note (words) VALUES ({})", words)


async def until(what: object) -> None:
    for _ in range(500):
        if await what():  # type: ignore[operator]
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


async def test_a_save_is_told_of_when_it_is_on_the_disk_and_many_share_a_look(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, looks = threading.Event(), []
    flush = Log._flush

    def flushed(log: Log) -> None:
        slow.wait(10)
        flush(log)
        looks.append(1)

    await note("one so that all is open")
    monkeypatch.setattr(Log, "_flush", flushed)
    saves = [asyncio.create_task(note(f"number {number}")) for number in range(20)]

    async def written() -> bool:
        return bool(await value("SELECT count(*) FROM note") == 21)

    await until(written)
    assert not any(save.done() for save in saves), "nobody is told before it is on the disk"
    slow.set()
    await asyncio.gather(*saves)
    assert 1 <= len(looks) <= 3


async def test_what_cannot_come_to_the_disk_is_not_said_to_be_saved(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(log: Log) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Log, "_flush", broken)
    with pytest.raises(OSError, match="gone"):
        await note("one")
    monkeypatch.undo()
    await note("another")
    assert await value("SELECT count(*) FROM note") == 2


async def test_the_log_does_not_grow_for_ever(file: Path) -> None:
    log = Path(f"{file}-wal")

    @in_one_transaction
    async def many() -> None:
        for number in range(200):
            await execute("INSERT INTO note (words) VALUES ({})", f"{number} " + "x" * 1000)

    largest = 0
    for _ in range(60):
        await many()
        await note("and a word")
        largest = max(largest, log.stat().st_size)  # noqa: ASYNC240
    assert await value("SELECT count(*) FROM note") == 60 * 201
    assert largest < 60 * 200 * 1000 / 4, "what was brought in is written over"
