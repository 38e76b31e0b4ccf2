"""Who asks: finds the viewer of each request, and refuses what another site makes a browser send."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from web.database import now
from web.errors import NotAllowed
from web.people import actions, queries
from web.people.passwords import fingerprint
from web.people.rows import SignedIn
from web.policy import NOBODY, Viewer
from web.settings import Settings

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_SEEN_EVERY = 10 * 60 * 1000
# Keys of the scope. The network cannot set them: a caller in this process can, to read as anybody.
VIEWER, SESSION, SECRET, SNAPSHOT = "dugnad.viewer", "dugnad.session", "dugnad.secret", "dugnad.snapshot"


def cookie_name(settings: Settings) -> str:
    """The `__Host-` prefix binds the cookie to this host and path; browsers allow it over https only."""
    return "__Host-dugnad" if settings.url.startswith("https:") else "dugnad"


class Identity(ASGIMiddleware):
    """Puts the viewer into the scope: by key under /api/, by session cookie elsewhere."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        await identify(scope)
        await next_app(scope, receive, send)


async def identify(scope: Any) -> None:
    """Finds out who asks, unless that is known already."""
    if VIEWER not in scope:
        secret, found = await _credentials(Request(scope))
        scope[SECRET] = secret
        scope[SESSION] = found
        scope[VIEWER] = await queries.viewer(found.person) if found else NOBODY


async def _credentials(request: Request) -> tuple[str, SignedIn | None]:
    if request.url.path.startswith("/api/"):
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        found = await queries.by_token(fingerprint(secret.strip())) if scheme.lower() == "bearer" else None
        if found and now() - (found.seen_at or 0) > _SEEN_EVERY:
            await actions.token_seen(found.id)
        return secret, found
    secret = request.cookies.get(cookie_name(request.app.state.settings), "")
    found = await queries.by_session(fingerprint(secret), now() - actions.SESSION_LIFE) if secret else None
    if found and now() - found.seen_at > _SEEN_EVERY:
        await actions.seen(found.id)
    return secret, found


def viewer_of(request: Request) -> Viewer:
    return request.scope.get(VIEWER, NOBODY)


def form_token(request: Request) -> str:
    """What a form of ours carries, for browsers and programs that say nothing of where they come from."""
    key = request.app.state.settings.secret.encode()
    session = request.scope.get(SECRET) if request.scope.get(SESSION) else "nobody"
    return hmac.new(key, f"form {session}".encode(), hashlib.sha256).hexdigest()


async def refuse_other_sites(request: Request) -> None:
    """Every browser says where a POST comes from; who does not must show the token of the form. Raises NotAllowed."""
    if request.method in SAFE_METHODS or request.url.path.startswith("/api/"):
        return
    if (from_here := _from_here(request)) is None:
        given = request.headers.get("x-csrf-token") or (await request.form()).get("csrf") or ""
        from_here = isinstance(given, str) and hmac.compare_digest(given.encode(), form_token(request).encode())
    if not from_here:
        raise NotAllowed("This came from another site. Open the page here and try again.")


def _from_here(request: Request) -> bool | None:
    """Whether the browser says that the request comes from our own pages; None when it says nothing."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site in ("same-origin", "none")
    if (origin := request.headers.get("origin")) is not None:
        ours = (request.headers.get("host", ""), urlsplit(request.app.state.settings.url).netloc)
        return urlsplit(origin).netloc in ours
    return None
