"""Reading the house from inside: the application is asked in process, as the audience."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from litestar import Litestar

from web.errors import NotDone, NotThere
from web.identity import SNAPSHOT, VIEWER
from web.people import queries as people
from web.policy import NOBODY, Viewer
from web.publishing.recalled import Recall
from web.settings import Settings

# What is there, and what says that something was.
IS_PAGE = (200, 410)
METADATA = ("strip", "keep")
_HOST = b"snapshot.invalid"
_log = logging.getLogger("dugnad")


@dataclass(frozen=True)
class Snapshot:
    """What the pages know of the snapshot they become part of. `history`: older texts come along. `spaces`: the slugs of those
    that it is of; all, for none. `moment`: as everything stood then (ms); as it stands, for none. `recall`: where they ask what was
    taken back since; nowhere, for none. `back`: where its readers can write to (`way_back`). `metadata`: whether files keep what
    they say of themselves, one of `METADATA`."""

    audience: str
    live: str
    history: bool = False
    spaces: tuple[str, ...] = ()
    moment: int = 0
    recall: Recall | None = None
    back: str = ""
    metadata: str = "strip"

    @property
    def by_mail(self) -> bool:
        return "@" in self.back

    @property
    def strips(self) -> bool:
        return self.metadata == METADATA[0]

    async def viewer(self) -> Viewer:
        """As whom it is read. Raises NotDone, which says what can be chosen."""
        try:
            return await people.only_in(await people.audience(self.audience), self.spaces)
        except NotThere:
            of = f", or one of the spaces {', '.join(self.spaces)}" if self.spaces else ""
            raise NotDone(
                f"There is no audience {self.audience!r} here{of}: choose public, everyone, space:SLUG or person:HANDLE."
            ) from None


def way_back(settings: Settings, audience: str) -> str:
    """Where the readers of a snapshot can write to: `live`, the forms of the house; a mail address; or nothing.

    Whoever reads as the world cannot sign in, so a letter is of more use to them, where somebody takes it.
    """
    if settings.mail_to and (not settings.has_address or audience == NOBODY.audience):
        return settings.mail_to
    return "live" if settings.has_address else ""


class Answer(NamedTuple):
    """`location`: where it leads, when it is no page."""

    status: int
    location: str
    body: bytes


class Reader:
    """Reads as the viewer, what this application answers and nothing else."""

    def __init__(self, build: Callable[[], Litestar], viewer: Viewer, snapshot: Snapshot, language: str) -> None:
        """`build` gives the application, the same each time."""
        self._build, self.language = build, language
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "root_path": "",
            "query_string": b"",
            "headers": [
                (b"host", _HOST),
                (b"accept-language", language.encode()),
                (b"accept-encoding", b"identity"),
            ],
            "client": ("127.0.0.1", 0),
            "server": (_HOST.decode(), 80),
            VIEWER: viewer,
            SNAPSHOT: snapshot,
        }

    async def get(self, address: str) -> Answer:
        """Whatever goes wrong with it is an answer too."""
        told: list[Any] = []
        body: list[bytes] = []
        asked: list[Any] = [{"type": "http.request", "body": b"", "more_body": False}]
        ended = asyncio.Event()

        async def receive() -> Any:
            if asked:
                return asked.pop()
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                told.append(message)
            elif message["type"] == "http.response.body":
                body.append(message.get("body", b""))
                if not message.get("more_body"):
                    ended.set()

        raw = quote(address, safe="/%:@!$&'()*+,;=~")
        scope: Any = {**self._scope, "path": unquote(address), "raw_path": raw.encode()}
        try:
            await self._build()(scope, receive, send)
        except Exception:  # also when it had begun to answer
            _log.exception("%s could not be read", address)
            return Answer(500, "", b"")
        headers = {name.lower(): value for name, value in told[0]["headers"]}
        return Answer(told[0]["status"], headers.get(b"location", b"").decode(), b"".join(body))
