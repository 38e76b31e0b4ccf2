"""Every door that changes something is closed to strangers and outsiders, and to other sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import House
from web.app import create_app
from web.settings import Settings

# Where one comes in, or chooses a language: open to all, and nothing of the house is behind it.
FOR_ALL = {
    "/theme",
    "/sign-in",
    "/sign-out",
    "/language",
    "/invitation/{secret}",
    "/welcome/{code}",
    "/forgotten",
    "/reset/{secret}",
    "/unsubscribe/{secret}",
}
# What only an administrator does, to the house as a whole.
FOR_ADMINISTRATORS = {
    "/welcome/space",
    "/welcome/people",
    "/welcome/handbook",
    "/welcome/settled",
    "/snapshots/editions",
    "/snapshots/recall",
    "/tags/{name}/synonym",
}
# What everybody in the house may do to themselves, or begin; what is asked for inside is checked by other tests.
FOR_ANYBODY_IN = {"/drafts", "/read", "/drafts/plan",
    "/entries", "/preview", "/new/{kind}", "/spaces", "/files", "/settings/profile", "/settings/password", "/settings/tokens",
    "/settings/topics", "/settings/topics/{id}/end", "/settings/away", "/settings/order", "/tabs", "/tabs/{id}/edit", "/tabs/{id}/place", "/tabs/{id}/remove", "/settings/sessions/{id}/end", "/settings/tokens/{id}/end", "/settings/mail", "/settings/answers/end", "/settings/feeds", "/settings/feeds/{id}/end", "/notifications/mute", "/search/follow", "/people/{handle}/follow", "/tags/{name}/follow", "/tags/{name}/describe",
    "/api/entries", "/api/spaces", "/api/attachments",
}  # fmt: skip


def _doors() -> Iterator[str]:
    """Every address that takes a POST, as `/entries/{id}/edit`."""
    app = create_app(Settings("sqlite:///:memory:", Path(), "s", "http://dugnad.test"))
    for route in app.routes:
        methods = getattr(route, "methods", ())
        assert not set(methods) & {"PUT", "PATCH", "DELETE"}, "GET and POST only, so that every button is a form"
        if "POST" in methods:
            yield re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)


DOORS = sorted(set(_doors()))


def opened(house: House, door: str, space: str) -> str:
    """The door of something in that space."""
    names = {
        "slug": space,
        "kind": "page",
        "handle": "mons",
        "name": f"tagkanari{space}page",
        "secret": "x" * 43,
        "code": "x",
    }
    ids = {"id": str(house.entries[space, "page"]), "suggestion": str(house.suggestions[space])}
    return re.sub(r"\{(\w+)\}", lambda found: {**names, **ids}[found[1]], door)


@pytest.mark.parametrize("door", sorted(set(DOORS) - FOR_ALL))
async def test_a_stranger_is_asked_to_sign_in_and_nothing_is_done(house: House, door: str) -> None:
    client = house.program() if door.startswith("/api/") else house.browser()
    async with client:
        for space in house.spaces:
            answer = await client.post(opened(house, door, space), **_sent(door))
            assert answer.status_code in (401, 404), answer.text[:300]


@pytest.mark.parametrize("door", sorted(set(DOORS) - FOR_ALL - FOR_ANYBODY_IN))
async def test_an_outsider_finds_nothing_behind_the_doors_of_a_secret_space(house: House, door: str) -> None:
    assert await house.viewer("ole"), "the outsider exists"
    client = house.program("ole") if door.startswith("/api/") else house.browser("ole")
    async with client:
        answer = await client.post(opened(house, door, "loftet"), **_sent(door))
        assert answer.status_code in (403, 404) if door in FOR_ADMINISTRATORS else answer.status_code == 404, (
            answer.text[:300]
        )


@pytest.mark.parametrize("door", [door for door in DOORS if not door.startswith("/api/")])
async def test_another_site_cannot_make_a_browser_open_it(house: House, door: str) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "", "origin": "https://evil.example"}):
        headers = {name: value for name, value in headers.items() if value}
        async with house.browser("mons") as client:
            del client.headers["sec-fetch-site"]
            answer = await client.post(opened(house, door, "torget"), headers=headers, data={"csrf": "guess"})
            assert answer.status_code == 403, answer.text[:300]


async def test_a_form_without_a_word_of_where_it_comes_from_needs_its_token(house: House) -> None:
    path = f"/entries/{house.entries['torget', 'page']}/watch"
    async with house.browser("mons") as client:
        del client.headers["sec-fetch-site"]
        assert (await client.post(path, data={"level": "all"})).status_code == 403
        page = (await client.get("/settings/")).text
        token = re.search(r'name="csrf" value="(\w+)"', page)
        assert token
        assert (await client.post(path, data={"level": "all", "csrf": token[1]})).status_code == 303


async def test_a_cookie_is_no_key_to_the_api_however_the_address_is_written(house: House) -> None:
    async with house.browser("mons") as client:
        for path in ("/api/me", "//api/me", "/api//me", "///api/me/"):
            assert (await client.get(f"http://dugnad.test{path}")).status_code in (401, 404)
            answer = await client.post(f"http://dugnad.test{path.replace('me', 'entries')}", json={"kind": "page"})
            assert answer.status_code in (401, 404, 405)


def _sent(door: str) -> dict[str, object]:
    if not door.startswith("/api/"):
        return {
            "data": {"body": "x", "revision": "1", "space": "torget", "role": "member", "handle": "ole", "quote": "x"}
        }
    bodies = {
        "edit": {"revision": 1}, "reply": {"body": "x"}, "summarize": {"body": "x"}, "annotate": {"quote": "x"}, "revert": {"revision": 1}, "redact": {"revision": 1},
        "members": {"handle": "ole"}, "tag": {"tags": ""}, "move": {"space": "torget"}, "turn": {"kind": "thread"}, "stage": {"stage": "new"},
        "suggest": {"revision": 1, "summary": "x"}, "decline": {"reason": "x"}, "write_with": {"handle": "ole"}, "close": {"why": "x"}, "split": {"title": "x"}, "merge": {"into": 1}, "outdate": {"why": "x"},
    }  # fmt: skip
    return {"json": bodies.get(door.rpartition("/")[2], {})}
