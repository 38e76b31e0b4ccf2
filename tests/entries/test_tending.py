"""Pages are looked after: somebody answers for each, goes through it again, and says so; what is not right any more says so itself."""

from __future__ import annotations

import pytest

from tests.cast import House
from web.database import at, execute, now, value
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.rows import Tending
from web.errors import Invalid, NotAllowed, NotThere
from web.people import actions as people_actions
from web.people import queries as people
from web.times import DAY, day_of, months_after

YEAR = 365 * DAY


async def written(house: House, by: str, title: str, space: str = "torget", **more: str) -> int:
    viewer = await house.viewer(by)
    return await actions.post(viewer, "page", house.spaces[space], Fields(title=title, body=f"Of {title}.", **more))


async def tended(house: House, id: int, by: str = "ole") -> Tending:
    viewer = await house.viewer(by)
    return await queries.tending(viewer, await queries.entry(viewer, id))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-12-15", 1, "2027-01-15"), ("2024-02-29", 12, "2025-02-28"), ("2026-06-30", 6, "2026-12-30")],
)  # fmt: skip
def test_months_end_when_they_end(day: str, months: int, then: str) -> None:
    assert months_after(day, months) == then


async def test_whoever_wrote_a_page_answers_for_it_until_somebody_else_does_or_they_leave(house: House) -> None:
    new = people_actions.NewPerson("tora", "Tora", "tora@dugnad.test")
    id = await people_actions.add_person(new)
    page = await actions.post(await people.viewer(id), "page", house.spaces["torget"], Fields(title="Moorings"))
    assert (await tended(house, page)).owner.handle == "tora" and not (await tended(house, page)).given
    await actions.tend(await house.viewer("ole"), page, "@Mons", 6, "2031-05-01")
    now_tended = await tended(house, page)
    assert now_tended.owner.handle == "mons" and now_tended.given
    assert (now_tended.every, now_tended.review_by, now_tended.due) == (6, "2031-05-01", False)
    await actions.tend(await house.viewer("ole"), page, "tora", 0)
    assert (await tended(house, page)).review_by == "", "never"
    await execute("UPDATE person SET active = {} WHERE id = {}", False, id)
    assert (await tended(house, page)).owner is None, "then it is for the hosts of the space"
    async with house.browser("ole") as browser:
        assert "/spaces/torget/members/" in (await browser.get(f"/e/{page}", follow_redirects=True)).text


async def test_only_somebody_who_may_read_it_can_answer_for_it(house: House) -> None:
    page = await written(house, "mons", "Keys", "kontoret")
    mons = await house.viewer("mons")
    for handle in ("ole", "nobody.at.all", "<b>"):
        with pytest.raises(Invalid):
            await actions.tend(mons, page, handle, 12)
    await actions.tend(mons, page, "gro", 12)
    with pytest.raises(Invalid):
        await actions.tend(mons, page, "", 5)
    with pytest.raises(Invalid):
        await actions.tend(mons, page, "", 12, "next week")
    with pytest.raises(NotAllowed):
        await actions.verify(await house.viewer("gro"), page)
    with pytest.raises(NotThere):
        await actions.verify(await house.viewer("ole"), page)


async def test_saying_that_it_is_right_is_an_act_and_not_an_edit(house: House) -> None:
    page = await written(house, "mons", "Gangway")
    ole = await house.viewer("ole")
    with at(now() + 400 * DAY):
        assert (await tended(house, page)).due
        before = await queries.entry(ole, page)
        event = await actions.verify(ole, page, "Walked over it")
        after, said = await queries.entry(ole, page), await tended(house, page)
        assert (after.revision, after.updated_at) == (before.revision, before.updated_at)
        assert said.verified and said.verified.actor.handle == "ole" and said.verified.note == "Walked over it"
        assert not said.due and said.review_by == months_after(day_of(now()), 12) and said.changes == 0
        assert said.verified.id == event and said.verified.revision == after.revision
    with at(now() + 410 * DAY):
        await actions.edit(ole, page, Fields(title="Gangway", body="All new."), after.revision)
        assert (await tended(house, page)).changes == 1, "what was said was said of another text"
    with at(now() + 800 * DAY):
        assert (await tended(house, page)).due


async def test_it_can_be_taken_back_by_who_said_it_as_long_as_nobody_else_has(house: House) -> None:
    page = await written(house, "mons", "Bilge pump")
    ole, mons = await house.viewer("ole"), await house.viewer("mons")
    await actions.tend(mons, page, "", 3, "2031-01-01")
    first = await actions.verify(mons, page, "Ran it")
    second = await actions.verify(ole, page)
    for viewer, event in ((mons, second), (ole, first)):
        with pytest.raises(Invalid):
            await actions.unverify(viewer, page, event)
    await actions.unverify(ole, page, second)
    back = await tended(house, page)
    assert back.verified and back.verified.id == first and back.review_by == months_after(day_of(now()), 3)
    await actions.unverify(mons, page, first)
    assert (await tended(house, page)).verified is None and (await tended(house, page)).review_by == "2031-01-01"


async def test_who_takes_it_back_takes_nothing_back_that_somebody_else_has_settled_since(house: House) -> None:
    page = await written(house, "mons", "Bilge alarm")
    ole, mons = await house.viewer("ole"), await house.viewer("mons")
    event = await actions.verify(mons, page)
    await actions.tend(ole, page, "ole", 3, "2031-02-02")
    await actions.unverify(mons, page, event)
    said = await tended(house, page)
    assert said.verified is None, "it is taken back"
    assert said.owner and said.owner.handle == "ole" and said.every == 3 and said.review_by == "2031-02-02"
    known = await queries.tended_by(page, now() + 1)
    assert known and (known["owner"], known["verified"], known["review_by"]) == (ole.person, None, "2031-02-02")


async def test_what_is_due_comes_first_where_many_read_it_and_somebody_has_remarked_upon_it(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    with at(now() - 3 * YEAR):
        quiet, read, doubted, _ = [
            await written(house, "mons", title, space)
            for title, space in (("Quiet", "torget"), ("Read", "torget"), ("Doubted", "torget"), ("Hidden", "loftet"))
        ]
    await written(house, "mons", "Fresh")
    retired = await written(house, "mons", "Gone by")
    with at(now() - 2 * YEAR):
        await actions.stage(mons, retired, "retired", "Sold")
    await actions.add_readers({(read, day_of(now())[:7]): 40})
    await actions.post(ole, "reply", None, Fields(body="Is this so?"), await queries.entry(ole, doubted))
    titles = [each.title for each in await queries.due(ole, house.spaces["torget"].id)]
    assert [title for title in titles if title in ("Quiet", "Read", "Doubted")] == ["Read", "Doubted", "Quiet"]
    assert not {"Fresh", "Gone by", "Hidden"} & {*titles}
    assert "Hidden" in {each.title for each in await queries.due(mons)}
    assert await queries.due(ole, mine=True) == ()
    await actions.tend(ole, quiet, "ole", 12, day_of(now() - DAY))
    assert [each.title for each in await queries.due(ole, mine=True)] == ["Quiet"]
    await actions.verify(ole, quiet)
    assert await queries.due(ole, mine=True) == ()
    async with house.browser("ole") as browser:
        assert "Hidden" not in (await browser.get("/upkeep/")).text


async def test_a_page_says_kindly_that_nobody_has_gone_through_it(house: House) -> None:
    with at(now() - 2 * YEAR):
        page = await written(house, "mons", "Anchor")
    address = f"/entries/{page}"
    async with house.browser("ole") as ole, house.browser("gro") as gro:
        seen = (await ole.get(f"/e/{page}", follow_redirects=True)).text
        assert "Nobody has gone through this since" in seen and "Still right" in seen
        assert (await gro.get(f"/e/{page}", follow_redirects=True)).status_code == 404
        done = await ole.post(f"{address}/verify", data={"note": "Dived"})
        assert done.status_code == 303
        seen = (await ole.get(done.headers["location"])).text
        assert "Nobody has gone through" not in seen and "Dived" in seen and "Undo" in seen
        assert (await ole.post(f"{address}/tend", data={"owner": "gro", "every": "12"})).status_code == 422
        kept = await ole.post(f"{address}/tend", data={"owner": "nobody.here", "every": "6", "review_by": ""})
        assert 'value="nobody.here"' in kept.text and "Nobody is called that" in kept.text
        other = await written(house, "mons", "New anchor")
        secret = await written(house, "mons", "Secret anchor", "loftet")
        for wrong in ("No such page", "Anchor", "Secret anchor", f"/e/{secret}"):
            refused = await ole.post(f"{address}/stage", data={"stage": "retired", "note": "Sold", "instead": wrong})
            assert refused.status_code in (404, 422), wrong
        await ole.post(f"{address}/stage", data={"stage": "retired", "note": "Sold", "instead": "[[new anchor]]"})
        seen = (await ole.get(f"/e/{page}", follow_redirects=True)).text
        assert "Sold" in seen and "New anchor" in seen and "Still right" not in seen
        await actions.move(await house.viewer("mons"), other, house.spaces["loftet"])
        assert "New anchor" not in (await ole.get(f"/e/{page}", follow_redirects=True)).text, (
            "which ole may not know of"
        )


async def test_saving_can_say_that_all_of_it_is_right_now(house: House) -> None:
    page = await written(house, "mons", "Ropes")
    entry = await queries.entry(await house.viewer("ole"), page)
    form = {
        "revision": entry.revision,
        "title": "Ropes",
        "body": "Of better ropes.",
        "summary": "New sizes",
        "verify": "true",
    }
    async with house.browser("ole") as browser:
        assert (await browser.post(f"/entries/{page}/edit", data=form)).status_code == 303
    said = await tended(house, page)
    assert said.verified and said.verified.note == "New sizes" and said.changes == 0


async def test_readers_are_counted_once_a_day_and_not_named(house: House) -> None:
    page = await written(house, "mons", "Tide tables")
    address = (await queries.entry(await house.viewer("mons"), page)).slug
    readers = house.app.state.readers
    async with house.browser("ole") as ole, house.browser("mons") as mons, house.browser() as nobody:
        for browser in (ole, ole, mons, nobody):
            await browser.get(f"/pages/{page}/{address}/")
        first = await ole.get(f"/pages/{page}/{address}/")
        again = await ole.get(f"/pages/{page}/{address}/", headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304
        assert await value("SELECT count(*) FROM reading WHERE entry = {}", page) == 0, "that would make every page new"
        await readers.keep(at_once=True)
        with at(now() + DAY):
            await ole.get(f"/pages/{page}/{address}/")
            await readers.keep(at_once=True)
    assert await value("SELECT sum(readers) FROM reading WHERE entry = {}", page) == 3
    found = await queries.most_read(await house.viewer("ole"), house.spaces["torget"].id)
    assert {each.title: count for each, count in found.items()}["Tide tables"] == 3
    never = {each.id for each in (await queries.never_read(await house.viewer("ole"), house.spaces["torget"].id)).items}
    assert page not in never and house.entries["torget", "page"] in never
    async with house.browser("ole") as browser:
        listed = (await browser.get("/upkeep/most-read/")).text
        assert "Tide tables" in listed and "fewer than five readers" in listed


async def test_programs_look_after_pages_too(house: House) -> None:
    page = await written(house, "mons", "Charts")
    async with house.program("ole") as program:
        about = f"/api/entries/{page}"
        assert (await program.get(f"{about}/tending")).json()["owner"] == "mons"
        done = await program.post(f"{about}/verify", json={"note": "New edition"})
        assert done.json()["verified_by"] == "ole" and done.json()["note"] == "New edition"
        said = (
            await program.post(f"{about}/tend", json={"owner": "ole", "every": 1, "review_by": "2031-01-01"})
        ).json()
        assert (said["owner"], said["every"], said["review_by"]) == ("ole", 1, "2031-01-01")
        assert (await program.get(f"/api/entries/{house.entries['torget', 'article']}/tending")).status_code == 404


async def test_undoing_a_stage_brings_back_what_was_said_of_the_one_before(house: House) -> None:
    page, other = await written(house, "mons", "Old quay", "loftet"), await written(house, "mons", "New quay", "loftet")
    async with house.browser("mons") as browser:
        stage = {"stage": "retired", "note": "Torn down", "instead": f"{house.settings.url}/e/{other}"}
        assert (await browser.post(f"/entries/{page}/stage", data=stage)).status_code == 303
        done = await browser.post(f"/entries/{page}/stage", data={"stage": "current"})
        seen = (await browser.get(done.headers["location"])).text
        assert 'name="note" value="Torn down"' in seen and f'name="instead" value="/e/{other}"' in seen
        await browser.post(
            f"/entries/{page}/stage", data={"stage": "retired", "note": "Torn down", "instead": f"/e/{other}"}
        )
    back = await tended(house, page, "mons")
    assert back.instead and back.instead.id == other
