"""What somebody has begun to write is kept for them wherever they sign in, and is nobody else's."""

from __future__ import annotations

import httpx
import pytest

from tests.cast import House, write
from web.database import execute, now
from web.entries import actions, drafts, queries
from web.errors import Invalid, NotThere

BEGUN = {
    "kind": "page",
    "space": "torget",
    "title": "Begun kanaridraft",
    "body": "Words of kanaridraft.",
    "tags": "one two",
    "lang": "nb",
}


async def _kept(browser: httpx.AsyncClient, form: dict[str, str]) -> int:
    """As the script asks for it while somebody types."""
    answer = await browser.post("/drafts/", data=form, headers={"accept": "application/json"})
    id: int = answer.json()["draft"]
    return id


async def test_a_draft_follows_its_writer_to_another_browser_and_is_gone_when_it_is_shared(house: House) -> None:
    async with house.browser("mons") as here, house.browser("mons") as there:
        kept = await _kept(here, BEGUN)
        again = await _kept(here, {**BEGUN, "body": "More words.", "draft": str(kept)})
        assert kept == again
        assert "Begun kanaridraft" in (await there.get("/drafts/")).text
        form = (await there.get(f"/new/page/?draft={kept}")).text
        assert "More words." in form and 'value="one two"' in form and f'name="draft" value="{kept}"' in form
        assert (await there.post("/entries/", data={**BEGUN, "draft": str(kept)})).status_code == 303
        assert "Begun kanaridraft" not in (await here.get("/drafts/")).text


async def test_a_change_is_begun_too_and_knows_what_it_was_based_on(house: House) -> None:
    id = await write(house, "mons", "page", "torget", "changing")
    mons = await house.viewer("mons")
    entry = await queries.entry(mons, id)
    change = {
        "kind": "page",
        "entry": str(id),
        "revision": str(entry.revision),
        "title": entry.title,
        "body": "A change begun.",
    }
    async with house.browser("mons") as browser:
        kept = await _kept(browser, change)
        assert f"/entries/{id}/edit/?draft={kept}" in (await browser.get("/drafts/")).text
        form = (await browser.get(f"/entries/{id}/edit/?draft={kept}")).text
        assert "A change begun." in form and f'name="revision" value="{entry.revision}"' in form
        saved = await browser.post(f"/entries/{id}/edit", data={**change, "draft": str(kept)})
        assert saved.status_code == 303
    assert await drafts.of(mons) == ()


async def test_a_draft_is_nobody_elses(house: House) -> None:
    async with house.browser("mons") as browser:
        kept = await _kept(browser, BEGUN)
    for handle in ("hedda", "astrid", "ole", "gro"):
        async with house.browser(handle) as browser:
            assert (await browser.get(f"/new/page/?draft={kept}")).status_code in (403, 404)
            assert (await browser.post(f"/drafts/{kept}/drop")).status_code == 404
            own = await _kept(browser, {**BEGUN, "body": "Mine.", "draft": str(kept)})
            assert own != kept, "another's number is not written over"
            assert "Words of kanaridraft" not in (await browser.get("/drafts/")).text
            assert (await browser.get(f"/drafts/{kept}/")).status_code == 404
    assert (await drafts.draft(await house.viewer("mons"), kept)).body == "Words of kanaridraft."
    async with house.browser() as browser:
        assert (await browser.get("/drafts/")).status_code == 303
        assert (await browser.post("/drafts/", data=BEGUN)).status_code == 401


async def test_a_draft_is_thrown_away_and_taken_back(house: House) -> None:
    mons = await house.viewer("mons")
    async with house.browser("mons") as browser:
        kept = await _kept(browser, BEGUN)
        await browser.post(f"/drafts/{kept}/drop")
        assert kept not in [each.id for each in await drafts.of(mons)]
        await browser.post(f"/drafts/{kept}/drop", data={"back": "true"})
        assert kept in [each.id for each in await drafts.of(mons)]
    await drafts.drop(mons, kept)
    await execute("UPDATE draft SET dropped_at = {} WHERE id = {}", now() - 31 * 24 * 3600 * 1000, kept)
    other = await drafts.keep(mons, BEGUN)
    await drafts.drop(mons, other)
    with pytest.raises(NotThere):
        await drafts.draft(mons, kept)


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": "nothing"},
        {"body": "a\0b"},
        {"body": "x" * 300_000},
        {"revision": "x"},
        {"entry": "-1"},
        {"parent": "9" * 30},
        {"lang": "?!"},
    ],
)
async def test_odd_drafts_are_refused_in_words(house: House, odd: dict[str, str]) -> None:
    async with house.browser("mons") as browser:
        assert (await browser.post("/drafts/", data={**BEGUN, **odd})).status_code == 422


async def test_every_word_of_a_draft_can_be_read_when_what_it_was_about_is_out_of_reach(house: House) -> None:
    id = await write(house, "mons", "page", "kontoret", "gonefromhere")
    entry = await queries.entry(await house.viewer("mons"), id)
    longest = "ord " * 5_000 + "sluttordet"
    change = {"kind": "page", "entry": str(id), "revision": str(entry.revision), "title": "T", "body": longest}
    async with house.browser("mons") as browser:
        kept = await _kept(browser, change)
        assert "sluttordet" not in (await browser.get("/drafts/")).text, "a list holds beginnings"
        await actions.trash(await house.viewer("hedda"), id)
        assert "sluttordet" in (await browser.get(f"/drafts/{kept}/")).text


async def test_there_is_an_end_to_how_many_one_can_begin(house: House) -> None:
    ole = await house.viewer("ole")
    for _ in range(drafts.MOST - len(await drafts.of(ole))):
        await drafts.keep(ole, BEGUN)
    with pytest.raises(Invalid):
        await drafts.keep(ole, BEGUN)


async def test_a_draft_outlives_the_entries_it_was_about(house: House) -> None:
    kept = await drafts.keep(await house.viewer("mons"), {**BEGUN, "entry": "4711", "parent": "4712"})
    found = await drafts.draft(await house.viewer("mons"), kept)
    assert (found.entry, found.parent, found.body) == (None, None, BEGUN["body"])
