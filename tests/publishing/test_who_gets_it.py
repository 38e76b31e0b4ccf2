"""A kept snapshot is given to those it was made for, as long as they may read all that is in it: asked when they come for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.cast import House
from tests.publishing.pressed import WHO, kept_of, made, ordered, who_gets
from web.database import execute
from web.people import actions as people_actions
from web.people import queries as people
from web.publishing.rows import Kept
from web.urls import kept_url

COLLEAGUES = {"astrid", "hedda", "mons", "ole"}
# Also an administrator, who is one of neither space: what is closed to them is closed to them here. And a guest of a closed space
# does not read what is open, which is in there too.
FOR_WHOM: dict[str, set[str | None]] = {
    "public": set(WHO), "everyone": {*COLLEAGUES}, "space:kontoret": {"hedda", "mons"}, "space:loftet": {"hedda", "mons"},
    "person:mons": {"mons"},
}  # fmt: skip
Copies = dict[str, Kept]


@pytest_asyncio.fixture(scope="module")
async def copies(house: House) -> AsyncIterator[Copies]:
    """One for each audience, as Mons has them made, who belongs to every space."""
    await execute("UPDATE person SET admin = {} WHERE handle = 'mons'", True)
    found = {}
    for audience in FOR_WHOM:
        edition = await ordered(house, "mons", audience=audience, name=f"For {audience}")
        assert (await made(house, edition, "mons")).done
        (found[audience],) = await kept_of(house, edition, "mons")
    await execute("UPDATE person SET admin = {} WHERE handle = 'mons'", False)
    yield found
    await execute("DELETE FROM edition")


@pytest.mark.parametrize("audience", FOR_WHOM)
async def test_a_snapshot_is_for_those_it_was_made_for(house: House, copies: Copies, audience: str) -> None:
    address = kept_url(copies[audience])
    assert await who_gets(house, address) == FOR_WHOM[audience]
    for who in WHO:
        async with house.browser(who) as browser:
            page = (await browser.get("/snapshots/", follow_redirects=True)).text
            assert (address in page) == (who in FOR_WHOM[audience]), who
            assert who not in ("ole", "gro", "astrid", None) or "loftet" not in page.lower()


async def test_whoever_leaves_a_space_has_no_copy_of_it_any_more(house: House, copies: Copies) -> None:
    hedda, kontoret = await house.viewer("hedda"), house.spaces["kontoret"]
    room, own = kept_url(copies["space:kontoret"]), kept_url(copies["person:mons"])
    await people_actions.set_role(hedda, kontoret, "ole", "member")
    assert await who_gets(house, room) == {"hedda", "mons", "ole"}, "members of today"
    await people_actions.set_role(hedda, kontoret, "ole", None)
    await people_actions.set_role(hedda, kontoret, "mons", None)
    assert await who_gets(house, room) == {"hedda"}
    assert await who_gets(house, own) == set(), "their own holds something of that room too"
    await people_actions.set_role(hedda, kontoret, "mons", "member")
    assert await who_gets(house, own) == {"mons"}


async def test_what_was_open_and_is_closed_now_is_not_had_by_an_older_copy(house: House, copies: Copies) -> None:
    hedda = await house.viewer("hedda")
    torget = await people.space(hedda, "torget")
    await people_actions.change_space(hedda, torget, torget.name, "", "closed", public=False)
    assert await who_gets(house, kept_url(copies["everyone"])) == {"hedda", "mons"}
    await people_actions.change_space(hedda, torget, torget.name, "", "open", public=False)
    assert await who_gets(house, kept_url(copies["everyone"])) == COLLEAGUES


async def test_whoever_does_not_live_here_any_more_gets_nothing(house: House, copies: Copies) -> None:
    await execute("UPDATE person SET active = {} WHERE handle = 'ole'", False)
    assert await who_gets(house, kept_url(copies["everyone"])) == COLLEAGUES - {"ole"}
    await execute("UPDATE person SET active = {} WHERE handle = 'ole'", True)
    await execute("UPDATE person SET guest = {} WHERE handle = 'ole'", True)
    assert await who_gets(house, kept_url(copies["everyone"])) == COLLEAGUES - {"ole"}
    await execute("UPDATE person SET guest = {} WHERE handle = 'ole'", False)
