"""What is new goes by mail: soon and then seldom, never at night, never what was read, never what may not be read, and no more when that is said."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from tests.cast import House
from tests.letterbox import Posted, parts, quiet
from tests.test_notifications import read, reply, thread
from web.database import execute, now, rows, value
from web.database.ids import at
from web.entries import actions, following, queries
from web.entries.telling import SETTLES, due_at, tell_due
from web.errors import Invalid
from web.mailing import send_due, unsubscribing
from web.people import actions as people_actions
from web.people import queries as people
from web.times import DAY, HOUR, MINUTE

OSLO = ZoneInfo("Europe/Oslo")


def moment(written: str, zone: ZoneInfo = OSLO) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=zone).timestamp() * 1000)


@contextmanager
def later(ms: int) -> Iterator[None]:
    with at(now() + ms):
        yield


async def post(posted: Posted, zone: ZoneInfo = OSLO) -> list[EmailMessage]:
    """What an open house does now; gives the letters of what is new that went, and forgets them."""
    house, mailbox = posted
    await tell_due(zone)
    await send_due(house.settings)
    went, mailbox.mails = [each for each in mailbox.mails if each["List-Unsubscribe"]], []
    return went


def to(mails: list[EmailMessage], handle: str) -> list[EmailMessage]:
    return [each for each in mails if each["To"] == f"{handle}@dugnad.test"]


async def test_the_first_goes_soon_and_the_next_together_half_a_day_later(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    id, other = await thread(house, "ole"), await thread(house, "ole")
    await reply(house, "mons", id)
    assert not await post(posted), "one can take back what one said, or read it"
    with later(SETTLES + 1000):
        (mail,) = to(await post(posted), "ole")
        assert "Mons replied: What of the boats" in mail["Subject"]
        assert (
            mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and mail["Auto-Submitted"] == "auto-generated"
        )
        plain, html = parts(mail)
        for words in (plain, html):
            assert "because you wrote it" in words and "A reply" in words and f"/threads/{id}/" in words
        await reply(house, "hedda", id)
        await reply(house, "astrid", other)
    with later(HOUR):
        assert not to(await post(posted), "ole")
        await reply(house, "mons", other)
    with later(12 * HOUR + 2 * SETTLES):
        (mail,) = to(await post(posted), "ole")
        plain, _ = parts(mail)
        assert "2 things are new" in mail["Subject"] and "Hedda replied" in plain and "Mons and Astrid replied" in plain
    with later(2 * DAY):
        assert not await post(posted), "nothing is told twice"


async def test_what_was_read_is_not_mailed_nor_what_is_read_while_it_waits(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    id = await thread(house, "ole")
    await reply(house, "mons", id)
    with later(MINUTE):
        await read(house, "ole", id)
    with later(SETTLES + MINUTE):
        assert not await post(posted)
        assert not await value("SELECT 1 FROM letter WHERE about = 'news'")
        await reply(house, "mons", id)
    with later(2 * SETTLES + 2 * MINUTE):
        await tell_due(OSLO)
        assert await value("SELECT count(*) FROM letter WHERE about = 'news' AND sent_at IS NULL") == 1
        await read(house, "ole", id)
        assert not await post(posted), "written, and read before it went"
        assert not await value("SELECT 1 FROM letter WHERE about = 'news' AND sent_at IS NULL"), (
            "and it waits no longer"
        )


async def test_rights_are_asked_when_it_is_sent(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    gro, hedda = await house.viewer("gro"), await house.viewer("hedda")
    await thread(house, "mons", "kontoret", "kanarikontor @gro @ole")
    with later(SETTLES + MINUTE):
        await tell_due(OSLO)
        assert await value("SELECT count(*) FROM letter WHERE about = 'news' AND person = {}", gro.me) == 1
        await people_actions.set_role(hedda, house.spaces["kontoret"], "gro", None)
        mails = await post(posted)
        assert not to(mails, "gro") and not to(mails, "ole"), "Ole was mentioned, and may not read it"
    await people_actions.add_member(gro.me, house.spaces["kontoret"].id, "guest")


async def test_a_subject_says_nothing_of_what_not_all_may_read(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    await thread(house, "mons", "loftet", "@hedda, kanariloft")
    with later(SETTLES + MINUTE):
        (mail,) = to(await post(posted), "hedda")
    assert "boats" not in mail["Subject"] and "Loftet" not in str(mail["Subject"])
    assert "kanariloft" in parts(mail)[0], "she may read it"


async def test_whoever_is_made_host_of_a_space_is_told_by_whom_and_why(posted: Posted) -> None:
    house, _ = posted
    await post(posted)
    hedda = await house.viewer("hedda")
    await people_actions.open_space(hedda, "moloen", "Moloen", "secret")
    space = await people.space(await house.viewer("hedda"), "moloen")
    await people_actions.add_member((await house.viewer("ole")).me, space.id)
    await people_actions.hand_over(await house.viewer("hedda"), space, "ole")
    with later(SETTLES + MINUTE):
        (letter,) = await post(posted)
    plain, html = parts(letter)
    assert letter["To"] == "ole@dugnad.test" and "Moloen" not in letter["Subject"]
    for text in (plain, html):
        assert "Moloen" in text and "Hedda made you host" in text and "because you let people in there now" in text
        assert "/spaces/moloen/members/" in text
    with later(DAY):
        assert not await post(posted), "once"


async def test_whoever_has_left_or_has_no_address_gets_none(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    id = await thread(house, "ole")
    await actions.watch(await house.viewer("hedda"), id)
    await reply(house, "mons", id)
    with later(SETTLES + MINUTE):
        await tell_due(OSLO)
        await execute("UPDATE person SET active = {} WHERE handle = 'ole'", False)
        await execute("UPDATE person SET email = 'new@dugnad.test' WHERE handle = 'hedda'")
        mails = await post(posted)
    assert [each["To"] for each in mails] == ["new@dugnad.test"], "to where she is by now"
    await execute("UPDATE person SET active = {} WHERE handle = 'ole'", True)
    await execute("UPDATE person SET email = 'hedda@dugnad.test' WHERE handle = 'hedda'")


async def test_several_processes_write_one_letter(posted: Posted) -> None:
    house, mailbox = posted
    await quiet()
    id = await thread(house, "ole")
    await reply(house, "mons", id)
    with later(SETTLES + MINUTE):
        await asyncio.gather(*(tell_due(OSLO) for _ in range(4)))
        await asyncio.gather(*(send_due(house.settings) for _ in range(4)))
    assert len(to(mailbox.mails, "ole")) == 1


async def test_no_more_letters_by_one_post_without_signing_in(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    id = await thread(house, "ole")
    await reply(house, "mons", id)
    with later(SETTLES + MINUTE):
        (mail,) = to(await post(posted), "ole")
        link = re.fullmatch(r"<http://dugnad\.test(/unsubscribe/[\w-]+/)>", mail["List-Unsubscribe"])
        assert link
        async with house.browser() as program:
            del program.headers["sec-fetch-site"]
            assert (await program.get(link[1])).headers["referrer-policy"] == "no-referrer"
            assert await rhythm(house) == "soon", "a look changes nothing"
            wrong = link[1][:-2] + ("a" if link[1][-2] != "a" else "b") + "/"
            for address in (wrong, "/unsubscribe/x/", f"/unsubscribe/{(await house.viewer('ole')).me}-/"):
                assert (await program.post(address, data={"List-Unsubscribe": "One-Click"})).status_code in (401, 404)
            assert await rhythm(house) == "soon"
            assert (await program.post(link[1], data={"List-Unsubscribe": "One-Click"})).status_code == 200
            assert await rhythm(house) == "never"
            assert (await program.get("/settings/")).status_code == 303, "it opens nothing else"
        await reply(house, "mons", id)
    with later(2 * DAY):
        assert not to(await post(posted), "ole")
    ole = await house.viewer("ole")
    secret = unsubscribing(house.settings, ole.me, "elsewhere@dugnad.test")
    async with house.browser() as browser:
        assert (await browser.post(f"/unsubscribe/{secret}/")).status_code in (401, 404), (
            "nor by the letters to another address"
        )


async def rhythm(house: House, handle: str = "ole") -> str:
    return (await queries.correspondence(await house.viewer(handle))).rhythm


async def test_a_digest_is_one_letter_with_a_cap(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    ole = await house.viewer("ole")
    async with house.browser("ole") as browser:
        data = {"rhythm": "weekly", "most": "2", "quiet_from": "", "quiet_until": ""}
        assert (await browser.post("/settings/mail", data=data)).status_code == 303
        assert 'value="weekly" selected' in (await browser.get("/settings/")).text
    for _ in range(3):
        await reply(house, "mons", await thread(house, "ole"))
    with later(HOUR):
        await post(posted)
        due = await value("SELECT due_at FROM correspondence WHERE id = {}", ole.me)
        assert datetime.fromtimestamp(due / 1000, OSLO).strftime("%a %H:%M") == "Mon 07:00"
    with at(due - MINUTE):
        assert not to(await post(posted), "ole")
    with at(due + MINUTE):
        (mail,) = to(await post(posted), "ole")
    plain, _ = parts(mail)
    assert plain.count("because you wrote it") == 2 and "more than has room" in plain
    page = re.search(r"http://dugnad\.test(/notifications/\d+-\d+/)", plain)
    assert page
    with at(due + MINUTE):
        assert (await house.read(page[1], "ole")).count("because you wrote it") == 3, "on its page there is all of it"
        assert (await house.read(page[1], "gro")).count("because you wrote it") == 0


@pytest.mark.parametrize(
    ("rhythm", "at_", "written", "quiet", "due"),
    [
        ("soon", "2026-12-01T10:00", "", ("", ""), "2026-12-01T10:00"),
        ("soon", "2026-12-01T10:00", "2026-12-01T08:00", ("", ""), "2026-12-01T20:00"),
        ("soon", "2026-12-01T10:00", "2026-11-01T08:00", ("", ""), "2026-12-01T10:00"),
        ("soon", "2026-12-01T23:30", "", ("22:00", "07:00"), "2026-12-02T07:00"),
        ("soon", "2026-12-01T03:30", "", ("22:00", "07:00"), "2026-12-01T07:00"),
        ("soon", "2026-12-01T07:00", "", ("22:00", "07:00"), "2026-12-01T07:00"),
        ("soon", "2026-12-01T12:30", "", ("12:00", "13:00"), "2026-12-01T13:00"),
        ("soon", "2026-12-01T13:30", "2026-12-01T11:00", ("22:00", "07:00"), "2026-12-02T07:00"),
        ("daily", "2026-12-01T06:59", "", ("", ""), "2026-12-01T07:00"),
        ("daily", "2026-12-01T07:00", "", ("", ""), "2026-12-02T07:00"),
        ("daily", "2026-12-01T06:00", "", ("22:00", "08:00"), "2026-12-01T08:00"),
        ("daily", "2026-10-24T12:00", "", ("", ""), "2026-10-25T07:00"),  # the clocks are put back that night
        ("weekly", "2026-12-01T10:00", "", ("", ""), "2026-12-07T07:00"),
        ("weekly", "2026-12-07T08:00", "", ("", ""), "2026-12-14T07:00"),
        ("monthly", "2026-12-01T06:00", "", ("", ""), "2026-12-01T07:00"),
        ("monthly", "2026-12-01T10:00", "", ("", ""), "2027-01-01T07:00"),
        ("monthly", "2026-01-31T10:00", "", ("", ""), "2026-02-01T07:00"),
    ],
)  # fmt: skip
def test_when_a_letter_goes(rhythm: str, at_: str, written: str, quiet: tuple[str, str], due: str) -> None:
    found = due_at(rhythm, moment(at_), moment(written) if written else 0, quiet, OSLO)
    assert datetime.fromtimestamp(found / 1000, OSLO).isoformat()[:16] == due


async def test_what_is_typed_wrong_is_said_and_kept(house: House) -> None:
    wrong = [
        {"rhythm": "hourly"}, {"rhythm": "soon", "most": "0"}, {"rhythm": "soon", "most": "many"}, {"rhythm": "soon", "quiet_from": "25:00", "quiet_until": "07:00"},
        {"rhythm": "soon", "quiet_from": "22:00"}, {"rhythm": "soon", "quiet_from": "22:00", "quiet_until": "22:00"},
    ]  # fmt: skip
    async with house.browser("mons") as browser:
        for data in wrong:
            answer = await browser.post("/settings/mail", data={"most": "7", **data})
            assert answer.status_code == 422, data
    with pytest.raises(Invalid):
        await people_actions.correspond(await house.viewer("mons"), "soon", 20, "22:00", "")


async def test_quiet_hours_of_somebody_hold_their_letter(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    day = moment("2026-12-03T22:30")
    await people_actions.correspond(await house.viewer("ole"), "soon", 20, "22:00", "07:00")
    with at(day):
        id = await thread(house, "ole")
        await reply(house, "mons", id)
    with at(day + HOUR):
        assert not to(await post(posted), "ole")
    with at(moment("2026-12-04T07:01")):
        assert len(to(await post(posted), "ole")) == 1


async def test_followers_of_all_sorts_are_told_and_nobody_else(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    hedda, astrid, ole = [await house.viewer(handle) for handle in ("hedda", "astrid", "ole")]
    await following.follow(hedda, "space", house.spaces["torget"].id)
    await following.follow(astrid, "whom", (await house.viewer("mons")).me)
    first = await thread(house, "mons", tags="ferger")
    await following.follow(ole, "tag", (await queries.tag(ole, "ferger")).id)
    assert first
    await reply(house, "mons", first, "And more")
    with later(SETTLES + MINUTE):
        mails = await post(posted)
    assert sorted(each["To"].partition("@")[0] for each in mails) == ["astrid", "hedda", "ole"]
    for viewer, what, thing in (
        (hedda, "space", house.spaces["torget"].id),
        (astrid, "whom", (await house.viewer("mons")).me),
    ):
        await following.follow(viewer, what, thing, on=False)


async def test_a_house_that_moved_in_is_not_told_of_its_past(posted: Posted) -> None:
    house, _ = posted
    await quiet()
    with at(now() - 10 * DAY):
        await reply(house, "mons", await thread(house, "ole"))
    await execute("UPDATE told SET event = 0")
    with later(SETTLES + MINUTE):
        await execute("DELETE FROM correspondence")
        await tell_due(OSLO)
    assert await rows("SELECT event FROM told") != [{"event": 0}]
    assert datetime.now(UTC) and not [each for each in await post(posted) if "boats" in str(each["Subject"])]
