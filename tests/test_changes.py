"""What changed: every text that was written or changed, for whoever may read it, and what was done to it."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime

import pytest

from tests.cast import House
from web.database import rows
from web.entries import actions, comparing, queries
from web.entries.actions import Fields
from web.entries.comparing import Compared, compared
from web.entries.queries import CHANGES_SIZE, Month
from web.entries.rows import Change
from web.errors import NotThere
from web.policy import Viewer, visible_to


async def all_of(viewer: Viewer) -> list[int]:
    """The revisions that somebody may read of, the latest first: asked for in another way."""
    found = await rows(
        "SELECT r.id FROM revision r WHERE NOT r.folded AND r.entry IN (SELECT e.id FROM entry e WHERE {}) ORDER BY r.id",
        visible_to(viewer),
    )
    return [each["id"] for each in reversed(found)]


async def listed(viewer: Viewer) -> list[int]:
    found = await queries.changes(viewer)
    seen = [each.id for each in found.items]
    while found.older:
        found = await queries.changes(viewer, found.older)
        seen += [each.id for each in found.items]
    return seen


async def edited(house: House, handle: str, id: int, body: str, **fields: str) -> Change:
    """A change, as it is listed; something is said about it, so that it is one of its own."""
    viewer = await house.viewer(handle)
    entry = await queries.entry(viewer, id)
    given = {"title": entry.title, "body": body, "tags": await queries.form_tags(id), "summary": "So it is", **fields}
    await actions.edit(viewer, id, Fields(**given), entry.revision)
    return (await queries.changes(viewer)).items[0]


async def did(house: House, change: Change, *, older: bool = True) -> Compared:
    return (await compared(await house.viewer("mons"), [change], older=older))[change.id]


def said(compared: Compared, what: str) -> str:
    return "".join(piece.text for block in compared.blocks for piece in block.pieces if piece.what == what)


@pytest.mark.parametrize("who", ["mons", "ole", "gro", "astrid", None])
async def test_every_text_that_somebody_may_read_of_is_there_once_the_latest_first(
    house: House, who: str | None
) -> None:
    mons = await house.viewer("mons")
    page, reply = house.entries["kontoret", "page"], house.entries["torget", "reply"]
    for turn in range(3):
        await edited(house, "mons", page, f"Turn {turn}.")
        await edited(house, "mons", reply, f"Turn {turn}.")
    for number in range(CHANGES_SIZE):
        await actions.post(mons, "micropost", house.spaces["torget"], Fields(body=f"Number {number}"))
    viewer = await house.viewer(who)
    expected = await all_of(viewer)
    assert await listed(viewer) == expected
    assert (len(expected) > CHANGES_SIZE) is (who in ("mons", "ole", "astrid"))
    if who == "mons":
        assert len(await all_of(mons)) > len(await all_of(await house.viewer("ole"))), "there is something to hide"


async def test_a_month_has_all_of_it_the_first_of_it_first_page_by_page(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ole = await house.viewer("ole")
    ((month, many),) = await queries.months_of_changes(ole)
    assert f"{month}" == f"{datetime.now(UTC):%Y-%m}" and many == len(await all_of(ole))
    monkeypatch.setattr(sys.modules["web.entries.queries.changes"], "CHANGES_MONTH_SIZE", 20)
    seen: list[int] = []
    place: Month | None = month
    while place:
        found = await queries.changes(ole, place)
        seen += [each.id for each in found.items]
        place = Month.read(f"{month}", f"{found.older}") if found.older else None
    assert seen == (await all_of(ole))[::-1]
    for empty in ("2024-02", "2199-01"):
        with pytest.raises(NotThere):
            await queries.changes(ole, Month.read(empty))


async def test_what_is_typed_at_once_is_one_change_and_says_what_was_done_to_the_text_before(house: House) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("Quay", "The quay is blue.", tags="quay"))
    (first, *_) = (await queries.changes(mons)).items
    assert first.before is None and await did(house, first) == Compared(added=4)
    for body in ("The quay is blue and", "The quay is blue and long."):
        entry = await queries.entry(mons, id)
        await actions.edit(mons, id, Fields("Quay", body, tags="quay"), entry.revision)
    (whole, *_) = (await queries.changes(mons)).items
    assert whole.before is None and await did(house, whole) == Compared(added=6), "the texts in between are folded"
    assert await listed(mons) == await all_of(mons)
    second = await edited(house, "hedda", id, "The quay is red and long.\n\nBring a rope.", tags="quay rope")
    change = await did(house, second)
    assert (second.before, second.author.handle) == (whole.id, "hedda")
    assert (change.added, change.removed, change.tags, change.title) == (4, 1, ("quay", "quay rope"), None)
    assert "red" in said(change, "added") and said(change, "removed").strip() == "blue"
    renamed = await edited(house, "hedda", id, "The quay is red and long.\n\nBring a rope.", title="Pier")
    assert await did(house, renamed) == Compared(same=True, title=("Quay", "Pier"))


async def test_of_texts_that_are_not_there_only_what_still_stands_is_shown(house: House) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("Kept", "One.\n\nTwo is gone."))
    await edited(house, "mons", id, "One.\n\nThree was regretted.\n\nFour stays.", title="Kept otherwise")
    await edited(house, "hedda", id, "One and a half.\n\nFour stays.", title="Kept")
    third, second, *_ = (await queries.changes(mons)).items
    last = await did(house, third, older=False)
    middle = await did(house, second, older=False)
    assert said(last, "added").strip() == "and a half" and said(middle, "added").strip() == "Four stays."
    for each in (last, middle):
        heard = "".join(piece.text for block in each.blocks for piece in block.pieces)
        assert not re.search("gone|regretted", heard) and not each.title and each.removed
    assert "regretted" in said(await did(house, second), "added"), "where they are there, they are shown"


async def test_what_is_very_long_is_counted_and_shown_in_its_history(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"This is line {number} of many." for number in range(400)]
    id = await actions.post(
        await house.viewer("mons"), "page", house.spaces["torget"], Fields("Long", "\n".join(lines))
    )
    one = await edited(house, "mons", id, "\n".join([*lines[:200], "Something else.", *lines[201:]]))
    change = await did(house, one)
    assert (change.added, change.removed, change.whole) == (2, 6, True)
    assert [block.what for block in change.blocks] == ["same", "removed", "added", "same"], "with a line of each side"
    every = await edited(house, "mons", id, "\n".join(f"{line} So it is." for line in lines))
    brief = await did(house, every)
    assert not brief.whole and sum(len(piece.text) for block in brief.blocks for piece in block.pieces) <= 5000
    monkeypatch.setattr(comparing, "_COMPARED", 1000)
    counted = await did(house, every)
    assert counted.blocks == () and not counted.whole and counted.added > 1000
    async with house.browser("ole") as browser:
        html = (await browser.get("/changes/")).text
    assert f"/entries/{id}/history/{every.id}/" in html and "1206 words added" in html


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">"\'></details>{{ 7*7 }}\u202e'


async def test_nothing_that_somebody_writes_is_anything_but_words(house: House) -> None:
    id = await actions.post(
        await house.viewer("mons"), "page", house.spaces["torget"], Fields(f"T {HOSTILE}", f"{HOSTILE} a b c d e")
    )
    await edited(house, "mons", id, f"{HOSTILE} a b c d {HOSTILE}", title=f"U {HOSTILE}", summary=HOSTILE, tags="<b>")
    async with house.browser("ole") as browser:
        html = (await browser.get("/changes/")).text
    assert "&lt;script&gt;" in html and "<img" not in html and html.count("<script") == 1
    assert html.count("<details") == html.count("</details>")


@pytest.mark.parametrize(
    "path",
    ["/changes/older/x/", "/changes/month/2026-13/", "/changes/month/2026-01/after/x/", "/changes/month/9999-99/",
     "/changes/older/1/", "/changes/month/nothing/", "/changes/month/1969-12/"],
)  # fmt: skip
async def test_what_is_no_place_in_it_is_not_there(house: House, path: str) -> None:
    async with house.browser("ole") as browser:
        assert (await browser.get(path)).status_code == 404


async def test_it_is_read_without_signing_in_as_far_as_one_may(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.get("/changes/")
    assert answer.status_code == 200 and "kanari" not in answer.text
