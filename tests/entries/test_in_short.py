"""What a conversation has come to, said in short over it by all who take part; and the order in which it is read."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlencode

import pytest

from tests.cast import House, head, write
from web.database import rows, value
from web.entries import actions, queries, search
from web.entries.actions import Fields
from web.errors import Closed, Invalid, NotAllowed, NotThere
from web.policy import Viewer
from web.rights import edited_by
from web.urls import url_of


async def say(house: House, who: str, parent: int, body: str = "x", kind: str = "reply") -> int:
    viewer = await house.viewer(who)
    return await actions.post(viewer, kind, None, Fields(body=body), await queries.entry(viewer, parent))


async def test_it_stands_between_what_heads_a_conversation_and_the_replies(house: House) -> None:
    id = (await head(house, "mons", "torget", "shortly")).id
    first, *_ = [await say(house, "ole", id, f"Said {number}") for number in range(3)]
    assert f"/entries/{id}/summarize/" in await house.read(f"/e/{id}")
    async with house.browser("ole") as browser:
        asked = (await browser.get(f"/entries/{id}/summarize/")).text
        assert "everybody who may reply can edit it" in asked and "To Mons" not in asked, "it is said to nobody"
        answer = await browser.post(f"/entries/{id}/summarize", data={"body": "**All** agree."})
        assert answer.status_code == 303
        html = (await browser.get(f"/e/{id}", follow_redirects=True)).text
    assert (
        html.index("It heads shortly") < html.index("<strong>All</strong> agree.") < html.index(f'id="entry-{first}"')
    )
    short = await queries.summary(await house.viewer("ole"), id)
    assert short and (await queries.entry(await house.viewer("ole"), id)).replies == 3, "it is no reply"
    assert "summarize/" not in html, "there is one of it"
    mons = await house.viewer("mons")
    await actions.edit(mons, short.id, Fields(body="All agree, but one."), short.revision)
    block = (await house.read(f"/e/{id}")).partition('class="short"')[2].partition("</section>")[0]
    assert "All agree, but one." in block and "Mons" in block and "changed" in block, "who changed it last, and when"
    assert f"/entries/{short.id}/history/" in block
    assert "All</strong> agree" not in (await house.read(f"/entries/{short.id}/history/")).partition("<main")[0]
    async with house.browser("ole") as browser:
        twin = (await browser.get(f"/threads/{id}/index.md")).text
    assert "summary: All agree, but one." in twin
    async with house.browser("ole") as browser:
        again = await browser.get(f"/entries/{id}/summarize/")
        assert again.headers["location"] == f"/entries/{short.id}/edit/"


async def test_there_is_one_of_it_whoever_is_first(house: House) -> None:
    id = (await head(house, "mons", "torget", "twice")).id
    done = await asyncio.gather(
        say(house, "ole", id, "One", "summary"), say(house, "mons", id, "Other", "summary"), return_exceptions=True
    )
    assert [type(each) for each in done if isinstance(each, Exception)] == [Invalid]
    async with house.browser("hedda") as browser:
        late = await browser.post(f"/entries/{id}/summarize", data={"body": "Words of a third"})
        assert late.status_code == 422 and "Words of a third" in late.text
    short = next(each for each in done if isinstance(each, int))
    hedda = await house.viewer("hedda")
    await actions.trash(hedda, short, "")
    other = await say(house, "ole", id, "Anew", "summary")
    with pytest.raises(Invalid):
        await actions.restore(hedda, short)
    await actions.trash(hedda, other, "")
    await actions.restore(hedda, short)
    found = await queries.summary(hedda, id)
    assert found and found.id == short


async def test_two_who_change_it_at_once_are_merged_and_a_change_is_undone(house: House) -> None:
    id = (await head(house, "mons", "torget", "mergedshort")).id
    short = await say(house, "ole", id, "One.\n\nTwo.\n\nThree.", "summary")
    base = (await queries.entry(await house.viewer("ole"), short)).revision
    await actions.edit(await house.viewer("mons"), short, Fields(body="Einn.\n\nTwo.\n\nThree.", summary="a"), base)
    saved = await actions.edit(await house.viewer("hedda"), short, Fields(body="One.\n\nTwo.\n\nThird."), base)
    assert saved.merged and (await queries.entry(await house.viewer("ole"), short)).body == "Einn.\n\nTwo.\n\nThird."
    await actions.undo(await house.viewer("ole"), short, saved.revision)
    assert (await queries.entry(await house.viewer("ole"), short)).body == "Einn.\n\nTwo.\n\nThree."


async def test_a_guest_takes_part_in_it_and_an_outsider_learns_of_nothing(house: House) -> None:
    id = (await head(house, "mons", "kontoret", "guarded")).id
    short = await say(house, "gro", id, "kanarishort", "summary")
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    await actions.edit(mons, short, Fields(body="kanarishort too"), (await queries.entry(mons, short)).revision)
    with pytest.raises(NotThere):
        await queries.entry(ole, short)
    assert await queries.summary(ole, id) is None
    assert not (await search.search(ole, search.read("kanarishort"))).items
    other = (await head(house, "mons", "kontoret", "closedshort")).id
    await actions.close(mons, other, "Done")
    with pytest.raises((Closed, NotAllowed)):
        await say(house, "gro", other, "x", "summary")


async def test_it_ends_with_its_conversation_but_for_those_who_run_the_space(house: House) -> None:
    id = (await head(house, "mons", "kontoret", "endedshort")).id
    short = await say(house, "gro", id, "What it came to", "summary")
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    first = (await queries.entry(mons, short)).revision
    await actions.edit(mons, short, Fields(body="What it came to: two.", summary="two"), first)
    await actions.close(mons, id, "Done")
    revision = (await queries.entry(mons, short)).revision
    for handle in ("mons", "gro"):  # whoever began it, too
        viewer = await house.viewer(handle)
        for late in (
            actions.edit(viewer, short, Fields(body="Too late"), revision),
            actions.revert(viewer, short, first),
            actions.undo(viewer, short, revision),
        ):
            with pytest.raises(Closed):
                await late
        async with house.browser(handle) as browser, house.program(handle) as program:
            assert f"/entries/{short}/edit/" not in (await browser.get(f"/e/{id}", follow_redirects=True)).text
            assert "This conversation is closed." in (await browser.get(f"/entries/{short}/edit/")).text
            form = {"body": "Words of somebody late", "revision": str(revision)}
            refused = await browser.post(f"/entries/{short}/edit", data=form)
            assert refused.status_code == 403 and "This conversation is closed." in refused.text
            assert "Words of somebody late" in refused.text
            late_too = await program.post(f"/api/entries/{short}/edit", json={"body": "x", "revision": str(revision)})
            assert late_too.status_code == 403
    for handle in ("gro", "mons", "hedda"):
        viewer = await house.viewer(handle)
        entry = await queries.entry(viewer, short)
        sql = "SELECT 1 FROM entry e WHERE e.id = {} AND {}"
        assert bool(await value(sql, short, edited_by(viewer))) is viewer.may("edit", entry) is (handle == "hedda")
    assert f"/entries/{short}/edit/" in await house.read(f"/e/{id}", "hedda")
    await actions.edit(hedda, short, Fields(body="What it came to: three."), revision)
    async with house.browser("ole") as browser:
        outside = await browser.post(f"/entries/{short}/edit", data={"body": "x", "revision": str(revision)})
        assert outside.status_code == 404, "whoever may not read it learns nothing"
    await actions.unclose(mons, id)
    gro = await house.viewer("gro")
    await actions.edit(gro, short, Fields(body="Four."), (await queries.entry(gro, short)).revision)


async def test_it_is_found_before_what_was_said(house: House) -> None:
    id = (await head(house, "mons", "torget", "sought")).id
    for _ in range(3):
        await say(house, "ole", id, "kveldsferge " * 30)
    short = await say(house, "mons", id, "Later: one kveldsferge more.", "summary")
    await say(house, "ole", id, "kveldsferge " * 5)
    titled = await actions.post(await house.viewer("mons"), "page", house.spaces["torget"], Fields("Kveldsferge", "x"))
    found = [hit.entry.id for hit in (await search.search(await house.viewer("ole"), search.read("kveldsferge"))).items]
    assert found[:2] == [titled, short] and len(found) == 6
    older = await search.search(await house.viewer("ole"), search.read("kveldsferge"), limit=2)
    after = await search.search(await house.viewer("ole"), search.read("kveldsferge"), older.older, limit=10)
    assert [hit.entry.id for hit in after.items] == found[2:]


async def test_it_stands_over_a_conversation_of_many_pages(house: House) -> None:
    id = (await head(house, "mons", "torget", "manyshort")).id
    said = [await say(house, "ole", id) for _ in range(queries.CONVERSATION_SIZE + 1)]
    await say(house, "ole", id, "In a few words", "summary")
    html = await house.read(f"/e/{id}")
    assert "In a few words" in html and f"/entries/{id}/replies/{said[-2]}/" in html
    rest = await house.read(f"/entries/{id}/replies/{said[-2]}/")
    assert f'id="entry-{said[-1]}"' in rest and "In a few words" not in rest


async def test_it_goes_along_into_another_conversation_and_comes_back(house: House) -> None:
    one, other = (await head(house, "mons", "torget", "goesin")).id, (await head(house, "mons", "torget", "takesin")).id
    short, theirs = (
        await say(house, "ole", one, "kanarigoes", "summary"),
        await say(house, "ole", other, "Stays", "summary"),
    )
    mons = await house.viewer("mons")
    await actions.merge(mons, one, other)
    found = await queries.summary(mons, other)
    assert found and found.id == theirs
    html = await house.read(f"/e/{other}")
    assert html.count('class="short"') == 1 and f'id="entry-{short}"' in html and "kanarigoes" in html
    await actions.split(mons, one, "thread")
    found = await queries.summary(mons, one)
    assert found and found.id == short


async def test_whoever_follows_is_told_and_of_what_is_new_it_is_none(house: House) -> None:
    id = (await head(house, "mons", "torget", "toldshort")).id
    await say(house, "ole", id)
    await house.read(f"/e/{id}", "mons")
    await house.app.state.furthest.keep(at_once=True)
    await say(house, "ole", id, "In short", "summary")
    told = await queries.notifications(await house.viewer("mons"), unread=True)
    acts = next(each.acts for each in told if each.entry.id == id)
    assert [act.verb for act in acts] == ["summarize"]
    assert not (await queries.borne(await house.viewer("mons"), [id])).news
    assert "Ole said it in short" in await house.read("/notifications/", "mons")


# In which order.


def order_of(html: str) -> list[int]:
    return [int(id) for id in re.findall(r'class="reply" id="entry-(\d+)"', html)]


async def test_it_is_read_by_thread_or_by_time_as_one_likes(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "inorder")
    assert "/settings/order/" not in await house.read(f"/e/{id}"), "of what stands one way there is no choice"
    first, second = await say(house, "ole", id), await say(house, "mons", id)
    under = await say(house, "hedda", first)
    async with house.browser("ole") as browser:
        address = (await browser.get(f"/e/{id}")).headers["location"]
        assert order_of((await browser.get(address)).text) == [first, under, second]
        asked = await browser.get(address, params={"order": "time"})
        assert order_of(asked.text) == [first, second, under] and "to Ole" in asked.text
        assert order_of((await browser.get(address)).text) == [first, under, second], "asked for once"
        chosen = await browser.post("/settings/order", data={"order": "time", "next": address})
        assert chosen.headers["location"] == address
        assert order_of((await browser.get(address)).text) == [first, second, under]
        back = await browser.get(address, params={"order": "threads"})
        assert order_of(back.text) == [first, under, second]
        assert (await browser.post("/settings/order", data={"order": "x"})).status_code == 422
    async with house.browser("hedda") as browser:
        assert order_of((await browser.get(address)).text) == [first, under, second], "another likes it otherwise"
    assert [each["by_time"] for each in await rows("SELECT by_time FROM person WHERE handle = 'ole'")] in ([True], [1])
    async with house.browser("ole") as browser:
        await browser.post("/settings/order", data={"order": "threads", "next": "/"})


async def test_what_is_asked_for_in_an_address_is_kept_on_the_way_to_its_right_name(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "onitsway")
    said = await say(house, "ole", id)
    right = url_of(await queries.entry(await house.viewer("ole"), id))
    odd = "?order=time&a=%C3%A6%23%0d%0a+b"
    async with house.browser("ole") as browser:
        for address in (f"/e/{id}", f"/threads/{id}/", f"/threads/{id}/called-otherwise/", f"/questions/{id}/"):
            for query in ("?order=time", odd, "", "?"):
                answer = await browser.get(address + query)
                assert answer.status_code == 301 and answer.headers["location"] == right + query.rstrip("?"), address
        for address in (f"/e/{said}", f"/replies/{said}/"):
            answer = await browser.get(f"{address}?order=time")
            assert answer.is_redirect, address
        assert answer.headers["location"] == f"{right}?order=time#entry-{said}"
        turned = await browser.get(f"/threads/{said}/?order=time")
        assert turned.status_code == 301 and turned.headers["location"] == f"{right}?order=time#entry-{said}"
    async with house.browser() as stranger:
        door = await stranger.get(f"{right}?order=time")
        assert door.headers["location"] == f"/sign-in/?{urlencode({'next': right.rstrip('/') + '?order=time'})}"
    assert right.startswith("/threads/")


async def test_what_was_said_of_a_passage_stays_with_it(house: House) -> None:
    id = await write(house, "mons", "page", "torget", "passages")
    viewer = await house.viewer("ole")
    page = await queries.entry(viewer, id)
    note = await actions.post(viewer, "annotation", None, Fields(body="Why?", quote="a passage that matters"), page)
    later = await say(house, "ole", id)
    answer = await say(house, "mons", note)

    async def shown(who: Viewer) -> list[int]:
        async with house.browser(who.handle) as browser:
            to = (await browser.get(f"/e/{id}")).headers["location"]
            return order_of((await browser.get(to, params={"order": "time"})).text)

    assert await shown(viewer) == [note, answer, later]
