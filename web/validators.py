"""What has been sent and is still right need not be made, or sent, again.

Everything that the site and the API answer to GET is made of the database, the program, the reader and the minute. All of
that is known before anything is read for a page: the database says with its mark whether anybody has committed anything.
So the answer has an ETag; a browser that has it is told so, and what was made for the same reader is kept for a while. It is
never too old, and at worst made anew though nothing on it has changed.
"""

from __future__ import annotations

import hashlib
from typing import Any

from cachetools import LRUCache
from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from web import urls
from web.database import now
from web.http import NEVER_OLD, NOTICE_COOKIE, language_of, theme_of
from web.identity import MARK, SAME_FOR_ALL, SNAPSHOT, begins, form_token, viewer_of
from web.program import program
from web.times import MINUTE

# What htmx says of the part it wants; a key, that is told of it when it is none; and whether it is opened to be read.
_ASKED = (
    "hx-request", "hx-request-type", "hx-history-restore-request", "authorization", "sec-fetch-dest", "sec-purpose",
)  # fmt: skip
# These have ETags of their own, or none.
_OTHERS = (*SAME_FOR_ALL, "files", "live")
_MOST, _MOST_OF_ONE = 12 << 20, 1 << 20
_PACKED = ("br", "gzip")
Answer = tuple[list[tuple[bytes, bytes]], bytes]


class Pages(LRUCache[tuple[str, str], Answer]):
    """Answers as they were sent, head and body, by their ETag and how they are packed."""

    def __init__(self) -> None:
        super().__init__(_MOST, getsizeof=lambda sent: len(sent[1]) + 1000)


def validated(app: ASGIApp) -> ASGIApp:
    """Wraps the whole application, inside of what finds out who asks."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        request: Request[Any, Any, Any] = Request(scope)
        etag = _etag(request) if scope["type"] == "http" else None
        if etag is None:
            await app(scope, receive, send)
            return
        if etag in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
            headers = [(b"etag", etag.encode()), *_NEVER_OLD]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        pages: Pages = request.app.state.pages
        key = etag, _packed(request)
        if (sent := pages.get(key)) is not None:
            await send({"type": "http.response.start", "status": 200, "headers": sent[0]})
            await send({"type": "http.response.body", "body": sent[1], "more_body": False})
            return
        await app(scope, receive, _keeping(pages, key, send))

    return wrapped


_NEVER_OLD = tuple((name.encode(), value.encode()) for name, value in NEVER_OLD.items())


def _keeping(pages: Pages, key: tuple[str, str], send: Send) -> Send:
    """Gives an answer its ETag, and keeps it when it is all of one."""
    headers: list[tuple[bytes, bytes]] | None = None

    async def keep(message: Message) -> None:
        nonlocal headers
        if message["type"] == "http.response.start":
            if message["status"] == 200:
                given = {name.lower(): value for name, value in message["headers"]}
                if b"etag" not in given and b"set-cookie" not in given:
                    headers = [*message["headers"], (b"etag", key[0].encode())]
                    headers += [(name, value) for name, value in _NEVER_OLD if name not in given]
                    message = {**message, "headers": headers}
        elif message["type"] == "http.response.body" and headers is not None:
            if not message["more_body"] and len(message["body"]) <= _MOST_OF_ONE:
                pages[key] = headers, message["body"]
            headers = None
        await send(message)

    return keep


def _packed(request: Request[Any, Any, Any]) -> str:
    """How the browser would have it, as far as that makes a difference."""
    accepted = request.headers.get("accept-encoding", "")
    return next((each for each in _PACKED if each in accepted), "")


def _etag(request: Request[Any, Any, Any]) -> str | None:
    """Made of all that the answer is made of; nothing for what changes otherwise, or is said once."""
    scope: Any = request.scope
    if scope["method"] != "GET" or scope.get(SNAPSHOT) is not None or begins(scope) in _OTHERS:
        return None
    if NOTICE_COOKIE in request.cookies:
        return None
    viewer = viewer_of(request)
    # Times are told by the minute ("3 min ago"), but for those of feeds.
    minute = 0 if urls.is_feed(scope["path"]) else now() // MINUTE
    made_of = (
        program(), scope["path"], scope["query_string"], [request.headers.get(name) for name in _ASKED], viewer.standing,
        form_token(request), language_of(request), theme_of(request), minute, scope[MARK],
        request.app.state.furthest.known(viewer.person),
    )  # fmt: skip
    return f'W/"{hashlib.sha256(repr(made_of).encode()).hexdigest()[:32]}"'
