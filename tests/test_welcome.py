"""An empty house: only whoever runs it moves in, once, and is shown what to do first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cast import PASSWORD, House, application
from web import handbook, identity
from web.database import rows, value
from web.entries import queries
from web.errors import Invalid, NotAllowed, NotThere
from web.people import actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.settings import Settings
from web.storage import Folder

TYPED = {
    "house": "Fjellvik Verft", "language": "en", "name": "Solveig Dahl", "handle": "solveig", "email": "", "password": PASSWORD,
}  # fmt: skip


@pytest_asyncio.fixture(scope="module")
async def empty(database: str, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Nobody lives here until one of these tests lets somebody in; they run in order."""
    settings = Settings(database, tmp_path_factory.mktemp("data"), "a-secret-for-tests", "http://dugnad.test")
    return House(application(settings), settings)


def door(house: House) -> str:
    return f"/welcome/{identity.welcome_code(house.settings)}/"


async def test_nobody_moves_in_without_the_link(empty: House) -> None:
    async with empty.browser() as browser:
        assert "dugnad welcome" in (await browser.get("/sign-in/")).text
        for guess in ("/welcome/guess/", "/welcome/å/", "/welcome/space/", "/welcome/people/"):
            assert (await browser.get(guess)).status_code == 303, "to the sign-in form, as from anywhere"
            assert (await browser.post(guess, data=TYPED)).status_code in (401, 404)
    assert not await people.anybody()


async def test_what_is_wrong_is_said_and_what_was_typed_stays_but_for_the_password(empty: House) -> None:
    async with empty.browser() as browser:
        assert (await browser.get(door(empty))).headers["referrer-policy"] == "no-referrer"
        answer = await browser.post(door(empty), data={**TYPED, "password": "short"})
        assert answer.status_code == 422 and "Fjellvik Verft" in answer.text and "short" not in answer.text
        for field in ("house", "name", "handle", "password"):
            assert (await browser.post(door(empty), data={**TYPED, field: ""})).status_code == 422
    assert not await people.anybody(), "a house is moved into whole, or not at all"
    assert (await people.house()).name == "Dugnad"


async def test_of_two_who_move_in_at_once_one_does(empty: House) -> None:
    async with empty.browser() as one, empty.browser() as other:
        answers = await asyncio.gather(
            one.post(door(empty), data=TYPED), other.post(door(empty), data={**TYPED, "handle": "other"})
        )
        assert sorted(answer.status_code for answer in answers) in ([303, 401], [303, 404])
        winner, cookies = next(
            (answer, browser)
            for answer, browser in zip(answers, (one, other), strict=True)
            if answer.status_code == 303
        )
        assert winner.headers["location"] == "/welcome/space/"
        page = (await cookies.get("/welcome/space/")).text
        assert "Fjellvik Verft" in page
    known = await rows("SELECT handle, admin FROM person")
    assert len(known) == 1 and known[0]["admin"]


async def test_the_link_opens_nothing_any_more(empty: House) -> None:
    async with empty.browser() as browser:
        assert (await browser.get(door(empty))).status_code == 303
        assert (await browser.post(door(empty), data={**TYPED, "handle": "late"})).status_code in (401, 404)
        assert "Nobody lives here" not in (await browser.get("/sign-in/")).text
    with pytest.raises(NotThere):
        await actions.move_in("Another", "nb", NewPerson("late", "Late", password=PASSWORD))


async def test_the_house_has_its_name_on_the_door_and_its_language_for_whoever_asks_for_none(empty: House) -> None:
    async with empty.browser(headers={"accept-language": "fr"}) as browser:
        page = (await browser.get("/sign-in/")).text
        assert "Sign in to Fjellvik Verft" in page and "· Fjellvik Verft</title>" in page and '<html lang="en"' in page
    async with empty.browser(headers={"accept-language": "nb"}) as browser:
        assert "Logg inn hos Fjellvik Verft" in (await browser.get("/sign-in/")).text


async def test_the_first_things_are_ticked_off_as_they_are_done(empty: House) -> None:
    me = await people.first_administrator()
    empty.sessions[me.handle] = await actions.start_session(me.me)
    books = tuple(handbook.SLUGS.values())
    assert not any((await queries.first_things(me, books)).values())
    async with empty.browser(me.handle) as browser:
        assert "The first things" in (await browser.get("/")).text
        answer = await browser.post("/welcome/space/", data={"name": "Båt og brygge", "access": "closed"})
        assert answer.headers["location"] == "/welcome/people/"
        assert (await browser.get("/spaces/bat-og-brygge/")).status_code == 200, "the address is made from the name"
        assert (await browser.post("/welcome/space/", data={"name": "Båt og brygge"})).status_code == 422
        invited = (await browser.post("/welcome/people/", data={"people": "Anne Berg\r\n\r\n Ola \r\n"})).text
        assert invited.count("http://dugnad.test/invitation/") == 2 and "Anne Berg" in invited
        assert (await browser.post("/welcome/people/", data={"people": " \n "})).status_code == 422
        helped = await browser.get("/help/write/")
        assert helped.status_code == 200 and "not in this house yet" in helped.text
        await browser.post("/settings/profile/", data={"name": "Solveig", "about": "Boats."})
        await browser.post("/entries/", data={"kind": "micropost", "space": "house", "body": "The first words."})
        await browser.post("/welcome/handbook/")
        assert await queries.first_things(me, books) == dict.fromkeys(
            ("space", "people", "share", "profile", "handbook"), True
        )
        assert (await browser.post("/welcome/handbook/")).headers["location"] == "/help/", "it is there already"
        await browser.post("/welcome/settled/")
        assert "The first things" not in (await browser.get("/")).text


async def test_help_leads_to_the_page_of_the_handbook_about_it(empty: House) -> None:
    me = await people.first_administrator()
    async with empty.browser(me.handle) as browser:
        for topic, title in (("", "handbook"), ("write/", "write"), ("markdown/", "all-that-you-can-write")):
            there = (await browser.get(f"/help/{topic}")).headers["location"]
            assert there.startswith("/pages/") and title in there, there
        assert "not in this house yet" not in (await browser.get("/help/nothing/")).text


async def test_others_do_not_settle_the_house(empty: House, tmp_path: Path) -> None:
    id = await actions.add_person(NewPerson("mons", "Mons"))
    mons = await people.viewer(id)
    with pytest.raises(NotAllowed):
        await actions.settle(mons)
    with pytest.raises(NotAllowed):
        await handbook.put_in(mons, "nb", Folder(tmp_path))
    with pytest.raises(NotAllowed):
        await actions.invite_all(mons, "Anne")
    with pytest.raises(Invalid):
        await actions.invite_all(await people.first_administrator(), "one\n" * 51)
    with pytest.raises(Invalid):
        await actions.invite_all(await people.first_administrator(), "a@dugnad.test\nnot@an address", by_mail=True)
    assert await value("SELECT count(*) FROM invitation") == 2
