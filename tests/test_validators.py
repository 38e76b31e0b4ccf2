"""A browser keeps a page for as long as it is right, and not a moment longer."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any

import asyncpg
import httpx
import pytest

from tests.cast import House, fields_for, write
from tests.publishing.pressed import ordered
from web import words
from web.database import counted_statements, execute, now
from web.entries import actions, queries
from web.entries.actions import Fields
from web.people import actions as people_actions
from web.people import queries as people
from web.publishing import actions as publish
from web.publishing import queries as publishing
from web.publishing import runs
from web.urls import url_of

PAGES = (
    "/", "/questions/", "/spaces/", "/spaces/torget/", "/spaces/torget/members/", "/people/", "/people/mons/", "/tags/", "/changes/", "/glossary/", "/search/?q=body",
    "/bin/", "/followed/", "/settings/", "/drafts/", "/new/page/", "/accessibility/", "/sign-in/", "/snapshots/", "/snapshots/editions/", "/snapshots/recall/", "/upkeep/", "/upkeep/orphans/", "/spaces/torget/tree/", "page", "question",
    "/feed.atom", "/spaces/torget/feed.atom", "/people/mons/feed.atom",
)  # fmt: skip
WHO = ("astrid", "mons", "ole", None)
# Not of the page: the moment that its live part counts from.
SINCE = re.compile(r"since=\d+")


async def addresses(house: House) -> list[str]:
    return [each if each.startswith("/") else url_of(await house.entry("torget", each)) for each in PAGES]


def held(answer: httpx.Response) -> str:
    return SINCE.sub("", answer.text)


async def test_a_page_is_made_once_while_nothing_changes(house: House) -> None:
    async with house.browser("ole") as browser:
        for address in await addresses(house):
            first = await browser.get(address)
            if first.status_code != 200:
                continue
            etag = first.headers["etag"]
            assert first.headers["cache-control"] == "private, no-cache" and "Cookie" in first.headers["vary"]
            with counted_statements() as asked:
                again = await browser.get(address, headers={"if-none-match": f'W/"other", {etag}'})
            if again.status_code == 200:  # the minute has turned
                assert again.headers["etag"] != etag
                continue
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
            assert len(asked) <= 3, "who asks, and whether anything has changed"


async def _edit(house: House) -> None:
    mons, entry = await house.viewer("mons"), await house.entry("torget", "page")
    await actions.edit(mons, entry.id, Fields(entry.title, f"{entry.body}\n\nMore {random.random()}."), entry.revision)


async def _rename(house: House) -> None:
    entry = await house.entry("torget", "page")
    await actions.edit(
        await house.viewer("mons"), entry.id, Fields(f"Title {random.random()}", entry.body), entry.revision
    )


async def _react(house: House) -> None:
    ole, id = await house.viewer("ole"), house.entries["torget", "question"]
    await actions.react(ole, id, "recommend", undo=bool((await queries.my_reactions(ole, [id])).get(id)))


async def _move(house: House) -> None:
    id = house.entries["torget", "article"]
    mons = await house.viewer("mons")
    here = (await queries.entry(mons, id)).space.slug
    await actions.move(mons, id, house.spaces["kontoret" if here == "torget" else "torget"])


async def _belong(house: House) -> None:
    hedda, ole = await house.viewer("hedda"), await house.viewer("ole")
    inside = house.spaces["kontoret"].id in ole.roles
    await people_actions.set_role(hedda, house.spaces["kontoret"], "ole", None if inside else "member")


async def _speak(house: House) -> None:
    ole = await house.viewer("ole")
    await people_actions.change_language(ole, "nb" if ole.language == "en" else "en")


async def _profile(house: House) -> None:
    await people_actions.change_profile(
        await house.viewer("mons"), f"Mons {random.random():.3}", "", "mons@dugnad.test"
    )


async def _post(house: House) -> None:
    await write(house, "mons", random.choice(("question", "micropost", "page")), "torget", f"new{random.random()}")


async def _trash(house: House) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "micropost", house.spaces["torget"], fields_for("micropost", "gone"))
    await actions.trash(mons, id, "")


async def _space(house: House) -> None:
    astrid = await house.viewer("astrid")
    space = await people.space(astrid, "torget")
    await people_actions.change_space(astrid, space, f"Torget {random.random():.3}", "", "open", public=False)


async def _order(house: House) -> None:
    """An edition is set up, asked for, begun, and says how far it is."""
    astrid = await house.viewer("astrid")
    found = await publishing.editions(astrid)
    edition = found[0] if found else await ordered(house)
    await publish.make_now(astrid, edition.id)
    run = edition.run or await runs.take(UTC)
    assert run is not None
    if random.random() < 0.3:
        await runs.failed(run, random.choice(tuple(words.FAILED)), "Something", UTC)
    else:
        await runs.alive(run, random.randrange(40), 40)


async def _explain(house: House) -> None:
    """A word of every text is explained, otherwise, or no more."""
    mons, space = await house.viewer("mons"), house.spaces[random.choice(("torget", "kontoret"))]
    fields = Fields("Body", f"It means {random.random()}.", tags="term")
    if random.random() < 0.5:
        await actions.post(mons, "page", space, fields)
    else:
        entry = await house.entry("torget", "page")
        await actions.edit(
            mons, entry.id, Fields(entry.title, f"It is {random.random()}.", tags="term"), entry.revision
        )


async def _watch(house: House) -> None:
    await actions.watch(await house.viewer("ole"), house.entries["torget", "page"], random.choice(("all", "muted")))


ACTS: tuple[Callable[[House], Awaitable[Any]], ...] = (
    _edit, _rename, _react, _move, _belong, _speak, _profile, _post, _trash, _space, _watch, _order, _explain,
)  # fmt: skip


@pytest.mark.timeout(300)
async def test_what_a_browser_may_keep_is_what_would_be_made_anew(house: House) -> None:
    chance = random.Random(20_261_127)
    random.seed(20_261_127)
    kept: dict[tuple[str | None, str], httpx.Response] = {}
    same = 0
    browsers = {who: house.browser(who) for who in WHO}
    seen: list[tuple[str | None, str]] = []
    for _ in range(200):
        if chance.random() < 0.3:
            await chance.choice(ACTS)(house)
        again = seen and chance.random() < 0.6
        who, address = (
            chance.choice(seen[-4:]) if again else (chance.choice(WHO), chance.choice(await addresses(house)))
        )
        seen.append((who, address))
        browser, before = browsers[who], kept.get((who, address))
        headers = {"if-none-match": before.headers["etag"]} if before else {}
        minute = now() // 60_000
        answer = await browser.get(address, headers=headers)
        house.forget()
        fresh = await browser.get(address)
        if now() // 60_000 != minute:
            continue  # between the two, times have become others
        if answer.status_code == 304:
            assert before and held(before) == held(fresh), f"{who} would be shown an older {address}"
            same += 1
        else:
            assert held(answer) == held(fresh), f"{who} was shown an older {address}"
            if "etag" in answer.headers:
                kept[who, address] = answer
    for browser in browsers.values():
        await browser.aclose()
    assert same > 10, "something was kept at all"


async def test_what_another_process_commits_is_noticed_at_once(house: House) -> None:
    async with house.browser("ole") as browser:
        etag = (await browser.get("/people/")).headers["etag"]
        change = "UPDATE person SET name = 'Somebody else' WHERE handle = 'gro'"
        address = house.settings.database
        if address.startswith("sqlite"):
            other = sqlite3.connect(address.removeprefix("sqlite:///"))
            other.execute(change)
            other.commit()
            other.close()
        else:
            connection = await asyncpg.connect(address)
            await connection.execute(change)
            await connection.close()
        answer = await browser.get("/people/", headers={"if-none-match": etag})
        assert answer.status_code == 200 and "Somebody else" in answer.text


async def test_no_two_readers_have_the_same(house: House) -> None:
    """Nobody is told by a page of somebody else's that theirs is still right."""
    etags = set()
    for who in (*WHO, "gro", "hedda"):
        async with house.browser(who) as browser:
            for headers in ({}, {"accept-language": "nb"}, {"hx-request": "true"}):
                etags.add((await browser.get("/", headers=headers)).headers["etag"])
                browser.cookies.set("dugnad-theme", "dark", "dugnad.test")
                etags.add((await browser.get("/", headers=headers)).headers["etag"])
                browser.cookies.delete("dugnad-theme")
    assert len(etags) == 6 * 3 * 2


async def test_what_is_said_once_is_not_kept(house: House) -> None:
    async with house.browser("ole") as browser:
        etag = (await browser.get("/settings/")).headers["etag"]
        await browser.post("/settings/profile/", data={"name": "Ole", "email": "ole@dugnad.test"})
        said = await browser.get("/settings/", headers={"if-none-match": etag})
        assert said.status_code == 200 and "Saved." in said.text and "etag" not in said.headers


# Whatever tells who somebody is, what they belong to, or what the house is called.
RIGHTS = (
    *(f"UPDATE person SET {name} = {name} WHERE handle = 'gro'" for name in ("handle", "name", "admin", "guest", "language", "active")),
    "UPDATE membership SET role = role WHERE id = (SELECT min(id) FROM membership)",
    "UPDATE membership SET until = 1 WHERE id = (SELECT min(id) FROM membership)",
    "UPDATE space SET name = 'Another' WHERE slug = 'kontoret'", "UPDATE session SET seen_at = seen_at",
    "UPDATE token SET name = name", "UPDATE house SET language = language",
    "DELETE FROM membership WHERE id = (SELECT min(id) FROM membership)", "DELETE FROM session", "DELETE FROM token",
)  # fmt: skip


async def test_rights_are_read_anew_when_they_have_changed_and_only_then(house: House) -> None:
    async with house.browser("ole") as browser:
        for act in (_post, _edit, _react, _trash, _watch):
            await browser.get("/")
            await act(house)
            with counted_statements() as asked:
                await browser.get("/")
            assert not [each for each in asked if "FROM session" in str(each) or "FROM house" in str(each)], act
    for change in RIGHTS:
        before = await people.rights()
        await execute(change)
        assert await people.rights() > before, change
