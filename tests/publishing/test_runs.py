"""Runs: one maker each, taken up again when one died, and what went wrong said with what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC
from functools import partial

import pytest
import pytest_asyncio

from export.editions import carry_out, folder_of
from tests.cast import House
from tests.publishing.pressed import kept_of, made, on_the_shelf, ordered
from web.database import at, execute, now, row, value
from web.entries import actions as entries
from web.entries.actions import Fields
from web.publishing import actions, queries, runs
from web.publishing.pressing import publish_due
from web.publishing.rows import DEAD
from web.rounds import Rounds
from web.storage import shelf_of
from web.times import DAY, HOUR, MINUTE


@pytest_asyncio.fixture(autouse=True)
async def nothing_ordered(house: House) -> AsyncIterator[None]:
    yield
    await execute("DELETE FROM edition")


async def state(id: int) -> dict[str, object]:
    return await row("SELECT run, tries, failed, next_at FROM edition WHERE id = {}", id) or {}


async def test_what_is_due_is_taken_by_one(house: House) -> None:
    first, second = await ordered(house, name="One"), await ordered(house, name="Two")
    assert not await runs.is_due() and await runs.take(UTC) is None, "at night, and not before"
    with at(max(first.next_at or 0, second.next_at or 0)):
        assert await runs.is_due()
        taken = [run for run in await asyncio.gather(*(runs.take(UTC) for _ in range(6))) if run]
        assert len(taken) == 1, "and the house makes one after the other"
        assert not await runs.is_due()
        assert await runs.done(taken[0], UTC)
        other = await runs.take(UTC)
        assert other and other != taken[0]
        assert await runs.done(other, UTC) and not await runs.done(other, UTC)
        assert await runs.take(UTC) is None
    due = await value("SELECT min(next_at) FROM edition")
    assert due == (first.next_at or 0) + DAY


async def test_a_run_that_died_is_begun_again_and_not_for_ever(house: House) -> None:
    edition = await ordered(house, rhythm="")
    await actions.make_now(await house.viewer("astrid"), edition.id)
    moment, dead = now(), []
    for _ in range(runs.TRIES):
        with at(moment):
            run = await runs.take(UTC)
            assert run and run not in dead
            assert await runs.take(UTC) is None, "somebody has it"
            dead.append(run)
        with at(moment + DEAD):
            assert await runs.alive(run, 1, 2) and await runs.take(UTC) is None, "alive as long as it says so"
        moment += 2 * DEAD + MINUTE
    with at(moment):
        assert await runs.take(UTC) is None
    assert not await runs.alive(dead[0], 1, 2) and not await runs.done(dead[0], UTC), (
        "whoever was given up does nothing more"
    )
    assert await state(edition.id) == {"run": None, "tries": 0, "failed": "ended", "next_at": None}


async def test_whoever_stops_in_order_has_not_tried(house: House) -> None:
    edition = await ordered(house)
    await actions.make_now(await house.viewer("astrid"), edition.id)
    for _ in range(2 * runs.TRIES):
        run = await runs.take(UTC)
        assert run
        await runs.let_go(run)
    assert (await state(edition.id))["tries"] == 0


async def test_what_may_pass_is_tried_again_soon_and_what_does_not_at_its_time(house: House) -> None:
    edition = await ordered(house)
    await actions.make_now(await house.viewer("astrid"), edition.id)
    moment = now()
    for number in range(runs.TRIES):
        with at(moment):
            run = await runs.take(UTC)
            assert run
            await runs.failed(run, "place", "It does not answer.", UTC)
        found = await state(edition.id)
        assert found["failed"] == "place"
        soon = number < runs.TRIES - 1
        assert (found["next_at"] == moment + 5 * MINUTE) == soon
        moment = int(str(found["next_at"]))
    assert moment % DAY == 2 * HOUR


async def test_a_snapshot_that_is_not_sound_is_not_published_and_the_last_good_one_stands(house: House) -> None:
    edition = await ordered(house, strict=True)
    assert (await made(house, edition)).done
    (good,) = await kept_of(house, edition)
    mons = await house.viewer("mons")
    wrong = await entries.post(
        mons, "micropost", house.spaces["torget"], Fields(body="It is [there](/people/nobody/).")
    )
    outcome = await made(house, edition)
    assert not outcome.done and "where there is nothing" in outcome.sentence
    astrid = await house.viewer("astrid")
    assert (await queries.edition(astrid, edition.id)).failed == "unsound" and await kept_of(house, edition) == [good]
    async with house.browser("astrid") as browser:
        page = (await browser.get("/snapshots/editions/")).text
        assert "Nothing was published." in page and "where there is nothing" in page and "make it again" in page
    await entries.trash(mons, wrong, "")
    assert (await made(house, edition)).done and (await queries.edition(astrid, edition.id)).failed == ""


async def test_what_is_thrown_away_while_it_is_made_is_not_kept(house: House) -> None:
    edition = await ordered(house)
    astrid = await house.viewer("astrid")
    await actions.make_now(astrid, edition.id)
    run = await runs.take(UTC)
    assert run
    making = asyncio.create_task(carry_out(lambda: house.app, house.settings, run))
    await asyncio.sleep(0)
    await actions.drop(astrid, edition.id)
    assert not (await making).done and not await value("SELECT 1 FROM snapshot WHERE made_at > 0")


async def test_what_was_thrown_away_goes_for_good_the_day_after(house: House) -> None:
    astrid = await house.viewer("astrid")
    edition, other = await ordered(house), await ordered(house, name="Other")
    for each in (edition, other):
        assert (await made(house, each)).done
    before = on_the_shelf(house)
    (kept,) = await kept_of(house, edition)
    (others,) = await kept_of(house, other)
    await actions.drop_kept(astrid, kept.id)
    await actions.drop(astrid, other.id)
    shelf, folders = shelf_of(house.settings), folder_of(house.settings, 0).parent
    await runs.tidy(shelf, folders)
    assert on_the_shelf(house) == before and folder_of(house.settings, other.id).is_dir()
    with at(now() + DAY + MINUTE):
        await runs.tidy(shelf, folders)
    assert set(before) - set(on_the_shelf(house)) == {kept.file, others.file}
    assert not folder_of(house.settings, other.id).exists() and folder_of(house.settings, edition.id).is_dir()
    assert await value("SELECT count(*) FROM edition") == 1 and not await value("SELECT 1 FROM snapshot")


async def test_what_a_run_that_died_had_put_on_the_shelf_is_nobodys_and_goes(house: House) -> None:
    edition = await ordered(house)
    half = runs.Made(7, 0, ".zip", "", 0, 0, 0, 0, 0, False, "", 0)
    await runs.reserve(edition, half, [house.spaces["torget"].id])
    assert not await kept_of(house, edition)
    async with house.browser("astrid") as browser:
        assert (await browser.post("/snapshots/7/drop", data={"back": "true"})).status_code == 404
    with at(now() + DAY + MINUTE):
        await runs.tidy(shelf_of(house.settings), folder_of(house.settings, 0).parent)
    assert not await value("SELECT 1 FROM snapshot")


@pytest.mark.timeout(180)
async def test_an_open_house_publishes_by_itself_in_a_process_of_its_own(house: House) -> None:
    edition = await ordered(house, spaces=("torget",))
    astrid = await house.viewer("astrid")
    await actions.make_now(astrid, edition.id)
    rounds = Rounds("The editions", partial(publish_due, replace(house.settings, zone="Europe/Oslo")))
    rounds.start()
    for _ in range(600):
        found = await queries.edition(astrid, edition.id)
        if found.looked_at or found.failed:
            break
        await asyncio.sleep(0.1)
    await rounds.rest()
    assert (found.failed, found.wrong) == ("", "") and len(await kept_of(house, edition)) == 1


async def test_a_house_that_closes_meanwhile_lets_go_of_what_it_made(house: House) -> None:
    edition = await ordered(house)
    await actions.make_now(await house.viewer("astrid"), edition.id)
    rounds = Rounds("The editions", partial(publish_due, house.settings))
    rounds.start()
    for _ in range(100):
        if (await state(edition.id))["run"]:
            break
        await asyncio.sleep(0.05)
    await rounds.rest()
    found = await state(edition.id)
    assert (found["run"], found["tries"], found["failed"]) == (None, 0, "")
    assert await runs.is_due()
