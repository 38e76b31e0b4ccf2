"""Fetches letters to the house from a mailbox (IMAP), now and then; what was read there is marked as such, and stays."""

from __future__ import annotations

import asyncio
import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit

from web.database import now
from web.receiving import MOST_BYTES, receive
from web.settings import THIS_MACHINE, Settings
from web.storage import Storage
from web.times import HOUR, MINUTE

_log = logging.getLogger("dugnad")
_SECONDS, _AT_ONCE = 20.0, 20
_AWAY = (imaplib.IMAP4.error, OSError, TimeoutError)


class Fetching:
    """One per process: it looks once a minute, however often it is asked."""

    def __init__(self) -> None:
        self._looked_at = 0
        self._failed: dict[bytes, int] = {}

    async def fetch_due(self, settings: Settings, files: Storage, *, at_once: bool = False) -> dict[str, int]:
        """What came of how many letters. Should several processes fetch the same one, it is taken in once."""
        if not at_once and now() - self._looked_at < MINUTE:
            return {}
        self._looked_at = now()
        # What could not be taken in waits a while: a few such letters do not stand before all others for ever.
        self._failed = {number: at for number, at in self._failed.items() if now() - at < HOUR and not at_once}
        done: dict[str, int] = {}
        try:
            found = await asyncio.to_thread(_unread, settings.imap, frozenset(self._failed))
        except _AWAY as wrong:  # its words may name who signs in there
            _log.warning("The mailbox could not be looked into (%s)", type(wrong).__name__)
            return {"away": 1}
        read: list[bytes] = []
        for number, data in found:
            try:
                came = await receive(settings, files, data) if data is not None else "too-large"
            except Exception:  # it stays unread there, and is tried again; the others are read
                _log.exception("A letter could not be taken in")
                came = "failed"
                self._failed[number] = now()
            else:
                read.append(number)
            done[came] = done.get(came, 0) + 1
        if read:
            await asyncio.to_thread(_mark, settings.imap, read)
        return done


@contextmanager
def _opened(address: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "imaps":
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            host, parts.port or 993, ssl_context=ssl.create_default_context(), timeout=_SECONDS
        )
    else:
        box = imaplib.IMAP4(host, parts.port or 143, timeout=_SECONDS)
    try:
        # A password goes to another machine only where nobody can read along.
        if parts.scheme == "imap" and host not in THIS_MACHINE:
            box.starttls(ssl.create_default_context())
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if box.select('"' + re.sub(r'["\\\r\n]', "", folder) + '"')[0] != "OK":
            raise imaplib.IMAP4.error("there is no such folder")
        yield box
    finally:
        with suppress(*_AWAY):
            box.logout()


def _unread(address: str, but: frozenset[bytes]) -> list[tuple[bytes, bytes | None]]:
    """The numbers of letters that nobody has read, `but` these, and what stands in them; None for one that is too large to be fetched."""
    found: list[tuple[bytes, bytes | None]] = []
    with _opened(address) as box:
        _, numbers = box.uid("SEARCH", "UNSEEN")
        for number in [each for each in (numbers[0] or b"").split() if each not in but][:_AT_ONCE]:
            _, said = box.uid("FETCH", number.decode(), "(RFC822.SIZE)")
            size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(each for each in said if isinstance(each, bytes)))
            if size and int(size[1]) > MOST_BYTES:
                found.append((number, None))
                continue
            _, said = box.uid("FETCH", number.decode(), "(BODY.PEEK[])")
            found += [(number, each[1]) for each in said if isinstance(each, tuple)][:1]
    return found


def _mark(address: str, numbers: list[bytes]) -> None:
    with _opened(address) as box:
        box.uid("STORE", b",".join(numbers).decode(), "+FLAGS.SILENT", "(\\Seen)")
