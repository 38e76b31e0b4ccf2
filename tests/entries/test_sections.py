"""One section of a text is changed by itself, and what others do elsewhere meanwhile is none of its business."""

from __future__ import annotations

import re

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast import House
from web.entries import actions, drafts, queries
from web.entries.actions import Fields
from web.entries.sections import same_section, section, sections

BODY = """Before all headings.

# Timetable

When it goes.

## Winter

Ten past eight.

```
# not a heading
```

## Summer

Every hour.

Fares
-----

Not so much.
"""


async def titles(body: str) -> list[str]:
    return [each.title for each in await sections(body)]


async def test_a_section_is_what_stands_under_a_heading(house: House) -> None:
    found = await sections(BODY)
    assert [each.title for each in found] == ["Timetable", "Winter", "Summer", "Fares"]
    assert found[0].of(BODY).startswith("# Timetable") and found[0].of(BODY).endswith("Not so much."), "all under it"
    assert found[1].of(BODY).endswith("# not a heading\n```") and found[3].of(BODY) == "Fares\n-----\n\nNot so much."
    for each in found:
        assert each.put(BODY, each.of(BODY)) == BODY, "nothing was changed"
    assert found[2].put(BODY, "") == BODY.replace("## Summer\n\nEvery hour.\n\n", "")
    assert "## Summer\n\nNever.\n\nFares\n" in found[2].put(BODY, "## Summer\r\n\r\nNever.\r\n\r\n")


@pytest.mark.parametrize("body", ["", "No heading.", "> # Quoted\n\n# Real", "- # In a list\n\n# Real\n\n## And more"])
async def test_where_headings_cannot_be_told_apart_the_whole_text_is_changed(house: House, body: str) -> None:
    assert await sections(body) == ()
    assert await section(body, 0) is None and await section(BODY, 9) is None and await section(BODY, None) is None


@given(st.lists(st.sampled_from(["# A", "## B", "### B", "Text", "```\n# c\n```", "- item", "Under\n---", "    # code", "> q", "", "A\nB"])))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_whatever_the_text_a_section_put_back_is_the_same_text(blocks: list[str]) -> None:
    import asyncio

    body = "\n\n".join(blocks)
    for each in asyncio.run(sections(body)):
        assert each.put(body, each.of(body)) == body
        assert each.start < each.end <= len(body)


async def test_a_section_is_known_again_by_its_heading(house: House) -> None:
    moved = BODY.replace("# Timetable", "# Welcome\n\nHi.\n\n# Timetable")
    assert await same_section(BODY, 1, moved) == 2
    assert await same_section(BODY, 1, BODY.replace("Winter", "Autumn")) is None
    assert await same_section(BODY, 9, BODY) is None


async def opened(browser: httpx.AsyncClient, id: int, number: int) -> dict[str, str]:
    """The form that holds a section, as a browser would send it."""
    page = (await browser.get(f"/entries/{id}/edit/?section={number}")).text
    text = re.search(r'<textarea[^>]*name="body"[^>]*>\n(.*?)</textarea>', page, re.S)
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert text and revision and f'name="section" value="{number}"' in page and 'name="title"' not in page
    return {"revision": revision[1], "section": str(number), "body": text[1], "draft": ""}


async def test_two_sections_are_changed_at_once(house: House) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    id = await actions.post(mons, "page", torget, Fields("Ferry", BODY, tags="boat"))
    async with house.browser("mons") as one, house.browser("ole") as other:
        page = (await one.get(f"/e/{id}", follow_redirects=True)).text
        assert f"/entries/{id}/edit/?section=0" in page and f"/entries/{id}/edit/?section=3" in page
        first, second = await opened(one, id, 1), await opened(other, id, 3)
        assert first["body"].startswith("## Winter")
        done = await one.post(f"/entries/{id}/edit", data=first | {"body": "## Winter\r\n\r\nHalf past eight."})
        assert done.headers["location"].endswith("#s-winter")
        await other.post(f"/entries/{id}/edit", data=second | {"body": "Fares\n-----\n\nFree."})
    entry = await queries.entry(mons, id)
    assert "Half past eight.\n\n## Summer" in entry.body and entry.body.endswith("Free.\n")
    assert entry.title == "Ferry" and await queries.form_tags(id) == "boat"


async def test_who_changed_the_same_section_settles_that_section_and_no_more(house: House) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    id = await actions.post(mons, "page", torget, Fields("Boat", BODY))
    async with house.browser("mons") as one, house.browser("ole") as other:
        first, second = await opened(one, id, 1), await opened(other, id, 1)
        await one.post(f"/entries/{id}/edit", data=first | {"body": "## Winter\n\nNine."})
        welcome = {
            "revision": (await queries.entry(mons, id)).revision,
            "title": "Boat",
            "body": "# Welcome\n\nHi.\n\n",
        }
        welcome["body"] += (await queries.entry(mons, id)).body
        await one.post(f"/entries/{id}/edit", data=welcome)
        clash = await other.post(f"/entries/{id}/edit", data=second | {"body": "## Winter\n\nTen."})
        assert clash.status_code == 409 and 'name="section" value="2"' in clash.text
        assert "Nine." in clash.text and "Ten." in clash.text and "Every hour" not in clash.text, (
            "nothing else is shown"
        )
        assert 'name="title"' not in clash.text and 'name="tags"' not in clash.text, (
            "what would not be saved is not asked for"
        )
        revision = re.search(r'name="revision" value="(\d+)"', clash.text)
        assert revision
        settled = {"revision": revision[1], "section": "2", "settling": "true", "body": "## Winter\n\nNine or ten."}
        assert (await other.post(f"/entries/{id}/edit", data=settled)).status_code == 303
    body = (await queries.entry(mons, id)).body
    assert body.startswith(("Before", "# Welcome"))
    assert "Nine or ten.\n\n## Summer" in body and "Every hour." in body and "# Welcome" in body


async def test_a_section_that_is_gone_gives_back_what_was_typed(house: House) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    id = await actions.post(mons, "page", torget, Fields("Gone", BODY))
    async with house.browser("mons") as browser:
        form = await opened(browser, id, 2)
        now = await queries.entry(mons, id)
        await actions.edit(mons, id, Fields("Gone", "# Other\n\nAll new."), now.revision)
        clash = await browser.post(f"/entries/{id}/edit", data=form | {"body": "## Summer\n\nMy own words."})
        assert clash.status_code == 409 and "My own words." in clash.text and 'name="section"' not in clash.text
        odd = await browser.post(f"/entries/{id}/edit", data=form | {"section": "77", "body": "Kept words."})
        assert odd.status_code == 422 and "Kept words." in odd.text and "no such section" in odd.text
        for number in ("x", "-1", "99999999999999999999"):
            assert (await browser.get(f"/entries/{id}/edit/?section={number}")).status_code == 422


async def test_a_draft_of_a_section_is_one_of_the_whole_text(house: House) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    id = await actions.post(mons, "page", torget, Fields("Drafted", BODY))
    async with house.browser("mons") as browser:
        form = await opened(browser, id, 1)
        kept = await browser.post(
            "/drafts", data=form | {"kind": "page", "entry": str(id), "body": "## Winter\n\nIn a while."}, headers={"accept": "application/json"}
        )  # fmt: skip
        draft = await drafts.draft(mons, kept.json()["draft"])
        assert (
            "In a while.\n\n## Summer" in draft.body
            and draft.body.startswith("Before all")
            and draft.title == "Drafted"
        )
        page = (await browser.get(f"/entries/{id}/edit/?draft={draft.id}")).text
        assert "In a while." in page and "Every hour." in page and 'name="section"' not in page
