"""Conversations: reading on, ending, standing first, splitting, putting together, quoting, and hearing nothing of one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.cast import House, how_many, write
from web.database import at, counted_statements, now, rows, value
from web.entries import actions, queries
from web.entries.actions import MOST_PINNED, Fields
from web.entries.queries import Filter, Month
from web.errors import Closed, Invalid, NotAllowed, NotThere
from web.policy import NOBODY, Viewer
from web.times import DAY
from web.urls import url_of


async def say(house: House, who: str, parent: int, body: str = "x") -> int:
    viewer = await house.viewer(who)
    return await actions.post(viewer, "reply", None, Fields(body=body), await queries.entry(viewer, parent))


async def kept(house: House) -> None:
    await house.app.state.furthest.keep(at_once=True)


async def page_of(house: House, id: int, who: str = "ole") -> str:
    return await house.read(f"/e/{id}", who)


# Reading.


async def test_what_others_wrote_since_stands_under_a_line(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "readon")
    old = await say(house, "mons", id, "An old one")
    assert "New since" not in await page_of(house, id), "whoever has never been here has missed nothing"
    new = await say(house, "mons", id, "A new one")
    mine = await say(house, "ole", id, "One of my own")
    html = await page_of(house, id)
    line = html.index("New since")
    assert html.index(f'id="entry-{old}"') < line < html.index(f'id="entry-{new}"') < html.index(f'id="entry-{mine}"')
    assert html.count("New since") == 1 and 'href="#unread"' in html and html.count('id="unread"') == 1
    assert "New since" not in await page_of(house, id), "now it is read"
    assert "New since" not in await page_of(house, id, "mons"), "nobody is told of what they wrote themselves"


async def test_how_far_one_has_read_is_known_on_every_device_and_to_nobody_else(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "devices")
    await page_of(house, id)
    await page_of(house, id, "hedda")
    await kept(house)
    house.forget()
    await say(house, "mons", id, "Since then")
    for who in ("ole", "hedda"):
        assert "New since" in await page_of(house, id, who)
    found = await rows("SELECT person FROM furthest WHERE entry = {}", id)
    assert len(found) == 2, "and whoever wrote it has not opened it"
    async with house.browser() as browser:
        await browser.get(f"/e/{id}", follow_redirects=True)
    await kept(house)
    assert await value("SELECT count(*) FROM furthest WHERE entry = {}", id) == 2


async def test_lists_say_how_much_is_new_and_lead_to_the_first(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "counted")
    await page_of(house, id)
    await kept(house)
    first = await say(house, "mons", id, "One")
    await say(house, "hedda", id, "Two")
    await say(house, "ole", id, "Mine")
    async with house.browser("ole") as browser:
        for address in ("/", "/threads/", "/spaces/torget/"):
            html = (await browser.get(address)).text
            assert re.search(rf'class="fresh" href="/entries/{id}/unread/">2 replies<', html), address
        assert f"/entries/{id}/unread/" not in (await house.read("/threads/", "hedda"))
        to = await browser.get(f"/entries/{id}/unread/")
        assert to.status_code == 303 and to.headers["location"].endswith("#unread")
        shown = (await browser.get(to.headers["location"])).text
        assert shown.index('id="unread"') < shown.index(f'id="entry-{first}"')
        assert f"/entries/{id}/unread/" not in (await browser.get("/threads/")).text, "at once, and not in a minute"


async def test_what_is_new_is_never_in_a_part_that_others_read(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "shared")
    for who in ("ole", "hedda"):
        await page_of(house, id, who)
    await kept(house)
    await say(house, "mons", id)
    assert f"/entries/{id}/unread/" in await house.read("/threads/", "ole")
    await page_of(house, id, "hedda")
    await kept(house)
    assert f"/entries/{id}/unread/" not in await house.read("/threads/", "hedda")
    assert f"/entries/{id}/unread/" not in await house.read("/threads/", "mons")
    assert f"/entries/{id}/unread/" in await house.read("/threads/", "ole")


async def test_one_says_oneself_how_far_one_has_read_and_takes_it_back(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "tohere")
    one, two = await say(house, "mons", id), await say(house, "mons", id)
    async with house.browser("ole") as browser:
        await browser.get(f"/e/{id}", follow_redirects=True)
        assert (await browser.post(f"/entries/{one}/read")).status_code == 303
        assert await queries.read_to(await house.viewer("ole"), id) == one
        space = (await browser.get("/spaces/torget/")).text
        assert "The rest waits for you" in space and f"/entries/{id}/unread/" in space
        await browser.post(f"/entries/{one}/read", data={"upto": str(two)})
        assert await queries.read_to(await house.viewer("ole"), id) == two


async def test_all_is_marked_as_read_and_not_after_all(house: House) -> None:
    ids = [await write(house, "mons", kind, "torget", "markall") for kind in ("thread", "question")]
    for id in ids:
        await page_of(house, id)
    await kept(house)
    for id in ids:
        await say(house, "mons", id)
    ole = await house.viewer("ole")
    async with house.browser("ole") as browser:
        listed = (await browser.get("/threads/")).text
        assert "Mark all as read" in listed
        await browser.post("/read", data={"kind": "threads", "here": "/threads/"})
        assert [bool(new) for new in [(await queries.borne(ole, [id])).news for id in ids]] == [False, True]
        done = (await browser.get("/threads/")).text
        at = re.search(r'name="at" value="(\d+)"', done)
        assert at and "Mark all as read" not in done
        await browser.post("/read", data={"undo": "true", "at": at[1], "here": "/threads/"})
        assert (await queries.borne(ole, [ids[0]])).news == {ids[0]: 1}
        again = await browser.post("/read", data={"undo": "true", "at": at[1], "here": "/threads/"})
        assert again.status_code == 422
        await browser.post("/read", data={"here": "https://evil.example/"})
        assert not (await queries.borne(ole, ids)).news
        assert (await browser.post("/read", data={"space": "loftet"})).status_code == 404


async def test_a_page_in_the_middle_is_not_read_by_whoever_skipped_what_is_before(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "skipped")
    said = [await say(house, "mons", id) for _ in range(3)]
    ole = await house.viewer("ole")
    async with house.browser("ole") as browser:
        await browser.get(f"/entries/{id}/replies/{said[1]}/")
        await kept(house)
        assert await queries.read_to(ole, id) is None
        await browser.get(f"/e/{id}", follow_redirects=True, headers={"sec-purpose": "prefetch"})
        await browser.get(f"/e/{id}", follow_redirects=True, headers={"sec-fetch-dest": "image"})
        await kept(house)
        assert await queries.read_to(ole, id) is None, (
            "nobody reads a picture on another site, nor what was fetched ahead"
        )
        await browser.get(f"/e/{id}", follow_redirects=True)
        await kept(house)
        assert await queries.read_to(ole, id) == said[-1]


async def test_a_thread_of_a_thousand_replies_takes_a_handful_of_queries(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "thousand")
    mons = await house.viewer("mons")
    head = await queries.entry(mons, id)
    for number in range(240):
        await actions.post(mons, "reply", None, Fields(body=f"Number {number}"), head)
    async with house.browser("ole") as browser:
        first = await browser.get(f"/e/{id}", follow_redirects=True)
        more = re.search(rf'href="(/entries/{id}/replies/\d+/)"', first.text)
        assert more
        for address in (url_of(head), more[1]):
            with counted_statements() as asked:
                assert (await browser.get(address)).status_code == 200
            assert how_many(asked) <= 8, address
        await kept(house)
        await say(house, "mons", id, "The newest of all")
        jump = await browser.get(f"/entries/{id}/unread/", follow_redirects=True)
        assert "replies/" in str(jump.url) and "Number 200" in jump.text and "New since" in jump.text
        assert len(re.findall(r'class="reply"', jump.text)) <= queries.CONVERSATION_SIZE


# Ending.


async def test_a_closed_conversation_takes_no_more_replies_and_says_why(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "closing")
    reply = await say(house, "ole", id)
    async with house.browser("mons") as browser:
        nothing = await browser.post(f"/entries/{id}/close", data={"why": ""})
        assert nothing.status_code == 422 and "Say why" in nothing.text
        assert (await browser.post(f"/entries/{id}/close", data={"why": "It is <settled>"})).status_code == 303
        assert (await browser.post(f"/entries/{id}/close", data={"why": "Again"})).status_code == 422
    html = await page_of(house, id)
    assert "It is &lt;settled&gt;" in html and "Mons" in html and "no more replies" in html
    assert "/reply/" not in html and "<textarea" not in html and 'name="undo"' not in html
    for parent in (id, reply):
        with pytest.raises(Closed):
            await say(house, "mons", parent)
    async with house.browser("ole") as browser:
        refused = await browser.post(f"/entries/{reply}/reply", data={"body": "Words that I would hate to lose"})
        assert refused.status_code == 403
        assert "closed" in refused.text and "Words that I would hate to lose" in refused.text
        assert (await browser.post(f"/entries/{id}/close", data={"undo": "true"})).status_code == 403
        assert "Closed conversation" in (await browser.get("/threads/")).text
    async with house.browser("mons") as browser:
        await browser.post(f"/entries/{id}/close", data={"undo": "true"})
    assert await say(house, "ole", reply)
    told = [each.verb for each in await queries.happenings(await house.viewer("ole"), id)]
    assert told[:2] == ["unclose", "close"]


async def test_who_closes_and_who_does_not(house: House) -> None:
    for who, space, may in (("ole", "torget", False), ("hedda", "torget", True), ("astrid", "torget", True), ("gro", "kontoret", False)):  # fmt: skip
        id = await write(house, "mons", "thread", space, f"closedby{who}")
        viewer = await house.viewer(who)
        if may:
            await actions.close(viewer, id, "Enough")
        else:
            with pytest.raises(NotAllowed):
                await actions.close(viewer, id, "Enough")
    hidden = await write(house, "mons", "thread", "loftet", "closedsecret")
    with pytest.raises(NotThere):
        await actions.close(await house.viewer("ole"), hidden, "Enough")


async def test_what_is_pinned_stands_first_in_its_space_once(house: House) -> None:
    hedda, mons = await house.viewer("hedda"), await house.viewer("mons")
    id = await write(house, "mons", "thread", "kontoret", "pinned")
    for number in range(35):
        await actions.post(mons, "micropost", house.spaces["kontoret"], Fields(body=f"After {number}"))
    with pytest.raises(NotAllowed):
        await actions.pin(mons, id)
    async with house.browser("hedda") as browser:
        await browser.post(f"/entries/{id}/pin")
        first = (await browser.get("/spaces/kontoret/")).text
        order = re.findall(r'<li class="row [^>]* id="entry-(\d+)"', first)
        assert int(order[0]) == id and order.count(str(id)) == 1 and len(order) == queries.PAGE_SIZE + 1
        older = re.search(r'href="(/spaces/kontoret/older/[^"]+)"', first)
        assert older and f'id="entry-{id}"' not in (await browser.get(older[1])).text
        threads = re.findall(
            r'<li class="row [^>]* id="entry-(\d+)"', (await browser.get("/spaces/kontoret/threads/")).text
        )
        assert int(threads[0]) == id
        assert f'id="entry-{id}"' not in (await browser.get("/spaces/kontoret/questions/")).text
    assert str(id) not in await house.read("/spaces/kontoret/", "ole")
    others = [await write(house, "mons", "thread", "kontoret", f"pin{n}") for n in range(MOST_PINNED)]
    for each in others[:-1]:
        await actions.pin(hedda, each)
    with pytest.raises(Invalid):
        await actions.pin(hedda, others[-1])
    await actions.move(hedda, id, house.spaces["torget"])
    assert (await queries.entry(hedda, id)).pinned_at is None, "in another space it stands where it belongs"
    await actions.pin(hedda, others[-1])
    await actions.unpin(hedda, others[-1])
    assert (await queries.entry(hedda, others[-1])).pinned_at is None


# Two of one.


async def test_what_is_pinned_stands_in_its_month_as_well(house: House) -> None:
    hedda = await house.viewer("hedda")
    with at(now() - 400 * DAY):
        id = await write(house, "mons", "thread", "kontoret", "longpinned")
    await actions.pin(hedda, id)
    which = Filter(space=house.spaces["kontoret"].id)
    months = await queries.months(hedda, replace(which, pinned=True))
    assert months == await queries.months(hedda, which)
    there = [each async for each in _in_months(hedda, replace(which, pinned=True), [month for month, _ in months])]
    assert there.count(id) == 1


async def _in_months(viewer: Viewer, which: Filter, months: list[Month]) -> AsyncIterator[int]:
    for month in months:
        for each in (await queries.stream(viewer, which, month)).items:
            yield each.id


async def test_a_reply_becomes_a_conversation_with_all_that_hangs_on_it(house: House) -> None:
    mons, ole, hedda = [await house.viewer(who) for who in ("mons", "ole", "hedda")]
    id = await write(house, "mons", "question", "torget", "splitme")
    stays = await say(house, "ole", id, "This stays")
    goes = await say(house, "ole", id, "This is another matter")
    under = await say(house, "hedda", goes, "Under it")
    later = await say(house, "hedda", id, "This belongs to it")
    last = await say(house, "hedda", id, "This does not")
    await actions.react(mons, under, "helped")
    await actions.accept(mons, id, later)
    await actions.watch(ole, id, "muted")
    before = len(await rows("SELECT id FROM event WHERE verb IN ('post', 'reply', 'mention')"))
    with pytest.raises(NotAllowed):
        await actions.split(ole, goes, "thread")
    with pytest.raises(Invalid):
        await actions.split(mons, goes, "question", "Another matter", [stays])
    async with house.browser("mons") as browser:
        form = (await browser.get(f"/entries/{goes}/split/")).text
        assert f"also_{later}" in form and f"also_{under}" not in form and f"also_{stays}" not in form
        data = {"kind": "question", "title": "Another matter", f"also_{later}": "true"}
        done = await browser.post(f"/entries/{goes}/split", data=data)
        assert done.status_code == 303 and done.headers["location"].startswith(f"/questions/{goes}/another-matter/")
    head, replies = await queries.conversation(ole, goes)
    assert head.kind == "question" and head.author.handle == "ole" and [each.id for each in replies] == [under, later]
    assert head.accepted == later and head.replies == 2 and replies[0].helped == 1
    left, rest = await queries.conversation(ole, id)
    assert [each.id for each in rest] == [stays, last] and left.accepted is None and left.replies == 2
    assert (await queries.my_marks(ole, [goes], goes)).watching == "muted"
    assert (await queries.my_marks(hedda, [goes], goes)).watching == "all"
    assert len(await rows("SELECT id FROM event WHERE verb IN ('post', 'reply', 'mention')")) == before, (
        "nobody is told anew"
    )
    old, new = await page_of(house, id), await page_of(house, goes)
    assert f'id="entry-{goes}"' in old and f"/questions/{goes}/another-matter/" in old
    assert "Split off from" in new and f"/questions/{id}/" in new
    async with house.browser("ole") as browser:
        for address in (f"/e/{goes}", f"/replies/{goes}/"):
            assert (await browser.get(address)).headers["location"] == url_of(head)
    # And back.
    await actions.merge(mons, goes, id, {later: id})
    left, rest = await queries.conversation(ole, id)
    assert [each.id for each in rest] == [stays, goes, under, later, last] and left.accepted == later
    assert [each.parent for each in rest] == [id, id, goes, id, id]
    assert "A part of this" not in await page_of(house, id) and await queries.way_of(goes) is None


async def test_the_way_to_what_was_split_off_is_shown_to_those_who_may_go_it(house: House) -> None:
    mons = await house.viewer("mons")
    id = await write(house, "mons", "thread", "torget", "splitaway")
    goes = await say(house, "mons", id, "Then it goes behind the door")
    await actions.split(mons, goes, "thread", "Kanariaway")
    assert "Kanariaway" in await page_of(house, id)
    await actions.move(mons, goes, house.spaces["loftet"])
    assert "Kanariaway" not in await page_of(house, id), "ole reads nothing of it"
    assert "Kanariaway" in await page_of(house, id, "mons")
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/e/{goes}")).status_code == 404


# One of two.


async def test_two_conversations_become_one_and_old_addresses_lead_there(house: House) -> None:
    mons, ole, hedda = [await house.viewer(who) for who in ("mons", "ole", "hedda")]
    older = await write(house, "mons", "question", "torget", "olderone")
    answer = await say(house, "hedda", older, "The answer")
    newer = await write(house, "mons", "question", "torget", "newerone")
    also = await say(house, "ole", newer, "Also said")
    await actions.accept(mons, older, answer)
    await actions.react(ole, older, "vote")
    address = url_of(await queries.entry(ole, older))
    await page_of(house, older, "ole")
    await page_of(house, newer, "ole")
    await kept(house)
    with pytest.raises(NotAllowed):
        await actions.merge(ole, older, newer)
    for into, where in ((older, "this conversation itself"), (house.entries["kontoret", "thread"], "another space")):
        with pytest.raises(Invalid, match=where):
            await actions.merge(mons, older, into)
    async with house.browser("mons") as browser:
        wrong = await browser.post(f"/entries/{older}/merge", data={"into": "Nothing is called that"})
        assert wrong.status_code == 422 and "Nothing is called that" in wrong.text
        assert "Nothing else here is called that." in wrong.text, "a conversation is no page"
        done = await browser.post(f"/entries/{older}/merge", data={"into": f"/e/{newer}"})
        assert done.status_code == 303 and done.headers["location"].endswith(f"#entry-{older}")
    head, replies = await queries.conversation(ole, newer)
    assert head.id == newer and [each.id for each in replies] == [older, answer, also]
    assert head.accepted == answer and replies[0].vote == 1 and head.replies == 3
    assert (await queries.my_marks(hedda, [newer], newer)).watching == "all", "who followed the one follows the other"
    assert not (await queries.borne(ole, [newer])).news, "nothing of what was read is new"
    html = await page_of(house, newer)
    assert "Title of olderone" in html and "conversation of its own until" in html
    async with house.browser("ole") as browser:
        assert (await browser.get(address)).headers["location"] == f"{url_of(head)}#entry-{older}"
        assert (await browser.get(f"/e/{older}", follow_redirects=True)).status_code == 200
    # And back.
    await actions.split(mons, older, "question")
    head, replies = await queries.conversation(ole, older)
    assert head.kind == "question" and head.title == "Title of olderone" and head.accepted == answer
    assert url_of(head) == address and [each.id for each in replies] == [answer]
    assert (await queries.conversation(ole, newer))[0].accepted is None and await queries.way_of(older) is None


async def test_what_one_has_not_read_of_two_is_new_in_the_one(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    one = await write(house, "mons", "thread", "torget", "halfread")
    await page_of(house, one)
    await kept(house)
    unread = await say(house, "mons", one)
    other = await write(house, "mons", "thread", "torget", "allread")
    await say(house, "mons", other)
    await page_of(house, other)
    await kept(house)
    await actions.merge(mons, other, one)
    assert (await queries.borne(ole, [one])).news[one] >= 1
    assert (await queries.read_to(ole, one) or 0) < unread


# Quoting, and hearing nothing.


async def test_quoting_gives_the_words_and_the_way_to_them_and_calls_nobody(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "quoted")
    said = await say(house, "mons", id, "Ask @ole about **this** <b>thing</b>\n\nand #that")
    async with house.browser("hedda") as browser:
        page = (await browser.get(f"/e/{id}", follow_redirects=True)).text
        assert f'href="/entries/{said}/reply/?quote=true"' in page
        form = (await browser.get(f"/entries/{said}/reply/?quote=true")).text
        typed = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.S)
        assert typed and f"[Mons](/e/{said}) wrote:" in typed[1] and "&gt; Ask \\@ole about this" in typed[1]
        part = (await browser.get(f"/entries/{said}/reply/?quote=true&passage=about+this")).text
        assert "&gt; about this" in part and "and \\#that" not in part
    new = await say(house, "hedda", said, f"[Mons](/e/{said}) wrote:\n\n> Ask \\@ole about this\n\nYes")
    assert not await rows("SELECT id FROM event WHERE verb = 'mention' AND entry = {}", new)
    assert said in {each.id for each in await queries.backlinks(await house.viewer("ole"), said)} or await rows(
        "SELECT id FROM link WHERE entry = {} AND target = {}", new, said
    )
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/entries/{house.entries['loftet', 'reply']}/reply/?quote=true")).status_code == 404


async def test_of_what_is_muted_nothing_is_told_but_that_one_is_called(house: House) -> None:
    ole = await house.viewer("ole")
    id = await write(house, "mons", "thread", "torget", "mutedone")
    await say(house, "ole", id, "I take part")
    await say(house, "mons", id, "And you, @ole?")

    async def followed() -> set[int]:
        return {each.id for each in (await queries.stream(ole, Filter(followed_by=ole.person), limit=100)).items}

    await page_of(house, id)
    await kept(house)
    assert id in await followed()
    async with house.browser("ole") as browser:
        await browser.post(f"/entries/{id}/watch", data={"level": "muted"})
        assert "Muted" in (await browser.get(f"/e/{id}", follow_redirects=True)).text
    await kept(house)
    await say(house, "mons", id, "Something new")
    assert id not in await followed() and not (await queries.borne(ole, [id])).news
    assert not await queries.news(ole, (await queries.entry(ole, id)).created_at) or id not in await followed()
    await say(house, "mons", id, "We need you, @ole")
    assert id in await followed(), "but for that"
    await actions.watch(ole, id, "none")
    await actions.watch(ole, id, "all")
    assert id in await followed()
    with pytest.raises(NotThere):
        await actions.watch(NOBODY, id, "muted")
