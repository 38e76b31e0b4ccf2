"""Searches that somebody follows: what others write and is found so is told, by the rights of the moment, and nothing else is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.cast import House
from tests.test_plans import read_through
from web.database import counted_statements, execute, ids, now, rows, value
from web.database.ids import at
from web.entries import actions, queries, seeking
from web.entries.actions import Fields
from web.entries.queries import Notification
from web.errors import Invalid
from web.times import DAY, HOUR, MINUTE

WORD = "fortøyningspåle"


async def write(house: House, by: str, title: str, body: str = "Body", space: str = "torget") -> int:
    return await actions.post(await house.viewer(by), "thread", house.spaces[space], Fields(title, body))


async def told(house: House, handle: str) -> dict[int, Notification]:
    return {each.entry.id: each for each in await queries.notifications(await house.viewer(handle))}


async def look(later: int = HOUR) -> int:
    with at(now() + later):
        return await seeking.seek_due()


@pytest.fixture(autouse=True)
async def nobody_follows(house: House) -> None:
    await execute("DELETE FROM followed_search")


async def test_what_others_write_of_it_is_told_with_its_reason(house: House) -> None:
    before = await write(house, "mons", f"A {WORD} from before")
    assert await seeking.follow(await house.viewer("astrid"), f"  {WORD}  ") == WORD
    one = await write(house, "mons", f"Where is the {WORD}?")
    mine = await write(house, "astrid", f"My own {WORD}")
    other = await write(house, "mons", "Something else")
    assert await look(MINUTE) == 0, "what has just been written may be taken back"
    assert await look() == 1
    found = await told(house, "astrid")
    assert found[one].reason.name == "search" and found[one].reason.called == WORD
    assert not found.keys() & {before, mine, other}
    assert await look(2 * HOUR) == 0, "each is told once"
    page = await house.read("/notifications/", "astrid")
    assert f"because you follow the search “{WORD}”" in page


async def test_a_reply_is_told_but_not_what_goes_on_around_it(house: House) -> None:
    await seeking.follow(await house.viewer("astrid"), f"{WORD} kind:reply")
    id = await write(house, "mons", "Of what the boats lie at")
    head = await queries.entry(await house.viewer("mons"), id)
    reply = await actions.post(await house.viewer("ole"), "reply", None, Fields(body=f"At a {WORD}."), head)
    assert await look() == 1
    later = await actions.post(await house.viewer("mons"), "reply", None, Fields(body="Thank you."), head)
    one = (await told(house, "astrid"))[id]
    assert one.first == one.latest == reply != later
    assert [face.handle for act in one.acts for face in act.by] == ["ole"]


async def test_what_somebody_may_not_read_is_not_found_for_them_and_not_told_when_they_lost_it(house: House) -> None:
    for handle in ("ole", "mons", "gro"):
        await seeking.follow(await house.viewer(handle), WORD)
    secret = await write(house, "hedda", f"A secret {WORD}", space="loftet")
    open_ = await write(house, "astrid", f"An open {WORD}")
    await look()
    assert secret in await told(house, "mons") and open_ in await told(house, "ole")
    assert secret not in await told(house, "ole") and not await told(house, "gro")
    await execute(
        "DELETE FROM membership WHERE person = {} AND space = {}",
        (await house.viewer("mons")).me,
        house.spaces["loftet"].id,
    )
    assert secret not in await told(house, "mons")
    await actions.trash(await house.viewer("astrid"), open_)
    assert open_ not in await told(house, "ole")


async def test_what_is_found_only_since_it_was_edited_is_told_once_with_that_edit(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ids, "_last_told", 0)
    one = await write(house, "mons", "Of what the boats lie at")
    had = await write(house, "mons", f"Had the {WORD} before")
    small, own, tagged = [await write(house, "mons", f"{each} thing") for each in ("Small", "Own", "Tagged")]
    secret = await write(house, "hedda", "In the loft", space="loftet")
    for words in (WORD, "tag:fortøyd", f'"a {WORD} here" -never'):
        await seeking.follow(await house.viewer("astrid"), words)
    await seeking.follow(await house.viewer("ole"), WORD)

    async def changes(id: int, body: str, by: str = "mons", **more: Any) -> int:
        viewer = await house.viewer(by)
        entry = await queries.entry(viewer, id)
        fields = Fields(entry.title, body, **more)
        return (await actions.edit(viewer, id, fields, entry.revision)).revision

    with at(now() + 20 * MINUTE):
        found = await changes(one, f"At a {WORD} here.")
        await changes(had, f"And another {WORD}.")
        await changes(small, f"A {WORD}.", minor=True)
        await changes(own, f"My own {WORD}.", "astrid")
        await changes(tagged, "Body", tags="fortøyd")
        await changes(secret, f"A secret {WORD}.", "hedda")
        assert await look(MINUTE) == 0, "it may be taken back"
    assert await look() == 5, "Astrid's by the word, the words and the tag; and for Ole what Astrid wrote, too"
    marks = await rows("SELECT DISTINCT entry, revision FROM search_hit WHERE revision IS NOT NULL ORDER BY entry")
    assert (one, found) in [(each["entry"], each["revision"]) for each in marks]
    with at(now() + HOUR):
        told_of = await told(house, "astrid")
        assert told_of.keys() & {one, had, small, own, tagged, secret} == {one, tagged}
        assert [act.verb for act in told_of[one].acts] == ["edit"] and told_of[one].reason.name == "search"
        assert secret not in await told(house, "ole")
        page = await house.read("/notifications/", "ole")
        assert f"because you follow the search “{WORD}”" in page
        seen = told_of[one].at
        await changes(one, f"At a {WORD} here, by the quay.", by="hedda")
    assert await look(3 * HOUR) == 0, "each is told once"
    with at(now() + 3 * HOUR):
        assert (await told(house, "astrid"))[one].at == seen, "and nothing of what is changed in it then"
        await execute("UPDATE entry SET trashed_at = {} WHERE id = {}", now(), one)
        assert one not in await told(house, "astrid")


async def test_looking_for_what_is_found_reads_by_index(house: House) -> None:
    for words in (WORD, "tag:boats", f"{WORD} by:mons -never"):
        await seeking.follow(await house.viewer("astrid"), words)
    await write(house, "mons", f"One more {WORD}")
    with counted_statements() as asked:
        assert await look() >= 2
    reads = [each for each in asked if str(each).startswith("SELECT")]
    assert reads and not [tables for each in reads if (tables := await read_through(each))]


async def test_a_house_that_moved_in_has_no_news(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last_told", 0)
    await seeking.follow(await house.viewer("astrid"), "gangspill")
    await execute("UPDATE followed_search SET upto = 0")
    with at(now() - 30 * DAY):
        await write(house, "mons", "An old gangspill")
    await write(house, "mons", "So that there is something new")
    assert await look() == 0


async def test_a_search_is_followed_muted_and_left_on_pages(house: House) -> None:
    async with house.browser("hedda") as browser:
        page = (await browser.get("/search/", params={"q": WORD})).text
        assert "Follow this search" in page
        page = (await browser.post("/search/follow", data={"q": WORD}, follow_redirects=True)).text
        assert "You follow this search." in page and "You are told of what colleagues write" in page
        assert WORD in (await browser.get("/search/")).text
        id = await write(house, "mons", f"For you a {WORD}")
        await look()
        search = await value("SELECT id FROM followed_search WHERE words = {}", WORD)
        mute = {"reason": "search", "thing": search}
        page = (await browser.post("/notifications/mute", data=mute, follow_redirects=True)).text
        assert id not in await told(house, "hedda") and WORD in page.partition('id="muted"')[2]
        await browser.post("/notifications/mute", data={**mute, "undo": "true"})
        assert id in await told(house, "hedda")
        page = (await browser.post("/search/follow", data={"q": WORD, "undo": "true"}, follow_redirects=True)).text
        assert "Follow this search" in page and id not in await told(house, "hedda")
        answer = await browser.post("/search/follow", data={"q": "  "})
        assert answer.status_code == 422 and "Say what you are looking for." in answer.text
    async with house.browser("mons") as browser:
        assert (await browser.post("/notifications/mute", data=mute)).status_code == 422, "it is nobody else's"


async def test_nobody_follows_too_many(house: House) -> None:
    viewer = await house.viewer("hedda")
    for number in range(seeking.MOST_FOLLOWED):
        await seeking.follow(viewer, f"word{number}")
    with pytest.raises(Invalid, match="already"):
        await seeking.follow(viewer, "one more")
    await seeking.follow(viewer, "word1", on=False)
    await seeking.follow(viewer, "one more")
    await seeking.follow(viewer, "one more")
    for word in ("word2", "word3"):
        await seeking.follow(viewer, word, on=False)
    at_once = await asyncio.gather(
        *(seeking.follow(viewer, f"at once {number}") for number in range(5)), return_exceptions=True
    )
    assert sum(isinstance(each, Invalid) for each in at_once) == 3
    many = await value("SELECT count(*) FROM followed_search WHERE person = {}", viewer.me)
    assert many == seeking.MOST_FOLLOWED
    with pytest.raises(Invalid, match="longer"):
        await seeking.follow(viewer, "x" * 400)
