"""What stands behind a link is shown under it, as far as somebody asked, and by the rights to what has the link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cast import House
from web.app import _rounds
from web.database import execute, now, value
from web.entries import actions, previews, queries
from web.entries.actions import Fields
from web.fetching import Page, Refused
from web.settings import WrongSetting, read_settings
from web.times import DAY

PAGE = b"<title>T &lt;i&gt;</title><meta name=description content='About it'><meta property=og:image content=https://evil.example/x.png>"


class Web:
    """The pages that there are; what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, url: str) -> Page:
        self.asked.append(url)
        if "gone" in url:
            raise Refused("gone")
        return Page(url, PAGE, None)


async def post(house: House, url: str, space: str = "torget", kind: str = "micropost") -> int:
    fields = Fields("" if kind == "micropost" else "T", f"Look at {url} and https://second.example/")
    return await actions.post(await house.viewer("mons"), kind, house.spaces[space], fields)


async def test_it_is_asked_after_the_post_and_once(house: House) -> None:
    web = Web()
    id, other = await post(house, "https://www.one.example/a?b=c"), await post(house, "https://www.one.example/a?b=c")
    assert not (await queries.borne(await house.viewer("ole"), [id])).carried, "nothing is asked while somebody waits"
    await previews.look_behind(web)
    await previews.look_behind(web)
    assert web.asked.count("https://www.one.example/a?b=c") == 1
    carried = (await queries.borne(await house.viewer("ole"), [id, other])).carried
    assert carried[id].preview and carried[id].preview == carried[other].preview
    found = carried[id].preview
    assert found and (found.title, found.about, found.site) == ("T <i>", "About it", "one.example")
    page = await house.read("/")
    assert "T &lt;i&gt;" in page and "evil.example" not in page
    assert not (await queries.borne(await house.viewer("ole"), [id], copied=True)).carried, (
        "a copy holds nothing that another site said"
    )
    await execute("UPDATE preview SET expires_at = {} WHERE url = {}", now() - 1, "https://www.one.example/a?b=c")
    await previews.look_behind(web)
    assert web.asked.count("https://www.one.example/a?b=c") == 2


async def test_what_says_nothing_is_left_alone_for_a_day(house: House) -> None:
    web = Web()
    id = await post(house, "https://gone.example/")
    await previews.look_behind(web)
    await previews.look_behind(web)
    assert web.asked.count("https://gone.example/") == 1
    expires = await value("SELECT expires_at FROM preview WHERE url = {}", "https://gone.example/")
    assert abs(expires - now() - DAY) < DAY / 10
    carried = (await queries.borne(await house.viewer("ole"), [id])).carried
    assert carried[id].preview and carried[id].preview.url == "https://second.example/"


async def test_only_what_is_said_in_ten_seconds_is_looked_behind(house: House) -> None:
    web = Web()
    await post(house, "https://page.example/", kind="page")
    trashed = await post(house, "https://trashed.example/")
    await actions.trash(await house.viewer("mons"), trashed)
    await previews.look_behind(web)
    assert not {"https://page.example/", "https://trashed.example/"} & {*web.asked}


async def test_it_is_seen_by_those_who_read_the_post(house: House) -> None:
    id = await post(house, "https://kanarihemmelig.example/", "loftet")
    await previews.look_behind(Web())
    assert "kanarihemmelig" in await house.read("/", "mons")
    assert "kanarihemmelig" not in await house.read("/", "ole")
    assert id


async def test_no_house_asks_others_unless_that_is_set(house: House) -> None:
    def looks(**more: str) -> bool:
        settings = replace(house.settings, **more)
        return any(each._what == "What stands behind links" for each in _rounds(settings, house.app.state))

    assert not looks() and looks(previews="on")
    assert read_settings({"DUGNAD_DATA": str(house.settings.data), "DUGNAD_PREVIEWS": "off"}).previews == ""
    with pytest.raises(WrongSetting, match="PREVIEWS"):
        read_settings({"DUGNAD_DATA": str(house.settings.data), "DUGNAD_PREVIEWS": "yes"})
