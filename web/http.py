"""Between HTTP and the rooms behind it: pages, forms, answers, and what is said when something goes wrong."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from web import urls, words
from web.database import now
from web.errors import (
    Conflict,
    FromElsewhere,
    Invalid,
    NotAllowed,
    NotThere,
    SignInNeeded,
    TooLarge,
    TooMany,
    Unavailable,
)
from web.forms import form_of, kept
from web.identity import (
    HOUSE,
    SAFE_METHODS,
    SNAPSHOT,
    VIEWER,
    form_token,
    is_same,
    must_show_token,
    says_from_here,
    seal,
    secret_of,
    viewer_of,
)
from web.known import UNNAMED
from web.people.rows import House
from web.policy import NOBODY
from web.templating import environment
from web.times import zone_named

_log = logging.getLogger("dugnad")
LANGUAGE_COOKIE, NOTICE_COOKIE, THEME_COOKIE = "dugnad-language", "dugnad-notice", "dugnad-theme"
NEVER_OLD = {
    "vary": "Cookie, Authorization, Accept-Language, HX-Request, HX-Request-Type",
    "cache-control": "private, no-cache",
}
_YEAR = 365 * 24 * 3600


# Pages.


@dataclass(frozen=True)
class Undo:
    """How what was just done is undone: a form posted to `action`."""

    action: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """Something to say on the next page. `text` is an English message that the catalogues translate; `said` are the numbers in it."""

    text: str
    undo: Undo | None = None
    said: Mapping[str, int] = field(default_factory=dict)


def language_of(request: Request) -> str:
    """The person's own choice, else the browser's, else the house's."""
    chosen = viewer_of(request).language or request.cookies.get(LANGUAGE_COOKIE)
    return words.choose(chosen, request.headers.get("accept-language"), house_of(request).language)


def house_of(request: Request) -> House:
    """What everybody may know of the house."""
    scope: Any = request.scope
    house: House = scope.get(HOUSE, UNNAMED)
    return house


def path_of(request: Request) -> str:
    """The address that was asked for. The framework takes the slash at its end away."""
    return str(request.scope["path"])


def zone_of(request: Request) -> tzinfo:
    """Of the times that people set."""
    return zone_named(request.app.state.settings.zone)


def snapshot_of(request: Request) -> Any:
    """What it is read for; None when somebody reads it."""
    return request.scope.get(SNAPSHOT)


def is_swapped(request: Request) -> bool:
    """htmx takes what it wants of the answer into a page that stays."""
    return request.headers.get("hx-request") == "true"


def is_partial(request: Request) -> bool:
    """htmx wants only a part of a page."""
    return is_swapped(request) and request.headers.get("hx-request-type") != "full"


def is_opened(request: Request) -> bool:
    """Somebody reads it: it is no picture in another page, which who wrote that has chosen, and not fetched ahead."""
    shown = request.headers.get("sec-fetch-dest", "empty") in ("document", "empty")
    return shown and "prefetch" not in request.headers.get("sec-purpose", "")


def page(
    request: Request, template: str, *, block: str | None = None, status: int | None = None,
    headers: Mapping[str, str] | None = None, wrong: Exception | None = None, **context: Any,
) -> Response[str]:  # fmt: skip
    """A whole page, or only its `block` when htmx asks for a part. What is `wrong` with a form gives it its status."""
    made = environment(language_of(request)).get_template(template)
    notices, forget = _notices(request)
    context = {**_frame(request), "notices": notices, "wrong": wrong, **context}
    if block and is_partial(request):
        html = "".join(made.blocks[block](made.new_context(context)))
        html += made.environment.get_template("parts/toasts.html").render(context) if notices else ""
    else:
        html = made.render(context)
    answer = Response(
        html, status_code=status or (status_of(wrong) if wrong else 200), media_type="text/html; charset=utf-8",
        headers={**NEVER_OLD, **headers_of(wrong), **(headers or {})},
    )  # fmt: skip
    if forget:
        answer.set_cookie(_cookie(request, NOTICE_COOKIE, "", 0))
    return answer


def _frame(request: Request) -> dict[str, Any]:
    return {
        "viewer": viewer_of(request), "here": _here(request), "comes_back": _comes_back(request), "made_at": now(),
        "theme": theme_of(request), "csrf": form_token(request), "snapshot": snapshot_of(request),
        "swapped": is_swapped(request), "origin": request.app.state.settings.url.rstrip("/"), "house": house_of(request),
        "zone": zone_of(request), "sends_mail": bool(request.app.state.settings.mail),
    }  # fmt: skip


def _here(request: Request) -> str:
    """The page's address as `urls` writes it."""
    return f"{path_of(request).rstrip('/')}/"


def theme_of(request: Request) -> str:
    """The one chosen in this browser; empty for what the device prefers."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in words.THEMES else ""


def _comes_back(request: Request) -> str:
    """The address that shows the same page again; none has one that came of what was typed."""
    if request.method not in SAFE_METHODS:
        return ""
    query = request.scope["query_string"].decode("ascii", "replace")
    return urls.safe_next(f"{path_of(request)}?{query}" if query else path_of(request))


# Answers.


def go(request: Request, to: str, notice: Notice | None = None) -> Response[bytes]:
    """Off to another page, with something to say there. `to` is a path made by `urls`."""
    answer: Response[bytes]
    if (
        is_partial(request) and request.method in SAFE_METHODS
    ):  # whoever sends a form takes its part of what comes of it
        answer = Response(b"", status_code=204, headers={"hx-redirect": to})
    else:
        answer = Response(b"", status_code=303, media_type="text/plain", headers={"location": to})
    if notice:
        answer.set_cookie(_cookie(request, NOTICE_COOKIE, _sealed(request, notice), 60))
    return answer


def moved(request: Request, to: str) -> Response[bytes]:
    """The address that this had before leads to the one it has now, with what was asked for besides."""
    headers = {"location": asked_of(request, to), "cache-control": "private, no-cache"}
    return Response(b"", status_code=301, media_type="text/plain", headers=headers)


def asked_of(request: Request, to: str) -> str:
    """Another path made by `urls`, with what is asked for in this address."""
    return urls.also_asking(to, request.scope["query_string"].decode("utf-8", "replace"))


def _cookie(request: Request, key: str, value: str, seconds: int | None) -> Cookie:
    secure = request.app.state.settings.url.startswith("https:")
    return Cookie(key=key, value=value, path="/", httponly=True, secure=secure, samesite="lax", max_age=seconds)


def session_cookie(request: Request, name: str, secret: str, seconds: int) -> Cookie:
    """With no secret and no seconds it is taken back, with the same marks as it was given: browsers keep it otherwise."""
    return _cookie(request, name, secret, seconds)


def language_cookie(request: Request, language: str) -> Cookie:
    return _cookie(request, LANGUAGE_COOKIE, language, _YEAR)


def theme_cookie(request: Request, theme: str) -> Cookie:
    """Without a theme this browser shows what the device prefers."""
    return _cookie(request, THEME_COOKIE, theme, _YEAR if theme else 0)


def _sealed(request: Request, notice: Notice) -> str:
    undo = notice.undo and [notice.undo.action, dict(notice.undo.fields)]
    said = {"text": notice.text, "undo": undo, "said": dict(notice.said)}
    plain = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
    return f"{plain}.{_seal(request, plain)}"


def _seal(request: Request, plain: str) -> str:
    return seal(request.app.state.settings, f"notice {plain}")


def _notices(request: Request) -> tuple[tuple[Notice, ...], bool]:
    """What the page before wanted said, once."""
    sealed = request.cookies.get(NOTICE_COOKIE)
    if not sealed:
        return (), False
    plain, _, given = sealed.rpartition(".")
    if not is_same(given, _seal(request, plain)):
        return (), True
    said = json.loads(base64.urlsafe_b64decode(plain))
    undo = Undo(said["undo"][0], said["undo"][1]) if said["undo"] else None
    return (Notice(said["text"], undo, said.get("said", {})),), True


# Arriving.


async def arrive(request: Request) -> None:
    """Before every route of the site: what was typed is read once, and nothing is done for another site. A program that says nothing of
    where it comes from is taken at its word where a secret in the address says all (`by_secret`)."""
    refuse_impossible_addresses(request)
    if request.method in SAFE_METHODS:
        return
    known = says_from_here(request)
    form = await form_of(request)
    handler: Any = request.scope.get("route_handler")
    if not known and not (handler and handler.opt.get("by_secret")):
        must_show_token(request, form)


def refuse_impossible_addresses(request: Request) -> None:
    """No id has more than 53 bits, and no name has a NUL in it: the databases would stumble over both."""
    if any(isinstance(each, int) and abs(each) >= 2**53 for each in request.path_params.values()):
        raise NotThere
    if "\0" in path_of(request) or b"%00" in request.scope["query_string"]:
        raise NotThere


# What went wrong.

_STATUS = {
    NotThere: 404, SignInNeeded: 401, NotAllowed: 403, TooLarge: 413, Invalid: 422, Conflict: 409, TooMany: 429,
    Unavailable: 503,
}  # fmt: skip


def status_of(wrong: Exception) -> int:
    if isinstance(wrong, HTTPException):
        # Litestar calls what does not fit its types a bad request; here that is what was typed.
        return 422 if wrong.status_code == 400 else wrong.status_code
    return next((status for kind, status in _STATUS.items() if isinstance(wrong, kind)), 500)


def noted(request: Request, wrong: Exception, status: int) -> None:
    """What went wrong on our side is written down for whoever runs the house."""
    if isinstance(wrong, Unavailable):
        _log.warning("%s %s: %s", request.method, request.url.path, wrong)
    elif status == 500:
        _log.exception("%s %s failed", request.method, request.url.path, exc_info=wrong)


def headers_of(wrong: Exception | None) -> dict[str, str]:
    """What a browser or a program is told besides."""
    if isinstance(wrong, TooMany):
        return {"retry-after": str(wrong.seconds)}
    return dict((wrong.headers if isinstance(wrong, HTTPException) else None) or {})


def error_page(request: Request, wrong: Exception) -> Response[Any]:
    """Every error of the site, in its own look and in the reader's language."""
    status = status_of(wrong)
    noted(request, wrong, status)
    if _is_a_stranger(request) and status in (401, 403, 404) and not urls.keyed_feed(request.url.path):
        # Who is not signed in learns nothing of what is there: not of what is not for them, nor of what is missing.
        if request.method in ("GET", "HEAD"):
            return _challenged(request) if urls.is_feed(request.url.path) else _to_the_door(request)
        if secret_of(request) or (_asks_who(request) and not isinstance(wrong, FromElsewhere)):
            status = 401  # most often a session has ended
    template = "sign_in/again.html" if status == 401 else "error.html"
    return page(
        request, template, block="error", status=status, said=words.WRONG.get(status, words.OUR_FAULT), wrong=wrong,
        kept=kept(request), came_from=_came_from(request),
    )  # fmt: skip


def _asks_who(request: Request) -> bool:
    """What is asked for depends on who asks."""
    handler: Any = request.scope.get("route_handler")
    return handler is not None and "viewer" in handler.parsed_fn_signature.parameters


def _to_the_door(request: Request) -> Response[Any]:
    """The whole page is another one for whoever is not signed in; and one that only listens is told to stop."""
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(b"", status_code=204)
    to = urls.url_of("sign-in", next=_comes_back(request))
    return Response(b"", status_code=204, headers={"hx-redirect": to}) if is_swapped(request) else go(request, to)


def _challenged(request: Request) -> Response[Any]:
    """What reads feeds knows of no page to sign in on, and asks its user for a name and a password."""
    headers = {"www-authenticate": 'Basic realm="Dugnad", charset="UTF-8"'}
    return page(request, "error.html", status=401, said=words.NEEDS_KEY, headers=headers, kept=())


def _came_from(request: Request) -> str:
    """The page of ours that sent this; the front page when that is not known."""
    try:
        parts = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return urls.url_of("stream")
    ours = parts.netloc == request.headers.get("host")
    return (
        urls.safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path) if ours else urls.url_of("stream")
    )


def _is_a_stranger(request: Request) -> bool:
    """Somebody who is not signed in, or not any more; where nobody asks who it is, nobody is."""
    return VIEWER in request.scope and viewer_of(request) == NOBODY and request.scope.get(SNAPSHOT) is None
