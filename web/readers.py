"""How many people read an entry: counted in memory as pages are sent, kept a few times an hour, and nobody is named.

Each person counts once a day for each entry. Whoever opens a page that their browser has already counts too: they are told that it is
still right before any page is made.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from web.database import now
from web.entries import actions
from web.http import is_opened
from web.identity import SNAPSHOT, viewer_of
from web.kinds import ALONE, KINDS
from web.times import MINUTE, day_of

_PAGE = re.compile(rf"/(?:{'|'.join(KINDS[name].path for name in ALONE)})/(\d{{1,17}})(?:/[^/]*)?/?", re.A)
_READ = (200, 304)
_MOST = 200_000
_KEPT_EVERY = 10 * MINUTE


class Readers:
    """One per process. `seen` says of whom nothing can be told but that they were here already today."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)
        self._day = ""
        self._seen: set[bytes] = set()
        self._counted: dict[tuple[int, str], int] = {}
        self._kept_at = now()

    def saw(self, person: int, entry: int) -> None:
        day = day_of(now())
        if day != self._day or len(self._seen) >= _MOST:
            self._day, self._seen = day, set()
        who = hashlib.blake2b(f"{person} {entry}".encode(), key=self._secret, digest_size=8).digest()
        if who not in self._seen:
            self._seen.add(who)
            self._counted[entry, day[:7]] = self._counted.get((entry, day[:7]), 0) + 1

    async def keep(self, *, at_once: bool = False) -> None:
        """Every ten minutes, whenever it is asked: all that is written makes every page new."""
        if not self._counted or (not at_once and now() - self._kept_at < _KEPT_EVERY):
            return
        counted, self._counted, self._kept_at = self._counted, {}, now()
        try:
            await actions.add_readers(counted)
        except BaseException:
            for key, many in counted.items():
                self._counted[key] = self._counted.get(key, 0) + many
            raise


def counted(app: ASGIApp) -> ASGIApp:
    """Wraps the whole application, outside of what answers for pages that are known already."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        entry = _entry(scope)
        if entry is None:
            await app(scope, receive, send)
            return

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _READ:
                request: Request[Any, Any, Any] = Request(scope)
                person = viewer_of(request).person
                if person is not None and is_opened(request):
                    request.app.state.readers.saw(person, entry)
            await send(message)

        await app(scope, receive, counting)

    return wrapped


def _entry(scope: Scope) -> int | None:
    """Whose page is asked for by somebody who wants to read it."""
    given: Any = scope
    if given["type"] != "http" or given["method"] != "GET" or given.get(SNAPSHOT) is not None:
        return None
    found = _PAGE.fullmatch(given["path"])
    return int(found[1]) if found else None
