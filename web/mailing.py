"""Sends the house's letters: makes their words in the language of whoever gets them, and gives them to the mail server."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from jinja2 import Environment
from markupsafe import Markup

from web import receiving, urls, words
from web.database import now
from web.entries import queries as entries
from web.entries.actions import answering
from web.entries.queries import Handed, Notification
from web.entries.telling import SETTLES, told
from web.identity import is_same, seal
from web.people import queries
from web.people.actions import letters
from web.people.actions.letters import Letter
from web.people.rows import House
from web.policy import Viewer
from web.settings import THIS_MACHINE, Settings
from web.templating import environment

_log = logging.getLogger("dugnad")
_SECONDS = 20.0
_LINKS = {
    "invitation": urls.invitation_url, "password": urls.reset_url, "missed": lambda draft: urls.url_of("drafts", draft), "refused": lambda _: urls.url_of("notifications"),
}  # fmt: skip


@dataclass(frozen=True)
class Round:
    """How many letters went this time, and how many could not."""

    sent: int
    failed: int


async def send_due(settings: Settings) -> Round:
    """Everything that is to go now, one after the other. Several processes may do it at once: none goes twice."""
    done = {True: 0, False: 0}
    while letter := await letters.take():
        went = await _send(settings, letter)
        if went is not None:
            done[went] += 1
    return Round(done[True], done[False])


async def _send(settings: Settings, letter: Letter) -> bool | None:
    """Whether it went; None for one that has nothing to say any more."""
    until = now() - SETTLES
    try:
        made = await _made(settings, letter, until)
        if made:
            await _give(settings, made)
    except Exception as wrong:  # whatever is wrong with one letter, the others go; what it says may name somebody
        given_up = await letters.failed(letter.id, f"{type(wrong).__name__}: {wrong}")
        _log.warning(
            "Letter %d was not taken (%s)%s", letter.id, type(wrong).__name__, ", given up" if given_up else ""
        )
        return False
    await letters.sent(letter.id)
    if made and letter.person is not None:
        await told(letter.person, until)
    return True if made else None


async def _made(settings: Settings, letter: Letter, until: int) -> EmailMessage | None:
    """What is new is read now, as whoever gets it may read it now; None when there is nothing, or nobody to tell."""
    house = await queries.house()
    if letter.person is None:
        return message(settings, house, letter)
    viewer = await queries.viewer(letter.person)
    address = await queries.email(viewer) if viewer.signed_in else None
    if not address:
        return None
    said = await entries.correspondence(viewer)
    found = await entries.notifications(viewer, after=said.told_at, until=until, unread=True, limit=said.most)
    spaces = await entries.handed(viewer, after=said.told_at, until=until, unread=True)
    if said.rhythm == "never" or said.failing_at or not (found or spaces):
        return None
    more = len(found) > said.most
    found = found[: said.most]
    answered = {
        each.entry.id: receiving.answered_to(settings, await answering.reply_address(viewer, each.entry.id))
        for each in found
        if settings.mail_reply and viewer.may("reply", each.entry)
    }
    mail = news(settings, house, viewer, address, (said.told_at, until), found, answered, spaces, more=more)
    mail.replace_header("Message-ID", receiving.numbered(settings, letter.id, address))
    return mail


def message(settings: Settings, house: House, letter: Letter) -> EmailMessage:
    """The same words twice: plain, and in the look of the house. Names cannot break out of the headers they stand in."""
    language = words.choose(letter.language, house.language)
    made = environment(language)
    template = made.get_template(f"mails/{letter.about}.html")
    context = {"house": house, "by": letter.by, "space": letter.space, "why": letter.secret}
    blocks = {
        name: Markup("".join(block(template.new_context(context)))).unescape()
        for name, block in template.blocks.items()
    }
    facts: dict[str, Any] = {
        "house": house, "subject": blocks["subject"], "button": blocks["button"].strip(), "link": settings.url + _LINKS[letter.about](letter.secret),
        "paragraphs": [line.strip() for line in blocks["said"].splitlines() if line.strip()], "small": blocks["small"],
    }  # fmt: skip
    return _enveloped(settings, house, letter.address, made, "letter", facts)


def news(
    settings: Settings, house: House, viewer: Viewer, address: str, span: tuple[int, int], found: tuple[Notification, ...],
    answered: Mapping[int, str], spaces: tuple[Handed, ...] = (), *, more: bool,
) -> EmailMessage:  # fmt: skip
    """What was done from one time to another (ms). `answered`: the addresses that conversations are answered to, by their ids. `spaces`: those that they were made host of. A subject shows where others look over a shoulder: it has no word of what not all may read."""
    language = words.choose(viewer.language, house.language)
    made = environment(language)
    one = found[0] if len(found) == 1 and not spaces else None
    facts = {
        "house": house, "viewer": viewer, "found": found, "spaces": spaces, "more": more, "origin": settings.url, "one": one, "answered": answered,
        "page": settings.url + urls.url_of("notifications", f"{span[0]}-{span[1]}"),
        "settings": f"{settings.url}{urls.url_of('settings')}#mail",
        "unsubscribe": settings.url + urls.unsubscribe_url(unsubscribing(settings, viewer.me, address)),
    }  # fmt: skip
    template = made.get_template("mails/news.html")
    subject = Markup("".join(template.blocks["subject"](template.new_context(facts)))).unescape()
    mail = _enveloped(settings, house, address, made, "news", {**facts, "subject": subject.strip()})
    mail["List-Unsubscribe"] = f"<{facts['unsubscribe']}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if one and one.entry.id in answered:
        mail["Reply-To"] = answered[one.entry.id]
    if one:
        mail["References"] = f"<{one.entry.id}.conversation@{_domain(settings)}>"
    return mail


def unsubscribing(settings: Settings, person: int, address: str) -> str:
    """What stands in the link by which whoever reads the letters to that address asks for no more of them; it is good for nothing else."""
    return f"{person}-{seal(settings, f'unsubscribe {person} {address}')[:40]}"


async def unsubscribes(settings: Settings, secret: str) -> int | None:
    """Whose letters that is about, if it was made for the address that they have now."""
    written, _, _ = secret.partition("-")
    person = int(written) if written.isascii() and written.isdigit() and len(written) < 17 else 0
    address = await queries.email(await queries.viewer(person)) if person else None
    return person if address and is_same(secret, unsubscribing(settings, person, address)) else None


def _enveloped(
    settings: Settings, house: House, address: str, made: Environment, template: str, facts: dict[str, Any]
) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = " ".join(facts["subject"].split())
    mail["From"] = Address(" ".join(house.name.split()), addr_spec=settings.mail_from)
    mail["To"] = address
    mail["Date"] = localtime()
    mail["Message-ID"] = make_msgid(domain=_domain(settings))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(made.get_template(f"mails/{template}.txt").render(facts))
    mail.add_alternative(made.get_template(f"mails/{template}.html").render(facts), subtype="html")
    return mail


def _domain(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2]


async def _give(settings: Settings, mail: EmailMessage) -> None:
    server = urlsplit(settings.mail)
    tls, user = server.scheme == "smtps", unquote(server.username or "") or None
    await aiosmtplib.send(
        mail, hostname=server.hostname, port=server.port or (465 if tls else 587), username=user,
        password=unquote(server.password or "") or None, use_tls=tls, timeout=_SECONDS,
        # A password goes to another machine only where nobody can read along.
        start_tls=False if tls else True if user and server.hostname not in THIS_MACHINE else None,
    )  # fmt: skip
