"""Tells pages that are open that something has happened: one ear per process, whoever listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from web.database import changes

_log = logging.getLogger("dugnad")
# What happens in so many seconds is told together; and so long after something went wrong it is tried again.
_TOGETHER, _AGAIN = 0.2, 1.0
# A server that is asked to stop waits for what it is answering: so each answer ends soon, and the browser asks anew.
_LONGEST = 10.0


class Pulse:
    """Beats when something has been committed, also by other processes and machines. Listens only while somebody does. What
    was missed while the database was away is told when it is back: listeners ask what is new since a time."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None

    async def beats(self) -> AsyncGenerator[None, None]:
        """At once, and whenever something has happened in the next seconds."""
        heard, until = asyncio.Event(), asyncio.get_running_loop().time() + _LONGEST
        heard.set()
        self._listeners.add(heard)
        self._task = self._task or asyncio.create_task(self._listen())
        try:
            while asyncio.get_running_loop().time() < until:
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        await heard.wait()
                    heard.clear()
                    yield
        finally:
            self._listeners.discard(heard)
            if not self._listeners:
                await self.rest()

    async def _listen(self) -> None:
        while True:
            try:
                async with aclosing(changes()) as heard:
                    async for _ in heard:
                        for each in self._listeners:
                            each.set()
                        await asyncio.sleep(_TOGETHER)
            except Exception as wrong:  # a database that is away for a moment silences nobody for good
                _log.warning("The database cannot be listened to (%s)", type(wrong).__name__)
            await asyncio.sleep(_AGAIN)

    async def rest(self) -> None:
        """Listens no more."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
