"""A wiki link means the same page to everybody who can read the text, and finds it whenever it comes."""

from __future__ import annotations

from tests.cast import House
from web.entries import actions, queries
from web.entries.actions import Fields


async def leads_to(house: House, handle: str, id: int) -> list[int]:
    return list((await queries.links(await house.viewer(handle), [id])).by_id)


async def post(house: House, handle: str, space: str, title: str, body: str = "-") -> int:
    return await actions.post(await house.viewer(handle), "page", house.spaces[space], Fields(title, body))


async def test_a_title_never_means_what_only_its_writer_can_read(house: House) -> None:
    hidden = await post(house, "mons", "loftet", "Nøkler")
    text = await post(house, "mons", "torget", "About keys", "See [[Nøkler]].")
    assert await leads_to(house, "mons", text) == []
    shared = await post(house, "ole", "torget", "Nøkler")
    assert await leads_to(house, "ole", text) == [shared], "whoever writes the page makes the link whole"
    inside = await post(house, "mons", "loftet", "Inside", "See [[Nøkler]].")
    assert await leads_to(house, "mons", inside) == [hidden], "at home, the own page comes first"


async def test_a_link_that_names_its_space_leads_there_for_those_who_can_follow(house: House) -> None:
    closed = await post(house, "mons", "kontoret", "Budsjett")
    text = await post(house, "mons", "torget", "About money", "See [[kontoret/Budsjett]].")
    assert await leads_to(house, "mons", text) == [closed]
    assert await leads_to(house, "ole", text) == []
    ole, before = await house.viewer("ole"), await queries.entry(await house.viewer("ole"), text)
    await actions.edit(ole, text, Fields("About money", before.body + " Ole was here."), before.revision)
    assert await leads_to(house, "mons", text) == [closed], "an editor who cannot follow it does not break it"


async def test_a_link_goes_on_to_the_page_that_was_renamed_and_leaves_the_one_that_was_hidden(house: House) -> None:
    mons = await house.viewer("mons")
    target = await post(house, "mons", "torget", "Vaktliste")
    text = await post(house, "mons", "torget", "About shifts", "See [[Vaktliste]].")
    page = await queries.entry(mons, target)
    await actions.edit(mons, target, Fields("Turnus", page.body), page.revision)
    assert await leads_to(house, "ole", text) == [target]
    await actions.move(mons, target, house.spaces["loftet"])
    assert await leads_to(house, "ole", text) == []
    again = await post(house, "ole", "torget", "Vaktliste")
    page = await queries.entry(mons, text)
    await actions.edit(mons, text, Fields("About shifts", page.body + " Soon."), page.revision)
    assert await leads_to(house, "ole", text) == [again]
