"""What stood out: by how many people, of what the reader may read, since a day; and it says why."""

from __future__ import annotations

import pytest

from tests.cast import House, write
from web.database import at, now
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.highlights import highlights
from web.times import DAY, day_of


async def told(house: House, who: str, since: int) -> dict[int, dict[str, int]]:
    return {each.entry.id: dict(each.because) for each in await highlights(await house.viewer(who), since)}


async def test_what_more_people_care_for_comes_first_and_says_why(house: House) -> None:
    since = now() - 1
    quiet = await write(house, "mons", "micropost", "torget", "quiet")
    liked = await write(house, "mons", "page", "torget", "liked")
    asked = await write(house, "mons", "question", "torget", "asked")
    ole, hedda = await house.viewer("ole"), await house.viewer("hedda")
    await actions.react(ole, liked, "recommend")
    question = await queries.entry(hedda, asked)
    answer = await actions.post(hedda, "reply", None, Fields(body="So."), question)
    await actions.post(hedda, "reply", None, Fields(body="And so."), question)
    await actions.react(ole, answer, "helped")
    await actions.accept(await house.viewer("mons"), asked, answer)
    found = await told(house, "ole", since)
    assert list(found) == [asked, liked], "and nothing that nobody cared for"
    assert quiet not in found
    assert found[asked] == {"accept": 1, "helped": 1, "reply": 1}, "who writes twice counts once"
    assert found[liked] == {"recommend": 1}
    page = await house.read("/highlights/")
    assert page.index("Title of asked") < page.index("Title of liked")
    assert "an answer was accepted" in page and "it helped 1 colleague" in page
    assert "What stood out" in await house.read("/")


async def test_what_was_done_before_is_not_told(house: House) -> None:
    with at(now() - 20 * DAY):
        id = await write(house, "mons", "page", "torget", "longago")
        await actions.react(await house.viewer("ole"), id, "recommend")
    assert id not in await told(house, "ole", now() - 7 * DAY)
    assert id in await told(house, "ole", now() - 21 * DAY)
    day = day_of(now() - 21 * DAY)
    assert "Title of longago" in await house.read(f"/highlights/?since={day}")
    assert "Title of longago" not in await house.read("/highlights/")


async def test_it_is_told_to_those_who_may_read_it_and_have_not_muted_it(house: House) -> None:
    since = now() - 1
    secret = await write(house, "mons", "page", "loftet", "whispered")
    await actions.react(await house.viewer("hedda"), secret, "recommend")
    assert secret in await told(house, "mons", since)
    for outsider in ("ole", "astrid", "gro"):
        assert secret not in await told(house, outsider, since)
        assert "whispered" not in await house.read("/highlights/", outsider)
    await actions.watch(await house.viewer("mons"), secret, "muted")
    assert secret not in await told(house, "mons", since)
    async with house.browser() as stranger:
        assert (await stranger.get("/highlights/")).status_code == 303


@pytest.mark.parametrize("typed", ["yesterday", "2026-02-31", "1999-01-01", "9999-12-31"])
async def test_a_day_that_is_none_is_said_and_the_week_is_shown(house: House, typed: str) -> None:
    async with house.browser("ole") as browser:
        answer = await browser.get("/highlights/", params={"since": typed})
        assert answer.status_code == 422 and 'id="f-since-error"' in answer.text
