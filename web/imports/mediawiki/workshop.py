"""Texts are turned in a process of its own: whoever wrote one that takes for ever, or all memory, keeps nobody waiting."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NamedTuple

from web.aside import bind
from web.imports.mediawiki import pandoc
from web.imports.mediawiki.names import Name, Names
from web.imports.mediawiki.wikitext import Made, turned, whole

_LONGEST = 20.0  # seconds
_MEMORY = 2 << 30
# What each model is as a block of code.
_LANGUAGES = {
    "javascript": "javascript",
    "css": "css",
    "sanitized-css": "css",
    "json": "json",
    "Scribunto": "lua",
    "text": "",
    "wikitext": "wikitext",
}


class Job(NamedTuple):
    """A text, and whose it is. `source`: it is not to be turned, but shown."""

    text: str
    model: str
    name: Name
    source: bool = False


class Workshop:
    """Used by one at a time; in a `with`."""

    def __init__(self, names: Names, *, keep: bool, by_pandoc: bool) -> None:
        self._settings = (names, keep, by_pandoc)
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def turn(self, jobs: Sequence[Job]) -> list[Made]:
        """What becomes of each; what takes too long stays as it is."""
        return [self._turn(job) for job in jobs]

    def _turn(self, job: Job) -> Made:
        if job.model != "wikitext" or job.source:
            what = (
                "It is the source of a template or a message."
                if job.model == "wikitext"
                else f"It is no wikitext but {job.model[:60]}."
            )
            return whole(job.text, _LANGUAGES.get(job.model, ""), what)
        pipe = self._open()
        try:
            pipe.send(job)
            if pipe.poll(_LONGEST):
                made: Made = pipe.recv()
                return made
        except (EOFError, OSError):
            pass
        self._close()
        return whole(job.text, "wikitext", "It takes too long to be turned.")

    def _open(self) -> Connection:
        if self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_work, args=(theirs, *self._settings), daemon=True)
            self._process.start()
            theirs.close()
            self._pipe.recv()  # it is ready: what it takes to begin is nobody's time
        return self._pipe

    def _close(self) -> None:
        if self._pipe is not None and self._process is not None:
            self._pipe.close()
            self._process.kill()
            self._process.join()
        self._pipe = self._process = None


def _work(pipe: Connection, names: Names, keep: bool, by_pandoc: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    bind(_MEMORY)
    pipe.send(None)
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            job: Job = pipe.recv()
            try:
                made = (
                    pandoc.turned(job.text, job.name, names, keep=keep)
                    if by_pandoc
                    else turned(job.text, job.name, names, keep=keep)
                )
            except MemoryError:
                made = whole(job.text, "wikitext", "It takes too much memory to be turned.")
            pipe.send(made)
