"""Takes letters in: an answer to what somebody was told goes where it belongs, and what came back says that an address fails.

The token in the address says who answers in which conversation; it counts only from that person's own address. What was sent by a program is
never answered, so that nothing goes round in circles.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from email.message import EmailMessage
from email.utils import getaddresses
from io import BytesIO
from typing import Any

from web import urls
from web.entries import actions, attachments
from web.entries.actions import answering
from web.errors import Conflict, Invalid, NotAllowed, NotThere, SignInNeeded, TooMany
from web.identity import is_same, seal
from web.letter_text import said_in, taken_apart
from web.people import queries
from web.people.actions import tried
from web.policy import Viewer
from web.settings import Settings
from web.storage import Storage

MOST_BYTES = 30 << 20
_MOST_IN_A_WINDOW = 60
_LONGEST_FROM = 1000
_log = logging.getLogger("dugnad")
_TO = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_CIRCLES = ("bulk", "junk", "list", "auto_reply")


def answered_to(settings: Settings, number: int) -> str:
    """The address at which somebody answers: `svar+…@house.example`. Servers make small letters of large ones."""
    local, _, host = settings.mail_reply.rpartition("@")
    return f"{local}+{number:x}-{_sealed(settings, number)}@{host}"


def _sealed(settings: Settings, number: int) -> str:
    return seal(settings, f"answer {number}")[:32]


def _numbers(settings: Settings, written: list[str]) -> list[int]:
    """Of the addresses in there that are of this house, and nobody's invention."""
    local, _, host = settings.mail_reply.lower().rpartition("@")
    made = re.compile(
        rf"(?<![\w.+-]){re.escape(local)}\+([0-9a-f]{{1,14}})-([0-9a-f]{{32}})@{re.escape(host)}(?![\w.-])", re.ASCII
    )
    found = (match for each in written for match in made.finditer(each.lower()))
    return [int(each[1], 16) for each in found if is_same(each[2], _sealed(settings, int(each[1], 16)))]


async def receive(settings: Settings, files: Storage, data: bytes, to: str = "") -> str:
    """One letter, as it came; `to`: whom the server says it is for. Gives in a word what came of it."""
    if len(data) > MOST_BYTES:
        return "too-large"
    try:
        mail = await asyncio.to_thread(taken_apart, data)
        return await _received(settings, files, mail, data, to)
    except (ValueError, LookupError, IndexError, TypeError, AttributeError, RecursionError) as wrong:
        # Whatever is wrong with a letter, the next one is read.
        _log.warning("A letter could not be read (%s)", type(wrong).__name__)
        return "unreadable"


async def _received(settings: Settings, files: Storage, mail: EmailMessage, data: bytes, to: str) -> str:
    if mail.get_content_type() == "multipart/report" or _from_nobody(mail):
        return "came-back" if await _came_back(settings, mail) else "ignored"
    if _by_a_program(mail):
        return "ignored"
    numbers = _numbers(settings, [to, *_raw(mail, *_TO)]) if settings.mail_reply else []
    number = numbers[0] if numbers else 0
    known = await answering.answered_at(number) if number else None
    if known is None:
        return "unknown"
    digest = hashlib.sha256(
        f"{number} {str(mail['message-id']).strip() if mail['message-id'] else ''}".encode()
    ).hexdigest()
    if not mail["message-id"]:
        digest = hashlib.sha256(data).hexdigest()
    if await answering.was_received(digest):
        return "known"
    person, entry = known
    viewer = await queries.viewer(person)
    why = await _answer(settings, files, viewer, entry, mail, digest)
    if why:
        await answering.refuse(number, why, digest)
        return f"refused: {why}"
    return "answered"


async def _answer(
    settings: Settings, files: Storage, viewer: Viewer, entry: int, mail: EmailMessage, digest: str
) -> str:
    """Why nothing comes of it; empty when it stands there."""
    address = await queries.email(viewer) if viewer.signed_in else None
    if not address or _senders(mail) != [address]:
        return "sender"
    said = await asyncio.to_thread(said_in, mail)
    if not said.text and not said.files:
        return "empty"
    try:
        await tried(f"answer by mail {viewer.me}", _MOST_IN_A_WINDOW)
        await _readable(viewer, entry)
        kept = [await attachments.keep(viewer, files, each.name, BytesIO(each.data)) for each in said.files]
        shown = [
            f"{'!' if each.media_type.startswith('image/') else ''}[{_called(each.name)}]({urls.file_url(each.id, each.name)})"
            for each in kept
        ]
        await actions.answer(viewer, entry, "\n\n".join(filter(None, (said.text, *shown))), digest)
    except (NotThere, NotAllowed, SignInNeeded):
        return "gone"
    except (Invalid, Conflict):
        return "wrong"
    except TooMany:
        return "many"
    return ""


def _raw(mail: EmailMessage, *names: str) -> list[str]:
    """What stands in these headers, as it came: taking addresses apart takes the longer the more of them there are, and more than so."""
    return [str(said) for each in names for name, said in mail.raw_items() if name.lower() == each]


def _senders(mail: EmailMessage) -> list[str]:
    """As they stand there: what only turns into an address when it is decoded, no server on the way has looked at."""
    written = _raw(mail, "from")
    if len(written) != 1 or len(written[0]) > _LONGEST_FROM:
        return []
    return [each.lower() for _, each in getaddresses(written)]


async def _readable(viewer: Viewer, entry: int) -> None:
    """Nothing is kept of an answer to what one may not read, or not answer."""
    from web.entries import queries as entries

    viewer.must("reply", await entries.entry(viewer, entry))


def _called(name: str) -> str:
    return re.sub(r"[\[\]\\<>`]", " ", name)


def _by_a_program(mail: EmailMessage) -> bool:
    sent = str(mail["auto-submitted"] or "no").partition(";")[0].strip().lower()
    return (
        sent != "no"
        or str(mail["precedence"] or "").strip().lower() in _CIRCLES
        or any(mail[name] for name in ("x-autoreply", "x-autorespond", "list-id"))
    )


def _from_nobody(mail: EmailMessage) -> bool:
    return str(mail["return-path"] or "").strip() == "<>"


async def _came_back(settings: Settings, mail: EmailMessage) -> bool:
    """A report that a letter of ours could not be delivered, for good: only one with the number that we gave that letter is believed."""
    ours, failed = False, []
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            for about in part.get_payload():
                if (
                    isinstance(about, EmailMessage)
                    and str(about["action"] or "").strip().lower() == "failed"
                    and str(about["status"] or "5").startswith("5")
                ):
                    failed.append(
                        str(about["final-recipient"] or about["original-recipient"] or "")
                        .rpartition(";")[2]
                        .strip()
                        .lower()
                    )
        elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            ours = ours or is_ours(settings, _number_in(part), failed)
    return ours and bool(await answering.failing(failed[:1]))


def _number_in(part: Any) -> str:
    payload = part.get_payload()
    if isinstance(payload, list) and payload:
        return str(payload[0]["message-id"] or "").strip()
    head = taken_apart(part.get_payload(decode=True) or b"")
    return str(head["message-id"] or "").strip()


def numbered(settings: Settings, letter: int, address: str) -> str:
    """The Message-ID of a letter to an address: what comes back with it is about that letter, and that address."""
    return f"<{letter:x}.{seal(settings, f'letter {letter} {address}')[:32]}@{settings.mail_from.rpartition('@')[2]}>"


def is_ours(settings: Settings, number: str, addresses: list[str]) -> bool:
    found = re.match(r"<([0-9a-f]{1,14})\.", number)
    if found is None:
        return False
    return any(is_same(number, numbered(settings, int(found[1], 16), each)) for each in addresses[:1])
