"""A key in the address of a feed opens the feeds of its owner, by the rights of the moment, and nothing else."""

from __future__ import annotations

import re

import feedparser
import pytest

from tests.cast import House, canary
from web.database import value
from web.entries import following
from web.identity import cookie_name
from web.people import actions as people_actions
from web.people.passwords import fingerprint
from web.urls import is_feed, keyed_feed

LISTS = (
    "/",
    "/followed/",
    "/pages/",
    "/spaces/kontoret/",
    "/spaces/kontoret/questions/",
    "/people/mons/",
    "/tags/tagkanaritorgetpage/",
)


async def key(house: House, handle: str, name: str = "") -> str:
    return await people_actions.new_feed_key(await house.viewer(handle), name)


@pytest.mark.parametrize("here", LISTS)
async def test_a_reader_that_knows_the_address_reads_what_its_owner_may(house: House, here: str) -> None:
    gro = await house.viewer("gro")
    await following.follow(gro, "space", house.spaces["kontoret"].id)
    mine, others = await key(house, "gro"), await key(house, "hedda")
    async with house.browser() as reader:
        answer = await reader.get(f"/feeds/{mine}{here}feed.atom")
        if here in ("/tags/tagkanaritorgetpage/",):
            assert answer.status_code == 404, "a guest does not read what is everybody's"
            assert (await reader.get(f"/feeds/{others}{here}feed.atom")).status_code == 200
            return
        assert answer.status_code == 200 and answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["referrer-policy"] == "no-referrer" and mine not in answer.text
        assert "loftet" not in answer.text and 'rel="self"' not in answer.text
        assert feedparser.parse(answer.text).entries
        etag = (await reader.get(f"/feeds/{mine}{here}feed.atom")).headers["etag"]
        again = await reader.get(f"/feeds/{mine}{here}feed.atom", headers={"if-none-match": etag})
        assert again.status_code == 304
        if here == "/":
            assert canary("loftet", "page") in (await reader.get(f"/feeds/{others}{here}feed.atom")).text


async def test_it_opens_nothing_else(house: House) -> None:
    secret = await key(house, "astrid")
    async with house.browser() as stranger:
        for path in (
            "/",
            "/settings/",
            "/api/me",
            "/spaces/torget/",
            "/files/",
            "/live/",
            "/feed.atom/../settings/",
            "/search/?q=x",
        ):
            assert (await stranger.get(f"/feeds/{secret}{path}")).status_code in (303, 401, 404), path
        assert (await stranger.post(f"/feeds/{secret}/feed.atom")).status_code in (401, 403, 404, 405)
        for headers in ({"authorization": f"Bearer {secret}"}, {"cookie": f"{cookie_name(house.settings)}={secret}"}):
            assert (await stranger.get("/settings/", headers=headers)).status_code == 303
            assert (await stranger.get("/api/me", headers=headers)).status_code == 401
            assert (await stranger.get("/feed.atom", headers=headers)).status_code == 401
        assert (await stranger.get(f"/feeds/{house.tokens['astrid']}/feed.atom")).status_code == 404, (
            "nor is a key to the API one"
        )
        assert (await stranger.get(f"/feeds/{house.sessions['astrid']}/feed.atom")).status_code == 404


async def test_who_is_signed_in_does_not_lend_their_rights_to_an_address(house: House) -> None:
    secret = await key(house, "gro")
    async with house.browser("hedda") as browser:
        assert "loftet" not in (await browser.get(f"/feeds/{secret}/feed.atom")).text
        assert (await browser.get(f"/feeds/{'x' * 43}/feed.atom")).status_code == 404


async def test_once_it_is_ended_there_is_no_such_address(house: House) -> None:
    async with house.browser("mons") as browser:
        page = (await browser.post("/settings/feeds", data={"feed_name": "On the train"})).text
        found = re.search(r"http://dugnad\.test/feeds/([\w-]+)/feed\.atom", page)
        assert found and "On the train" in page
        secret = found[1]
        assert await value("SELECT token_hash FROM feed_key WHERE name = 'On the train'") == fingerprint(secret)
        assert secret not in (await browser.get("/settings/")).text, "shown once"
        id = await value("SELECT id FROM feed_key WHERE name = 'On the train'")
        async with house.browser() as reader, house.browser("hedda") as other:
            assert (await reader.get(f"/feeds/{secret}/feed.atom")).status_code == 200
            await other.post(f"/settings/feeds/{id}/end")
            assert (await reader.get(f"/feeds/{secret}/feed.atom")).status_code == 200, "others cannot end it"
            await browser.post(f"/settings/feeds/{id}/end")
            for _ in range(2):
                assert (await reader.get(f"/feeds/{secret}/feed.atom")).status_code == 404


async def test_rights_that_end_are_gone_from_the_feed(house: House) -> None:
    gro, hedda, secret = await house.viewer("gro"), await house.viewer("hedda"), await key(house, "gro")
    async with house.browser() as reader:
        assert canary("kontoret", "page") in (await reader.get(f"/feeds/{secret}/feed.atom")).text
        await people_actions.set_role(hedda, house.spaces["kontoret"], "gro", None)
        after = await reader.get(f"/feeds/{secret}/feed.atom")
        assert "kontoret" not in after.text
        assert (await reader.get(f"/feeds/{secret}/spaces/kontoret/feed.atom")).status_code == 404
    await people_actions.add_member(gro.me, house.spaces["kontoret"].id, "guest")


async def test_a_new_password_ends_them(house: House) -> None:
    ole, secret = await house.viewer("ole"), await key(house, "ole")
    await people_actions.set_password(ole.me, "et nytt langt passord", None)
    async with house.browser() as reader:
        assert (await reader.get(f"/feeds/{secret}/feed.atom")).status_code == 404


async def test_what_one_follows_has_a_feed_of_its_own(house: House) -> None:
    async with house.browser() as stranger:
        assert (await stranger.get("/followed/feed.atom")).status_code == 401
    async with house.browser("hedda") as browser:
        answer = await browser.get("/followed/feed.atom")
        assert answer.status_code == 200 and "What you follow" in answer.text
        assert "/followed/feed.atom" in (await browser.get("/followed/")).text


def test_no_other_address_counts_as_one() -> None:
    secret = "x" * 43
    assert keyed_feed(f"/feeds/{secret}/feed.atom") == (secret, "/feed.atom") and is_feed("/followed/feed.atom")
    for path in (
        f"/feeds/{secret}",
        f"/feeds/{secret}/settings/",
        "/feeds/x/feed.atom",
        f"/feeds/{secret}/feeds/{secret}/feed.atom",
        f"/feeds/{secret}/api/feed.atom",
    ):
        assert keyed_feed(path) is None
