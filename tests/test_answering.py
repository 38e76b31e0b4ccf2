"""Answers by mail: by whom they were meant for, once each, with the rights of the moment; and nothing that goes round in circles."""

from __future__ import annotations

import asyncio
import mailbox as mailboxes
import re
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.cast import House
from tests.letterbox import Imap, Posted, parts
from tests.telling import jpeg
from tests.test_notifications import reply, thread
from tests.test_telling import OSLO, later, to
from web.collecting import Fetching
from web.database import execute, now, rows, value
from web.entries import actions, queries
from web.entries.actions import answering
from web.entries.telling import SETTLES, tell_due
from web.letter_text import without_the_old
from web.mailing import send_due
from web.people import actions as people_actions
from web.receiving import MOST_BYTES, answered_to, numbered, receive
from web.settings import WrongSetting, read_settings
from web.times import DAY


async def told_of(answered: Posted, id: int, handle: str = "ole") -> EmailMessage:
    """The letter that somebody got when somebody else had replied there."""
    house, mailbox = answered
    await reply(house, "mons", id)
    with later(SETTLES + 1000):
        await tell_due(OSLO)
        await send_due(house.settings)
    (mail,) = to(mailbox.mails, handle)
    mailbox.mails.clear()
    return mail


async def address(house: House, handle: str, entry: int) -> str:
    return answered_to(house.settings, await answering.reply_address(await house.viewer(handle), entry))


def written(sender: str, recipient: str, body: str = "It is as you say.", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, recipient, "Re: Boats"
    for name, said in headers.items():
        mail[name.replace("_", "-")] = said
    if "Message_ID" not in headers:
        mail["Message-ID"] = f"<{now()}.{len(body)}@elsewhere.test>"
    mail.set_content(body)
    return mail


async def got(house: House, mail: EmailMessage, to: str = "") -> str:
    return await receive(house.settings, house.files, mail.as_bytes(), to)


async def said(house: House, id: int) -> list[tuple[str, str]]:
    found = await queries.replies(await house.viewer("mons"), id)
    return [(each.author.handle, each.body) for each in found]


async def test_an_answer_to_a_letter_stands_in_the_conversation(answered: Posted) -> None:
    house, _ = answered
    id = await thread(house, "ole")
    mail = await told_of(answered, id)
    assert re.fullmatch(r"svar\+[0-9a-f]+-[0-9a-f]{32}@dugnad\.test", mail["Reply-To"])
    assert "Answer this letter" in parts(mail)[0]
    body = "Yes, **both**.\n\nOn Monday, 30 Nov 2026 Dugnad <huset@dugnad.test> wrote:\n> Mons replied\n> A reply\n\n-- \nOle"
    answer = written("Ole <OLE@dugnad.test>", mail["Reply-To"].upper(), body, Message_ID="<one@elsewhere.test>")
    assert await got(house, answer) == "answered"
    assert (await said(house, id))[-1] == ("ole", "Yes, **both**.")
    assert await got(house, answer) == "known" and len(await said(house, id)) == 2, "once each"
    assert (
        await value("SELECT count(*) FROM event WHERE verb = 'reply' AND actor = {}", (await house.viewer("ole")).me)
        == 1
    )


async def test_several_in_one_letter_are_each_answered_at_their_own_address(answered: Posted) -> None:
    house, _ = answered
    first, second = await thread(house, "ole"), await thread(house, "ole")
    await reply(house, "hedda", second)
    plain, html = parts(mail := await told_of(answered, first))
    addresses = set(re.findall(r"svar\+[0-9a-f-]+@dugnad\.test", plain))
    assert len(addresses) == 2 and mail["Reply-To"] is None and html.count("mailto:svar") == 2
    for each in addresses:
        assert await got(house, written("ole@dugnad.test", each)) == "answered"
    assert len(await said(house, first)) == len(await said(house, second)) == 2


@pytest.mark.parametrize(
    "sender",
    ["mons@dugnad.test", "ole@evil.test", "Ole <ole@dugnad.test>, x@evil.test", "", "ole@dugnad.test@evil.test"],
)
async def test_from_somebody_else_it_is_refused_and_its_owner_is_told_once(answered: Posted, sender: str) -> None:
    house, mailbox = answered
    id = await thread(house, "ole")
    at_ = await address(house, "ole", id)
    for number in range(3):
        assert await got(house, written(sender, at_, Message_ID=f"<{number}@x>")) == "refused: sender"
    assert not await said(house, id)
    await send_due(house.settings)
    assert [each["To"] for each in mailbox.mails] == ["ole@dugnad.test"], "never to who sent it"
    assert "did not come from the address" in parts(mailbox.mails[0])[0]


async def test_what_one_may_not_read_any_more_one_does_not_answer(answered: Posted) -> None:
    house, mailbox = answered
    gro, hedda, space = await house.viewer("gro"), await house.viewer("hedda"), house.spaces["kontoret"]
    id = await thread(house, "mons", "kontoret")
    at_ = await address(house, "gro", id)
    await people_actions.set_role(hedda, space, "gro", None)
    mail = written("gro@dugnad.test", at_)
    mail.add_attachment(jpeg(), maintype="image", subtype="jpeg", filename="a.jpg")
    before = await value("SELECT count(*) FROM attachment")
    assert await got(house, mail) == "refused: gone" and not await said(house, id)
    assert await value("SELECT count(*) FROM attachment") == before, "and nothing is kept of it"
    await send_due(house.settings)
    assert "boats" not in str(mailbox.mails[0]) and "Kontoret" not in str(mailbox.mails[0])
    await people_actions.add_member(gro.me, space.id, "guest")
    await actions.trash(await house.viewer("mons"), id)
    assert await got(house, written("gro@dugnad.test", at_)) == "refused: gone"


async def test_an_address_that_is_invented_ended_or_old_is_nobodys(answered: Posted) -> None:
    house, mailbox = answered
    id = await thread(house, "ole")
    at_ = await address(house, "ole", id)
    number = await answering.reply_address(await house.viewer("ole"), id)
    wrong = at_.replace("@", "0@").replace("-", "-0", 1)
    for each in (
        wrong,
        f"svar+{number:x}-{'0' * 32}@dugnad.test",
        "svar@dugnad.test",
        at_.replace("dugnad.test", "evil.test"),
        "x" * 5000,
    ):
        assert await got(house, written("ole@dugnad.test", each)) == "unknown"
    await execute("UPDATE reply_address SET expires_at = {}", now() - 1)
    assert await got(house, written("ole@dugnad.test", at_)) == "unknown"
    at_ = await address(house, "ole", id)
    async with house.browser("ole") as browser:
        assert "No answers to older letters" not in (await browser.get("/settings/")).text, (
            "this house of the tests takes none"
        )
        assert (await browser.post("/settings/answers/end")).status_code == 303
    assert await got(house, written("ole@dugnad.test", at_)) == "unknown"
    await send_due(house.settings)
    assert not mailbox.mails and not await said(house, id)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated; x"}, {"Precedence": "bulk"}, {"Precedence": "List"},
        {"Return_Path": "<>"}, {"X_Autoreply": "yes"}, {"List_Id": "<x.y>"},
    ],
)  # fmt: skip
async def test_what_a_program_sent_is_not_answered(answered: Posted, headers: dict[str, str]) -> None:
    house, mailbox = answered
    id = await thread(house, "ole")
    for sender in ("ole@dugnad.test", "evil@evil.test"):
        assert await got(house, written(sender, await address(house, "ole", id), **headers)) == "ignored"
    await send_due(house.settings)
    assert not mailbox.mails and not await said(house, id)


async def test_files_come_along_and_are_checked(answered: Posted) -> None:
    house, _ = answered
    id = await thread(house, "ole")
    mail = written("ole@dugnad.test", await address(house, "ole", id), "Look:")
    mail.add_attachment(jpeg(), maintype="image", subtype="jpeg", filename="../../boat].jpg")
    mail.add_attachment("Words of a file", subtype="plain", filename="notes.txt")
    assert await got(house, mail) == "answered"
    (_, body) = (await said(house, id))[-1]
    assert re.fullmatch(
        r"Look:\n\n!\[[^\]]*boat[^\]]*\]\(/files/\d+/[^)]+\)\n\n\[notes\.txt\]\(/files/\d+/notes\.txt\)", body
    ), body
    found = await rows("SELECT a.entry FROM attachment a WHERE a.name = 'notes.txt'")
    assert found and found[0]["entry"] is not None, "it belongs to the reply, and is read by those who read that"


async def test_html_alone_is_read_as_text(answered: Posted) -> None:
    house, _ = answered
    id = await thread(house, "ole")
    mail = written("ole@dugnad.test", await address(house, "ole", id))
    html = "<style>x{}</style><script>alert(1)</script><p>Good &amp; <b>well</b></p><p>Second</p><div>On Mon 1 Dec 2026 Dugnad &lt;x@y&gt; wrote:<blockquote>Old <blockquote>older</blockquote></blockquote></div>"
    mail.set_content(html, subtype="html")
    assert await got(house, mail) == "answered"
    assert (await said(house, id))[-1][1].split() == ["Good", "&", "well", "Second"]


async def test_what_is_empty_too_large_too_much_or_no_letter_does_no_harm(answered: Posted) -> None:
    house, _ = answered
    id = await thread(house, "ole")
    at_ = await address(house, "ole", id)
    assert await got(house, written("ole@dugnad.test", at_, "> only\n> quoted\n")) == "refused: empty"
    assert await got(house, written("ole@dugnad.test", at_, "x" * 300_000)) == "refused: wrong"
    assert await receive(house.settings, house.files, b"x" * (MOST_BYTES + 1)) == "too-large"
    head = f"From: ole@dugnad.test\r\nTo: {at_}\r\n".encode()
    odd = [
        b"", b"\0\xff" * 500, head, head + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 3000,
        head + b"Content-Type: text/plain; charset=no-such\r\n\r\nH\xe9", head + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
        head + b"Subject: =?utf-8?q?=ff?=\r\nMessage-ID: <\xff>\r\nContent-Type: text/html\r\n\r\n" + b"<blockquote>" * 3000,
        b"From: " + b"(" * 2000 + b"\r\nTo: " + at_.encode() + b"\r\n\r\nx",
    ]  # fmt: skip
    for each in odd:
        assert isinstance(await receive(house.settings, house.files, each), str)
    for number in range(70):
        came = await got(house, written("ole@dugnad.test", at_, f"Number {number}", Message_ID=f"<m{number}@x>"))
    assert came == "refused: many"
    await execute("DELETE FROM attempt")


async def test_two_at_once_are_one(answered: Posted) -> None:
    house, _ = answered
    id = await thread(house, "ole")
    mail = written("ole@dugnad.test", await address(house, "ole", id))
    came = await asyncio.gather(*(got(house, mail) for _ in range(3)))
    assert len(await said(house, id)) == 1 and set(came) <= {"answered", "known"}


def report(original: str, address: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@elsewhere.test\r\nTo: huset@dugnad.test\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; elsewhere.test\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {original}\r\nSubject: News\r\n\r\nx\r\n--b--\r\n"
    ).encode()


async def test_a_letter_that_comes_back_ends_those_to_that_address(answered: Posted) -> None:
    house, mailbox = answered
    id = await thread(house, "ole")
    number = str((await told_of(answered, id))["Message-ID"])
    ole = await house.viewer("ole")
    for forged in (
        report("<1.abc@dugnad.test>", "ole@dugnad.test"),
        report(number, "mons@dugnad.test"),
        report(number, "ole@dugnad.test", "delayed", "4.0.0"),
    ):
        assert await receive(house.settings, house.files, forged) == "ignored"
    assert (await queries.correspondence(ole)).failing_at is None
    assert await receive(house.settings, house.files, report(number, "ole@dugnad.test")) == "came-back"
    await reply(house, "hedda", id)
    with later(2 * DAY):
        await tell_due(OSLO)
        await send_due(house.settings)
        assert not to(mailbox.mails, "ole"), "nothing more goes there, and nothing was answered to the report"
        assert "came back" in await house.read("/settings/", "ole")
        await people_actions.change_profile(ole, "Ole", "", "ole2@dugnad.test")
        assert (await queries.correspondence(ole)).failing_at is None
    await people_actions.change_profile(ole, "Ole", "", "ole@dugnad.test")
    assert numbered(house.settings, 1, "a@b") != numbered(house.settings, 1, "c@b")


async def test_letters_are_fetched_from_a_mailbox_and_marked(answered: Posted, imap: Imap) -> None:
    house, _ = answered
    id = await thread(house, "ole")
    at_ = await address(house, "ole", id)
    imap.letters = [
        written("ole@dugnad.test", at_).as_bytes(),
        b"\0 nothing",
        written("x@y.test", "z@y.test").as_bytes(),
    ]
    settings = replace(house.settings, imap=f"imap://svar:hemmelig%20ord@127.0.0.1:{imap.port}/INBOX")
    fetching = Fetching()
    assert await fetching.fetch_due(settings, house.files) == {"answered": 1, "unknown": 2}
    assert imap.seen == {1, 2, 3} and len(await said(house, id)) == 1
    assert await fetching.fetch_due(settings, house.files) == {}, "not every few seconds"
    imap.seen.clear()
    assert await Fetching().fetch_due(settings, house.files) == {"known": 1, "unknown": 2}, "and nothing twice"
    assert await Fetching().fetch_due(
        replace(settings, imap=settings.imap.replace("hemmelig", "feil")), house.files
    ) == {"away": 1}
    assert await Fetching().fetch_due(replace(settings, imap="imap://a:b@127.0.0.1:1/"), house.files) == {"away": 1}


def test_settings_say_what_is_wrong_with_them(tmp_path: Path) -> None:
    given = {
        "DUGNAD_DATA": str(tmp_path),
        "DUGNAD_MAIL_REPLY": "Svar@dugnad.test",
        "DUGNAD_IMAP": "imaps://a:b@host/INBOX",
    }
    assert read_settings(given).mail_reply == "svar@dugnad.test"
    for name, wrong in (
        ("MAIL_REPLY", "svar+x@dugnad.test"),
        ("MAIL_REPLY", ""),
        ("IMAP", "http://x"),
        ("IMAP", "imaps://host"),
        ("IMAP", "imap://a:b@h:x"),
    ):
        with pytest.raises(WrongSetting):
            read_settings({**given, f"DUGNAD_{name}": wrong})


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        ("Yes.\n\nDen 30. november 2026 skrev Kari <kari@x.test>:\n> Hei\n>> Ho\n\n", "Yes."),
        ("Yes.\n\nOn Mon, Nov 30, 2026 at 10:00 AM Kari Holm\n<kari@x.test> wrote:\n\n> Hei\n", "Yes."),
        ("Yes.\n\n-----Original Message-----\nFrom: Kari\n", "Yes."),
        ("Yes.\n\n________________________________\nFra: Kari\nSendt: i dag\n", "Yes."),
        ("Yes.\n\nFra: Kari <k@x>\nSendt: mandag\nTil: Ole\n", "Yes."),
        ("> Is it so?\n\nYes.\n\n> And so?\n\nNo.", "> Is it so?\n\nYes.\n\n> And so?\n\nNo."),
        ("Yes.\n-- \nOle\nTlf 1", "Yes."),
        ("- one\n--\n- two", "- one\n--\n- two"),
        ("From: here to there\nit is far", "From: here to there\nit is far"),
        ("I wrote: nothing", "I wrote: nothing"),
        ("As I wrote:\n\nnothing", "As I wrote:\n\nnothing"),
        ("", ""),
    ],
)  # fmt: skip
def test_only_what_ends_a_letter_is_cut(letter: str, said: str) -> None:
    assert without_the_old(letter) == said


async def test_real_letters_of_all_sorts_are_taken_without_harm(answered: Posted, shared: Path) -> None:
    house, _ = answered
    folder = shared / "mail-hyperkitty"
    if not folder.is_dir():
        pytest.skip("needs the letters beside the project")
    id = await thread(house, "ole")
    at_, many = await address(house, "ole", id), 0
    for file in sorted(
        each for each in folder.rglob("*") if each.is_file() and each.suffix in (".mbox", ".txt", ".eml", "")
    ):
        data = file.read_bytes()
        mails = (
            [box.get_bytes(key) for box in (mailboxes.mbox(file),) for key in box.iterkeys()]
            if data.startswith(b"From ")
            else [data]
        )
        for each in mails:
            assert isinstance(await receive(house.settings, house.files, each), str)
            head = f"From: ole@dugnad.test\r\nTo: {at_}\r\nMessage-ID: <r{many}@x>\r\n".encode()
            kept = [
                line
                for line in each.partition(b"\n\n")[0].split(b"\n")
                if line.lower().startswith((b"content-", b"mime-", b" ", b"\t"))
            ]
            await execute("DELETE FROM attempt")
            came = await receive(
                house.settings, house.files, head + b"\n".join(kept).lstrip() + b"\n\n" + each.partition(b"\n\n")[2]
            )
            assert came.startswith(("answered", "refused", "unreadable", "unknown", "ignored")), came
            many += 1
    assert many
