"""A mail server of this machine's own, and what stands in the letters that it was given."""

from __future__ import annotations

import re
import shlex
import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.cast import House
from web.database import execute, ids, now
from web.database.ids import id_at


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


class Imap(threading.Thread):
    """As much of IMAP4rev1 (RFC 3501) as it takes to sign in, look for what is unread, read it and mark it: over a real socket, on this
    machine alone."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__(daemon=True)
        self.user, self.password = user, password
        self.letters: list[bytes] = []
        self.seen: set[int] = set()
        self.asked: list[str] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def stop(self) -> None:
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()

    def _talk(self, stream: Any) -> None:
        def say(said: bytes) -> None:
            stream.write(said + b"\r\n")
            stream.flush()

        say(b"* OK IMAP4rev1 here")
        while line := stream.readline():
            tag, _, asked = line.strip().decode().partition(" ")
            self.asked.append(asked.split(" ")[0] if "LOGIN" in asked else asked)
            words = asked.upper().split(" ")
            if words[0] == "LOGIN" and shlex.split(asked)[1:] != [self.user, self.password]:
                say(f"{tag} NO [AUTHENTICATIONFAILED] no".encode())
                continue
            match words:
                case ["CAPABILITY"]:
                    say(b"* CAPABILITY IMAP4rev1")
                case ["SELECT", *_]:
                    say(b"* %d EXISTS" % len(self.letters))
                case ["UID", "SEARCH", "UNSEEN"]:
                    unread = [str(n) for n in range(1, len(self.letters) + 1) if n not in self.seen]
                    say(f"* SEARCH {' '.join(unread)}".strip().encode())
                case ["UID", "FETCH", number, "(RFC822.SIZE)"]:
                    size = len(self.letters[int(number) - 1])
                    say(f"* {number} FETCH (UID {number} RFC822.SIZE {size})".encode())
                case ["UID", "FETCH", number, "(BODY.PEEK[])"]:
                    data = self.letters[int(number) - 1]
                    say(b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)" % (int(number), int(number), len(data), data))
                case ["UID", "STORE", numbers, *_]:
                    self.seen |= {int(each) for each in numbers.split(",")}
                case ["LOGOUT"]:
                    say(b"* BYE bye")
                    say(f"{tag} OK done".encode())
                    return
            say(f"{tag} OK done".encode())


Posted = tuple[House, Mailbox]


async def quiet() -> None:
    """Nothing has happened yet that anybody could be told of."""
    await execute("UPDATE person SET language = 'en'")
    await execute("DELETE FROM correspondence")
    await execute("DELETE FROM furthest")
    await execute("DELETE FROM letter")
    ids._last_told = 0
    await execute("DELETE FROM event WHERE id > {}", id_at(now(), 0))  # of tests that looked ahead
    await execute("UPDATE told SET event = {}", id_at(now(), 0))
