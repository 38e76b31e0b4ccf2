"""`dugnad run`: from an address that is free to workers that answer on it."""

from __future__ import annotations

import asyncio
import os
import socket
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from web.database import close_database, migrate, open_database
from web.errors import NotDone
from web.opening import TABLES, opened
from web.people import queries
from web.settings import DEFAULT_URL, PREFIX, Settings, read_settings
from web.storage import prove
from web.thrift import be_thrifty
from web.urls import url_of


def serve(settings: Settings, host: str, port: int, workers: int, *, verbose: bool = False) -> None:
    """Serves the house until it is told to end. Raises NotDone when the port is taken."""
    be_thrifty()
    _free(host, port)
    if settings.files:
        _proven(settings)
    if settings.url == DEFAULT_URL:  # nobody said by which name it is known; the workers read their settings anew
        os.environ[f"{PREFIX}URL"] = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        settings = read_settings()
    empty = asyncio.run(_ready(settings))
    from granian import Granian  # not needed by any other command
    from granian.constants import Interfaces, Loops

    print(f"Dugnad is at http://{host}:{port}/ (Ctrl+C ends it).", flush=True)
    if empty:
        print(f"Nobody lives here yet. Move in at {welcome_link(settings)}", flush=True)
    Granian(
        "web.asgi:app", address=host, port=port, interface=Interfaces.ASGI, workers=workers, loop=Loops.uvloop,
        log_enabled=verbose,
    ).serve()  # fmt: skip


def _free(host: str, port: int) -> None:
    """The server itself would share the port with whoever has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as wrong:
            raise NotDone(
                f"Port {port} of {host} cannot be had ({wrong.strerror}): choose another with --port."
            ) from None


def _proven(settings: Settings) -> None:
    """In a process of its own: what speaks to a bucket does not live on in the workers that are forked from this one."""
    with ProcessPoolExecutor(1, get_context("spawn")) as aside:
        aside.submit(prove, settings).result()


async def _ready(settings: Settings) -> bool:
    """Says what is wrong here, in one sentence, before any worker does; gives whether nobody lives here yet."""
    await migrated_if_empty(settings)
    async with opened(settings):
        return not await queries.anybody()


async def migrated_if_empty(settings: Settings) -> None:
    """An empty database gets its tables; any other is left as it is."""
    await open_database(settings.database, TABLES)
    try:
        if await migrate.state() is migrate.State.EMPTY:
            await migrate.migrate()
    finally:
        await close_database()


def welcome_link(settings: Settings) -> str:
    """Where the first person moves in."""
    from web.identity import welcome_code  # what most commands have no use for comes along with it

    return settings.url + url_of("welcome", welcome_code(settings))
