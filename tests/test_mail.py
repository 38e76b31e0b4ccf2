"""Mail: letters wait until a server takes them, say what they should to whom they should, and give nothing away."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from email import message_from_bytes, policy
from functools import partial
from typing import Any

import pytest

from tests.cast import PASSWORD, House
from tests.letterbox import Mailbox, link_in, parts
from web.database import execute, now, rows, value
from web.errors import NotThere
from web.mailing import Round, message, send_due
from web.people import actions
from web.people import queries as people
from web.people.actions import letters
from web.people.actions.letters import Letter
from web.people.rows import House as Named
from web.rounds import Rounds


async def test_an_invitation_goes_by_mail_and_its_address_becomes_theirs(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    async with house.browser("astrid") as browser:
        page = (await browser.post("/welcome/people/", data={"people": "tuva@dugnad.test\nOla"})).text
        assert page.count("/invitation/") == 2 and "by mail" in page
    assert (await send_due(house.settings)).sent == 1
    (mail,) = mailbox.mails
    assert mail["To"] == "tuva@dugnad.test" and mail["From"] == "Dugnad <huset@dugnad.test>"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"].endswith("@dugnad.test>") and mail["Date"]
    plain, html = parts(mail)
    assert "Astrid" in plain and "Astrid" in html and link_in(html, "invitation") == link_in(plain, "invitation")
    async with house.browser() as browser:
        typed = {"name": "Tuva", "handle": "tuva", "password": PASSWORD}
        assert (await browser.post(link_in(plain, "invitation"), data=typed)).status_code == 303
    assert await people.email(await people.viewer_by_handle("tuva")) == "tuva@dugnad.test"


async def test_whoever_was_invited_twice_comes_in_all_the_same(posted: tuple[House, Mailbox]) -> None:
    house, _ = posted
    astrid = await house.viewer("astrid")
    for handle in ("dobbel", "dobbel2"):
        secret = await actions.invite(astrid, None, email="dobbel@dugnad.test")
        await actions.come_in(secret, handle, handle, PASSWORD)
    assert await people.email(await people.viewer_by_handle("dobbel2")) is None


async def test_a_guest_is_told_of_the_room_and_of_nothing_else(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    async with house.browser("hedda") as browser:
        assert (await browser.post("/spaces/loftet/invite", data={"email": "not an address"})).status_code == 422
        assert (await browser.post("/spaces/loftet/invite", data={"email": "ute@dugnad.test"})).status_code == 200
    await send_due(house.settings)
    words = "".join(parts(mailbox.mails[0]))
    assert "Loftet" in words and "Hedda" in words and "kanari" not in words and "Kontoret" not in words


async def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    session = house.sessions["mons"]
    async with house.browser() as browser:
        assert "Forgotten password?" in (await browser.get("/sign-in/")).text
        await browser.post("/forgotten/", data={"name": "@Mons"}, headers={"host": "evil.example"})
        await send_due(house.settings)
        plain, _ = parts(mailbox.mails[0])
        assert mailbox.mails[0]["To"] == "mons@dugnad.test" and "evil" not in plain
        link = link_in(plain, "reset")
        assert (await browser.get(link)).headers["referrer-policy"] == "no-referrer"
        assert (await browser.post(link, data={"password": "short"})).status_code == 422
        assert (await browser.post(link, data={"password": "et helt nytt passord"})).status_code == 303
        assert (await browser.post(link, data={"password": "og enda et nytt et"})).status_code == 410
        gone = await browser.get(link)
        assert gone.status_code == 410 and "/forgotten/" in gone.text
        entered = await browser.post("/sign-in/", data={"name": "mons", "password": "et helt nytt passord"})
        assert entered.status_code == 303
    async with house.browser() as browser:
        browser.cookies.set("dugnad", session, "dugnad.test")
        assert (await browser.get("/settings/")).status_code == 303, "every session has ended"


async def test_nobody_learns_who_lives_here(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    async with house.browser() as browser:
        answers = [await browser.post("/forgotten/", data={"name": name}) for name in ("ole", "nobody-at-all", "")]
    assert len({re.sub(r"\w{64}", "", answer.text) for answer in answers}) == 1
    assert len(await rows("SELECT 1 AS one FROM letter")) == 3, "the same is done for each"
    await send_due(house.settings)
    assert [mail["To"] for mail in mailbox.mails] == ["ole@dugnad.test"]


async def test_links_are_asked_for_so_often_and_no_more(posted: tuple[House, Mailbox]) -> None:
    house, _ = posted
    async with house.browser() as browser:
        asked = [(await browser.post("/forgotten/", data={"name": "hedda"})).status_code for _ in range(7)]
        assert asked[0] == 200 and asked[-1] == 429
        unknown = [(await browser.post("/forgotten/", data={"name": "nobody"})).status_code for _ in range(7)]
        assert unknown == asked, "also for names that nobody has"
    await execute("DELETE FROM attempt")


@pytest.mark.parametrize("what", ["address", "password", "hour"])
async def test_a_link_is_void_when_something_has_changed_meanwhile(posted: tuple[House, Mailbox], what: str) -> None:
    house, mailbox = posted
    await actions.forgotten("hedda", what)
    await send_due(house.settings)
    secret = link_in(parts(mailbox.mails[0])[0], "reset").split("/")[2]
    hedda = await house.viewer("hedda")
    assert await actions.may_reset(secret) == hedda.person
    match what:
        case "address":
            await actions.change_profile(hedda, "Hedda", "", "hedda@dugnad.test")
        case "password":
            await actions.set_password(hedda.me, "a long new password")
        case _:
            await execute("UPDATE password_reset SET expires_at = {}", now() - 1)
    with pytest.raises(NotThere):
        await actions.may_reset(secret)


async def test_a_letter_that_is_not_taken_is_tried_again_later_and_not_for_ever(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    await letters.write("invitation", "sen@dugnad.test", "s" * 20, "nb", (await house.viewer("astrid")).person)
    mailbox.refuses = True
    assert (await send_due(house.settings)).failed == 1
    assert (await send_due(house.settings)).failed == 0, "not at once"
    kept = (await rows("SELECT tries, next_at, wrong FROM letter"))[0]
    assert kept["tries"] == 1 and kept["next_at"] > now() and "451" in kept["wrong"] and "sss" not in kept["wrong"]
    mailbox.refuses = False
    await execute("UPDATE letter SET next_at = {}", now())
    assert (await send_due(house.settings)).sent == 1 and len(mailbox.mails) == 1
    assert await value("SELECT secret FROM letter") == "", "nothing is kept that opens a door"
    mailbox.refuses = True
    await execute("UPDATE letter SET sent_at = NULL, secret = 'x', tries = 11, next_at = {}", now())
    assert (await send_due(house.settings)).failed == 1
    await execute("UPDATE letter SET next_at = {}", now())
    assert (await send_due(house.settings)).failed == 0, "given up"
    assert await value("SELECT secret FROM letter") == ""


async def test_several_who_send_at_once_send_each_letter_once(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    for number in range(12):
        await letters.write("password", f"n{number}@dugnad.test", "x", "en")
    await asyncio.gather(*(send_due(house.settings) for _ in range(4)))
    assert sorted(mail["To"] for mail in mailbox.mails) == sorted(f"n{number}@dugnad.test" for number in range(12))


async def test_an_open_house_sends_by_itself(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    await letters.write("password", "selv@dugnad.test", "x", "nb")
    postman = Rounds("The letters", partial(send_due, house.settings))
    postman.start()
    for _ in range(100):
        if mailbox.mails:
            break
        await asyncio.sleep(0.05)
    await postman.rest()
    assert [mail["To"] for mail in mailbox.mails] == ["selv@dugnad.test"]


@pytest.mark.parametrize(
    "name", ["Evil\r\nBcc: all@dugnad.test", 'A "quoted" <b>name</b>', "Ærlig & Sønn, AS", "=?utf-8?q?x?="]
)
@pytest.mark.parametrize("language", ["nb", "en"])
async def test_no_name_breaks_out_of_a_letter(house: House, name: str, language: str) -> None:
    settings = replace(house.settings, mail="smtp://127.0.0.1:1", mail_from="huset@dugnad.test")
    letter = Letter(1, "til@dugnad.test", language, "invitation", "s3cret", name, name)
    sent: Any = message_from_bytes(message(settings, Named(name), letter).as_bytes(), policy=policy.default)
    assert set(sent.keys()) == {
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }
    plain, html = parts(sent)
    assert "<b>" not in html and "&lt;" not in plain and "&amp;" not in plain
    assert str(sent["To"]) == "til@dugnad.test" and sent["From"].addresses[0].addr_spec == "huset@dugnad.test"


async def test_a_house_without_mail_offers_none(house: House) -> None:
    async with house.browser() as browser:
        assert 'href="/forgotten/"' not in (await browser.get("/sign-in/")).text
        assert (await browser.post("/forgotten/", data={"name": "mons"})).status_code in (401, 404)
    async with house.browser("astrid") as browser:
        await browser.post("/welcome/people/", data={"people": "ingen@dugnad.test"})
    assert not await value("SELECT 1 FROM letter WHERE address = 'ingen@dugnad.test'")


async def test_a_letter_that_cannot_be_made_keeps_no_other_and_says_nothing_in_the_log(
    posted: tuple[House, Mailbox], caplog: pytest.LogCaptureFixture
) -> None:
    house, mailbox = posted
    for address in ("nobody in particular", "god@dugnad.test"):
        await letters.write("password", address, "s3cret", "nb")
    assert await send_due(house.settings) == Round(sent=1, failed=1)
    assert [mail["To"] for mail in mailbox.mails] == ["god@dugnad.test"]
    assert "was not taken" in caplog.text and "particular" not in caplog.text and "s3cret" not in caplog.text
    await execute("UPDATE letter SET tries = 11, next_at = {} WHERE sent_at IS NULL", now())
    await send_due(house.settings)
    assert await value("SELECT count(*) FROM letter WHERE secret <> ''") == 0, "given up, it keeps nothing"


async def test_of_two_who_come_with_one_link_one_chooses(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    await actions.forgotten("ole", "two")
    await send_due(house.settings)
    secret = link_in(parts(mailbox.mails[0])[0], "reset").split("/")[2]
    done = await asyncio.gather(
        *(actions.reset(secret, f"a password of {who}") for who in ("one", "the other")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["NoneType", "NotThere"]


async def test_what_was_not_shared_at_its_time_is_told_of_without_a_word_of_it(posted: tuple[House, Mailbox]) -> None:
    house, mailbox = posted
    await letters.write("missed", "mons@dugnad.test", "4711", "nb")
    assert (await send_due(house.settings)).sent == 1
    assert "http://dugnad.test/drafts/4711/" in parts(mailbox.mails[0])[0]
