"""Tells pages that are open that something has happened: one look at the events per process, whoever listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from web.entries.queries import latest_event

_EVERY = 2.0
# A line that says nothing, so that nothing between here and there takes the connection for dead (seconds).
_SIGN_OF_LIFE = 20.0


class Pulse:
    """Beats when there are new events, also those that other processes write. Looks only while somebody listens."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None

    async def beats(self) -> AsyncGenerator[bool, None]:
        """True at once and whenever something has happened, False now and then when nothing has."""
        heard = asyncio.Event()
        heard.set()
        self._listeners.add(heard)
        self._task = self._task or asyncio.create_task(self._look())
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), _SIGN_OF_LIFE)
                yield heard.is_set()
                heard.clear()
        finally:
            self._listeners.discard(heard)
            if not self._listeners:
                await self.rest()

    async def _look(self) -> None:
        last = await latest_event()
        while True:
            await asyncio.sleep(_EVERY)
            now = await latest_event()
            if now != last:
                last = now
                for heard in self._listeners:
                    heard.set()

    async def rest(self) -> None:
        """Looks no more."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
