"""What every answer carries, whatever made it; and HEAD, which is GET without the body."""

from __future__ import annotations

from typing import Any

from litestar.types import ASGIApp, Message, Receive, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
_HEADERS = {
    b"content-security-policy": _POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}


def edge(app: ASGIApp, https: bool) -> ASGIApp:
    """Wraps the whole application."""
    given = dict(_HEADERS)
    if https:
        given[b"strict-transport-security"] = b"max-age=31536000"
    given_ones = list(given.items())

    async def wrapped(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                new = (
                    given_ones
                    if given.keys().isdisjoint(there)
                    else [(n, v) for n, v in given.items() if n not in there]
                )
                message["headers"] = [*message["headers"], *new]
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if head:
            scope["method"] = "GET"
        await app(scope, receive, answer)

    return wrapped
