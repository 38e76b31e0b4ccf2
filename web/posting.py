"""The command by which letters go out, and by which one sees what waits."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from web.errors import NotDone
from web.opening import opened
from web.people.actions import letters
from web.settings import Settings
from web.storage import storage_of
from web.terminal import say
from web.times import zone_named
from web.words import iso


def add(command: Any) -> None:
    mail = command(
        "mail", _mail, "Send the letters that are due, as an open house does by itself, and show what waits."
    )
    mail.add_argument(
        "what", nargs="?", choices=("send", "receive", "fetch"), default="send",
        help="receive: one letter to the house, from the standard input; fetch: those in its mailbox (default: send)",
    )  # fmt: skip
    mail.add_argument("--to", default="", metavar="ADDRESS", help="whom the server says that a received letter is for")
    mail.add_argument("--queue", action="store_true", help="only show: what waits, what was tried, what was given up")
    mail.add_argument("--try-again", action="store_true", help="all that waits is due at once, also what was given up")


async def _mail(settings: Settings, asked: argparse.Namespace) -> int:
    if asked.what != "send":
        return await _take_in(settings, asked)
    if not settings.mail and not asked.queue:
        raise NotDone("This house sends no mail: DUGNAD_MAIL says through which server it would.")
    sent = failed = 0
    async with opened(settings):
        if asked.try_again:
            await letters.try_again()
        if not asked.queue:
            from web.entries.telling import tell_due
            from web.mailing import send_due  # it needs the templates, which most commands do not

            await tell_due(zone_named(settings.zone))
            done = await send_due(settings)
            sent, failed = done.sent, done.failed
        waiting = await letters.waiting()
    lines = [] if asked.queue else [f"{sent} sent, {failed} not taken."]
    lines += [_line(each) for each in waiting] or (["Nothing waits."] if asked.queue else [])
    say(asked, "\n".join(lines), sent=sent, failed=failed, waiting=[msgspec.to_builtins(each) for each in waiting])
    return 1 if failed else 0


async def _take_in(settings: Settings, asked: argparse.Namespace) -> int:
    """What cannot be taken in now is given back to the server by the exit status (75); what will never be is done with."""
    if not settings.mail_reply or (asked.what == "fetch" and not settings.imap):
        raise NotDone(
            "DUGNAD_MAIL_REPLY says to which address letters are answered, and DUGNAD_IMAP where those are fetched."
        )
    from web.collecting import Fetching
    from web.receiving import MOST_BYTES, receive

    async with opened(settings):
        if asked.what == "fetch":
            done = await Fetching().fetch_due(settings, storage_of(settings), at_once=True)
        else:
            done = {await receive(settings, storage_of(settings), sys.stdin.buffer.read(MOST_BYTES + 1), asked.to): 1}
    say(asked, "\n".join(f"{many} {came}" for came, many in done.items()) or "Nothing new.", came=done)
    return 75 if done.keys() & {"away", "failed"} else 0


def _line(letter: letters.Waiting) -> str:
    """`given up after 12 tries: kari@house.example, news (451 Not now)`"""
    tried = f"tried {letter.tries} times, next {iso(letter.next_at)[:16]}Z" if letter.tries else "waits"
    if letter.given_up:
        tried = f"given up after {letter.tries} tries"
    return f"{tried}: {letter.address}, {letter.about}" + (f" ({letter.wrong})" if letter.wrong else "")
