"""What somebody tried with what is said in short, tabs, searches that are followed, spaces that are handed over, and SQLite's log."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cast import House, write
from web.database import execute, now, value
from web.database.ids import at
from web.database.sqlite import PooledSQLite
from web.entries import actions, queries, search, seeking
from web.entries.actions import Fields
from web.errors import Invalid
from web.people import queries as people
from web.times import HOUR

_ODD = ("%00", "a%00b", "x" * 5000, "%22%3E%3Cscript%3E", "%E2%80%AEabc", "9" * 30, str(2**63), "-1", "%ED%A0%80")
_TYPED = (
    "\0", "a\0b", "x" * 5000, '"><script>', "\u202eabc", "9" * 40, str(2**63), str(2**53), "-1", "1e9", "-" * 300, '"' * 299, "a* " * 99, "-a",
)  # fmt: skip
_FORMS: dict[str, tuple[str, ...]] = {
    "/tabs": ("name", "kind", "space", "tag", "by", "followed", "position"),
    "/search/follow": ("q", "undo"),
    "/tabs/{tab}/edit": ("name",),
    "/tabs/{tab}/place": ("way",),
    "/spaces/torget/host": ("host", "from"),
    "/spaces/torget/leave": ("host",),
    "/entries/{thread}/summarize": ("body", "tags", "draft"),
    "/entries/{page}/uncredit": ("row", "undo"),
    "/entries/{page}/agree": ("rows",),
    "/entries/{question}/accept": ("reply",),
    "/entries/{question}/put_to": ("topic", "undo"),
    "/entries/{answer}/outdate": ("why", "instead", "undo"),
    "/entries/{answer}/helped": ("note", "undo"),
}


async def short(house: House, handle: str, head: int, body: str = "It came to this.") -> int:
    viewer = await house.viewer(handle)
    return await actions.post(viewer, "summary", None, Fields(body=body), await queries.entry(viewer, head))


async def answer_to(house: House, handle: str, head: int) -> int:
    viewer = await house.viewer(handle)
    return await actions.post(viewer, "reply", None, Fields(body="So it is."), await queries.entry(viewer, head))


async def stands(head: int) -> int:
    """How much says it in short."""
    said = "SELECT count(*) FROM entry WHERE parent = {} AND kind = 'summary' AND trashed_at IS NULL"
    return int(await value(said, head))


# What is typed.


async def test_odd_words_in_addresses_are_answered(house: House) -> None:
    id = house.entries["torget", "thread"]
    async with house.browser("ole") as browser:
        for odd in _ODD:
            for address in (
                f"/tabs/?space={odd}", f"/tabs/?by={odd}", f"/tabs/?tag={odd}", f"/tabs/?kind={odd}", f"/tabs/older/{odd}/?tag=a", f"/tabs/{odd}/",
                f"/tabs/{odd}/edit/", f"/own-tags/?space={odd}", f"/complete/?what=tag&q=a&space={odd}", f"/complete/?what=tag&q=a&entry={odd}",
                f"/new/page/?space={odd}", f"/search/?q={odd}", f"/who-knows/?about={odd}", f"/entries/{odd}/similar/",
                f"/threads/{id}/?order={odd}", f"/entries/{id}/summarize/?draft={odd}",
            ):  # fmt: skip
                answer = await browser.get(address, follow_redirects=True)
                assert answer.status_code < 500, address
                assert "<script>" not in answer.text.partition("</head>")[2].replace("<script>0</script>", ""), address


async def test_odd_words_in_forms_are_answered(house: House) -> None:
    async with house.browser("ole") as browser:
        made = await browser.post("/tabs", data={"name": "<b>Mine</b>", "tag": "a"})
        places = {"tab": made.headers["location"].split("/")[2]}
        places |= {kind: str(house.entries["torget", kind]) for kind in ("thread", "page")}
        places["question"] = str(await write(house, "ole", "question", "torget", "oddly"))
        places["answer"] = str(await answer_to(house, "ole", int(places["question"])))
        for address, names in _FORMS.items():
            for name in names:
                for odd in _TYPED:
                    data = {"name": "A", "tag": "a", "q": "a b", "why": "It is old", name: odd}
                    answer = await browser.post(address.format(**places), data=data, follow_redirects=True)
                    assert answer.status_code < 500, (address, name, odd)
                    assert "<b>Mine" not in answer.text


async def test_odd_numbers_from_a_program_and_a_form_that_settles_nothing_are_answered(house: House) -> None:
    id, page = house.entries["torget", "thread"], house.entries["torget", "page"]
    made = {"replies": [id], "page": page, "revision": (await house.entry("torget", "page")).revision, "body": "A body"}
    async with house.program("mons") as program, house.browser("mons") as browser:
        for odd in (2**63, 2**53 + 1, 10**30, -1, -(2**63)):
            for name in ("page", "revision", "section"):
                answer = await program.post(f"/api/entries/{id}/gather", json={**made, name: odd})
                assert answer.status_code in (400, 404, 409, 422), (name, odd)
        typed = {"kind": "page", "space": "torget", "title": "Settles", "body": "What was typed", "settling": "x"}
        for address in (f"/entries/{id}/gather", "/entries", "/new/page"):
            answer = await browser.post(address, data={**typed, "also": str(id)})
            assert answer.status_code < 500 and (answer.status_code == 303 or "What was typed" in answer.text), address


async def test_a_tab_that_nobody_would_see_is_not_saved(house: House) -> None:
    async with house.browser("ole") as browser:
        for name in ("\u200b", " \u2060\u3164", "\ufeff"):
            answer = await browser.post("/tabs", data={"name": name, "tag": "seen"})
            assert answer.status_code == 422 and "This cannot be empty." in answer.text


async def test_another_site_changes_none_of_it(house: House) -> None:
    places = {kind: str(house.entries["torget", kind]) for kind in ("thread", "page", "question")}
    async with house.browser("ole", headers={"sec-fetch-site": "cross-site", "origin": "https://evil.test"}) as ole:
        for address in (*_FORMS, "/tabs/{tab}/remove"):
            answer = await ole.post(address.format(tab="1", answer="1", **places), data={"q": "x", "name": "x"})
            assert answer.status_code == 403, address


# In short.


async def test_what_says_it_in_short_is_no_answer_to_be_accepted(house: House) -> None:
    id = await write(house, "mons", "question", "torget", "asks")
    said = await short(house, "ole", id)
    async with house.browser("mons") as browser, house.program("mons") as program:
        assert (await browser.post(f"/entries/{id}/accept", data={"reply": str(said)})).status_code == 422
        assert (await program.post(f"/api/entries/{id}/accept", json={"reply": said})).status_code == 422
    assert (await queries.entry(await house.viewer("mons"), id)).accepted is None


async def test_what_says_it_in_short_is_not_what_is_read_instead_of_an_answer(house: House) -> None:
    id = await write(house, "mons", "question", "torget", "instead")
    answer, said = await answer_to(house, "ole", id), await short(house, "ole", id)
    elsewhere = await answer_to(house, "ole", await write(house, "mons", "question", "torget", "elsewhere"))
    async with house.browser("mons") as browser, house.program("mons") as program:
        for other in (said, elsewhere, answer, id):
            typed = {"why": "Kanariwhy", "instead": str(other)}
            answered = await browser.post(f"/entries/{answer}/outdate", data=typed)
            assert answered.status_code == 422 and "Kanariwhy" in answered.text
            posted = await program.post(f"/api/entries/{answer}/outdate", json={"why": "Old", "instead": other})
            assert posted.status_code == 422


async def test_several_at_once_say_it_in_short_once_and_what_they_typed_is_there_still(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "race")
    async with house.browser("mons") as one, house.browser("ole") as other:
        typed = {"body": "Kanarishort"}
        answers = await asyncio.gather(
            *(each.post(f"/entries/{id}/summarize", data=typed) for each in (one, other) * 2)
        )
    assert sorted(each.status_code for each in answers) == [303, 422, 422, 422]
    assert all("Kanarishort" in each.text for each in answers if each.status_code == 422)
    assert await stands(id) == 1


async def test_no_second_one_comes_out_of_the_bin_while_it_is_in_another_conversation(house: House) -> None:
    mons = await house.viewer("mons")
    id, other = [await write(house, "mons", "thread", "torget", word) for word in ("detour", "around")]
    first = await short(house, "mons", id, "First")
    await actions.trash(mons, first)
    await short(house, "mons", id, "Second")
    await actions.merge(mons, id, other)
    with pytest.raises(Invalid):
        await actions.restore(mons, first)
    assert await stands(id) == 1


async def test_what_comes_out_of_the_bin_while_somebody_says_it_anew_stands_alone(house: House) -> None:
    mons = await house.viewer("mons")
    for turn in range(6):
        id = await write(house, "mons", "thread", "torget", f"anew{turn}")
        before = await short(house, "mons", id, "First")
        await actions.trash(mons, before)
        async with house.browser("mons") as one, house.browser("ole") as other:
            anew = other.post(f"/entries/{id}/summarize", data={"body": "Second"})
            await asyncio.gather(one.post(f"/entries/{before}/restore"), anew)
        assert await stands(id) == 1


# Spaces.


async def test_nobody_takes_on_the_space_that_is_everybodys(house: House) -> None:
    async with house.browser("ole") as browser:
        assert (await browser.post("/spaces/house/join")).status_code == 303
        assert "I take it on" not in (await browser.get("/spaces/house/members/")).text
        assert (await browser.post("/spaces/house/host", data={"host": "ole"})).status_code == 403
        assert (await browser.get("/spaces/house/settings/")).status_code == 403
    house_id = (await people.space(await house.viewer("ole"), people.HOUSE)).id
    assert (await house.viewer("ole")).roles[house_id] == "member"


# Searches.


async def test_nobody_who_writes_waits_for_a_search_that_is_followed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await execute("DELETE FROM followed_search")
    await seeking.follow(await house.viewer("astrid"), "langsomt")
    await write(house, "mons", "thread", "torget", "langsomt")
    begun, done = asyncio.Event(), asyncio.Event()
    written = search.written

    async def slow(*args: object) -> list[int]:
        begun.set()
        await done.wait()
        return await written(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(search, "written", slow)
    with at(now() + HOUR):
        looking = asyncio.create_task(seeking.seek_due())
        await begun.wait()
    try:
        async with asyncio.timeout(5):
            await write(house, "ole", "thread", "torget", "meanwhile")
    finally:
        done.set()
        await looking


# The log of SQLite.


@pytest.fixture
async def pooled(tmp_path: Path) -> AsyncIterator[PooledSQLite]:
    """A house in a file that is a link to where it is."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "house.sqlite").symlink_to(tmp_path / "disk" / "house.sqlite")
    pooled = PooledSQLite(str(tmp_path / "house.sqlite"))
    await _save(pooled, "CREATE TABLE saved (id INTEGER)")
    yield pooled
    await pooled.close_connection_pool()


async def _save(pooled: PooledSQLite, *statements: str) -> None:
    async with pooled.transaction() as transaction:
        for each in statements:
            await transaction.connection.execute(each)


def _in_the_file(tmp_path: Path) -> list[int]:
    """What is there without the log."""
    alone = shutil.copy(tmp_path / "disk" / "house.sqlite", tmp_path / "alone.sqlite")
    with sqlite3.connect(alone) as connection:
        return [id for (id,) in connection.execute("SELECT id FROM saved ORDER BY id")]


@pytest.mark.parametrize("gone", [False, True], ids=["waits", "has gone"])
async def test_what_the_disk_has_refused_once_is_saved_before_anybody_is_told_of_what_comes_after(
    pooled: PooledSQLite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    real, refusals = os.fsync, [OSError(5, "Input/output error")]

    def refuse(file: int) -> None:
        """As Linux does: once."""
        time.sleep(0.05)
        if refusals:
            raise refusals.pop()
        real(file)

    monkeypatch.setattr(os, "fsync", refuse)
    first = asyncio.create_task(_save(pooled, "INSERT INTO saved VALUES (1)"))
    if gone:
        await asyncio.sleep(0.02)
        first.cancel()
    second = asyncio.create_task(_save(pooled, "INSERT INTO saved VALUES (2)"))
    answers = await asyncio.gather(first, second, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError if gone else OSError)
    if answers[1] is not None:  # looked together with the first
        assert isinstance(answers[1], OSError)
    await _save(pooled, "INSERT INTO saved VALUES (3)")
    assert {1, 2, 3} <= {*_in_the_file(tmp_path), 3} and not refusals
    await _save(pooled, "INSERT INTO saved VALUES (4)")
    assert await pooled._run_in_new_connection("SELECT count(*) AS n FROM saved") == [{"n": 4}]


async def test_while_others_read_what_the_disk_has_refused_nobody_is_told_that_it_is_saved(
    pooled: PooledSQLite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "house.sqlite", isolation_level=None) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM saved").fetchall()

        def refuse(_: int) -> None:
            raise OSError(5, "Input/output error")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", refuse)
            with pytest.raises(OSError, match="Input"):
                await _save(pooled, "INSERT INTO saved VALUES (1)")
        with pytest.raises(OSError, match="others"):
            await _save(pooled, "INSERT INTO saved VALUES (2)")
        other.execute("COMMIT")
    await _save(pooled, "INSERT INTO saved VALUES (3)")
    assert _in_the_file(tmp_path) == [1, 2, 3]


async def test_who_goes_away_while_something_is_saved_takes_nothing_of_others_along(
    pooled: PooledSQLite, tmp_path: Path
) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO saved SELECT i + 1000 FROM n"
    for turn in range(20):
        going = asyncio.create_task(pooled._run_in_new_connection(many))
        await asyncio.sleep(0.001 * turn)
        going.cancel()
        await _save(pooled, f"INSERT INTO saved VALUES ({turn})")
        await asyncio.gather(going, return_exceptions=True)
    few = await pooled._run_in_new_connection("SELECT count(*) AS n FROM saved WHERE id < 1000")
    assert few == [{"n": 20}]
    left = await pooled._run_in_new_connection("SELECT count(*) AS n FROM saved WHERE id >= 1000")
    assert left[0]["n"] % 200_000 == 0, "a save is whole, or is not there"
