"""Tells pages that are open that something has happened: one look at the events per process, whoever listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import suppress

from web.entries.queries import latest_event

_log = logging.getLogger("dugnad")
_EVERY = 2.0
# A server that is asked to stop waits for what it is answering: so each answer ends soon, and the browser asks anew.
_LONGEST = 10.0


class Pulse:
    """Beats when there are new events, also those that other processes write. Looks only while somebody listens."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None

    async def beats(self) -> AsyncGenerator[None, None]:
        """At once, and whenever something has happened in the next seconds."""
        heard, until = asyncio.Event(), asyncio.get_running_loop().time() + _LONGEST
        heard.set()
        self._listeners.add(heard)
        self._task = self._task or asyncio.create_task(self._look())
        try:
            while (left := until - asyncio.get_running_loop().time()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), left)
                    heard.clear()
                    yield
        finally:
            self._listeners.discard(heard)
            if not self._listeners:
                await self.rest()

    async def _look(self) -> None:
        last = 0
        while True:
            try:
                last, before = await latest_event(), last
            except Exception:  # a database that is away for a moment silences nobody for good
                _log.exception("The events could not be looked at")
            else:
                if last != before:
                    for heard in self._listeners:
                        heard.set()
            await asyncio.sleep(_EVERY)

    async def rest(self) -> None:
        """Looks no more."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
