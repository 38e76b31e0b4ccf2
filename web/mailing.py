"""Sends the house's letters: makes their words in the language of whoever gets them, and gives them to the mail server."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from markupsafe import Markup

from web import urls, words
from web.people import queries
from web.people.actions import letters
from web.people.actions.letters import Letter
from web.people.rows import House
from web.settings import Settings
from web.templating import environment

_log = logging.getLogger("dugnad")
_SECONDS = 20.0
_LINKS = {
    "invitation": urls.invitation_url, "password": urls.reset_url, "missed": lambda draft: urls.url_of("drafts", draft),
}  # fmt: skip
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Round:
    """How many letters went this time, and how many could not."""

    sent: int
    failed: int


async def send_due(settings: Settings) -> Round:
    """Everything that is to go now, one after the other. Several processes may do it at once: none goes twice."""
    done = {True: 0, False: 0}
    while letter := await letters.take():
        done[await _send(settings, letter)] += 1
    return Round(done[True], done[False])


async def _send(settings: Settings, letter: Letter) -> bool:
    try:
        await _give(settings, message(settings, await queries.house(), letter))
    except Exception as wrong:  # whatever is wrong with one letter, the others go; what it says may name somebody
        given_up = await letters.failed(letter.id, f"{type(wrong).__name__}: {wrong}")
        _log.warning(
            "Letter %d was not taken (%s)%s", letter.id, type(wrong).__name__, ", given up" if given_up else ""
        )
        return False
    await letters.sent(letter.id)
    return True


def message(settings: Settings, house: House, letter: Letter) -> EmailMessage:
    """The same words twice: plain, and in the look of the house. Names cannot break out of the headers they stand in."""
    language = words.choose(letter.language, house.language)
    made = environment(language)
    template = made.get_template(f"mails/{letter.about}.html")
    context = {"house": house, "by": letter.by, "space": letter.space}
    blocks = {
        name: Markup("".join(block(template.new_context(context)))).unescape()
        for name, block in template.blocks.items()
    }
    facts: dict[str, Any] = {
        "house": house, "subject": blocks["subject"], "button": blocks["button"].strip(), "link": settings.url + _LINKS[letter.about](letter.secret),
        "paragraphs": [line.strip() for line in blocks["said"].splitlines() if line.strip()], "small": blocks["small"],
    }  # fmt: skip
    mail = EmailMessage()
    mail["Subject"] = " ".join(facts["subject"].split())
    mail["From"] = Address(" ".join(house.name.split()), addr_spec=settings.mail_from)
    mail["To"] = letter.address
    mail["Date"] = localtime()
    mail["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(made.get_template("mails/letter.txt").render(facts))
    mail.add_alternative(made.get_template("mails/letter.html").render(facts), subtype="html")
    return mail


async def _give(settings: Settings, mail: EmailMessage) -> None:
    server = urlsplit(settings.mail)
    tls, user = server.scheme == "smtps", unquote(server.username or "") or None
    await aiosmtplib.send(
        mail, hostname=server.hostname, port=server.port or (465 if tls else 587), username=user,
        password=unquote(server.password or "") or None, use_tls=tls, timeout=_SECONDS,
        # A password goes to another machine only where nobody can read along.
        start_tls=False if tls else True if user and server.hostname not in _THIS_MACHINE else None,
    )  # fmt: skip
