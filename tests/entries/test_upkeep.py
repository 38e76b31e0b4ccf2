"""What a wiki asks for is seen by whoever may read the texts that ask for it, and by nobody else."""

from __future__ import annotations

import pytest

from tests.cast import House
from web.database import at, execute, now
from web.entries import actions, queries
from web.entries.actions import Fields
from web.times import DAY


async def test_pages_that_are_not_written_are_wanted_by_those_who_link_to_them(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    for word in ("one", "two"):
        await actions.post(ole, "micropost", house.spaces["torget"], Fields(body=f"See [[The Boiler Room]] {word}."))
    await actions.post(
        ole,
        "page",
        house.spaces["torget"],
        Fields(title="Heating", body="[[kontoret/Keys#Spare|keys]] [[the boiler  room]]"),
    )
    await actions.post(
        mons, "page", house.spaces["loftet"], Fields(title="Plot", body="[[Kanaritreasure]] [[The boiler room]]")
    )
    found = {each.title: each for each in await queries.wanted(ole)}
    boiler = found["The Boiler Room"] if "The Boiler Room" in found else found["the boiler  room"]
    assert boiler.texts == 3 and len(boiler.linking) == 3
    assert found["Keys"].space == "kontoret" and "Kanaritreasure" not in found
    theirs = {each.title.lower(): each.texts for each in await queries.wanted(mons)}
    assert theirs["kanaritreasure"] == 1 and 4 in theirs.values()
    assert [each.title for each in await queries.wanted(mons, house.spaces["loftet"].id)][:1] != []
    async with house.browser("ole") as browser:
        page = (await browser.get("/upkeep/wanted/")).text
        assert "3 texts link to it" in page and "Kanaritreasure" not in page
        assert "/new/page/?title=Keys&amp;space=kontoret" in page and "/new/question/?title=Keys" in page
        assert (await browser.get("/spaces/loftet/upkeep/")).status_code == 404
        assert (await browser.get("/upkeep/nonsense/")).status_code == 404
    async with house.browser() as browser:
        assert (await browser.get("/upkeep/")).status_code == 303, "for those who write"
    await actions.post(mons, "page", house.spaces["torget"], Fields(title="The boiler room"))
    assert "the boiler room" not in {each.title.lower() for each in await queries.wanted(ole)}


async def test_pages_that_hang_together_with_nothing_are_found(house: House) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    alone = await actions.post(mons, "page", torget, Fields(title="Alone", body="[[Led to]]"))
    led = await actions.post(mons, "page", torget, Fields(title="Led to", body="Nothing here."))
    above = await actions.post(mons, "page", torget, Fields(title="Above", body="Nothing."))
    under = await actions.post(
        mons, "page", torget, Fields(title="Below", body="Nothing."), await queries.entry(mons, above)
    )
    await actions.post(mons, "page", house.spaces["loftet"], Fields(title="Hidden", body="Nothing."))
    made = {alone, led, above, under}

    async def ids(of: str) -> set[int]:
        found = await {"orphans": queries.orphans, "dead ends": queries.dead_ends}[of](await house.viewer("ole"))
        assert "Hidden" not in {each.title for each in found.items}
        return {each.id for each in found.items} & made

    assert await ids("orphans") == {alone}
    assert await ids("dead ends") == {led, under}
    # What is in the bin, or in a room that one may not read, leads nowhere, and is not told of.
    await actions.post(mons, "page", house.spaces["loftet"], Fields(title="Map", body="[[torget/Alone]]"))
    binned = await actions.post(mons, "page", torget, Fields(title="Gone", body="[[Alone]]"))
    await actions.trash(mons, binned)
    assert await ids("orphans") == {alone}
    await actions.trash(mons, under)
    assert await ids("orphans") == {alone, above} and await ids("dead ends") == {led, above}


async def test_what_nobody_has_touched_for_longest_comes_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    with at(now() - 400 * DAY):
        old = await actions.post(mons, "page", house.spaces["torget"], Fields(title="Old", body="Once."))
    with at(now() - 300 * DAY):
        less = await actions.post(mons, "page", house.spaces["torget"], Fields(title="Less old", body="Once."))
    await execute("UPDATE entry SET active_at = created_at WHERE id IN ({}, {})", old, less)
    found = await queries.untouched(ole)
    assert [each.id for each in found.items][:2] == [old, less]
    monkeypatch.setattr(queries.upkeep, "PAGE_SIZE", 1)
    first = await queries.untouched(ole)
    assert first.older and [each.id for each in first.items] == [old]
    second = await queries.untouched(ole, None, first.older)
    assert [each.id for each in second.items] == [less]
    async with house.browser("ole") as browser:
        page = (await browser.get("/upkeep/untouched/")).text
        assert f"/upkeep/untouched/after/{first.older}/" in page and "Old" in page
        assert "Less old" in (await browser.get(f"/upkeep/untouched/after/{first.older}/")).text
