"""SQLite's log, beside the file: what has been committed stands in it, and reaches the disk once for all who wait.

With `synchronous=NORMAL` a commit is written and not waited for. Whoever has committed lets the next one write, and is told
that it is done when the log is on the disk; who comes meanwhile shares the next look. What stands in the log comes into the
file now and then, while others read and write.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

# After so many rows the log is brought into the file: the same few pages of each index go there once for many saves.
_MANY = 1500
_BRING_IN = "PRAGMA wal_checkpoint(PASSIVE)"
_told = logging.getLogger(__name__)


class Log:
    """`connect` gives a connection of its own; `writing` is held by who writes."""

    def __init__(self, path: str, connect: Callable[[], sqlite3.Connection], writing: asyncio.Lock) -> None:
        self._path, self._connect, self._writing = f"{path}-wal", connect, writing
        self._aside = ThreadPoolExecutor(2, "dugnad-disk")
        self._looking = asyncio.Lock()
        self._file: int | None = None
        self._connection: sqlite3.Connection | None = None
        self._bringing: asyncio.Task[None] | None = None
        self._rows = self._committed = self._on_disk = 0

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
                    all = self._committed
                    await asyncio.get_running_loop().run_in_executor(self._aside, self._flush)
                    self._on_disk = all

    async def close(self) -> None:
        if self._bringing is not None:
            await self._bringing
        self._aside.shutdown()
        if self._connection is not None:
            self._connection.close()
        if self._file is not None:
            os.close(self._file)

    def _flush(self) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR)
        os.fsync(self._file)

    async def _bring_in(self) -> None:
        """Most of it beside those who write. The rest while nobody does: the log begins anew when all of it was brought in."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._aside, self._move)
            async with self._writing:
                await loop.run_in_executor(self._aside, self._move)
        except sqlite3.Error:  # it is all in the log still, and comes with the next
            _told.exception("what was written could not be brought into the file")

    def _move(self) -> None:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.execute(_BRING_IN).fetchall()
