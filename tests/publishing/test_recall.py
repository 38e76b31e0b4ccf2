"""Recall: what was put in the bin or moved is taken out of the snapshots that were kept before."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from export.editions import carry_out
from export.snapshot import export
from tests.cast import House
from tests.publishing.pressed import kept_of, made, ordered, who_gets
from web.database import SQL, execute, value
from web.entries import actions as entries
from web.entries import queries as entry_queries
from web.entries.actions import Fields
from web.errors import NotAllowed
from web.publishing import actions, check, queries, recall, runs
from web.publishing.recalled import recall_of
from web.publishing.rows import Edition, Kept
from web.publishing.signing import SigningKey, new_keys, read_key
from web.storage import shelf_of
from web.times import DAY
from web.urls import kept_url


@pytest_asyncio.fixture(autouse=True)
async def nothing_ordered(house: House) -> AsyncIterator[None]:
    yield
    await execute("DELETE FROM edition")


def said_in(house: House, kept: Kept) -> str:
    """All that stands in the pages of a kept snapshot."""
    (file,) = (house.settings.data / "snapshots" / "kept").rglob(kept.file)
    with zipfile.ZipFile(file) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


async def wrote(house: House, space: str, word: str) -> int:
    mons = await house.viewer("mons")
    return await entries.post(mons, "page", house.spaces[space], Fields(title=f"Plan {word}", body=f"Body of {word}."))


async def made_of(house: House, edition: Edition) -> Kept:
    """One more of it, as something has changed."""
    await wrote(house, "torget", f"more{await value('SELECT count(*) FROM entry')}")
    outcome = await made(house, edition)
    assert outcome.done, outcome.sentence
    return (await kept_of(house, edition))[0]


async def run_again(house: House) -> None:
    run = await runs.take(UTC)
    assert run is not None
    outcome = await carry_out(lambda: house.app, house.settings, run)
    assert outcome.done, outcome.sentence


async def test_what_is_put_in_the_bin_is_taken_out_of_what_was_kept(house: House) -> None:
    astrid, mons = await house.viewer("astrid"), await house.viewer("mons")
    before = await ordered(house, name="Nightly", keep="9")
    oldest = await made_of(house, before)
    binned, moved, stays = [await wrote(house, "torget", f"kanari{word}") for word in ("bin", "move", "stay")]
    held = await made_of(house, before)
    assert all(f"kanari{word}" in said_in(house, held) for word in ("bin", "move", "stay"))
    await entries.trash(mons, binned)
    await entries.move(mons, moved, house.spaces["loftet"])

    (holding,) = await recall.holding(recall.looked_after_by(astrid))
    assert holding.id == held.id, "what was kept before they were written does not hold them"
    assert {each.entry.id for each in holding.withdrawn} == {binned, moved}
    async with house.browser("astrid") as browser:
        page = (await browser.get("/snapshots/recall/")).text
        assert "Plan kanaribin" in page and "Plan kanarimove" not in page and "1 thing that you may not read" in page
        answer = await browser.post("/snapshots/recall", data={})
        assert answer.status_code == 303
        assert "being made anew" in (await browser.get("/snapshots/recall/")).text
        assert await who_gets(house, kept_url(held)) == set(), "nobody is given it from now on"
        assert await who_gets(house, kept_url(oldest)) == {"astrid", "hedda", "mons", "ole"}

    await run_again(house)
    again = await queries.kept_one(astrid, held.id)
    said = said_in(house, again)
    assert "kanaristay" in said and "kanaribin" not in said and "kanarimove" not in said
    assert (again.as_of, again.made_at, again.added) == (held.as_of, held.made_at, held.added)
    assert again.sha256 != held.sha256 and not await check.faults(shelf_of(house.settings))
    assert await recall.holding(SQL("1 = 1")) == []
    newest = (await kept_of(house, before))[0]
    assert newest.id not in (held.id, oldest.id) and "kanaribin" not in said_in(house, newest)
    assert said_in(house, oldest), "and what held nothing stays as it was"
    assert (await queries.kept_one(astrid, oldest.id)).sha256 == oldest.sha256
    await entries.restore(mons, binned)
    await entries.trash(mons, stays)


async def test_a_text_that_was_taken_away_for_good_is_taken_out_of_what_was_kept(house: House) -> None:
    astrid, mons = await house.viewer("astrid"), await house.viewer("mons")
    edition = await ordered(house, name="With history", history=True, keep="9")
    page = await wrote(house, "torget", "redacting")
    oldest = await made_of(house, edition)
    for body in ("It is kanariregretted.", "It is what it is."):
        entry = await entry_queries.entry(mons, page)
        await entries.edit(mons, page, Fields(entry.title, body, summary="Said anew"), entry.revision)
    held = await made_of(house, edition)
    assert "kanariregretted" in said_in(house, held)
    second = (await entry_queries.revisions(mons, page))[1].id
    await entries.redact(astrid, page, second, "said by mistake")
    (holding,) = await recall.holding(recall.looked_after_by(astrid))
    assert (holding.id, [each.entry.id for each in holding.withdrawn]) == (held.id, [page]), f"not {oldest.id}"
    async with house.browser("astrid") as browser:
        assert "an older text taken away" in (await browser.get("/snapshots/recall/")).text
    assert await recall.recall(astrid) == 1
    await run_again(house)
    said = said_in(house, await queries.kept_one(astrid, held.id))
    assert "It is what it is." in said and "kanariregretted" not in said
    assert await recall.holding(SQL("1 = 1")) == []


async def test_what_could_not_be_made_anew_is_given_to_nobody_and_tried_again(house: House) -> None:
    astrid, mons = await house.viewer("astrid"), await house.viewer("mons")
    edition = await ordered(house, name="Tried", keep="9")
    secret = await wrote(house, "torget", "kanaritried")
    held = await made_of(house, edition)
    await entries.trash(mons, secret)
    assert await recall.recall(astrid) == 1
    # A day that has not come is one that nothing can be told of.
    await execute("UPDATE snapshot SET as_of = as_of + {} WHERE id = {}", 3 * DAY, held.id)
    await run_again(house)
    state = await queries.edition(astrid, edition.id)
    assert state.failed == "anew" and "has not come yet" in state.wrong and state.again == 1
    assert await who_gets(house, kept_url(held)) == set()
    (newest,) = await kept_of(house, edition)
    assert newest.id != held.id, "what could be made is there"
    await execute("UPDATE snapshot SET as_of = as_of - {} WHERE id = {}", 3 * DAY, held.id)
    await actions.make_now(astrid, edition.id)
    await run_again(house)
    state = await queries.edition(astrid, edition.id)
    assert (state.failed, state.again) == ("", 0)
    assert "kanaritried" not in said_in(house, await queries.kept_one(astrid, held.id))


async def test_a_reply_is_recalled_and_each_administrator_looks_after_their_own(house: House) -> None:
    astrid, mons, hedda = [await house.viewer(who) for who in ("astrid", "mons", "hedda")]
    await execute("UPDATE person SET admin = {} WHERE handle = 'mons'", True)
    room = await ordered(house, "mons", name="Room", audience="space:kontoret", keep="9")
    page = await wrote(house, "kontoret", "kanariroom")
    under = await entry_queries.entry(hedda, page)
    reply = await entries.post(hedda, "reply", None, Fields(body="It is kanarireply."), under)
    assert (await made(house, room, "mons")).done
    (held,) = await kept_of(house, room, "mons")
    await entries.trash(hedda, reply)
    assert await recall.holding(recall.looked_after_by(astrid)) == [], "it is for a room that is closed to her"
    assert await recall.recall(astrid) == 0
    mons = await house.viewer("mons")
    (holding,) = await recall.holding(recall.looked_after_by(mons))
    assert [each.entry.id for each in holding.withdrawn] == [reply]
    assert await recall.recall(mons) == 1
    await run_again(house)
    said = said_in(house, await queries.kept_one(mons, held.id))
    assert "kanariroom" in said and "kanarireply" not in said
    await entries.trash(hedda, page)
    await execute("UPDATE person SET admin = {} WHERE handle = 'mons'", False)
    with pytest.raises(NotAllowed):
        await recall.recall(await house.viewer("mons"))


async def test_one_command_says_what_is_held_and_takes_it_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    mons = await house.viewer("mons")
    edition = await ordered(house, name="By hand", keep="9")
    secret = await wrote(house, "torget", "kanarihand")
    held = await made_of(house, edition)
    await entries.trash(mons, secret)

    for name in ("database", "data", "url"):
        monkeypatch.setenv(f"DUGNAD_{name.upper()}", str(getattr(house.settings, name)))

    async def said(*words: str) -> str:
        asked = (sys.executable, "-m", "web.cli", "recall", *words)
        process = await asyncio.create_subprocess_exec(*asked, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        assert process.returncode == 0
        return out.decode()

    listed = await said("--list")
    assert "Plan kanarihand" in listed and "By hand (1)" in listed
    assert "kanarihand" in said_in(house, held), "that only said so"
    assert "By hand: " in await said()
    assert "kanarihand" not in said_in(house, held)
    assert "No kept snapshot holds" in await said()


def gone(answer: httpx.Response, key: SigningKey) -> set[int]:
    """The ids on a list, once its signature has been checked."""
    told = answer.json()
    key.key.public_key().verify(base64.b64decode(told["signature"]), told["list"].encode())
    return {id for id, _ in json.loads(told["list"])["entries"]}


async def test_the_list_of_what_was_recalled_tells_each_audience_of_its_own(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_keys(tmp_path / "house.key", tmp_path / "house.pub")
    settings = replace(house.settings, sign=str(tmp_path / "house.key"), recall="https://intranet.example/dugnad")
    monkeypatch.setattr(house.app.state, "settings", settings)
    key, mons = read_key(tmp_path / "house.key"), await house.viewer("mons")
    written = {space: await wrote(house, space, f"kanarilist{space}") for space in ("torget", "kontoret", "loftet")}
    moved = await wrote(house, "torget", "kanarilistmoved")
    stays = await wrote(house, "torget", "kanariliststays")
    for id in written.values():
        await entries.trash(mons, id)
    await entries.move(mons, moved, house.spaces["loftet"])

    async def told(audience: str) -> set[int]:
        asked = recall_of(settings, audience)
        assert asked is not None and asked.address.startswith("https://intranet.example/dugnad/recalled/")
        async with house.browser() as browser:
            answer = await browser.get(asked.address.removeprefix("https://intranet.example/dugnad"))
            assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"
            assert "kanari" not in answer.text and "set-cookie" not in answer.headers
            return gone(answer, key) & {*written.values(), moved, stays}

    assert await told("everyone") == {written["torget"], moved}
    assert await told("space:kontoret") == {written["torget"], written["kontoret"], moved}
    assert await told("space:loftet") == {written["torget"], written["loftet"]}, "they read where it was moved to"
    assert await told("public") == set()
    await entries.restore(mons, written["torget"])
    assert await told("everyone") == {moved}, "what was taken out of the bin is as it was"

    async def older() -> dict[int, int]:
        asked = recall_of(settings, "everyone")
        assert asked is not None
        async with house.browser() as browser:
            answer = await browser.get(asked.address.removeprefix("https://intranet.example/dugnad"))
        return dict(json.loads(answer.json()["list"])["texts"])

    assert stays not in await older()
    entry = await entry_queries.entry(mons, stays)
    await entries.edit(mons, stays, Fields(entry.title, "Said anew.", summary="Said anew"), entry.revision)
    await entries.redact(await house.viewer("astrid"), stays, entry.revision)
    assert stays not in await told("everyone"), "it may be read still"
    erased = (await older())[stays]
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "after")
    assert f"window.dugnadErased = {erased};" in (tmp_path / "after" / "lately.js").read_text("utf-8")

    # In a house that moved in with the texts of today, nobody knows which one it was.
    await execute("UPDATE event SET revision = NULL WHERE entry = {} AND verb = 'redact'", stays)
    assert stays not in await older()

    token = key.token("everyone")
    async with house.browser() as browser:
        for path in (
            f"space:loftet/{token}",
            f"everyone/{'0' * 32}",
            "everyone/x",
            "everyone/%C3%A6",
            f"nobody/{key.token('nobody')}",
        ):
            answer = await browser.get(f"/recalled/{path}.json", follow_redirects=True)
            assert "entries" not in answer.text, path
        monkeypatch.setattr(house.app.state, "settings", house.settings)
        house.forget()
        answer = await browser.get(f"/recalled/everyone/{token}.json", follow_redirects=True)
        assert "entries" not in answer.text, "where there is no list, nobody is told one"
