"""Who asks: finds the viewer of each request, and refuses what another site makes a browser send."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

from web import urls
from web.database import now
from web.errors import FromElsewhere
from web.people import actions
from web.people.passwords import fingerprint
from web.people.rows import SignedIn
from web.policy import NOBODY, Viewer
from web.settings import Settings
from web.times import HOUR

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# Every change in the database makes all pages new, this one too: so it is not noted more often than anybody needs to know.
_SEEN_EVERY = HOUR
# Keys of the scope. The network cannot set them: a caller in this process can, to read as anybody.
VIEWER, SESSION, SECRET, SNAPSHOT = "dugnad.viewer", "dugnad.session", "dugnad.secret", "dugnad.snapshot"
HOUSE, MARK, KEYED = "dugnad.house", "dugnad.mark", "dugnad.keyed"
# What begins so is the same for everybody, and nobody is asked for it.
SAME_FOR_ALL = ("static", "health", "robots.txt", "favicon.ico")


def cookie_name(settings: Settings) -> str:
    """The `__Host-` prefix binds the cookie to this host and path; browsers allow it over https only."""
    return "__Host-dugnad" if settings.url.startswith("https:") else "dugnad"


def identified(app: ASGIApp) -> ASGIApp:
    """Wraps the whole application, so that also the page for an address that nothing has knows who reads it."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await identify(scope)
        await app(scope, receive, send)

    return wrapped


async def identify(scope: Any) -> None:
    """Finds out what house this is, and who asks, unless that is known already."""
    if begins(scope) in SAME_FOR_ALL:
        return
    known = scope["litestar_app"].state.known
    scope[MARK] = await known.look()
    if not is_for_programs(scope["path"]):
        scope[HOUSE] = await known.house()
    if VIEWER not in scope and (keyed := urls.keyed_feed(scope["path"])):
        await _identify_by_address(scope, *keyed)
    if VIEWER not in scope:
        scope[SECRET], known = await _credentials(Request(scope))
        scope[SESSION], scope[VIEWER] = known or (None, NOBODY)


async def _identify_by_address(scope: Any, secret: str, path: str) -> None:
    """A key to feeds counts here and nowhere else, and nothing else counts here. With one that is none, there is no such address."""
    known = scope["litestar_app"].state.known
    found = await known.asker("feed_key", fingerprint(secret), 0)
    if found is None or scope["method"] not in SAFE_METHODS:
        scope[SECRET], scope[SESSION], scope[VIEWER] = "", None, NOBODY
        return
    if now() - (found[0].seen_at or 0) > _SEEN_EVERY:
        await actions.feed_key_seen(found[0].id)
    scope[SECRET], (scope[SESSION], scope[VIEWER]), scope[KEYED] = secret, found, True
    scope["path"], scope["raw_path"] = path, path.encode()


def is_keyed(request: Request) -> bool:
    """Whether a key in the address says who asks."""
    return bool(_scope(request).get(KEYED))


def begins(scope: Any) -> str:
    """The first word of the address."""
    return str(scope["path"].removeprefix("/").partition("/")[0])


def is_for_programs(path: str) -> bool:
    """Under /api/ a key counts and a cookie does not, however many slashes the path is written with."""
    return next(filter(None, path.split("/")), "") == "api"


async def _credentials(request: Request) -> tuple[str, tuple[SignedIn, Viewer] | None]:
    known = request.app.state.known
    for_programs = is_for_programs(request.scope["path"])
    if for_programs or (request.method in SAFE_METHODS and urls.is_feed(request.scope["path"])):
        secret = _key(request, by_name=not for_programs)
        found = await known.asker("token", fingerprint(secret), 0) if secret else None
        if found and now() - (found[0].seen_at or 0) > _SEEN_EVERY:
            await actions.token_seen(found[0].id)
        if found or for_programs:
            return secret, found
    secret = request.cookies.get(cookie_name(request.app.state.settings), "")
    oldest = now() - actions.SESSION_LIFE
    found = await known.asker("session", fingerprint(secret), oldest) if secret else None
    if found and now() - (found[0].seen_at or 0) > _SEEN_EVERY:
        await actions.seen(found[0].id)
    return secret, found


def _key(request: Request, *, by_name: bool) -> str:
    """The key that a program shows; with `by_name` it may be a password, whatever the name: feed readers ask for no more."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic" or not by_name:
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def asks_now(request: Request) -> Viewer:
    """Who asks by now, when an answer goes on for a while: nobody once the session has ended."""
    await request.app.state.known.look()
    _, found = await _credentials(request)
    return found[1] if found else NOBODY


def viewer_of(request: Request) -> Viewer:
    viewer: Viewer = _scope(request).get(VIEWER, NOBODY)
    return viewer


def session_of(request: Request) -> SignedIn | None:
    """The session, or the key, that the request came with."""
    found: SignedIn | None = _scope(request).get(SESSION)
    return found


def secret_of(request: Request) -> str:
    """What the session's cookie holds."""
    return str(_scope(request).get(SECRET) or "")


def _scope(request: Request) -> Any:
    # Our keys are not among those that the type of a scope knows.
    return request.scope


def seal(settings: Settings, words: str) -> str:
    """What nobody can put to these words who does not know the house's secret."""
    return hmac.digest(settings.secret.encode(), words.encode(), "sha256").hex()


def is_same(given: str, seal: str) -> bool:
    """Takes as long whatever is given."""
    return hmac.compare_digest(given.encode(), seal.encode())


def welcome_code(settings: Settings) -> str:
    """Stands in the address where the first person moves in: only whoever runs the house can know it."""
    return seal(settings, "welcome")[:32]


def is_welcome(settings: Settings, code: str) -> bool:
    return is_same(code, welcome_code(settings))


def form_token(request: Request) -> str:
    """What a form of ours carries, for browsers and programs that say nothing of where they come from."""
    session = secret_of(request) if session_of(request) else "nobody"
    return seal(request.app.state.settings, f"form {session}")


def says_from_here(request: Request) -> bool:
    """Whether the browser says that this comes from our own pages; false when it says nothing. Nothing is read of what
    another site sent: raises FromElsewhere."""
    if (from_here := _from_here(request)) is False:
        raise FromElsewhere
    return from_here is True


def must_show_token(request: Request, form: Mapping[str, str]) -> None:
    """For browsers and programs that say nothing of where a POST comes from. Raises FromElsewhere."""
    given = request.headers.get("x-csrf-token") or form.get("csrf") or ""
    if not is_same(given, form_token(request)):
        raise FromElsewhere


def _from_here(request: Request) -> bool | None:
    """Whether the browser says that the request comes from our own pages; None when it says nothing."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site in ("same-origin", "none")
    if (origin := request.headers.get("origin")) is not None:
        ours = (request.headers.get("host", ""), urlsplit(request.app.state.settings.url).netloc)
        try:
            return urlsplit(origin).netloc in ours
        except ValueError:
            return False
    return None
