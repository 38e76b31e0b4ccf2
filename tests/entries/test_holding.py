"""Answers after a while: how they helped, that they hold no more, and that they do after all."""

from __future__ import annotations

import re

import pytest
from lxml.html import fromstring

from tests.cast import House
from tests.entries.test_gathering import form_in, send
from web.database import execute
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.waiting import waiting
from web.errors import Invalid, NotAllowed, NotThere
from web.people import actions as people_actions
from web.people.actions import NewPerson

WITH = "on Windows 11, with version 4"


async def asked(house: House, word: str, space: str = "torget") -> tuple[int, int, int]:
    """A question that Mons asked, with an answer of Hedda's, which is accepted, and one that Ole gave, or Mons himself where Ole cannot."""
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    id = await actions.post(mons, "question", house.spaces[space], Fields(f"How to mend the {word}"))
    question = await queries.entry(mons, id)
    first = await actions.post(hedda, "reply", None, Fields(body=f"With the {word} key."), question)
    by = await house.viewer("ole") if space == "torget" else mons
    second = await actions.post(by, "reply", None, Fields(body=f"With the new {word} tool."), question)
    await actions.accept(mons, id, first)
    return id, first, second


async def test_whom_an_answer_helped_says_with_what_and_takes_it_back_without_a_script(house: House) -> None:
    id, answer, _ = await asked(house, "bicycle")
    async with house.browser("ole") as browser:
        form = form_in((await browser.get(f"/entries/{answer}/helped/")).text, "//form[contains(@class, 'sheet')]")
        long = await send(browser, {**form, "note": "x" * 201})
        assert long.status_code == 422 and "x" * 201 in long.text, "what was typed is kept"
        done = await send(browser, {**form, "note": f"  {WITH} "})
        assert done.status_code == 200 and "Thank you. It stands under the answer." in done.text
        shown = fromstring(done.text).xpath(f"//div[@id='entry-{answer}']//div[@class='worked']//li")
        assert len(shown) == 1 and "Ole" in shown[0].text_content() and WITH in shown[0].text_content()
        assert (await queries.entry(await house.viewer("ole"), answer)).helped == 1, "it counts as before"
        again = await send(browser, {**form, "note": "on Windows 12"})
        now = await house.read(f"/e/{id}")
        assert "on Windows 12" in now and WITH not in now, "one says one thing"
        await send(browser, form_in(again.text, "//div[@class='notice']//form"))
        now = await house.read(f"/e/{id}")
        assert WITH in now and "on Windows 12" not in now
        off = await send(browser, {"action": f"/entries/{answer}/helped", "csrf": form["csrf"], "undo": "true"})
        assert 'class="worked"' not in off.text and (await queries.entry(await house.viewer("ole"), answer)).helped == 0
        on = await send(browser, form_in(off.text, "//div[@class='notice']//form"))
        assert WITH in on.text and (await queries.entry(await house.viewer("ole"), answer)).helped == 1
    assert WITH in await house.read(f"/e/{id}")


async def test_a_few_are_shown_the_latest_first_and_the_rest_is_folded(house: House) -> None:
    id, _, answer = await asked(house, "boat")
    for name in ("astrid", "hedda", "mons"):
        await actions.react(await house.viewer(name), answer, "helped", note=f"said {name}")
    await actions.react(await house.viewer("gro"), house.entries["kontoret", "reply"], "helped")
    found = (
        await queries.my_marks(
            await house.viewer("ole"), [answer], id, head=await queries.entry(await house.viewer("ole"), id)
        )
    ).talk.worked
    assert [each.note for each in found] == ["said mons", "said hedda", "said astrid"]
    await actions.react(await house.viewer("astrid"), answer, "helped", note="said astrid again")
    text = await house.read(f"/e/{id}")
    assert text.index("said astrid again") < text.index("said mons") and "more for whom" not in text
    await people_actions.add_person(NewPerson("fjerde", "Fjerde Fredrik", "fjerde@dugnad.test"))
    await actions.react(await house.viewer("fjerde"), answer, "helped", note="said fjerde")
    folded = (await house.read(f"/e/{id}")).partition("1 more for whom it worked")
    assert "said fjerde" in folded[0] and "said hedda" in folded[2] and "said hedda" not in folded[0]
    await actions.react(await house.viewer("astrid"), answer, "helped", note="")
    assert "said astrid" not in await house.read(f"/e/{id}")


async def test_only_of_an_answer_is_said_how_it_helped_and_nobody_hears_it_outside(house: House) -> None:
    id, answer, _ = await asked(house, "secret", "loftet")
    await actions.react(await house.viewer("mons"), answer, "helped", note="on the quiet machine")
    ole = await house.viewer("ole")
    with pytest.raises(NotThere):
        await actions.react(ole, answer, "helped", note="me too")
    under = house.entries["torget", "reply"]
    page = house.entries["torget", "page"]
    for each in (page, under):
        with pytest.raises(Invalid):
            await actions.react(ole, each, "helped", note="me too")
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/entries/{answer}/helped/")).status_code == 404
        assert (await browser.get(f"/entries/{page}/helped/")).status_code == 404
    assert "quiet machine" in await house.read(f"/e/{id}", "hedda")


async def test_an_answer_that_holds_no_more_says_so_and_the_question_waits_again(house: House) -> None:
    id, first, second = await asked(house, "printer")
    async with house.browser("mons") as browser:
        before = (await browser.get(f"/e/{id}", follow_redirects=True)).text
        assert f"/entries/{first}/outdate/" in before
        form = form_in((await browser.get(f"/entries/{first}/outdate/")).text, "//form[contains(@class, 'sheet')]")
        wrong = await send(browser, {**form, "why": " ", "instead": str(second)})
        assert wrong.status_code == 422 and "Say what has changed" in wrong.text
        assert re.search(rf'value="{second}" selected', wrong.text), "what was chosen is still chosen"
        done = await send(browser, {**form, "why": "The key was replaced.", "instead": str(second)})
        assert "It says now that it is outdated." in done.text and "The key was replaced." in done.text
        assert "Read what Ole answered instead" in done.text and f"#entry-{second}" in done.text
        assert done.text.index(f'id="entry-{second}"') < done.text.index(f'id="entry-{first}"'), "it stands last"
        entry = await queries.entry(await house.viewer("ole"), id)
        assert entry.accepted is None and entry.unanswered
        listed = fromstring(await house.read("/questions/")).xpath(
            f"//article[.//a[contains(@href, '/questions/{id}/')]]"
        )
        assert listed and "Answered" not in listed[0].text_content()
        with pytest.raises(Invalid):
            await actions.accept(await house.viewer("mons"), id, first)
        back = await send(browser, form_in(done.text, "//div[@class='notice']//form"))
        assert "It holds again." in back.text and "The key was replaced." not in await house.read(f"/e/{id}")
    assert (await queries.entry(await house.viewer("ole"), id)).accepted == first, "it is the answer again"


async def test_a_question_of_which_no_answer_holds_waits_with_those_that_nobody_has_answered(house: House) -> None:
    id, first, second = await asked(house, "lantern")
    secret, *_ = await asked(house, "cellar", "kontoret")
    ole, hedda = [await house.viewer(each) for each in ("ole", "hedda")]
    await actions.post(ole, "reply", None, Fields(body="Which key?"), await queries.entry(ole, first))

    async def waits(question: int, who: str = "ole") -> bool:
        viewer, address = await house.viewer(who), f"/questions/{question}/"
        pages = [await house.read(each, who) for each in ("/questions/waiting/", "/tabs/?unanswered=true")]
        listed = {address in page for page in pages}
        told = question in [each.entry.id for each in await waiting(viewer, 40)]
        assert {*listed, told} in ({True}, {False})
        return told

    assert not await waits(id)
    await actions.outdate(hedda, first, "The key was replaced.")
    assert not await waits(id), "Ole's answer holds"
    await actions.outdate(hedda, second, "The tool is gone.")
    assert await waits(id) and (await queries.entry(ole, id)).replies == 3, "and what is said under one answers nothing"
    await actions.uphold(hedda, second)
    assert not await waits(id)
    await actions.trash(ole, second, "")
    assert await waits(id)
    await actions.uphold(hedda, first)
    assert not await waits(id), "it is the answer again"
    await actions.outdate(hedda, first, "Again.")
    await actions.post(ole, "reply", None, Fields(body="With the newest tool."), await queries.entry(ole, id))
    assert not await waits(id)
    for each in await queries.replies(hedda, secret):
        await actions.outdate(hedda, each.id, "The cellar is closed.")
    assert await waits(secret, "hedda") and not await waits(secret, "ole")


async def test_who_says_that_an_answer_is_outdated_and_who_does_not(house: House) -> None:
    _, first, second = await asked(house, "kettle")
    ole, mons, hedda = [await house.viewer(each) for each in ("ole", "mons", "hedda")]
    with pytest.raises(NotAllowed):
        await actions.outdate(ole, first, "No reason")
    await actions.outdate(ole, second, "I know better now", first)  # whoever wrote it
    await actions.uphold(mons, second)  # whoever asked
    await actions.outdate(hedda, second, "The tool is gone")  # whoever runs the space
    for other in (second, house.entries["torget", "page"]):
        with pytest.raises(Invalid):
            await actions.outdate(hedda, second, "Why", other)
    with pytest.raises(Invalid):
        await actions.outdate(hedda, house.entries["torget", "reply"], "Why")
    _, closed, _ = await asked(house, "closet", "loftet")
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/entries/{closed}/outdate/")).status_code == 404
        assert (await browser.get(f"/entries/{first}/outdate/")).status_code == 403


async def test_whoever_wrote_it_and_whoever_asked_are_told_and_the_history_says_it_once(house: House) -> None:
    _, first, second = await asked(house, "lamp")
    await actions.outdate(await house.viewer("astrid"), first, "The lamp is gone", second)
    for name in ("hedda", "mons"):
        assert "Astrid said that an answer is outdated" in await house.read("/notifications/", name)
    assert "Astrid said" not in await house.read("/notifications/", "ole")
    told = await house.read(f"/entries/{first}/history/", "ole")
    assert told.count("said that this is outdated") == 1
    await actions.uphold(await house.viewer("astrid"), first)
    assert "said that this holds after all" in await house.read(f"/entries/{first}/history/", "ole")
    assert "Astrid said that an answer holds after all" in await house.read("/notifications/", "hedda")


async def test_another_answer_that_is_gone_is_not_pointed_to(house: House) -> None:
    id, first, second = await asked(house, "stove")
    await actions.outdate(await house.viewer("mons"), first, "Gas is gone", second)
    await actions.trash(await house.viewer("ole"), second)
    text = await house.read(f"/e/{id}")
    assert "Gas is gone" in text and "Read what" not in text
    await actions.accept(await house.viewer("mons"), id, None)
    await actions.uphold(await house.viewer("mons"), first)
    assert (await queries.entry(await house.viewer("ole"), id)).accepted is None, "what was taken back stays so"


async def test_programs_do_and_read_the_same(house: House) -> None:
    id, first, second = await asked(house, "program")
    async with house.program("ole") as other:
        done = await other.post(f"/api/entries/{first}/helped", json={"note": WITH})
        assert done.status_code == 200 and done.json()["helped"] == 1
        assert (await other.post(f"/api/entries/{first}/outdate", json={"why": "x"})).status_code == 403
    async with house.program("mons") as program:
        told = (await program.post(f"/api/entries/{first}/outdate", json={"why": "No key", "instead": second})).json()
        assert told["outdated"]["why"] == "No key" and told["outdated"]["instead"] == second and not told["accepted"]
        found = (await program.get(f"/api/entries/{id}/answers")).json()
        assert [each["id"] for each in found] == [first, second]
        assert [(each["handle"], each["note"]) for each in found[0]["worked"]] == [("ole", WITH)]
        assert (await program.post(f"/api/entries/{id}/put_to", json={})).json() == {"asked": None}
        again = (await program.post(f"/api/entries/{first}/outdate", json={"undo": True})).json()
        assert again["accepted"] and again["outdated"] is None
    assert (await house.program("gro").get(f"/api/entries/{id}/answers")).status_code == 404


async def test_whoever_does_not_know_who_said_it_does_not_hear_it(house: House) -> None:
    id, first, second = await asked(house, "public")
    await people_actions.add_person(NewPerson("stille", "Stille Stine", "stille@dugnad.test"))
    await actions.react(await house.viewer("stille"), first, "helped", note="on the quiet machine")
    await actions.react(await house.viewer("ole"), first, "helped", note="on the loud machine")
    await actions.outdate(await house.viewer("hedda"), first, "It is gone", second)
    await execute("UPDATE space SET public = {} WHERE slug = 'torget'", True)
    house.forget()
    try:
        inside, outside = await house.read(f"/e/{id}"), await house.read(f"/e/{id}", None)
    finally:
        await execute("UPDATE space SET public = {} WHERE slug = 'torget'", False)
        house.forget()
    assert "on the quiet machine" in inside and "Stille Stine" in inside
    assert "on the loud machine" in outside and "It is gone" in outside
    assert "on the quiet machine" not in outside and "Stine" not in outside, "nobody out there knows her"


async def test_nothing_is_said_of_answers_where_nothing_is_asked(house: House) -> None:
    page = await house.read(f"/e/{house.entries['torget', 'thread']}", "mons")
    assert "/outdate/" not in page and "/put_to/" not in page and "/helped/" not in page
    under = await house.read(f"/e/{house.entries['torget', 'page']}", "mons")
    assert "/outdate/" not in under
