"""A mail server of this machine's own, and what stands in the letters that it was given."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """A real server of this machine's own that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuses:
            return "451 Not now"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail: Any = message_from_bytes(content, policy=policy.default)
        self.mails.append(mail)
        return "250 OK"


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain and html
    return str(plain.get_content()), str(html.get_content())


def link_in(words: str, what: str) -> str:
    found = re.search(rf"http://dugnad\.test(/{what}/[\w-]+/)", words)
    assert found, words
    return found[1]
