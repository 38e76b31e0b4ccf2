"""What somebody tried who wanted to stop the house, to carry words out of it, or to learn what is not for them."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
from typing import Any

import pytest

from tests.cast import House, write
from web.database import value
from web.entries import actions, media, search
from web.entries.actions import Fields
from web.entries.anchors import reanchor
from web.entries.diff import word_diff
from web.entries.merge import marked, merge
from web.errors import Invalid
from web.policy import NOBODY

# In seconds of one processor, as a ratio to what an honest input of that size takes: far from both.
_ODD = 20


def _took(work: Any, *given: Any) -> float:
    """The least of three times: what other tests left behind is looked through now and then, in the middle of one."""

    def once() -> float:
        begun = time.thread_time()
        work(*given)
        return time.thread_time() - begun

    return min(once() for _ in range(3))


def test_marks_without_end_are_looked_through_once() -> None:
    few, many = (_took(marked, "<<<<<<< \n=======\n" * count) for count in (2_000, 20_000))
    assert many < _ODD * few + 0.1, "ten times as many lines take ten times as long"


async def test_what_may_not_be_edited_is_not_looked_through(house: House) -> None:
    page = house.entries["torget", "page"]
    async with house.browser() as stranger:
        answer = await stranger.post(
            f"/entries/{page}/edit", data={"settling": "true", "body": "<<<<<<< \n=======\n" * 99}
        )
        assert answer.status_code in (401, 404)


def test_lines_that_are_all_alike_are_compared_within_one_budget() -> None:
    def lines(count: int, words: str) -> str:
        return "\n".join(f"line {number}\n{words * 200}" for number in range(count))

    for work in (word_diff, lambda old, new: merge(old, new, old.replace("a b a", "a x a"))):
        few, many = (_took(work, lines(count, "a b "), lines(count, "b a ")) for count in (10, 100))
        assert many < _ODD * few + 0.2


def test_a_thousand_passages_are_found_again_together() -> None:
    words = [f"word{number} and the next one." for number in range(2_000)]
    old, new = " ".join(words), " ".join(reversed(words))
    passages = [(words[number], old.index(words[number])) for number in range(0, 2_000, 2)]
    few = _took(reanchor, old, new, passages[:100])
    assert _took(reanchor, old, new, passages) < _ODD * few + 0.2


async def test_a_search_by_whoever_may_read_nothing_costs_no_more(house: House) -> None:
    mons = await house.viewer("mons")
    for number in range(1_100):
        await actions.post(mons, "page", house.spaces["torget"], Fields(f"S{number}a sak", f"sol s{number} skip"))
    begun = time.perf_counter()
    assert (await search.search(mons, search.read("s"))).items
    middle = time.perf_counter()
    await search.search(NOBODY, search.read("s s s"))
    assert time.perf_counter() - middle < 10 * (middle - begun) + 0.2


def test_a_word_that_is_said_twice_asks_for_no_more() -> None:
    assert search.read("ferge ferge -buss -buss") == search.read("ferge -buss")


def _png(count: int) -> bytes:
    head = struct.pack(">I4s", 13, b"IHDR") + struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0) + b"\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + head + struct.pack(">I4sI", 0, b"teXt", 0) * count


@pytest.mark.parametrize(
    "data",
    [
        _png(30_000),
        b"\xff\xd8" + b"\xff\xe1\0\2" * 30_000 + b"\xff\xd9",
        b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe" + b"\1x" * 300_000,
    ],
    ids=["png", "jpeg", "gif"],
)
def test_a_picture_of_very_many_pieces_is_not_opened(data: bytes) -> None:
    with pytest.raises(Invalid, match="pieces"):
        media.recognised(io.BytesIO(data))


def test_an_archive_that_says_it_holds_less_is_counted() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("one", "")
    entry = made.getvalue()[made.getvalue().index(b"PK\1\2") : made.getvalue().index(b"PK\5\6")]
    listed = entry * 10_001
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(listed), made.getvalue().index(b"PK\1\2"), 0)
    data = made.getvalue()[: made.getvalue().index(b"PK\1\2")] + listed + end
    with pytest.raises(Invalid, match="too many files"):
        media.recognised(io.BytesIO(data))


async def test_notes_for_those_in_a_closed_space_are_not_carried_out(house: House) -> None:
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    declined, binned = [
        await actions.post(mons, "idea", house.spaces["kontoret"], Fields("Idea", "Mine.")) for _ in range(2)
    ]
    await actions.stage(hedda, declined, "declined", "for those in here")
    await actions.trash(hedda, binned, "for those in here")
    await actions.restore(hedda, binned)
    for id in (declined, binned):
        with pytest.raises(Invalid):
            await actions.move(mons, id, house.spaces["torget"])


async def test_a_guest_does_not_learn_who_there_is_by_mentioning_them(house: House) -> None:
    page = house.entries["kontoret", "page"]
    async with house.browser("gro") as guest:
        assert (await guest.get("/people/ole/")).status_code == 404
        told = []
        for handle in ("ole", "nobodyatall"):
            answer = await guest.post(f"/entries/{page}/reply", data={"body": f"@{handle} hi"})
            id = answer.headers["location"].split("#entry-")[1]
            told.append(len(re.findall("<li>", (await guest.get(f"/entries/{id}/history/")).text)))
    assert told[0] == told[1]


@pytest.mark.parametrize("draft", ["9" * 20, str(2**63), "-" + "9" * 20])
async def test_a_draft_of_an_impossible_number_is_not_there(house: House, draft: str) -> None:
    page = await write(house, "mons", "page", "torget", "impossible")
    async with house.browser("mons") as browser:
        for address in ("/new/page/", f"/entries/{page}/edit/", f"/entries/{page}/reply/"):
            assert (await browser.get(address, params={"draft": draft})).status_code in (404, 422)


async def test_a_space_without_an_address_is_opened_once_by_a_program(house: House) -> None:
    async with house.program("mons") as program:
        assert (await program.post("/api/spaces", json={"slug": "", "name": "Uten adresse"})).status_code == 201
    assert await value("SELECT count(*) FROM space WHERE name = 'Uten adresse'") == 1


async def test_an_address_that_is_none_is_answered(house: House) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Any = {
        "type": "http", "method": "OPTIONS", "path": "*", "raw_path": b"*", "query_string": b"", "headers": [],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "root_path": "", "http_version": "1.1",
        "asgi": {"version": "3.0"},
    }  # fmt: skip
    async with house.browser():
        await house.app(scope, receive, send)
    assert sent and sent[0]["status"] < 500


async def test_what_is_no_invitation_leaves_nothing_behind(house: House) -> None:
    before = await value("SELECT count(*) FROM attempt")
    async with house.browser() as stranger:
        for number in range(3):
            form = {"handle": "a", "name": "a", "password": "long enough it is"}
            assert (await stranger.post(f"/invitation/x{number}/", data=form)).status_code == 404
    assert await value("SELECT count(*) FROM attempt") == before
