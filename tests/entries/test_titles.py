"""Titles from A to Å, for whoever may read them."""

from __future__ import annotations

import sys

import pytest

from tests.cast import House
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.derived import title_key
from web.entries.queries import DIGITS, LETTERS, OTHERS, letter_of
from web.errors import NotThere
from web.policy import NOBODY

SAID = (
    "Ål",
    "Ærfugl",
    "Østers",
    "anker",
    "Ankerkjetting",
    "Zink",
    "2026 i tall",
    "9 av 10",
    "«Sitat»",
    "漢字",
    "{ klamme",
    "ça va",
    "ù la la",
    "~",
)


async def test_every_title_is_found_under_one_letter_in_order(house: House) -> None:
    mons = await house.viewer("mons")
    ids = [await actions.post(mons, "thread", house.spaces["loftet"], Fields(title, "x")) for title in SAID]
    under: dict[int, list[str]] = {}
    for letter in await queries.letters(mons):
        found = (await queries.titles(mons, letter)).items
        keys = [title_key(ref.title) for ref, _ in found]
        assert keys == sorted(keys), letter
        for ref, _ in found:
            under.setdefault(ref.id, []).append(letter)
    for id, title in zip(ids, SAID, strict=True):
        assert under[id] == [letter_of(title_key(title))], title
    assert {under[id][0] for id in ids} == {"å", "æ", "ø", "a", "z", DIGITS, OTHERS}
    ole = await house.viewer("ole")
    assert not {"å", "æ", "ø", "z"} & set(await queries.letters(ole)), (
        "a letter alone would say that there is something"
    )
    with pytest.raises(NotThere):
        await queries.titles(ole, "å")
    assert await queries.letters(NOBODY) == ()
    for id in ids:
        await actions.trash(mons, id, "")


async def test_a_long_letter_goes_on_and_what_may_not_be_read_is_no_place_in_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["web.entries.queries.titles"], "TITLES_SIZE", 2)
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    first = await queries.titles(mons, "t")
    assert len(first.items) == 2 and first.after
    then = await queries.titles(mons, "t", first.after)
    assert first.items[-1][0].title < then.items[0][0].title
    with pytest.raises(NotThere):
        await queries.titles(ole, "t", house.entries["loftet", "page"])
    assert all(letter in LETTERS for letter in await queries.letters(mons))
