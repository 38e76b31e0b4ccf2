"""What an open house does by itself, every few seconds, next to answering."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

_log = logging.getLogger("dugnad")
_EVERY = 5.0


class Rounds:
    """Does the same again and again, from when it is started until it rests; each time when the last one is done."""

    def __init__(self, what: str, does: Callable[[], Awaitable[object]]) -> None:
        """`what` cannot be done, says the log, should it fail."""
        self._what, self._does = what, does
        self._task: asyncio.Task[None] | None = None
        self._over = asyncio.Event()

    def start(self) -> None:
        self._task = asyncio.create_task(self._walk())

    async def _walk(self) -> None:
        while not self._over.is_set():
            try:
                await self._does()
            except Exception:  # a database that is away for a moment stops this for that moment only
                _log.exception("%s could not be looked at", self._what)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), _EVERY)

    async def rest(self) -> None:
        # Whatever takes the request to stop for itself, this was the last time.
        self._over.set()
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
