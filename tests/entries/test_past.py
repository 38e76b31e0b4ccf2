"""An entry is read as it stood on a day, by whoever may read it today."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.cast import House, how_many
from web.database import at, counted_statements, now
from web.entries import actions, queries
from web.entries.actions import Fields
from web.times import DAY


def day_of(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%Y-%m-%d}"


@pytest.fixture
async def told(house: House) -> int:
    """A page that changed its title and its text, was answered, and put elsewhere; the days lie behind."""
    mons, long_ago = await house.viewer("mons"), now() - 10 * DAY
    with at(long_ago):
        above = await actions.post(mons, "page", house.spaces["torget"], Fields("Boats", "All of them."))
    with at(long_ago + DAY):
        id = await actions.post(
            mons, "page", house.spaces["torget"], Fields("Ferry", "It goes [[Harbour|there]] at *seven*.", tags="timetable"),
            await queries.entry(mons, above),
        )  # fmt: skip
    with at(long_ago + 3 * DAY):
        page = await queries.entry(mons, id)
        reply = await actions.post(await house.viewer("ole"), "reply", None, Fields(body="Is that so?"), page)
    with at(long_ago + 5 * DAY):
        await actions.edit(mons, id, Fields("Steamer", "It goes at eight.", tags="summer"), page.revision)
        await actions.edit(
            await house.viewer("ole"), reply, Fields(body="So it is."), (await queries.entry(mons, reply)).revision
        )
        await actions.place(mons, id, None)
    return id


async def test_the_texts_titles_answers_and_place_of_a_day_are_shown(house: House, told: int) -> None:
    async with house.browser("ole") as browser:
        for back, says, not_yet in (
            (8, ("Ferry", "<em>seven</em>", "Boats", "#timetable"), ("Is that so?", "Steamer", "eight", "#summer")),
            (6, ("Ferry", "<em>seven</em>", "Boats", "Is that so?"), ("Steamer", "eight", "So it is.")),
            (1, ("Steamer", "eight", "So it is.", "#summer"), ("Ferry", "seven", "Boats", "Is that so?")),
        ):
            page = await browser.get(f"/entries/{told}/at/{day_of(now() - back * DAY)}/")
            main = page.text.partition("<main")[2].partition("</main>")[0]
            assert page.status_code == 200
            assert [each for each in says if each not in main] == [] and [
                each for each in not_yet if each in main
            ] == []
            assert "<button" not in main and "As it stood on" in main


async def test_before_it_was_written_there_was_nothing(house: House, told: int) -> None:
    async with house.browser("ole") as browser:
        page = await browser.get(f"/entries/{told}/at/{day_of(now() - 20 * DAY)}/")
        assert page.status_code == 404 and "It was not there" in page.text and "It was written on" in page.text
        for day in ("yesterday", "2026-02-30", "2199-01-01", "0000-00-00", "2026-1-1x"):
            assert (await browser.get(f"/entries/{told}/at/{day}/")).status_code == 404, day


async def test_the_day_is_added_to_the_address_of_the_page_or_chosen_in_a_form(house: House, told: int) -> None:
    day = day_of(now() - 6 * DAY)
    async with house.browser("ole") as browser:
        for address in (
            f"/pages/{told}/steamer/at/{day}/",
            f"/pages/{told}/at/{day}",
            f"/entries/{told}/at/?day={day}",
        ):
            answer = await browser.get(address)
            assert answer.headers["location"] == f"/entries/{told}/at/{day}/"
        assert (await browser.get(f"/entries/{told}/at/")).headers["location"] == f"/entries/{told}/history/"
        history = (await browser.get(f"/entries/{told}/history/")).text
        assert f'action="/entries/{told}/at/"' in history and 'type="date"' in history
        reply = (await queries.conversation(await house.viewer("ole"), told))[1][0]
        answer = await browser.get(f"/entries/{reply.id}/at/{day}/")
        assert answer.headers["location"] == f"/entries/{told}/at/{day}/#entry-{reply.id}"


async def test_whoever_may_not_read_it_today_does_not_read_how_it_was(house: House, told: int) -> None:
    mons, day = await house.viewer("mons"), day_of(now() - 6 * DAY)
    await actions.move(mons, told, house.spaces["loftet"])
    async with house.browser("ole") as browser:
        for address in (f"/entries/{told}/at/{day}/", f"/entries/{told}/at/?day={day}", f"/pages/{told}/at/{day}/"):
            assert (await browser.get(address)).status_code == 404
    async with house.browser("mons") as browser:
        assert (await browser.get(f"/entries/{told}/at/{day}/")).status_code == 200


async def test_it_takes_a_handful_of_queries_and_goes_on_by_key(house: House, told: int) -> None:
    mons = await house.viewer("mons")
    page = await queries.entry(mons, told)
    with at(now() - 3 * DAY):
        for number in range(queries.CONVERSATION_SIZE + 5):
            await actions.post(mons, "reply", None, Fields(body=f"Reply {number} [[Boats]] @ole"), page)
    address = f"/entries/{told}/at/{day_of(now() - 2 * DAY)}/"
    async with house.browser("ole") as browser:
        await browser.get("/")
        with counted_statements() as statements:
            first = await browser.get(address)
        assert how_many(statements) <= 8
        following = first.text.partition('class="pager"')[2].partition('href="')[2].partition('"')[0]
        rest = await browser.get(following)
    assert following.startswith(f"{address}after/") and "Reply 0 " in first.text and "Reply 104" not in first.text
    assert rest.status_code == 200 and "Reply 104" in rest.text and "Reply 0 " not in rest.text
