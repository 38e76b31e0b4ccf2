"""A question is put to those who know about its tags: few, in turn, those who may read it, once, and nobody who would rather not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from lxml.html import fromstring

from tests.cast import House
from tests.entries.test_gathering import form_in, send
from web.entries import actions, following, queries
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed, NotThere
from web.people import actions as people_actions
from web.people import skills
from web.people.actions import NewPerson


async def asked(house: House, tag: str, space: str = "torget", by: str = "mons") -> int:
    viewer = await house.viewer(by)
    return await actions.post(viewer, "question", house.spaces[space], Fields(f"What of {tag}?", tags=tag))


async def says(house: House, name: str, topic: str, what: str = "ask") -> None:
    await skills.say(await house.viewer(name), topic, what)


async def told(house: House, id: int, *names: str) -> set[str]:
    """Who of them is told of it, and that it is for what they know."""
    found = set()
    for name in names:
        for each in await queries.notifications(await house.viewer(name)):
            if each.entry.id == id and each.reason.name == "knows":
                found.add(name)
    return found


ALL = ("astrid", "hedda", "mons", "ole", "gro")


async def test_it_is_put_to_those_who_say_they_can_be_asked_and_those_who_follow_the_tag(house: House) -> None:
    id = await asked(house, "drift")
    await says(house, "ole", "drift")
    tag = await queries.tag(await house.viewer("hedda"), "drift")
    await following.follow(await house.viewer("hedda"), "tag", tag.id)
    await says(house, "astrid", "drift", "learning")
    assert await actions.put_to(await house.viewer("mons"), id, "drift") == 2
    assert await told(house, id, *ALL) == {"ole", "hedda"}
    text = await house.read("/notifications/", "ole")
    assert "Mons would like to know" in text and "because you know about #drift" in text
    assert await actions.put_to(await house.viewer("mons"), id, "drift") == 0, "nobody is told twice"
    assert "put this to" not in await house.read(f"/entries/{id}/history/", "ole"), "whom it was put to is between them"


async def test_nobody_is_asked_who_may_not_read_it_is_away_or_would_rather_not_be(house: House) -> None:
    id = await asked(house, "loft", "loftet")
    for name in ("ole", "hedda", "gro"):
        await says(house, name, "loft")
    assert await actions.put_to(await house.viewer("mons"), id) == 1
    assert await told(house, id, *ALL) == {"hedda"}
    with pytest.raises(NotThere):
        await actions.put_to(await house.viewer("ole"), id)

    id, tomorrow = await asked(house, "mast"), f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    for name in ("ole", "hedda", "astrid"):
        await says(house, name, "mast")
    await skills.be_away(await house.viewer("hedda"), tomorrow)
    await actions.watch(await house.viewer("astrid"), id, "muted")
    await says(house, "ole", "mast", "pass")
    with pytest.raises(NotAllowed):
        await actions.put_to(await house.viewer("ole"), id)
    assert await actions.put_to(await house.viewer("mons"), id) == 0
    await skills.be_away(await house.viewer("hedda"), "")
    assert await actions.put_to(await house.viewer("mons"), id) == 1


async def test_few_are_told_those_first_who_were_asked_least_lately_and_nobody_all_the_time(house: House) -> None:
    for n in range(8):
        await people_actions.add_person(NewPerson(f"kari{n}", f"Kari {n}", f"kari{n}@example.org"))
        await skills.say(await house.viewer(f"kari{n}"), "seil", "ask")
    names = tuple(f"kari{n}" for n in range(8))
    first, second = await asked(house, "seil"), await asked(house, "seil")
    mons = await house.viewer("mons")
    assert await actions.put_to(mons, first) == 5 and await actions.put_to(mons, second) == 5
    one, other = await told(house, first, *names), await told(house, second, *names)
    assert len(one) == len(other) == 5 and one | other == set(names), "whoever was not asked before comes first"
    for _ in range(6):
        await actions.put_to(mons, await asked(house, "seil"))
    assert await actions.put_to(mons, await asked(house, "seil")) == 0, "three times in a week is enough"


async def test_how_many_are_told_is_said_where_that_says_nothing_of_anybody(house: House) -> None:
    id, mons = await asked(house, "kjetting", "kontoret"), await house.viewer("mons")
    tag = (await queries.tag(mons, "kjetting")).id
    await following.follow(await house.viewer("gro"), "tag", tag)
    others = await asked(house, "kjetting")
    async with house.browser("mons") as browser, house.program("mons") as program:
        said = [
            (await browser.post(f"/entries/{each}/put_to", data={"topic": "kjetting"}, follow_redirects=True)).text
            for each in (id, id)
        ]
        notes = [fromstring(each).xpath("string(//div[@class='notice']/p)") for each in said]
        assert notes[0] and notes[0] == notes[1] and not any(sign.isdigit() for sign in notes[0]), (
            "whether or not anybody follows it"
        )
        assert await told(house, id, *ALL) == {"gro"}
        assert (await program.post(f"/api/entries/{id}/put_to", json={})).json() == {"asked": None}
        for n in range(5):
            await people_actions.add_person(NewPerson(f"liv{n}", f"Liv {n}", f"liv{n}@example.org"))
            await says(house, f"liv{n}", "kjetting")
        many = await browser.post(f"/entries/{others}/put_to", data={"topic": "kjetting"}, follow_redirects=True)
        assert "Asked: 5." in many.text
        more = await asked(house, "kjetting")
        assert (await program.post(f"/api/entries/{more}/put_to", json={})).json() == {"asked": 5}


async def test_it_is_muted_for_exactly_that_and_taken_back(house: House) -> None:
    id = await asked(house, "tau")
    await says(house, "ole", "tau")
    await actions.put_to(await house.viewer("mons"), id)
    found = next(each for each in await queries.notifications(await house.viewer("ole")) if each.entry.id == id)
    with pytest.raises(Invalid):
        await actions.mute(await house.viewer("hedda"), "knows", found.reason.thing)
    async with house.browser("ole") as browser:
        said = {"reason": "knows", "thing": str(found.reason.thing)}
        form = form_in((await browser.get("/notifications/")).text, "//form[@class='verb']")
        await send(browser, {"action": "/notifications/mute", "csrf": form["csrf"], **said})
        page = (await browser.get("/notifications/")).text
        assert "because you know about #tau" in page.partition("What you are not told")[2]
    assert not await told(house, id, "ole")
    later = await asked(house, "tau")
    assert await actions.put_to(await house.viewer("mons"), later) == 0, "who muted it is not asked"
    await actions.mute(await house.viewer("ole"), "knows", found.reason.thing, undo=True)
    assert await actions.put_to(await house.viewer("mons"), later) == 1


async def test_on_asking_and_afterwards_without_a_script(house: House) -> None:
    await says(house, "astrid", "anker")
    async with house.browser("mons") as browser:
        form = form_in((await browser.get("/new/question")).text)
        done = await send(
            browser, {**form, "title": "Where is the anchor", "tags": "anker", "space": "torget", "put_to": "true"}
        )
        few = "and asked, if anybody who knows about its tags can be asked now."
        assert few in done.text, "one is not counted: in a small space that says who follows a tag"
        id = int(str(done.url).split("/questions/")[1].split("/")[0])
        assert await told(house, id, "astrid") == {"astrid"}
        back = await send(browser, form_in(done.text, "//div[@class='notice']//form"))
        assert "are not told any more" in back.text and not await told(house, id, "astrid")
        assert f"/entries/{id}/put_to/" in back.text
        again = await send(
            browser,
            form_in(
                (await browser.get(f"/entries/{id}/put_to/")).text, "//form[@class='verb'][.//input[@name='topic']]"
            ),
        )
        assert "Asked, if anybody" in again.text and await told(house, id, "astrid") == {"astrid"}
        form = form_in(again.text, "//div[@class='notice']//form")
        wrong = await browser.post(f"/entries/{id}/put_to", data={"csrf": form["csrf"], "topic": "nothing"})
        assert wrong.status_code == 422 and "Choose one of its tags." in wrong.text
        form = form_in((await browser.get("/new/question")).text)
        none = await send(
            browser, {**form, "title": "Where is the oar", "tags": "åre", "space": "torget", "put_to": "true"}
        )
        assert few in none.text, "nor is nobody"
    answer = await actions.post(
        await house.viewer("ole"),
        "reply",
        None,
        Fields(body="Here."),
        await queries.entry(await house.viewer("ole"), id),
    )
    await actions.accept(await house.viewer("mons"), id, answer)
    with pytest.raises(Invalid):
        await actions.put_to(await house.viewer("mons"), id)
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/entries/{id}/put_to/")).status_code == 403
