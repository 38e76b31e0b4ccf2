"""What somebody tried with letters to the house, conversations that move, what is told and muted, and spaces that have ended."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.cast import House, write
from tests.letterbox import Imap, Posted
from tests.test_answering import address, got, said, written
from tests.test_notifications import reply, thread, told
from tests.test_telling import later
from web.collecting import Fetching
from web.database import execute, in_list, rows, values
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.waiting import waiting
from web.errors import Invalid, NotAllowed
from web.people import skills
from web.receiving import receive
from web.storage import storage_of
from web.times import MINUTE

# Letters.


def _nested(many: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(many)
    )


_MANY = 40_000
_HARD = {
    "addresses without end": b"From: x@evil.test\r\nTo: " + b"a," * _MANY + b"\r\n\r\nHi",
    "words without end": b"From: x@evil.test\r\nCc: " + b"a " * _MANY + b"\r\n\r\nHi",
    "brackets without end": b"From: x@evil.test\r\nMessage-ID: <" + b"(" * _MANY + b"\r\nTo: (((((\r\n\r\nHi",
    "very many recipients": b"From: x@evil.test\r\n" + b"Delivered-To: a, b, c, d\r\n" * 1500 + b"\r\nHi",
    "signs of a sort": b"Content-Type: text/plain" + b"; a=b" * _MANY + b"\r\n\r\nHi",
    "letters in letters": b"Content-Type: message/rfc822\r\n\r\n" * 5000 + b"Hi",
    "parts in parts": _nested(5000) + b"\r\nHi",
    "parts in parts with many lines": _nested(300) + b"\r\n" * 200_000,
    "very many parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n\r\n" * 100_000,
}


@pytest.mark.parametrize("sort", _HARD)
async def test_a_letter_that_is_hard_to_take_apart_is_soon_given_up_and_the_next_one_is_read(
    answered: Posted, sort: str
) -> None:
    house, _ = answered
    begun = time.perf_counter()
    assert await receive(house.settings, house.files, _HARD[sort]) in ("unknown", "unreadable", "ignored")
    assert time.perf_counter() - begun < 20, "it took minutes, and nobody was answered meanwhile"


async def test_a_letter_in_letters_that_take_long_to_be_made_out_is_soon_read(answered: Posted) -> None:
    house, _ = answered
    to = await address(house, "ole", await thread(house, "ole"))
    for charset in ("punycode", "idna"):
        mail = written("ole@dugnad.test", to, "b" * 400_000 + "-" + "a" * 400_000, Message_ID=f"<{charset}@x>")
        mail.replace_header("Content-Type", f"text/plain; charset={charset}")
        begun = time.perf_counter()
        assert await got(house, mail) == "refused: wrong"
        assert time.perf_counter() - begun < 20, "it took minutes"


@pytest.mark.parametrize(
    "sender",
    [
        "=?utf-8?q?ole=40dugnad=2Etest?=",
        "=?utf-8?b?b2xlQGR1Z25hZC50ZXN0?=",
        "=?utf-8?q?ole=40dugnad=2Etest=3E?= <x@evil.test>",
        "ole@dugnad.test\r\nFrom: x@evil.test",
        "x@evil.test\r\nFrom: ole@dugnad.test",
        '"ole@dugnad.test" <x@evil.test>',
        "<x@evil.test> ole@dugnad.test",
        "ole@dugnad.test (x@evil.test), ",
    ],
)
async def test_who_sent_it_is_who_every_server_on_the_way_took_it_from(answered: Posted, sender: str) -> None:
    house, _ = answered
    id = await thread(house, "ole")
    to = await address(house, "ole", id)
    letter = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <{len(sender)}@x>\r\n\r\nIt is as you say.".encode()
    assert await receive(house.settings, house.files, letter) == "refused: sender"
    assert not await said(house, id)


async def test_files_in_a_letter_have_names_that_lead_nowhere(answered: Posted) -> None:
    house, _ = answered
    id = await thread(house, "ole")
    to = await address(house, "ole", id)
    names = ("../../etc/passwd", "a\udcff.txt", "x](javascript:alert(1)).txt", "é" * 900 + ".txt", "\x00.txt", " ")
    for number, name in enumerate(names):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-ID"] = "ole@dugnad.test", to, f"<{number}@names>"
        mail.set_content("See this.")
        mail.add_attachment(b"words", maintype="text", subtype="plain", filename="NAME")
        letter = mail.as_bytes().replace(b'"NAME"', b'"' + name.encode("utf-8", "surrogateescape") + b'"')
        came = await receive(house.settings, house.files, letter)
        assert came in ("answered", "refused: wrong"), name
    page = await house.read(f"/e/{id}", "mons")
    assert 'href="/files/' in page and 'href="javascript' not in page and "etc/passwd" not in page


async def test_letters_that_cannot_be_taken_in_do_not_stand_before_all_others(
    answered: Posted, imap: Imap, tmp_path: Path
) -> None:
    house, _ = answered
    to = await address(house, "ole", await thread(house, "ole"))
    full = tmp_path / "full"
    full.write_bytes(b"no room here")
    for number in range(20):
        mail = written("ole@dugnad.test", to, Message_ID=f"<{number}@full>")
        mail.add_attachment(b"words", maintype="text", subtype="plain", filename="a.txt")
        imap.letters.append(mail.as_bytes())
    imap.letters.append(written("ole@dugnad.test", to, "It is said.", Message_ID="<last@full>").as_bytes())
    settings = replace(house.settings, imap=f"imap://svar:hemmelig%20ord@127.0.0.1:{imap.port}/INBOX")
    fetching, files = Fetching(), storage_of(replace(settings, data=full))
    assert await fetching.fetch_due(settings, files) == {"failed": 20}
    with later(2 * MINUTE):
        assert await fetching.fetch_due(settings, files) == {"answered": 1} and imap.seen == {21}
        assert await Fetching().fetch_due(settings, house.files) == {"answered": 20}, "nothing of them is lost"


# Conversations.


async def say(house: House, who: str, parent: int, body: str = "x") -> int:
    viewer = await house.viewer(who)
    return await actions.post(viewer, "reply", None, Fields(body=body), await queries.entry(viewer, parent))


async def test_two_conversations_that_are_put_into_each_other_at_once_are_one_and_not_none(house: House) -> None:
    mons = await house.viewer("mons")
    for _ in range(5):
        one, other = [await write(house, "mons", "thread", "torget", "each") for _ in range(2)]
        below = await say(house, "ole", other)
        done = await asyncio.gather(
            actions.merge(mons, one, other), actions.merge(mons, other, one), actions.merge(mons, one, below),
            return_exceptions=True,
        )  # fmt: skip
        assert all(each is None or isinstance(each, Invalid | NotAllowed) for each in done), done
        found = await rows("SELECT id, root, parent FROM entry WHERE id IN {}", in_list((one, other, below)))
        parents = {each["id"]: each["parent"] for each in found}
        heads = [id for id, parent in parents.items() if parent is None]
        assert len(heads) == 1, parents
        assert {each["root"] for each in found} == set(heads)


async def test_what_was_split_off_and_turned_into_a_page_goes_back_into_no_conversation(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "turns")
    reply = await say(house, "mons", id, "Rather a page")
    mons = await house.viewer("mons")
    await actions.split(mons, reply, "thread", "Rather a page")
    await actions.turn(mons, reply, "page")
    async with house.browser("mons") as browser, house.program("mons") as program:
        assert (await browser.post(f"/entries/{reply}/merge", data={"into": str(id)})).status_code in (403, 422)
        assert (await program.post(f"/api/entries/{reply}/merge", json={"into": id})).status_code in (403, 422)
    assert (await queries.entry(mons, reply)).kind == "page"


async def test_nobody_makes_others_miss_what_is_new_by_a_picture_that_is_no_picture(house: House) -> None:
    id = await thread(house, "ole")
    await reply(house, "mons", id, "What nobody should read")
    furthest = house.app.state.furthest
    async with house.browser("ole") as browser:
        for header in ({"sec-fetch-dest": "image"}, {"sec-purpose": "prefetch"}, {"sec-purpose": "prefetch;prerender"}):
            assert (await browser.get(f"/threads/{id}/", headers=header, follow_redirects=True)).status_code == 200
            await furthest.keep(at_once=True)
            assert id in await told(house, "ole", unread=True), header
        await browser.get(f"/threads/{id}/", headers={"sec-fetch-dest": "document"}, follow_redirects=True)
        await furthest.keep(at_once=True)
    assert id not in await told(house, "ole", unread=True)


async def test_what_is_split_twice_is_split_once_and_said_so(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "twice")
    reply = await say(house, "mons", id)
    async with house.browser("mons") as browser:
        form = {"kind": "thread", "title": "Twice"}
        answers = await asyncio.gather(*(browser.post(f"/entries/{reply}/split", data=form) for _ in range(3)))
        assert sorted(each.status_code for each in answers) == [303, 422, 422]
        assert (await browser.post(f"/entries/{id}/split", data=form)).status_code == 422


async def test_what_is_no_title_leads_to_no_conversation(house: House) -> None:
    id = await write(house, "mons", "thread", "torget", "untitled")
    async with house.browser("mons") as browser:
        for into in ("\x00", "a\x00b", "x" * 5000):
            assert (await browser.post(f"/entries/{id}/merge", data={"into": into})).status_code == 422, into


async def test_a_letter_of_thousands_of_years_is_not_there(house: House) -> None:
    async with house.browser("mons") as browser:
        for span in ("999999999999999-999999999999999", "0-253402300800000", "0-99999999999999"):
            assert (await browser.get(f"/notifications/{span}")).status_code in (404, 301), span
            assert (await browser.get(f"/notifications/{span}/")).status_code == 404, span
        assert (await browser.get("/notifications/0-9999999999999/")).status_code == 200


# Who knows, and what words mean.


async def test_those_outside_who_claim_to_know_take_no_question_from_those_who_may_read_it(house: House) -> None:
    mons = await house.viewer("mons")
    fields = Fields("What of the dowry?", "Tell us.", tags="brudepris")
    await actions.post(mons, "question", house.spaces["loftet"], fields)
    people = [91_000 + turn for turn in range(40)]
    try:
        for person in people:
            await execute(
                "INSERT INTO person (id, handle, name, admin, guest, active, created_at, about) VALUES ({}, {}, {}, false, false, true, 0, '')",
                person, f"claims{person}", "Claims",
            )  # fmt: skip
        said_so = values((person, person, "brudepris", "ask", 0) for person in people)
        await execute("INSERT INTO skill (id, person, topic, says, created_at) VALUES {}", said_so)
        await skills.say(await house.viewer("hedda"), "brudepris", "ask")
        put = [
            each.topic for each in await waiting(await house.viewer("hedda"), 40) if each.entry.title == fields.title
        ]
        assert put == ["brudepris"]
    finally:
        await execute("DELETE FROM skill WHERE topic = 'brudepris'")
        await execute("DELETE FROM person WHERE id IN {}", in_list(people))


async def test_what_a_word_means_behind_closed_doors_is_told_to_nobody_who_guesses_it(house: House) -> None:
    mons = await house.viewer("mons")
    await actions.post(mons, "micropost", house.spaces["loftet"], Fields(body="Of the #oppkjop"))
    async with house.browser("mons") as browser:
        answer = await browser.post("/tags/oppkjop/describe", data={"about": "kanarioppkjop of the neighbours"})
        assert answer.status_code == 422 and "kanarioppkjop" in answer.text, "and what was typed is still there"
    await actions.post(await house.viewer("ole"), "micropost", house.spaces["torget"], Fields(body="Any #oppkjop?"))
    assert "kanarioppkjop" not in await house.read("/tags/oppkjop/", "ole")
    async with house.browser("mons") as browser:
        assert (await browser.post("/tags/oppkjop/describe", data={"about": "Buying"})).status_code == 303
    assert "Buying" in await house.read("/tags/oppkjop/", "ole")
