"""The stream: narrowed down and kept as tabs, told in words, and with an end."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

from tests.cast import House, write
from web.database import execute, now, value
from web.entries import actions, queries, tabs
from web.entries.actions import Fields
from web.entries.talks import CaughtUp
from web.errors import Invalid, NotThere
from web.times import DAY, HOUR, MINUTE


async def say(house: House, who: str, parent: int, body: str = "x", kind: str = "reply") -> int:
    viewer = await house.viewer(who)
    return await actions.post(viewer, kind, None, Fields(body=body), await queries.entry(viewer, parent))


async def kept(house: House) -> None:
    await house.app.state.furthest.keep(at_once=True)


def row_of(html: str, id: int) -> str:
    return html.partition(f'id="entry-{id}"')[2].partition("</li>\n")[0].partition('<li class="row')[0]


# In words.


async def test_a_row_says_in_words_what_happened_since_one_read_it(house: House) -> None:
    id = await write(house, "mons", "question", "torget", "happened")
    await house.read(f"/e/{id}")
    await kept(house)
    answers = [await say(house, "hedda", id) for _ in range(3)]
    await say(house, "ole", id)
    mons = await house.viewer("mons")
    await actions.accept(mons, id, answers[1])
    for number in range(2):
        entry = await queries.entry(mons, id)
        await actions.edit(mons, id, replace(Fields.of(entry, ""), body=f"Anew {number}", summary="x"), entry.revision)
    await say(house, "hedda", id, "It is so", "summary")
    assert "3 answers, an accepted answer, said in short, 2 edits</a>" in row_of(await house.read("/"), id)
    async with house.browser("ole", headers={"accept-language": "nb"}) as browser:
        assert "3 svar, et godtatt svar, sagt kort, 2 endringer</a>" in row_of(
            (await browser.get("/questions/")).text, id
        )
    assert "edits</a>" not in row_of(await house.read("/", "hedda"), id), (
        "who has never read it is told of the last week"
    )
    await house.read(f"/e/{id}")
    assert "accepted answer" not in row_of(await house.read("/"), id), "at once, and not in a minute"
    await actions.watch(await house.viewer("ole"), id, "muted")
    await kept(house)
    await say(house, "hedda", id)
    await actions.accept(mons, id, answers[0])
    assert "accepted answer" not in row_of(await house.read("/"), id)


async def test_of_what_one_never_read_the_last_week_is_told(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "weekly")
    assert "In the last week" not in row_of(await house.read("/"), id), "it is new as a whole"
    await execute("UPDATE entry SET created_at = {} WHERE id = {}", now() - 30 * DAY, id)
    await say(house, "hedda", id)
    assert "In the last week: 1 reply<" in row_of(await house.read("/"), id)
    assert "In the last week" not in row_of(await house.read("/", None), id), "nobody is asked who is not signed in"


# Its end.


def line_in(html: str) -> list[str]:
    """What stands before the line, and what after it: the ids of rows."""
    return [
        " ".join(re.findall(r'class="row [a-z]+" id="entry-(\d+)"', part)) for part in html.split('class="caught-up"')
    ]


async def move_back(ms: int) -> None:
    """As if all that somebody did in lists had been done so much earlier."""
    await execute(
        "UPDATE caught_up SET opened_at = opened_at - {}, reached_at = reached_at - {}, before_at = before_at - {}",
        ms,
        ms,
        ms,
    )


async def test_where_what_is_new_ends_it_says_so(house: House) -> None:
    old = await write(house, "mons", "thread", "torget", "seenbefore")
    first = await house.read("/", "astrid")
    assert line_in(first)[0] == "" and "You are up to date." in first, (
        "whoever comes for the first time has missed nothing"
    )
    await kept(house)
    await move_back(HOUR)
    await execute("UPDATE entry SET active_at = active_at - {} WHERE active_at > {}", 2 * HOUR, now() - HOUR)
    new = await write(house, "mons", "thread", "torget", "freshly")
    mine = await write(house, "astrid", "thread", "torget", "myown")
    above, below = line_in(await house.read("/", "astrid"))
    assert above.split() == [str(mine), str(new)] and str(old) in below
    await kept(house)
    assert line_in(await house.read("/", "astrid"))[0].split() == [str(mine), str(new)], "it stays for a while"
    await move_back(HOUR)
    await execute("UPDATE caught_up SET reached_at = {}, opened_at = {}", now(), now())
    await move_back(11 * MINUTE)
    await execute("UPDATE entry SET active_at = active_at - {} WHERE id IN ({}, {})", HOUR, new, mine)
    assert line_in(await house.read("/", "astrid"))[0] == ""
    latest = await write(house, "mons", "thread", "torget", "readelsewhere")
    assert line_in(await house.read("/", "astrid"))[0].split() == [str(latest)]
    await house.read(f"/e/{latest}", "astrid")
    assert line_in(await house.read("/", "astrid"))[0] == "", "what was read by another way is not new"
    assert "caught-up" not in await house.read("/", None)


async def test_a_page_that_shows_a_part_of_what_is_new_moves_nothing_on(house: House) -> None:
    gro = await house.viewer("gro")
    await house.read("/", "gro")
    await kept(house)
    await move_back(DAY)
    reached = "SELECT reached_at FROM caught_up WHERE person = {}"
    before = await value(reached, gro.person)
    mons = await house.viewer("mons")
    await execute("UPDATE entry SET active_at = active_at - {}", 2 * DAY)
    for number in range(queries.PAGE_SIZE + 5):
        await actions.post(mons, "micropost", house.spaces["kontoret"], Fields(body=f"Number {number}"))
    html = await house.read("/", "gro")
    assert "caught-up" not in html
    await kept(house)
    assert await value(reached, gro.person) == before
    older = re.search(r'href="(/older/[^"]+)"', html)
    assert older
    above, _ = line_in(await house.read(older[1], "gro"))
    assert len(above.split()) == 5
    await kept(house)
    assert await value(reached, gro.person) > before


async def test_a_page_fetched_ahead_has_shown_nobody_anything(house: House) -> None:
    async with house.browser("astrid", headers={"sec-purpose": "prefetch"}) as browser:
        await browser.get("/followed/")
    await kept(house)
    astrid = await house.viewer("astrid")
    assert not await value("SELECT count(*) FROM caught_up WHERE person = {} AND list = 1", astrid.person)


def test_how_far_one_has_come_is_moved_on_from_where_its_beginning_was_seen() -> None:
    caught = CaughtUp(0, 0, 0).on(HOUR, first=True, ends=False)
    assert caught == CaughtUp(HOUR, 0, 0) and caught.mark(HOUR) == 0
    caught = caught.on(HOUR + MINUTE, first=False, ends=True)
    assert caught == CaughtUp(HOUR, HOUR, 0), "what came meanwhile is not passed over"
    assert caught.mark(HOUR + 5 * MINUTE) == 0 and caught.mark(2 * HOUR) == HOUR


# Narrowed down, and kept.


async def test_what_narrows_the_stream_down_goes_together(house: House) -> None:
    wanted = await write(house, "mons", "question", "torget", "narrowed")
    others = [
        await write(house, "mons", "thread", "torget", "narrowed2"),
        await write(house, "hedda", "question", "torget", "narrowed3"),
    ]
    html = await house.read("/tabs/?kind=question&space=torget&tag=tagnarrowed&by=%40mons&unanswered=true")
    assert f'id="entry-{wanted}"' in html and not any(f'id="entry-{id}"' in html for id in others)
    await actions.watch(await house.viewer("ole"), wanted, "none")
    assert f'id="entry-{wanted}"' not in await house.read("/tabs/?kind=question&tag=tagnarrowed&followed=true")
    async with house.browser("ole") as browser:
        for typed, said in (
            ("space=loftet", "no such space"),
            ("by=nobody", "goes by that name"),
            ("kind=reply", "Choose one"),
        ):
            answer = await browser.get(f"/tabs/?tag=kept-word&{typed}")
            assert answer.status_code == 422 and said in answer.text and 'value="kept-word"' in answer.text, typed


async def test_a_tab_is_kept_renamed_put_in_order_removed_and_brought_back(house: House) -> None:
    wanted = await write(house, "mons", "question", "torget", "tabbed")
    async with house.browser("ole") as browser:

        async def names() -> list[str]:
            nav = (await browser.get("/")).text.partition('<nav class="tabs"')[2].partition("</nav>")[0]
            return re.findall(r'href="/tabs/\d+/"[^>]*>([^<]+)<', nav)

        for name, kind in (("Mine", "question"), ("Second", "thread"), ("Third", "idea")):
            form = {"name": name, "kind": kind, "tag": "tagtabbed", "space": "torget", "by": "mons"}
            kept_at = (await browser.post("/tabs/", data=form)).headers["location"]
            if name == "Mine":
                first = kept_at
        assert f'id="entry-{wanted}"' in (await browser.get(first)).text and await names() == [
            "Mine",
            "Second",
            "Third",
        ]
        await browser.post(f"{first}edit", data={"name": "Renamed"})
        await browser.post(f"{first}place", data={"way": "on"})
        assert await names() == ["Second", "Renamed", "Third"]
        wrong = await browser.post(f"{first}edit", data={"name": " "})
        assert wrong.status_code == 422
        assert (await browser.post("/tabs/", data={"name": "No filter"})).status_code == 422
        await browser.post(f"{first}remove")
        notice = (await browser.get("/")).text
        assert await names() == ["Second", "Third"]
        undo = re.search(r'<form[^>]*action="/tabs/".*?</form>', notice, re.S)
        assert undo
        await browser.post("/tabs/", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo[0])))
        assert await names() == ["Second", "Renamed", "Third"]
        assert (await browser.get(first)).status_code == 404
    async with house.browser("mons") as browser:
        assert (await browser.get(kept_at)).status_code == 404, "it is theirs alone"
        assert (await browser.post(f"{kept_at}remove")).status_code == 404


async def test_a_tab_tells_nothing_of_a_room_that_one_has_left(house: House) -> None:
    mons = await house.viewer("mons")
    id = await tabs.save(mons, "Upstairs", {"space": "loftet", "kind": "thread"})
    assert "Loftet" in await house.read(f"/tabs/{id}/", "mons")
    await execute("UPDATE tab SET person = {} WHERE id = {}", (await house.viewer("ole")).person, id)
    html = await house.read(f"/tabs/{id}/", "ole")
    assert "Upstairs" in html and "Loftet" not in html and "kanariloftet" not in html
    with pytest.raises(Invalid):
        await tabs.save(await house.viewer("ole"), "Upstairs", {"space": "loftet"})
    with pytest.raises(NotThere):
        await tabs.remove(mons, id)


async def test_there_are_no_more_tabs_than_anybody_looks_at(house: House) -> None:
    hedda = await house.viewer("hedda")
    for number in range(tabs.MOST_TABS):
        await tabs.save(hedda, f"No {number}", {"kind": "idea"})
    with pytest.raises(Invalid):
        await tabs.save(hedda, "One more", {"kind": "idea"})
    for each in (await tabs.tabs(hedda))[:2]:
        await tabs.remove(hedda, each.id)
    at_once = await asyncio.gather(
        *(tabs.save(hedda, f"At once {number}", {"kind": "idea"}) for number in range(5)), return_exceptions=True
    )
    assert sum(isinstance(each, Invalid) for each in at_once) == 3
    assert (
        len(await tabs.tabs(hedda))
        == tabs.MOST_TABS
        == await value("SELECT count(*) FROM tab WHERE person = {}", hedda.me)
    )
