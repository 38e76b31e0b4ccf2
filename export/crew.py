"""Who makes the pages: this process, or, where there are many to make, one for each processor."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

from litestar import Litestar

from export.before import Before
from export.leads import Leads
from export.leaks import Secrets
from export.making import Maker
from export.manifest import Made
from export.reading import Reader, Snapshot
from web import fragments
from web.app import create_app, opened
from web.database import read_in_place, value
from web.entries.derived import render_once
from web.errors import NotDone
from web.settings import Settings

# So many are made before they are told of; for fewer than _FEW it is not worth to begin a process.
_BATCH, _FEW = 40, 400
# In characters: a row of a list stands in half a dozen lists.
_PARTS = 64 << 20
Wanted = tuple[str, str]


@dataclass(frozen=True)
class Job:
    """All that a process must know to make pages. `addresses` are those that there will be, and `ends` those of what stands on
    the page of something else; `hidden` is what must not be said; `program` is what the pages are made by."""

    settings: Settings
    snapshot: Snapshot
    language: str
    folder: Path
    addresses: tuple[str, ...]
    ends: dict[str, tuple[str, str]]
    hidden: Mapping[str, str]
    program: str


@dataclass(frozen=True)
class Batch:
    """`made` of what was wanted, and what was `found` and nobody had planned. What is `gone` was planned, and is not there."""

    made: list[Made]
    gone: list[str]
    found: list[str]


async def _maker(build: Callable[[], Litestar], job: Job, before: Before | None = None) -> Maker:
    viewer = await job.snapshot.viewer()
    reader = Reader(build, viewer, job.snapshot, job.language)
    leads = Leads(reader, job.addresses, job.ends, job.snapshot.live)
    return Maker(reader, leads, Secrets(job.hidden), job.folder, before)


async def _batch(maker: Maker, wanted: Sequence[Wanted]) -> Batch:
    made, gone = [], []
    for address, validator in wanted:
        each = await maker.make(address, validator)
        made.append(each) if each else gone.append(address)
    found, maker.found = sorted(maker.found), set()
    maker.keep()
    return Batch(made, gone, found)


class Crew:
    """`processes` at most; they are begun when they are needed first, and end with the crew."""

    def __init__(self, build: Callable[[], Litestar], job: Job, processes: int) -> None:
        self._build, self._job, self._processes = build, job, processes
        self._here: Maker | None = None
        self._pool: ProcessPoolExecutor | None = None

    async def make(self, wanted: Sequence[Wanted]) -> AsyncIterator[Batch]:
        """In whatever order they are done. Raises Faulty, and NotDone when a process ends on its own."""
        batches = [wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH)]
        if len(wanted) < _FEW or self._processes < 2:
            self._here = self._here or await _maker(self._build, self._job)
            for batch in batches:
                yield await _batch(self._here, batch)
            return
        if self._pool is None:
            # Begun anew and not forked: an open database does not go along.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, context, _begin, (self._job,))
        loop = asyncio.get_running_loop()
        waiting = [loop.run_in_executor(self._pool, _work, batch) for batch in batches]
        try:
            for each in asyncio.as_completed(waiting):
                yield await each
        except BrokenProcessPool as wrong:
            raise NotDone("A process that made pages has ended: perhaps there was not enough memory.") from wrong

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


# What such a process does.

_runner: asyncio.Runner
_working: Maker
_house: AbstractAsyncContextManager[None]


def end_with_parent() -> None:
    """Whoever waits for work from a process that was ended by force would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=lambda: wait([parent.sentinel]) and os._exit(1), daemon=True).start()


def _begin(job: Job) -> None:
    global _runner, _working
    end_with_parent()
    _runner = asyncio.Runner()
    _working = _runner.run(_opened(job))


async def _opened(job: Job) -> Maker:
    # It stays open: the process ends with it.
    global _house
    # What is here stays, and little of what is made for a page hangs on itself: looking for that took a seventh of the time.
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    fragments.remember(_PARTS)
    _house = opened(job.settings)
    await _house.__aenter__()
    before, kept = None, job.settings.data / "cache"
    if not job.snapshot.moment:  # the house of a day that has passed does not know of all that was taken away since
        taken = await value("SELECT count(*) FROM event WHERE verb = 'redact'")
        render_once(kept / "bodies", taken)
        before = Before(kept / "pages", job.program, taken)
    read_in_place()
    return await _maker(cache(partial(create_app, job.settings, to_read=True)), job, before)


def _work(batch: Sequence[Wanted]) -> Batch:
    return _runner.run(_batch(_working, batch))
