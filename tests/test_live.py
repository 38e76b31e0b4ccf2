"""An open page is told that there is more to see: how much of it one may read, and never what."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import aclosing
from functools import partial
from typing import Any

import asyncpg
import pytest

from tests.cast import House, write
from web import live
from web.database import at, engine_type, now
from web.entries import actions, drafts, queries
from web.entries.actions import Fields
from web.live import Pulse
from web.people import queries as people
from web.policy import NOBODY, Viewer
from web.routes.live import _told
from web.times import MINUTE


def said_in(event: str) -> dict[str, Any]:
    """An event as it is sent: one line of data, and an empty one."""
    assert event.startswith("data: ") and event.endswith("\n\n")
    return json.loads(event.removeprefix("data: "))


class Ear:
    """Somebody who listens."""

    def __init__(self, house: House, person: int, since: int, entry: int = 0) -> None:
        self.told = _told(house.app.state.live, partial(people.viewer, person), since, entry)

    async def hears(self) -> dict[str, Any]:
        return said_in(await asyncio.wait_for(anext(self.told), 30))

    async def leaves(self) -> None:
        await self.told.aclose()


async def from_now_on() -> int:
    """A time (ms) that all that follows comes after."""
    since = now()
    await asyncio.sleep(0.002)
    return since


@pytest.mark.parametrize(("who", "hears"), [("hedda", True), ("ole", False), ("gro", False), ("astrid", False)])
async def test_only_who_may_read_it_is_told_of_something_new(house: House, who: str, hears: bool) -> None:
    since = await from_now_on()
    ear = Ear(house, (await house.viewer(who)).me, since)
    assert await ear.hears() == {"news": 0}
    await write(house, "mons", "micropost", "loftet", f"quiet{who}")
    if not hears:
        await write(house, "mons", "micropost", "torget" if who != "gro" else "kontoret", f"loud{who}")
    assert await ear.hears() == {"news": 1}
    await ear.leaves()


async def test_nobody_is_told_of_their_own_doing(house: House) -> None:
    mons, since = await house.viewer("mons"), await from_now_on()
    ear = Ear(house, mons.me, since)
    await ear.hears()
    await write(house, "mons", "micropost", "torget", "own")
    await write(house, "ole", "micropost", "torget", "others")
    assert await ear.hears() == {"news": 1}
    await ear.leaves()


async def test_an_open_entry_is_told_of_replies_and_of_a_changed_text(house: House) -> None:
    page = await write(house, "mons", "page", "torget", "watched")
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    ear = Ear(house, mons.me, await from_now_on(), page)
    assert await ear.hears() == {"replies": 0, "edited": False, "editing": []}
    await actions.post(ole, "reply", None, Fields(body="Hello."), await queries.entry(ole, page))
    assert await ear.hears() == {"replies": 1, "edited": False, "editing": []}
    entry = await queries.entry(ole, page)
    await actions.edit(ole, page, Fields(entry.title, entry.body + " More."), entry.revision)
    assert await ear.hears() == {"replies": 1, "edited": True, "editing": []}
    await ear.leaves()


async def test_whoever_may_not_read_an_entry_hears_nothing_of_it(house: House) -> None:
    page = house.entries["loftet", "page"]
    ear = Ear(house, (await house.viewer("ole")).me, 0, page)
    assert await ear.hears() == {"replies": 0, "edited": False, "editing": []}
    await ear.leaves()


async def test_nothing_is_looked_for_when_nobody_listens(house: House) -> None:
    pulse: Pulse = house.app.state.live
    ear = Ear(house, (await house.viewer("ole")).me, await from_now_on())
    await ear.hears()
    assert pulse._task is not None
    await ear.leaves()
    assert pulse._task is None


async def test_an_answer_ends_soon_so_that_the_house_can_be_shut_while_somebody_looks(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live._LONGEST <= 10
    monkeypatch.setattr(live, "_LONGEST", 0.5)
    ear = Ear(house, (await house.viewer("ole")).me, await from_now_on())
    assert [said async for said in ear.told], "it comes to an end by itself"
    assert house.app.state.live._task is None


async def test_strangers_do_not_listen(house: House) -> None:
    async with house.browser() as browser:
        assert (await browser.get("/live/")).status_code == 303
    async with house.browser("ole") as browser:
        assert (await browser.get("/live/?since=-1")).status_code == 422


async def elsewhere(house: House, statement: str) -> None:
    """Another process does something."""
    address = house.settings.database
    if address.startswith("sqlite"):
        other = sqlite3.connect(address.removeprefix("sqlite:///"))
        other.execute(statement)
        other.commit()
        other.close()
    else:
        connection = await asyncpg.connect(address)
        await connection.execute(statement)
        await connection.close()


ANYTHING = "INSERT INTO event (id, verb, actor, created_at) SELECT max(id) + 1, 'join', min(actor), 0 FROM event"


async def test_what_another_process_does_is_heard_at_once(house: House) -> None:
    async with aclosing(Pulse().beats()) as beats:
        await anext(beats)
        for _ in range(3):
            await asyncio.sleep(0.5)  # so that nothing else is told with it
            await elsewhere(house, ANYTHING)
            await asyncio.wait_for(anext(beats), 1.5)


async def test_what_happened_while_the_database_was_away_is_told_when_it_is_back(house: House) -> None:
    if engine_type() != "postgres":
        pytest.skip("a file does not go away")
    async with aclosing(Pulse().beats()) as beats:
        await anext(beats)
        await asyncio.sleep(0.5)
        await elsewhere(house, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        await elsewhere(house, ANYTHING)
        await asyncio.wait_for(anext(beats), 5)


async def test_whoever_signs_out_hears_no_more(house: House) -> None:
    over = asyncio.Event()

    async def asks() -> Viewer:
        return NOBODY if over.is_set() else await house.viewer("mons")

    told = _told(house.app.state.live, asks, await from_now_on(), 0)
    assert said_in(await anext(told)) == {"news": 0}
    over.set()
    await write(house, "ole", "micropost", "torget", "afterwards")
    assert [each async for each in told] == []


async def test_an_open_page_of_whoever_is_not_signed_in_any_more_is_told_to_ask_no_more(house: House) -> None:
    async with house.browser() as stranger:
        answer = await stranger.get("/live/?since=1", headers={"accept": "text/event-stream"})
        assert answer.status_code == 204, "browsers ask anew after anything else"


async def test_who_else_is_writing_is_told_by_name_to_those_who_write_there_too(house: House) -> None:
    page, secret = await house.entry("torget", "page"), await house.entry("kontoret", "page")
    hedda, gro = await house.viewer("hedda"), await house.viewer("gro")
    for entry in (page, secret):
        typed = {
            "kind": "page",
            "entry": str(entry.id),
            "revision": str(entry.revision),
            "body": "Half a kanarithought",
        }
        await drafts.keep(hedda, typed)
    ear = Ear(house, (await house.viewer("ole")).me, now(), page.id)
    heard = await ear.hears()
    assert heard["editing"] == ["Hedda"] and "kanarithought" not in json.dumps(heard)
    await ear.leaves()
    async with house.browser("ole") as ole, house.browser("hedda") as her:
        assert "edited now by Hedda" in (await ole.get(f"/entries/{page.id}/edit/")).text
        assert "edited now by Hedda" not in (await her.get(f"/entries/{page.id}/edit/")).text, (
            "one knows what one does oneself"
        )
    assert await queries.editing(gro, secret.id) == (), "who only reads is not told"
    with at(now() + 10 * MINUTE):
        ole = await house.viewer("ole")
        assert await queries.editing(ole, page.id) == (), "nobody is held to have stayed"
