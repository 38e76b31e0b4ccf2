"""Notifications: one of each conversation, with its reasons; read by the rights of the moment, muted for exactly one reason."""

from __future__ import annotations

import re

import pytest

from tests.cast import House, how_many
from web.database import counted_statements, execute, now
from web.database.ids import at
from web.entries import actions, following, queries
from web.entries.actions import Fields
from web.entries.events import record
from web.entries.queries import Notification
from web.errors import Invalid, NotThere
from web.people import actions as people_actions
from web.policy import Viewer
from web.times import DAY, HOUR, MINUTE

WHO = ("ole", "mons", "hedda", "astrid", "gro")


async def told(house: House, handle: str, **more: object) -> dict[int, Notification]:
    found = await queries.notifications(await house.viewer(handle), **more)  # type: ignore[arg-type]
    return {each.entry.id: each for each in found}


async def thread(house: House, by: str, space: str = "torget", body: str = "Body", tags: str = "") -> int:
    fields = Fields(f"What of the boats {now()}", body, tags=tags)
    return await actions.post(await house.viewer(by), "thread", house.spaces[space], fields)


async def reply(house: House, by: str, under: int, body: str = "A reply") -> int:
    viewer = await house.viewer(by)
    return await actions.post(viewer, "reply", None, Fields(body=body), await queries.entry(viewer, under))


async def read(house: House, handle: str, id: int) -> None:
    """Opens its page."""
    viewer = await house.viewer(handle)
    address = f"/threads/{id}/"
    async with house.browser(handle) as browser:
        assert (await browser.get(address, follow_redirects=True)).status_code == 200
    assert viewer.signed_in
    await house.app.state.furthest.keep(at_once=True)


async def test_what_several_do_in_a_conversation_is_told_once(house: House) -> None:
    id = await thread(house, "ole")
    for handle in ("mons", "hedda", "astrid", "mons"):
        await reply(house, handle, id)
    one = (await told(house, "ole"))[id]
    assert [act.verb for act in one.acts] == ["reply"] and [face.handle for face in one.acts[0].by] == [
        "mons",
        "astrid",
        "hedda",
    ]
    assert one.reason.name == "wrote" and not one.read
    page = await house.read("/notifications/", "ole")
    assert "Mons and 2 others replied" in page and "because you wrote it" in page
    assert id in await told(house, "hedda") and (await told(house, "hedda"))[id].reason.name == "watch"
    assert id not in await told(house, "gro"), "the guest is there, and it is none of hers"


async def test_each_is_told_for_the_nearest_of_the_reasons(house: House) -> None:
    ole, mons = await house.viewer("ole"), await house.viewer("mons")
    await thread(house, "mons", tags="drift")
    tag = await queries.tag(ole, "drift")
    await following.follow(ole, "tag", tag.id)
    first = await thread(house, "mons", tags="drift")
    assert (await told(house, "ole"))[first].reason.called == "drift"
    assert len([each for each in (await told(house, "ole")).values() if each.reason.name == "tag"]) == 1, (
        "not of before"
    )
    await following.follow(ole, "whom", mons.me)
    assert (await told(house, "ole"))[first].reason.name == "tag", "what was written before is no news of him"
    await reply(house, "mons", first)
    assert [each.name for each in (await told(house, "ole"))[first].reasons] == ["whom", "tag"]
    await reply(house, "hedda", first, "Ask @ole")
    assert [each.name for each in (await told(house, "ole"))[first].reasons] == ["mentioned", "whom", "tag"]
    assert "because you follow #drift" in await house.read("/notifications/", "ole")
    await following.follow(ole, "space", house.spaces["torget"].id)
    second = await thread(house, "astrid")
    assert (await told(house, "ole"))[second].reason.called == house.spaces["torget"].name
    for what, thing in (("tag", tag.id), ("whom", mons.me), ("space", house.spaces["torget"].id)):
        await following.follow(ole, what, thing, on=False)
    assert second not in await told(house, "ole")


async def test_a_reason_is_muted_and_the_others_stay(house: House) -> None:
    ole = await house.viewer("ole")
    id = await thread(house, "ole")
    await reply(house, "mons", id)
    await actions.mute(ole, "wrote", id)
    assert id not in await told(house, "ole")
    await reply(house, "mons", id, "@ole, come")
    assert [each.name for each in (await told(house, "ole"))[id].reasons] == ["mentioned"]
    async with house.browser("ole") as browser:
        page = (await browser.get("/notifications/")).text
        assert "What you are not told" in page and "because you wrote it" in page
        undone = {"reason": "wrote", "thing": str(id), "undo": "true"}
        assert (await browser.post("/notifications/mute", data=undone)).status_code == 303
    assert (await told(house, "ole"))[id].reason.name == "mentioned"
    assert len((await told(house, "ole"))[id].reasons) == 2


async def test_what_cannot_be_muted_says_why(house: House) -> None:
    ole = await house.viewer("ole")
    with pytest.raises(NotThere):
        await actions.mute(ole, "wrote", house.entries["loftet", "page"])
    with pytest.raises(Invalid):
        await actions.mute(ole, "space", house.spaces["loftet"].id)
    async with house.browser("ole") as browser:
        for data in ({}, {"reason": "nothing", "thing": "1"}, {"reason": "wrote"}, {"reason": "wrote", "thing": "x"}):
            assert (await browser.post("/notifications/mute", data=data)).status_code in (404, 422)


async def test_a_conversation_that_is_muted_is_told_of_for_no_reason_but_that_one_is_called(house: House) -> None:
    ole, id = await house.viewer("ole"), await thread(house, "ole")
    await reply(house, "mons", id, "@ole")
    await actions.watch(ole, id, "muted")
    await reply(house, "mons", id)
    assert id not in await told(house, "ole")
    async with house.browser("ole") as browser:
        page = (await browser.get("/notifications/")).text
        assert "What you are not told" in page and "unless somebody mentions you" in page
        with at(now() + 1000):
            await reply(house, "mons", id, "@ole, this you want to know")
            found = (await told(house, "ole"))[id]
            assert [each.name for each in found.reasons] == ["mentioned"] and "you want to know" in found.said
        await browser.post(f"/entries/{id}/watch", data={"level": "none"})
        assert "unless somebody mentions you" not in (await browser.get("/notifications/")).text
    assert len((await told(house, "ole", until=now() + HOUR))[id].reasons) == 1, "and it is not followed again"


async def test_whoever_opens_it_has_read_it(house: House) -> None:
    id = await thread(house, "ole")
    await reply(house, "mons", id)
    assert not (await told(house, "ole"))[id].read and id in await told(house, "ole", unread=True)
    await read(house, "ole", id)
    assert (await told(house, "ole"))[id].read and id not in await told(house, "ole", unread=True)
    with at(now() + MINUTE):
        again = await reply(house, "hedda", id)
        found = (await told(house, "ole", unread=True))[id]
    assert found.first == again and [face.handle for face in found.acts[0].by] == ["hedda"]
    assert not (await told(house, "mons", until=now() + HOUR))[id].read, "whoever else is told has not read it"


async def test_what_is_new_to_nobody_is_not_noted_as_read(house: House) -> None:
    ole, furthest = await house.viewer("ole"), house.app.state.furthest
    me, id = ole.me, await actions.post(ole, "page", house.spaces["torget"], Fields(f"The boats {now()}", "Body"))
    async with house.browser("ole") as browser:
        await browser.get(f"/e/{id}", follow_redirects=True)
        await furthest.keep(at_once=True)
        for _ in range(2):
            await browser.get(f"/e/{id}", follow_redirects=True)
            assert not furthest.of(me), "once is enough: what is written makes every page new"
        for minutes, change in ((1, "edit"), (3, "tend")):
            with at(now() + minutes * MINUTE):
                mons, entry = await house.viewer("mons"), await queries.entry(await house.viewer("mons"), id)
                if change == "edit":
                    await actions.edit(mons, id, Fields(entry.title, "Another body"), entry.revision)
                else:
                    await record(mons, "tend", entry=id, people=(me,))
            assert id in await told(house, "ole", unread=True, until=now() + HOUR), change
            with at(now() + (minutes + 1) * MINUTE):
                await browser.get(f"/e/{id}", follow_redirects=True)
            assert set(furthest.of(me)) == {id}, change
            await furthest.keep(at_once=True)
            assert id not in await told(house, "ole", unread=True, until=now() + HOUR)
    furthest.saw(me, 2, 2, 2)
    await furthest.keep(at_once=True)
    assert not furthest.of(me), "what is gone meanwhile holds nothing up"


async def test_what_is_read_is_known_before_it_is_kept(house: House) -> None:
    id = await thread(house, "ole")
    await reply(house, "mons", id)
    row = f'unread" id="told-{id}"'
    async with house.browser("ole") as browser:
        assert row in (await browser.get("/notifications/")).text
        await browser.get(f"/threads/{id}/", follow_redirects=True)
        assert row not in (await browser.get("/notifications/")).text
    assert id in await told(house, "ole", unread=True), "and nothing is written for a page"


async def test_what_is_left_for_later_is_new_again_in_both_places(house: House) -> None:
    id = await thread(house, "ole")
    first = await reply(house, "mons", id)
    await reply(house, "mons", id)
    await read(house, "ole", id)
    ole = await house.viewer("ole")
    assert id not in await told(house, "ole", unread=True) and not (await queries.borne(ole, [id])).news
    await actions.read(ole, id)
    assert id in await told(house, "ole", unread=True) and (await queries.borne(ole, [id])).news == {id: 2}
    await actions.read(ole, first)
    assert (await queries.borne(ole, [id])).news == {id: 1}


async def test_all_that_is_marked_as_read_is_so_in_both_places_and_comes_back(house: House) -> None:
    known, never = await thread(house, "ole"), await thread(house, "mons")
    await read(house, "ole", known)
    with at(now() + 1):
        await reply(house, "mons", known)
        await reply(house, "mons", never, "Ask @ole")
    ole = await house.viewer("ole")
    with at(now() + HOUR):
        async with house.browser("ole") as browser:
            await browser.post("/read", data={"kind": "threads", "here": "/notifications/"})
            assert not {known, never} & set(await told(house, "ole", unread=True))
            assert not (await queries.borne(ole, [known, never])).news
            undo = re.search(r'name="at" value="(\d+)"', (await browser.get("/notifications/")).text)
            assert undo
            await browser.post("/read", data={"undo": "true", "at": undo[1], "here": "/notifications/"})
    assert {known, never} <= set(await told(house, "ole", unread=True, until=now() + HOUR))
    assert (await queries.borne(ole, [known, never])).news == {known: 1}
    assert await queries.read_to(ole, never) is None, "they have never been there"


async def test_all_is_read_until_the_page_was_made(house: House) -> None:
    id = await thread(house, "ole")
    await reply(house, "mons", id)
    made_at = now()
    with at(now() + MINUTE):
        later = await thread(house, "ole")
    with at(now() + 2 * MINUTE):
        await reply(house, "mons", later)
    async with house.browser("ole") as browser:
        assert (await browser.post("/read", data={"until": str(made_at)})).status_code == 303
    with at(now() + HOUR):
        found = await told(house, "ole")
    assert found[id].read and not found[later].read


async def test_rights_are_asked_when_it_is_shown(house: House) -> None:
    gro, hedda = await house.viewer("gro"), await house.viewer("hedda")
    space = house.spaces["kontoret"]
    id = await thread(house, "mons", "kontoret", "Hello @gro, kanarihemmelig")
    assert (await told(house, "gro"))[id].reason.name == "mentioned"
    await people_actions.set_role(hedda, space, "gro", None)
    assert id not in await told(house, "gro")
    page = await house.read("/notifications/", "gro")
    assert "kanarihemmelig" not in page and "What of the boats" not in page
    await people_actions.add_member(gro.me, space.id, "guest")
    await actions.trash(await house.viewer("mons"), id)
    assert id not in await told(house, "gro")


async def test_nobody_hears_of_a_secret_space(house: House) -> None:
    with at(now() - MINUTE):
        id = await thread(house, "mons", "loftet", "@ole @gro @hedda kanariloft")
    for handle in ("ole", "gro", "astrid"):
        assert id not in await told(house, handle)
        assert "kanariloft" not in await house.read("/notifications/", handle)
    assert (await told(house, "hedda"))[id].reason.name == "mentioned"


async def test_small_changes_and_old_things_are_not_told(house: House) -> None:
    ole = await house.viewer("ole")
    page = await queries.entry(ole, house.entries["torget", "page"])
    await actions.watch(ole, page.id)
    with at(now() + HOUR):
        hedda = await house.viewer("hedda")
        await actions.edit(hedda, page.id, Fields(page.title, f"{page.body} more", minor=True), page.revision)
        assert not [
            act
            for each in (await told(house, "ole")).values()
            for act in each.acts
            if each.entry.id == page.id and act.verb == "edit"
        ]
        page = await queries.entry(ole, page.id)
        await actions.edit(hedda, page.id, Fields(page.title, f"{page.body} a lot", summary="New"), page.revision)
        assert (await told(house, "ole"))[page.id].acts[-1].verb == "edit"
    with at(now() + 40 * DAY):
        assert page.id not in await told(house, "ole")


async def test_the_bar_says_how_many_are_new(house: House) -> None:
    id = await thread(house, "ole")
    await execute("DELETE FROM furthest")
    before = await queries.unread(await house.viewer("ole"))
    await reply(house, "mons", id)
    async with house.browser("ole") as browser:
        counted = re.search(r">(\d+)<", (await browser.get("/notifications/count")).text)
        assert counted and int(counted[1]) == before + 1
        assert "/notifications/count/" in (await browser.get("/")).text
    async with house.browser() as browser:
        assert (await browser.get("/notifications/")).status_code == 303


async def test_a_letter_s_page_shows_what_was_done_then(house: House) -> None:
    start = now()
    id = await thread(house, "ole")
    await reply(house, "mons", id)
    end = now()
    await read(house, "ole", id)
    page = await house.read(f"/notifications/{start}-{end}/", "ole")
    assert f"told-{id}" in page, "also when it is read by now"
    assert f"told-{id}" not in await house.read(f"/notifications/{end + 1}-{end + 2}/", "ole")
    for bad in ("1", "x-y", "1-2-3", f"1-{10**20}"):
        async with house.browser("ole") as browser:
            assert (await browser.get(f"/notifications/{bad}/")).status_code == 404


@pytest.mark.parametrize("handle", WHO)
async def test_the_page_takes_a_handful_of_queries(house: House, handle: str) -> None:
    viewer: Viewer = await house.viewer(handle)
    for _ in range(3):
        id = await thread(house, handle) if handle != "gro" else await thread(house, "mons", "kontoret", "@gro")
        await reply(house, "mons" if handle != "mons" else "hedda", id, f"@{handle}")
    house.forget()
    async with house.browser(handle) as browser:
        with counted_statements() as asked:
            assert "because" in (await browser.get("/notifications/")).text
    assert viewer.signed_in and how_many(asked) <= 8, [str(each)[:200] for each in asked]


async def test_the_number_in_the_bar_leads_nobody_away_whose_session_has_ended(house: House) -> None:
    async with house.browser() as stranger:
        answer = await stranger.get("/notifications/count", headers={"hx-request": "true"})
        assert (answer.status_code, answer.content) == (204, b"")
        assert "hx-location" not in answer.headers and "hx-redirect" not in answer.headers
        assert (await stranger.get("/notifications/count")).status_code == 303
