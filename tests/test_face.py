"""How the house looks from outside: what a browser, a telephone and a place where addresses are sent are told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cast import House
from web.app import create_app
from web.database import counted_statements
from web.people import actions
from web.people import queries as people
from web.static_files import asset, contents
from web.urls import url_of


@pytest.fixture
async def shown(house: House) -> str:
    """The address of a page that the world may read."""
    astrid = await house.viewer("astrid")
    if not house.spaces["torget"].public:
        space = house.spaces["torget"]
        await actions.change_space(astrid, space, space.name, "Where all meet.", "open", public=True)
        house.spaces["torget"] = await people.space(astrid, "torget")
    return url_of(await house.entry("torget", "article"))


async def test_what_the_world_may_read_says_what_it_is_where_its_address_is_sent(house: House, shown: str) -> None:
    async with house.browser() as stranger:
        page = (await stranger.get(shown)).text
        for said in (
            '<meta property="og:title" content="Title of kanaritorgetarticle">',
            f'<meta property="og:url" content="http://dugnad.test{shown}">',
            '<meta property="og:type" content="article">',
            '<meta property="og:locale" content="en_GB">',
        ):
            assert said in page, said
        assert 'content="Where all meet."' in (await stranger.get("/spaces/torget/")).text


async def test_what_it_may_not_read_says_nothing(house: House, shown: str) -> None:
    for who, space in ((None, "kontoret"), ("mons", "kontoret"), ("mons", "loftet")):
        async with house.browser(who, follow_redirects=True) as browser:
            for address in (url_of(await house.entry(space, "article")), url_of(house.spaces[space])):
                assert "og:" not in (await browser.get(address)).text


async def test_the_house_can_stand_among_the_apps_of_a_telephone(house: House) -> None:
    async with house.browser() as stranger:
        answer = await stranger.get("/manifest.webmanifest")
        assert answer.headers["content-type"].startswith("application/manifest+json")
        app = answer.json()
        assert app["name"] == "Dugnad" and app["lang"] == "en" and app["shortcuts"][0]["name"] == "Share something"
        for icon in app["icons"]:
            assert (await stranger.get(icon["src"])).content.startswith(b"\x89PNG"), icon
        assert (await stranger.get("/favicon.ico")).content[:4] == b"\0\0\1\0"
        norwegian = await stranger.get("/manifest.webmanifest", headers={"accept-language": "nb"})
        assert norwegian.json()["shortcuts"][0]["name"] == "Del noe"


@pytest.mark.parametrize(("theme", "colours"), [("", 2), ("light", 1), ("dark", 1)])
async def test_the_browser_wears_the_colour_that_was_chosen(house: House, theme: str, colours: int) -> None:
    async with house.browser() as stranger:
        stranger.cookies.set("dugnad-theme", theme, "dugnad.test")
        assert (await stranger.get("/sign-in/")).text.count('name="theme-color"') == colours


async def test_the_parts_of_the_look_are_shown_only_where_the_program_is_worked_on(house: House) -> None:
    async with house.browser("astrid") as browser:
        assert (await browser.get("/style/")).status_code == 404
    working = replace(house, app=create_app(replace(house.settings, develop="1")))
    for language in ("nb", "en"):
        async with working.browser(headers={"accept-language": language}) as browser:
            answer = await browser.get("/style/")
            assert answer.status_code == 200 and answer.text.count("<svg") > 50


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0", None),
        ("identity", None),
        ("brotli, x-gzip", None),
        ("", None),
    ],
)
async def test_what_pages_are_dressed_in_is_packed_as_the_browser_asks(
    house: House, asked: str, given: str | None
) -> None:
    async with house.browser(headers={"accept-encoding": asked}) as browser:
        for name in ("css/dugnad.css", "js/dugnad.js", "icons/mark.svg", "icons/icon-192.png"):
            answer = await browser.get(asset(name))
            packed = None if name.endswith("png") else given
            assert answer.headers.get("content-encoding") == packed and answer.content == contents()[name]
            assert answer.headers["vary"] == "Accept-Encoding" and "immutable" in answer.headers["cache-control"]
            assert packed is None or int(answer.headers["content-length"]) < len(contents()[name])


async def test_what_pages_are_dressed_in_is_given_without_asking_anybody(house: House) -> None:
    async with house.browser() as browser:
        for address in (asset("css/dugnad.css"), "/favicon.ico", "/robots.txt"):
            with counted_statements() as asked:
                assert (await browser.get(address)).status_code == 200
            assert asked == []
