"""Search: what is typed finds what is meant, in both languages, on both engines, and only what one may read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.cast import House
from web.entries import actions, search
from web.entries.actions import Fields

TEXTS = {
    "møte": ("page", "Referat fra møtene i Ålesund", "Vi møttes i februar. Åse og Øystein skrev.", "referat"),
    "løsning": ("article", "Løsninger på kø", "Køen ved skranken ble kortere da vi ba om hjelp.", "kø"),
    "running": ("page", "Running the report", "The reports are run every night, and nobody waits.", "drift"),
    "phrase": ("question", "Where is the spare key?", "The spare blue key hangs behind the door. Not the red key.", ""),
    "hidden": ("page", "Hemmelig referat", "Møtene ingen vet om.", "referat"),
}


@pytest_asyncio.fixture(scope="module")
async def written(house: House) -> AsyncIterator[dict[int, str]]:
    mons = await house.viewer("mons")
    made = {}
    for name, (kind, title, body, tags) in TEXTS.items():
        space = house.spaces["loftet" if name == "hidden" else "torget"]
        made[await actions.post(mons, kind, space, Fields(title, body, tags=tags))] = name
    yield made


async def found(house: House, written: dict[int, str], typed: str, by: str = "ole") -> set[str]:
    hits = (await search.search(await house.viewer(by), search.read(typed))).items
    return {written[hit.entry.id] for hit in hits if hit.entry.id in written}


@pytest.mark.parametrize(
    ("typed", "names"),
    [("møte", {"møte"}), ("møter", {"møte"}), ("MØTENE", {"møte"}), ("moete", {"møte"}), ("alesund", {"møte"}), ("aalesund", {"møte"}),
     ("løsning", {"løsning"}), ("losninger", {"løsning"}), ("report", {"running"}), ("run", {"running"}), ("repo", {"running"}),
     ('"spare blue key"', {"phrase"}), ('"spare key"', {"phrase"}), ('"blue spare"', set()), ("key -door", set()), ("key -window", {"phrase"}),
     ("skranken kortere", {"løsning"}), ("skranken møte", set()), ("kind:article hjelp", {"løsning"}), ("kind:pages hjelp", set()),
     ("tag:referat", {"møte"}), ("tag:#REFERAT by:@mons", {"møte"}), ("by:ole møte", set()), ("in:torget møte", {"møte"}),
     ("in:loftet møte", set()), ("møte after:2020", {"møte"}), ("møte before:2020-02-30", set()), ("møte before:2020", set()),
     ("hemmelig", set()), ("", set()), ('"', set()), ("-", set()), ("---", set()), ("*", set()), ("OR AND NOT", set())],
)  # fmt: skip
async def test_what_is_typed_finds_what_is_meant(
    house: House, written: dict[int, str], typed: str, names: set[str]
) -> None:
    assert await found(house, written, typed) == names


async def test_those_of_a_secret_space_find_what_is_in_it(house: House, written: dict[int, str]) -> None:
    assert await found(house, written, "hemmelig", "mons") == {"hidden"}
    assert await found(house, written, "møtene", "mons") == {"møte", "hidden"}
    assert await found(house, written, "møtene", "gro") == set()


async def test_a_title_counts_more_than_a_mention(house: House) -> None:
    mons = await house.viewer("mons")
    space = house.spaces["torget"]
    mention = await actions.post(mons, "page", space, Fields("Something else", "It says tyttebær once, far down."))
    title = await actions.post(mons, "page", space, Fields("Tyttebær", "All about them."))
    hits = (await search.search(mons, search.read("tyttebær"))).items
    assert [hit.entry.id for hit in hits] == [title, mention]


@pytest.mark.parametrize(
    "typed",
    ["'", '""', "a" * 5000, "a " * 500, "(", "NEAR(a b)", "title:x", "x OR 1=1", "\\", "%", "_", "a & b | !c", ":*", "kind:", "by:@",
     "before:x after:y", "before:99999", "æ" * 999, "😀", "\u202e", "{}", "{0}", "-" * 999, '"a" "b" "c"', "^a", "a^2", "a*b", "+a", "in:\"x y\""],
)  # fmt: skip
async def test_nothing_typed_is_an_error(house: House, typed: str) -> None:
    await search.search(await house.viewer("ole"), search.read(typed))
    async with house.browser("ole") as browser:
        assert (await browser.get("/search/", params={"q": typed})).status_code == 200


def test_a_snippet_shows_the_hit_and_runs_nothing() -> None:
    plain = "x " * 500 + "<b>before</b> Møtene er lange <script> " + "y " * 500
    shown = search.snippet(plain, search.read("møte"))
    assert "<mark>Møtene</mark>" in shown and "&lt;script&gt;" in shown and len(shown) < 500
    assert str(search.snippet("nothing here", search.read("møte"))) == "nothing here"


def test_a_search_is_narrowed_to_a_kind_and_widened_again() -> None:
    assert search.narrowed('ferge kind:page -kind:idea "to ord"', "question") == 'ferge "to ord" kind:question'
    assert search.narrowed("ferge kind:page") == "ferge"
    assert search.narrowed("mankind:page") == "mankind:page"


def test_a_kind_is_called_as_people_call_it() -> None:
    for called in ("question", "questions", "Spørsmål", "Question"):
        assert search.read(f"ferge kind:{called}").kind == "question", called
    assert search.read("ferge").kind == search.read("ferge kind:ferge").kind == ""
