"""SQLite's log, beside the file: what has been committed stands in it, and reaches the disk once for all who wait.

With `synchronous=NORMAL` a commit is written and not waited for. Whoever has committed lets the next one write, and is told
that it is done when the log is on the disk; who comes meanwhile shares the next look. What stands in the log comes into the
file now and then, while others read and write.

What the disk has refused once it does not tell of again: then all of the log is brought into the file, before anybody is
told that something is saved.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# After so many rows the log is brought into the file: the same few pages of each index go there once for many saves.
_MANY = 1500
_BRING_IN, _BEGIN_ANEW = "PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(RESTART)"
_told = logging.getLogger(__name__)


class Log:
    """`connect` gives a connection of its own; `writing` is held by who writes."""

    def __init__(self, path: str, connect: Callable[[], sqlite3.Connection], writing: asyncio.Lock) -> None:
        # It stands beside the file itself, also where `path` is a link to that.
        self._path, self._connect, self._writing = f"{Path(path).resolve()}-wal", connect, writing
        self._aside = ThreadPoolExecutor(2, "dugnad-disk")
        self._looking = asyncio.Lock()
        self._file: int | None = None
        self._connection: sqlite3.Connection | None = None
        self._bringing: asyncio.Task[None] | None = None
        self._rows = self._committed = self._on_disk = 0
        self._refused = False

    def grew(self, rows: int) -> None:
        """Somebody has committed so many."""
        self._committed += 1
        self._rows += rows
        if self._rows > _MANY and (self._bringing is None or self._bringing.done()):
            self._rows = 0
            self._bringing = asyncio.create_task(self._bring_in())

    async def on_disk(self) -> None:
        """Returns when all that is committed by now will survive a power cut. Raises OSError when it may not."""
        mine = self._committed
        while self._on_disk < mine:
            async with self._looking:
                if self._on_disk < mine:
                    self._on_disk = await (self._begin_anew() if self._refused else self._look())

    async def close(self) -> None:
        if self._bringing is not None:
            await self._bringing
        self._aside.shutdown()
        if self._connection is not None:
            self._connection.close()
        if self._file is not None:
            os.close(self._file)

    async def _look(self) -> int:
        """Gives how many of the commits are on the disk."""
        all = self._committed
        await asyncio.get_running_loop().run_in_executor(self._aside, self._flush)
        return all

    def _flush(self) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR)
        try:
            os.fsync(self._file)
        except OSError:
            self._refused = True
            raise

    async def _begin_anew(self) -> int:
        """The same, when all is in the file and nothing in the log counts any more."""
        async with self._writing:
            all = self._committed
            await asyncio.get_running_loop().run_in_executor(self._aside, self._empty)
            return all

    def _empty(self) -> None:
        try:
            ((busy, *_),) = self._move(_BEGIN_ANEW)
        except sqlite3.Error as wrong:
            raise OSError(str(wrong)) from wrong
        if busy:
            raise OSError("others still read what the disk has refused")
        self._refused = False

    async def _bring_in(self) -> None:
        """Most of it beside those who write. The rest while nobody does: the log begins anew when all of it was brought in."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._aside, self._move)
            async with self._writing:
                await loop.run_in_executor(self._aside, self._move)
        except sqlite3.Error:  # it is all in the log still, and comes with the next
            _told.exception("what was written could not be brought into the file")

    def _move(self, how: str = _BRING_IN) -> list[Any]:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection.execute(how).fetchall()
