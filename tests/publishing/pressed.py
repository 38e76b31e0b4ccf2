"""How tests have editions made: as the house does, in this process."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from export.editions import Outcome, carry_out
from tests.cast import House
from web.publishing import actions, queries, runs
from web.publishing.actions import Wanted
from web.publishing.rows import Edition, Kept

WHO = ("astrid", "hedda", "mons", "ole", "gro", None)
EVERY_NIGHT = Wanted(
    name="Every night", audience="everyone", spaces=(), language="en", history=False, strict=False, format="zip", rhythm="day", clock="02:00",
    weekday="0", keep="3", days="0", months="0", place="", folder="",
)  # fmt: skip


async def ordered(house: House, who: str = "astrid", **given: Any) -> Edition:
    """An edition that somebody sets up."""
    viewer = await house.viewer(who)
    id = await actions.add(viewer, replace(EVERY_NIGHT, places=house.settings.places, **given), UTC)
    return await queries.edition(viewer, id)


async def made(house: House, edition: Edition, who: str = "astrid") -> Outcome:
    """Somebody asks for it, and it is made."""
    await actions.make_now(await house.viewer(who), edition.id)
    run = await runs.take(UTC)
    assert run is not None
    return await carry_out(lambda: house.app, house.settings, run)


async def kept_of(house: House, edition: Edition, who: str = "astrid") -> list[Kept]:
    return [each for each in await queries.kept(await house.viewer(who)) if each.edition == edition.id]


def on_the_shelf(house: House) -> list[str]:
    folder: Path = house.settings.data / "snapshots" / "kept"
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def who_gets(house: House, address: str) -> set[str | None]:
    """Everybody else finds nothing, or is sent to sign in."""
    got = set()
    for who in WHO:
        async with house.browser(who) as browser:
            answer = await browser.get(address)
            assert answer.status_code in (200, 404) or (
                answer.status_code == 303 and "/sign-in/" in answer.headers["location"]
            )
            got |= {who} if answer.status_code == 200 else set()
    return got
