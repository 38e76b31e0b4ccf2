"""As the world sees it: the page that somebody gets who is not signed in, or why they get none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.cast import House
from web.entries import actions, drafts, queries
from web.entries.actions import Fields
from web.people import actions as people_actions


@pytest_asyncio.fixture
async def public(house: House) -> AsyncIterator[House]:
    space, astrid = house.spaces["torget"], await house.viewer("astrid")
    await people_actions.change_space(astrid, space, space.name, "", "open", public=True)
    yield house
    await people_actions.change_space(astrid, space, space.name, "", "open", public=False)


def main(page: str) -> str:
    """What stands in the middle and beside it, without what is said over a preview, and without times."""
    inside = page.partition("<main")[2].partition('<footer class="foot')[0]
    inside = re.sub(r'<aside class="standing world">.*?</aside>', "", inside, flags=re.S)
    return re.sub(r"\s+(?=<)", "", re.sub(r"\s+|value=\"[0-9a-f]{20,}\"", " ", inside))


async def test_it_is_the_page_that_nobody_in_particular_gets(public: House) -> None:
    mons = await public.viewer("mons")
    hidden = await actions.post(mons, "page", public.spaces["kontoret"], Fields("Hidden kanariworld", "x"))
    body = f"Seen by @ole, not [[kontoret/Hidden kanariworld]] nor [this](/e/{hidden})."
    id = await actions.post(
        mons, "article", public.spaces["torget"], Fields("To the world", body, tags="sea", series="Sea")
    )
    entry = await queries.entry(mons, id)
    await actions.post(await public.viewer("ole"), "reply", None, Fields(body="Well said."), entry)
    preview, outside = await public.read(f"/entries/{id}/world/", "mons"), await public.read(f"/e/{id}", None)
    assert "This is what the world sees" in preview and "Well said." in preview
    assert main(preview) == main(outside)
    for no in (f"/e/{hidden}/", f"/pages/{hidden}", "/settings/", "Go on writing", "data-viewer"):
        assert no not in preview, no


async def test_what_the_world_does_not_see_says_so_and_what_to_do(house: House) -> None:
    id = await actions.post(await house.viewer("mons"), "article", house.spaces["kontoret"], Fields("In here", "x"))
    page = await house.read(f"/entries/{id}/world/", "mons")
    assert "The world does not see it." in page and "No space of yours is for everybody." in page
    there = await actions.post(
        await house.viewer("astrid"), "article", house.spaces["torget"], Fields("Out there", "x")
    )
    assert "/spaces/torget/settings/" in await house.read(f"/entries/{there}/world/", "astrid")
    space = house.spaces["torget"]
    await people_actions.change_space(await house.viewer("astrid"), space, space.name, "", "open", public=True)
    page = await house.read(f"/entries/{id}/world/", "mons")
    assert '<a href="/spaces/torget/">Torget</a>' in page and f"/entries/{id}/move/" in page
    await people_actions.change_space(await house.viewer("astrid"), space, space.name, "", "open", public=False)


async def test_only_those_who_may_edit_it_look_that_way(public: House) -> None:
    article, secret = public.entries["torget", "article"], public.entries["loftet", "article"]
    async with public.browser("ole") as ole, public.browser() as stranger, public.browser("gro") as gro:
        assert (await ole.get(f"/entries/{article}/world/")).status_code == 403
        assert (await ole.get(f"/entries/{secret}/world/")).status_code == 404
        assert (await stranger.get(f"/entries/{article}/world/")).status_code in (303, 404)
        assert (await gro.get(f"/entries/{secret}/world/")).status_code == 404


async def test_a_file_that_is_not_for_everybody_is_named(public: House) -> None:
    mons = await public.viewer("mons")
    file = await public.attach("mons", "plan.txt", b"of in here", entry=public.entries["kontoret", "article"])
    id = await actions.post(
        mons, "article", public.spaces["torget"], Fields("With a file", f"[It](/files/{file.id}/plan.txt)")
    )
    assert "not for everybody" in (said := await public.read(f"/entries/{id}/world/", "mons")) and "plan.txt" in said


async def test_before_it_is_shared_too(public: House) -> None:
    form = {
        "kind": "article",
        "space": "torget",
        "title": "Begun kanaridraft",
        "body": "With [[Title of kanaritorgetpage]].",
        "lead": "Short.",
        "tags": "sea",
    }
    mons = await public.viewer("mons")
    id = await drafts.keep(mons, form)
    page = await public.read(f"/drafts/{id}/world/", "mons")
    assert (
        "This is what the world sees" in page
        and "Begun kanaridraft" in page
        and "#sea" in page
        and "1 min to read" in page
    )
    assert f'href="/pages/{public.entries["torget", "page"]}/' in page
    assert "As the world sees it" in await public.read(f"/drafts/{id}/", "mons")
    async with public.browser("ole") as browser:
        assert (await browser.get(f"/drafts/{id}/world/")).status_code == 404
    closed = await drafts.keep(mons, {**form, "space": "kontoret"})
    assert "The world does not see it." in await public.read(f"/drafts/{closed}/world/", "mons")
    nowhere = await drafts.keep(mons, {**form, "space": ""})
    assert "It has no place yet." in await public.read(f"/drafts/{nowhere}/world/", "mons")
    kind = await drafts.keep(mons, {**form, "kind": "page"})
    assert "Begun kanaridraft" in await public.read(f"/drafts/{kind}/world/", "mons")
