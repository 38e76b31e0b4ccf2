"""Coming in: sessions that nobody else can choose, guess or keep; limits; invitation links that open once."""

from __future__ import annotations

import re

import pytest

from tests.cast import PASSWORD, House
from web.database import execute, now, value
from web.errors import Invalid, TooMany
from web.people import actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.urls import safe_next


async def somebody(handle: str) -> int:
    return await actions.add_person(NewPerson(handle, handle.title(), f"{handle}@dugnad.test", PASSWORD))


async def test_a_sign_in_makes_a_new_session_whatever_the_browser_brought(house: House) -> None:
    await somebody("tiril")
    async with house.browser() as browser:
        browser.cookies.set("dugnad", "chosen-by-somebody-else", "dugnad.test")
        answer = await browser.post("/sign-in/", data={"name": "tiril", "password": PASSWORD, "next": "/tags/"})
        assert answer.status_code == 303 and answer.headers["location"] == "/tags/"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower() and "chosen-by-somebody-else" not in cookie
        first = browser.cookies.get("dugnad", domain="dugnad.test")
        assert "Tiril" in (await browser.get("/settings/")).text
        await browser.post("/sign-in/", data={"name": "tiril@dugnad.test", "password": PASSWORD})
        assert browser.cookies.get("dugnad", domain="dugnad.test") != first
    async with house.browser() as thief:
        thief.cookies.set("dugnad", first, "dugnad.test")
        assert (await thief.get("/settings/")).status_code == 303, "the session before has ended"


async def test_nothing_is_set_for_whoever_only_looks(house: House) -> None:
    async with house.browser() as browser:
        for address in ("/sign-in/", "/", "/accessibility/", "/nothing/"):
            assert "set-cookie" not in (await browser.get(address)).headers


async def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    secret = await actions.start_session(await somebody("signe"))
    async with house.browser() as browser:
        browser.cookies.set("dugnad", secret, "dugnad.test")
        assert (await browser.get("/settings/")).status_code == 200
        assert (await browser.post("/sign-out/")).status_code == 303
    async with house.browser() as browser:
        browser.cookies.set("dugnad", secret, "dugnad.test")
        assert (await browser.get("/settings/")).status_code == 303


async def test_a_wrong_name_and_a_wrong_password_are_told_the_same(house: House) -> None:
    await somebody("vilde")
    async with house.browser() as browser:
        known = await browser.post("/sign-in/", data={"name": "vilde", "password": "wrong"})
        unknown = await browser.post("/sign-in/", data={"name": "vidar", "password": "wrong"})
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace("vilde", "vidar") == unknown.text


async def test_tries_are_limited_by_name_however_it_is_spelled_and_the_right_password_waits_too(house: House) -> None:
    await somebody("nora")
    async with house.browser() as browser:
        for number in range(10):
            name = ("nora", "NORA", "@nora", " nora ")[number % 4]
            assert (await browser.post("/sign-in/", data={"name": name, "password": "wrong"})).status_code == 422
        answer = await browser.post("/sign-in/", data={"name": "nora", "password": PASSWORD})
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0 and "nora" in answer.text
        async with house.browser(headers={"x-forwarded-for": "192.0.2.9"}) as elsewhere:
            answer = await elsewhere.post("/sign-in/", data={"name": "nora", "password": PASSWORD})
            assert answer.status_code == 303, "nobody locks out somebody who is elsewhere"
        await execute("UPDATE attempt SET until = {} WHERE key LIKE 'sign-in pair nora%'", now() - 1)
        assert (await browser.post("/sign-in/", data={"name": "nora", "password": PASSWORD})).status_code == 303


async def test_a_name_is_not_tried_for_long_from_many_places(house: House) -> None:
    await somebody("nils")
    for number in range(2):
        with pytest.raises(Invalid):
            await actions.sign_in("nils", "wrong", f"192.0.2.{number}")
    assert await value("SELECT count FROM attempt WHERE key = 'sign-in name nils'") == 2
    await execute("UPDATE attempt SET count = 100 WHERE key = 'sign-in name nils'")
    with pytest.raises(TooMany):
        await actions.sign_in("nils", PASSWORD, "198.51.100.1")


async def test_a_whole_office_behind_one_address_can_sign_in(house: House) -> None:
    await somebody("olga")
    tries = "SELECT count FROM attempt WHERE key = 'sign-in address 192.0.2.7'"
    async with house.browser(headers={"x-forwarded-for": "198.51.100.1, 192.0.2.7"}) as browser:
        await browser.post("/sign-in/", data={"name": "olga", "password": "wrong"})
        before = await value(tries)
        for _ in range(3):
            answer = await browser.post("/sign-in/", data={"name": "olga", "password": PASSWORD})
            assert answer.status_code == 303
        assert await value(tries) == before == 1, "what succeeds is no try"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)",
     "evil.example", "", None, ["/x"], "http:evil.example", "/%0d%0aset-cookie:x", "/ok\r\nx: y"],
)  # fmt: skip
def test_after_sign_in_one_stays_in_the_house(target: object) -> None:
    found = safe_next(target)
    assert found.startswith("/") and not found.startswith("//") and "\\" not in found and "\n" not in found


async def test_a_changed_password_signs_out_everybody_else_and_ends_the_keys(house: House) -> None:
    id = await somebody("petra")
    mine, other = await actions.start_session(id), await actions.start_session(id)
    key = await actions.new_token(await people.viewer(id))
    async with house.browser() as browser:
        browser.cookies.set("dugnad", mine, "dugnad.test")
        wrong = await browser.post(
            "/settings/password", data={"old_password": "wrong", "new_password": "another-long-one"}
        )
        assert wrong.status_code == 422
        short = await browser.post("/settings/password", data={"old_password": PASSWORD, "new_password": "short"})
        assert short.status_code == 422
        done = await browser.post(
            "/settings/password", data={"old_password": PASSWORD, "new_password": "another-long-one"}
        )
        assert done.status_code == 303
        assert (await browser.get("/settings/")).status_code == 200
    async with house.browser() as browser:
        browser.cookies.set("dugnad", other, "dugnad.test")
        assert (await browser.get("/settings/")).status_code == 303
    async with house.program() as program:
        assert (await program.get("/api/me", headers={"authorization": f"Bearer {key}"})).status_code == 401


async def test_other_browsers_and_keys_are_listed_and_can_be_ended(house: House) -> None:
    id = await somebody("rakel")
    mine, other = await actions.start_session(id, "My browser"), await actions.start_session(id, "A lost telephone")
    async with house.browser() as browser:
        browser.cookies.set("dugnad", mine, "dugnad.test")
        page = (await browser.get("/settings/")).text
        assert "A lost telephone" in page
        lost = next(
            each
            for each in (await people.signed_in(await people.viewer(id)))["session"]
            if each.name == "A lost telephone"
        )
        assert (await browser.post(f"/settings/sessions/{lost.id}/end")).status_code == 303
        made = await browser.post("/settings/tokens", data={"name": "Backup"})
        secret = re.search(r"<code>([\w-]{40,})</code>", made.text)
        assert secret and secret[1] not in (await browser.get("/settings/")).text, "shown once"
    async with house.browser() as browser:
        browser.cookies.set("dugnad", other, "dugnad.test")
        assert (await browser.get("/settings/")).status_code == 303


async def test_nobody_ends_the_session_of_another(house: House) -> None:
    id = await somebody("sofie")
    secret = await actions.start_session(id)
    session = ((await people.signed_in(await people.viewer(id)))["session"])[0].id
    async with house.browser("mons") as browser:
        await browser.post(f"/settings/sessions/{session}/end")
    async with house.browser() as browser:
        browser.cookies.set("dugnad", secret, "dugnad.test")
        assert (await browser.get("/settings/")).status_code == 200


async def test_an_invitation_lets_one_person_in_once(house: House) -> None:
    async with house.browser("astrid") as browser:
        page = (await browser.post("/welcome/people/", data={"people": "Tiril"})).text
        link = re.search(r"/invitation/[\w-]+/", page)
        assert link
    form = {"handle": "nykomling", "name": "Nykomling", "password": PASSWORD}
    async with house.browser() as browser:
        assert "Astrid" in (await browser.get(link[0])).text
        taken = await browser.post(link[0], data={**form, "handle": "mons"})
        assert taken.status_code == 422 and "Nykomling" in taken.text and PASSWORD not in taken.text
        assert (await browser.post(link[0], data={**form, "admin": "true", "guest": "false"})).status_code == 303
        assert (await browser.get("/settings/")).status_code == 200
    viewer = await people.viewer_by_handle("nykomling")
    assert viewer.colleague and not viewer.admin
    async with house.browser() as browser:
        again = await browser.post(link[0], data={**form, "handle": "nummerto"})
        assert again.status_code == 404 or again.is_redirect
        assert not await value("SELECT 1 FROM person WHERE handle = 'nummerto'")


async def test_only_administrators_invite_into_the_house_and_hosts_guests_into_their_space(house: House) -> None:
    async with house.browser("mons") as browser:
        assert (await browser.post("/welcome/people/", data={"people": "Tiril"})).status_code == 403
        assert (await browser.post("/spaces/kontoret/invite")).status_code == 403
    async with house.browser("hedda") as browser:
        page = (await browser.post("/spaces/kontoret/invite")).text
        link = re.search(r"/invitation/[\w-]+/", page)
        assert link
    async with house.browser() as browser:
        form = {"handle": "gjesten", "name": "Gjesten", "password": PASSWORD, "role": "host", "space": "loftet"}
        assert (await browser.post(link[0], data=form)).status_code == 303
    viewer = await people.viewer_by_handle("gjesten")
    assert not viewer.colleague and [(mine.slug, mine.role) for mine in viewer.spaces] == [("kontoret", "guest")]


async def test_an_invitation_ends_after_a_fortnight(house: House) -> None:
    secret = await actions.invite(await house.viewer("astrid"), None)
    assert (await actions.invitation(secret)).by == "Astrid"
    await execute("UPDATE invitation SET expires_at = {} WHERE used_at IS NULL", now() - 1)
    async with house.browser() as browser:
        assert (await browser.get(f"/invitation/{secret}/")).status_code in (303, 404)
