"""Polls: one asks, others choose, and nobody is told who chose what."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.cast import House, how_many
from web.database import counted_statements, execute, now, rows, value
from web.entries import actions, drafts, planning, queries
from web.entries.actions import Fields
from web.entries.carried import Poll
from web.errors import Invalid, NotAllowed, NotThere
from web.times import DAY, day_of

CHOICES = "Monday\nTuesday\n\nAny day & night"


async def asked(house: House, space: str = "torget", kind: str = "micropost", **more: object) -> int:
    fields = Fields("When" if kind != "micropost" else "", "When do we meet?", choices=CHOICES, **more)  # type: ignore[arg-type]
    return await actions.post(await house.viewer("mons"), kind, house.spaces[space], fields)


async def poll(house: House, id: int, by: str | None = "ole", *, copied: bool = False) -> Poll:
    carried = (await queries.borne(await house.viewer(by), [id], copied=copied)).carried[id]
    assert carried.poll
    return carried.poll


async def choose(house: House, id: int, by: str, *numbers: int, undo: bool = False) -> None:
    choices = (await poll(house, id, by)).choices
    await actions.choose(await house.viewer(by), id, [choices[number].id for number in numbers], undo=undo)


async def test_what_others_chose_is_told_to_those_who_have_chosen(house: House) -> None:
    id = await asked(house)
    assert [each.words for each in (await poll(house, id)).choices] == ["Monday", "Tuesday", "Any day & night"]
    await choose(house, id, "ole", 1)
    for who in ("mons", "hedda", None):
        hidden = await poll(house, id, who)
        assert not hidden.told and hidden.voters == 0 and not any(each.votes for each in hidden.choices), who
    seen = await poll(house, id)
    assert seen.told and [each.votes for each in seen.choices] == [0, 1, 0] and seen.voters == 1
    assert [each.mine for each in seen.choices] == [False, True, False]
    await choose(house, id, "ole", 0)
    assert [each.votes for each in (await poll(house, id)).choices] == [1, 0, 0], "one may think again"
    await choose(house, id, "ole", undo=True)
    assert not (await poll(house, id)).told and await value("SELECT voters FROM poll WHERE id = {}", id) == 0


async def test_one_or_several_can_be_chosen_and_nothing_else(house: House) -> None:
    one, several, other = await asked(house), await asked(house, several=True), await asked(house)
    with pytest.raises(Invalid, match="Choose one"):
        await choose(house, one, "ole", 0, 1)
    await choose(house, several, "ole", 0, 2)
    await choose(house, several, "hedda", 2)
    seen = await poll(house, several)
    assert [each.votes for each in seen.choices] == [1, 0, 2] and seen.voters == 2
    assert [each.percent(seen.voters) for each in seen.choices] == [50, 0, 100]
    ole = await house.viewer("ole")
    elsewhere = (await poll(house, other)).choices[0].id
    for wrong in ([], [elsewhere], [2**52]):
        with pytest.raises(Invalid):
            await actions.choose(ole, one, wrong)
    with pytest.raises(Invalid, match="Nothing is asked"):
        await actions.choose(ole, house.entries["torget", "page"], [elsewhere])


async def test_it_ends_by_its_day_or_by_whoever_asked_and_is_told_to_all_then(house: House) -> None:
    id, late = await asked(house), await asked(house)
    await choose(house, id, "ole", 1)
    with pytest.raises(NotAllowed):
        await actions.end_poll(await house.viewer("ole"), id)
    await actions.end_poll(await house.viewer("mons"), id)
    assert (await poll(house, id, "hedda")).told and not (await poll(house, id, "hedda")).open
    with pytest.raises(Invalid, match="ended"):
        await choose(house, id, "ole", 0)
    await actions.end_poll(await house.viewer("mons"), id, undo=True)
    assert not (await poll(house, id, "hedda")).told
    await execute("UPDATE poll SET until = {} WHERE id = {}", now() - 1, late)
    with pytest.raises(Invalid, match="ended"):
        await choose(house, late, "ole", 0)
    with pytest.raises(Invalid, match="ended"):
        await actions.end_poll(await house.viewer("mons"), late, undo=True)
    assert (await poll(house, late, None)).told


@pytest.mark.parametrize(
    ("choices", "until"),
    [("One", ""), ("\n".join(map(str, range(11))), ""), ("Same\nsame", ""), ("x" * 81 + "\ny", ""), ("a\nb", "2001-01-01"), ("a\nb", "soon"), ("a\nb", "9999-01-01")],
)  # fmt: skip
async def test_what_is_wrong_with_it_is_said_and_nothing_typed_is_lost(house: House, choices: str, until: str) -> None:
    form = {
        "kind": "micropost",
        "space": "torget",
        "body": "When, then?",
        "choices": choices,
        "until": until,
        "several": "true",
    }
    async with house.browser("mons") as browser:
        answer = await browser.post("/entries/", data=form)
    assert answer.status_code == 422 and "When, then?" in answer.text
    typed = re.search(r'name="choices"[^>]*>\n(.*?)</textarea>', answer.text, re.S)
    assert typed and typed[1] == choices
    assert re.search(r'name="several" value="true" checked', answer.text)


async def test_it_is_asked_and_answered_without_a_script(house: House) -> None:
    form = {
        "kind": "micropost",
        "space": "torget",
        "body": "Kake på fredag?",
        "choices": CHOICES,
        "until": day_of(now() + DAY),
    }
    async with house.browser("mons") as mons, house.browser("ole") as ole:
        at = (await mons.post("/entries/", data=form)).headers["location"]
        page = (await ole.get(at)).text
        id = int(at.split("/")[2])
        choices = re.findall(r'type="radio" name="choice" value="(\d+)"', page)
        assert len(choices) == 3 and "Any day &amp; night" in page and "<progress" not in page
        assert "Nobody is told who chose what" in page
        answer = await ole.post(f"/entries/{id}/choose", data={"choice": choices[1]})
        assert answer.status_code == 303
        page = (await ole.get(answer.headers["location"])).text
        assert "1 vote, 100 %" in page and "yours" in page
        assert "<progress" in (await ole.get("/")).text and "<progress" not in (await mons.get(at)).text
        await mons.post(f"/entries/{id}/end_poll", data={})
        assert "Ended" in (await mons.get(at)).text and "1 vote, 100 %" in (await mons.get(at)).text


async def test_who_chose_is_nowhere(house: House) -> None:
    id = await asked(house)
    await choose(house, id, "ole", 1)
    assert [each["verb"] for each in await rows("SELECT verb FROM event WHERE entry = {}", id)] == ["post"]
    for who in ("mons", "hedda", "astrid"):
        async with house.browser(who) as browser, house.program(who) as program:
            for address in (f"/e/{id}", f"/entries/{id}/history/"):
                assert "Ole" not in (await browser.get(address, follow_redirects=True)).text
            said = (await program.get(f"/api/entries/{id}")).json()["poll"]
            assert said["voters"] is None and [each["votes"] for each in said["choices"]] == [None] * 3


async def test_outsiders_neither_see_it_nor_take_part(house: House) -> None:
    id = await asked(house, "loftet")
    choice = (await poll(house, id, "mons")).choices[0].id
    for who in ("ole", "astrid", "gro"):
        with pytest.raises(NotThere):
            await actions.choose(await house.viewer(who), id, [choice])
        with pytest.raises(NotThere):
            await actions.end_poll(await house.viewer(who), id)
        async with house.browser(who) as browser:
            assert (await browser.post(f"/entries/{id}/choose", data={"choice": str(choice)})).status_code == 404
    await choose(house, await asked(house, "kontoret"), "gro", 0)  # a guest takes part where they are


async def test_programs_ask_and_choose(house: House) -> None:
    async with house.program("mons") as mons, house.program("ole") as ole:
        sent = {
            "kind": "thread",
            "title": "Where",
            "space": "torget",
            "body": "Where?",
            "choices": ["Here", "There"],
            "several": True,
        }
        made = (await mons.post("/api/entries", json=sent)).json()
        ids = [each["id"] for each in made["poll"]["choices"]]
        told = (await ole.post(f"/api/entries/{made['id']}/choose", json={"choices": ids})).json()["poll"]
        assert told["voters"] == 1 and [each["votes"] for each in told["choices"]] == [1, 1]
        assert (await ole.post(f"/api/entries/{made['id']}/choose", json={"choices": ["x"]})).status_code == 422
        assert (await ole.post(f"/api/entries/{made['id']}/end_poll", json={})).status_code == 403
        assert not (await mons.post(f"/api/entries/{made['id']}/end_poll", json={})).json()["poll"]["open"]


async def test_two_windows_at_once_count_once(house: House) -> None:
    id = await asked(house)
    ole, choices = await house.viewer("ole"), (await poll(house, id)).choices
    await asyncio.gather(*(actions.choose(ole, id, [choices[number % 3].id]) for number in range(6)))
    seen = await poll(house, id)
    assert seen.voters == 1 and sum(each.votes for each in seen.choices) == 1


async def test_many_polls_on_a_page_are_one_question_to_the_database(house: House) -> None:
    async def asks() -> int:
        house.forget()
        async with house.browser("ole") as browser:
            with counted_statements() as made:
                assert (await browser.get("/")).status_code == 200
        return how_many(made)

    before = await asks()
    for _ in range(10):
        await choose(house, await asked(house), "ole", 0)
    assert await asks() == before


async def test_it_goes_along_with_what_is_shared_at_a_time_and_with_drafts(house: House) -> None:
    mons = await house.viewer("mons")
    form = {
        "kind": "micropost",
        "space": "torget",
        "body": "Later: when?",
        "choices": CHOICES,
        "several": "true",
        "until": "",
        "sort": "",
        "title": "",
    }
    draft = await drafts.keep(mons, form)
    assert draft and (await drafts.draft(mons, draft)).form()["choices"] == CHOICES
    await planning.plan(mons, draft, now() + DAY)
    await execute("UPDATE draft SET share_at = {}, updated_at = {} WHERE id = {}", now() - DAY, now() - DAY, draft)
    await planning.settle_due()
    id = await value("SELECT entry FROM draft WHERE id = {}", draft)
    assert id and (await poll(house, id)).several and len((await poll(house, id)).choices) == 3


async def test_a_copy_tells_the_results_of_then(house: House) -> None:
    id = await asked(house)
    await choose(house, id, "ole", 2)
    copied = await poll(house, id, None, copied=True)
    assert copied.told and [each.votes for each in copied.choices] == [0, 0, 1]
