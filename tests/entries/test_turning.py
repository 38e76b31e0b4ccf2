"""What becomes another kind keeps all that it has, can be undone at once, and is what it was when it is turned back; its page says what it began as."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from tests.cast import House
from tests.entries.test_gathering import asked, form_in, send
from web.database import value
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.errors import Invalid
from web.kinds import KINDS

TURNED = ("micropost", "question", "thread", "idea", "page", "article")


async def turned(house: House, id: int, *kinds: str, by: str = "mons", title: str = "") -> Entry:
    viewer = await house.viewer(by)
    for kind in kinds:
        await actions.turn(viewer, id, kind, title)
    return await queries.entry(viewer, id)


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(TURNED, 2)))
async def test_there_and_back_it_is_what_it_was(house: House, one: str, other: str) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    title = f"Of {one} and {other}" if KINDS[one].title_max else ""
    body = f"Words of {one} #turned{other}"
    id = await actions.post(mons, one, house.spaces["torget"], Fields(title, body, tags="kept"))
    before = await queries.entry(mons, id)
    await actions.post(ole, "reply", None, Fields(body="Said"), before)
    await actions.watch(ole, id)
    old = f"/{KINDS[one].path}/{id}/"
    before = await queries.entry(mons, id)
    await turned(house, id, other)
    assert KINDS[other].path in (await house.read(old, "ole"))
    async with house.browser("ole") as browser:
        moved = await browser.get(old)
        assert moved.status_code == 301 and moved.headers["location"].startswith(f"/{KINDS[other].path}/{id}/")
    assert "Began as" in await house.read(f"/e/{id}")
    after = await turned(house, id, one)
    kept = ("kind", "title", "body", "slug", "stage", "replies", "watchers", "accepted", "parent", "sort")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert [each.name for each in (await queries.tags_of([id]))[id]] == ["kept", f"turned{other}"]
    assert "Began as" not in await house.read(f"/e/{id}")


async def test_a_question_has_its_answer_back_and_an_idea_its_stage(house: House) -> None:
    id, answer, _ = await asked(house, "turned")
    assert (await turned(house, id, "page")).accepted is None
    assert (await turned(house, id, "question")).accepted == answer
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    idea = await actions.post(mons, "idea", house.spaces["torget"], Fields("An idea", "To have"))
    await actions.stage(hedda, idea, "planned", "Because of spring")
    page = await turned(house, idea, "page")
    assert page.stage == "current"
    await actions.stage(mons, idea, "unfinished", "To be checked")
    back = await turned(house, idea, "idea")
    assert back.stage == "planned" and "Because of spring" in await house.read(f"/e/{idea}")
    assert (await turned(house, idea, "thread", "page")).stage == "unfinished"
    middle = int(await value("SELECT min(created_at) FROM event WHERE entry = {} AND verb = 'stage'", idea))
    then = await queries.conversation_at(mons, middle, idea)
    assert (then[0][0].kind, then[0][0].stage) == ("idea", "planned"), "so it stood then"


async def test_a_page_has_its_place_in_the_tree_back_and_what_stood_under_it(house: House) -> None:
    mons = await house.viewer("mons")

    async def under(title: str, parent: int | None) -> int:
        above = await queries.entry(mons, parent) if parent else None
        return await actions.post(mons, "page", house.spaces["torget"], Fields(title, "x"), above)

    top = await under("Top", None)
    middle, last = await under("Middle", top), await under("Last", top)
    leaves = [await under(f"Leaf {n}", middle) for n in range(3)]
    await turned(house, middle, "thread")
    assert {each.id for each in await queries.children(mons, top)} == {*leaves, last}
    await actions.place(mons, leaves[2], None)
    await turned(house, middle, "page")
    entry = await queries.entry(mons, middle)
    assert entry.parent == top
    assert [each.id for each in await queries.children(mons, middle)] == leaves[:2], (
        "but for what was put elsewhere since"
    )
    await turned(house, middle, "thread")
    await actions.trash(mons, top)
    assert (await turned(house, middle, "page")).parent is None


async def test_turning_is_undone_by_the_button_that_is_shown_then(house: House) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "micropost", house.spaces["torget"], Fields(body="Does the lift work again?"))
    async with house.browser("mons") as browser:
        done = await browser.post(
            f"/entries/{id}/turn", data={"kind": "question", "title": "The lift?"}, follow_redirects=True
        )
        assert "Began as a micropost" in done.text and "The lift?" in done.text
        back = await send(browser, form_in(done.text, "//div[@class='notice']//form"))
        assert back.status_code == 200
    after = await queries.entry(mons, id)
    assert (after.kind, after.title, after.body) == ("micropost", "", "Does the lift work again?")


async def test_what_was_written_since_is_kept_and_what_does_not_fit_is_said(house: House) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "thread", house.spaces["torget"], Fields("A title", "Words"))
    await turned(house, id, "micropost")
    entry = await queries.entry(mons, id)
    assert entry.title == "" and entry.body == "A title\n\nWords", "a micropost begins with what it was called"
    await actions.edit(mons, id, replace(Fields.of(entry, ""), body="All anew"), entry.revision)
    assert (await turned(house, id, "thread")).body == "All anew"
    long = await actions.post(mons, "thread", house.spaces["torget"], Fields("Long", "long " * 200))
    with pytest.raises(Invalid):
        await turned(house, long, "micropost")
    async with house.browser("mons") as browser:
        said = await browser.post(f"/entries/{long}/turn", data={"kind": "micropost", "title": "Long"})
        assert said.status_code == 422 and "at most 500 characters" in said.text
    assert (await queries.entry(mons, long)).kind == "thread"
