"""Coming in and going out: passwords, and invitation links."""

from ipaddress import ip_address, ip_network
from typing import Any

from litestar import Request, Response, get, post

from web import identity, urls
from web.errors import Invalid, NotThere, TooMany
from web.forms import Form, form_of, typed
from web.http import Notice, go, language_of, page, session_cookie
from web.people import actions
from web.people import queries as people
from web.policy import Viewer

_AGENT = 200


async def let_in(request: Request, person: int, to: str) -> Response[Any]:
    """A session for somebody who has just become known here."""
    agent = request.headers.get("user-agent", "")[:_AGENT]
    return _let_in(request, await actions.start_session(person, agent), to)


def _let_in(request: Request, secret: str, to: str) -> Response[Any]:
    answer = go(request, to)
    name = identity.cookie_name(request.app.state.settings)
    answer.set_cookie(session_cookie(request, name, secret, actions.SESSION_LIFE // 1000))
    return answer


@get("/sign-in")
async def form(request: Request, viewer: Viewer, next: str = "") -> Response[Any]:
    if viewer.signed_in:
        return go(request, urls.safe_next(next))
    return page(request, "sign_in/form.html", form=Form(next=next), anybody=await people.anybody())


@post("/sign-in")
async def sign_in(request: Request) -> Response[Any]:
    """A new session for a new sign-in: the one before, whoever made it, ends."""
    form = await form_of(request)
    agent = request.headers.get("user-agent", "")[:_AGENT]
    try:
        secret = await actions.sign_in(form["name"], form["password"], _address(request), agent)
    except (Invalid, TooMany) as wrong:
        return page(request, "sign_in/form.html", form=typed(form), wrong=wrong, anybody=True)
    await actions.sign_out(identity.secret_of(request))
    return _let_in(request, secret, urls.safe_next(form["next"]))


def _address(request: Request) -> str:
    """Where the browser is. A web server in front, on this machine, says it in the last word of X-Forwarded-For."""
    near = request.client.host if request.client else ""
    said = request.headers.getall("x-forwarded-for", [""])[-1].rpartition(",")[2].strip()
    return _place(said if said and near in _THIS_MACHINE else near)


def _place(address: str) -> str:
    """Whoever has an IPv6 address has as many as they like, with the first half in common."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((address, 64), strict=False)) if found.version == 6 else address


_THIS_MACHINE = ("127.0.0.1", "::1", "")


@post("/sign-out")
async def sign_out(request: Request) -> Response[Any]:
    await actions.sign_out(identity.secret_of(request))
    answer = go(request, urls.url_of("sign-in"), Notice("You are signed out."))
    answer.set_cookie(session_cookie(request, identity.cookie_name(request.app.state.settings), "", 0))
    answer.headers["clear-site-data"] = '"storage"'
    return answer


@get("/invitation/{secret:str}")
async def invitation(request: Request, secret: str) -> Response[Any]:
    return page(
        request, "sign_in/invitation.html", invited=await actions.invitation(secret), form=Form(), headers=_QUIET
    )


@post("/invitation/{secret:str}")
async def come_in(request: Request, secret: str) -> Response[Any]:
    form = await form_of(request)
    try:
        person = await actions.come_in(secret, form["handle"], form["name"], form["password"], language_of(request))
    except Invalid as wrong:
        invited = await actions.invitation(secret)
        return page(request, "sign_in/invitation.html", invited=invited, form=typed(form), wrong=wrong, headers=_QUIET)
    return await let_in(request, person, urls.url_of("stream"))


@get("/forgotten")
async def forgotten_form(request: Request) -> Response[Any]:
    _must_send_mail(request)
    return page(request, "sign_in/forgotten.html", form=Form(), sent=False)


def _must_send_mail(request: Request) -> None:
    if not request.app.state.settings.mail:
        raise NotThere


@post("/forgotten", status_code=200)
async def forgotten(request: Request) -> Response[Any]:
    """The same answer for whatever name."""
    _must_send_mail(request)
    form = await form_of(request)
    try:
        await actions.forgotten(form["name"], _address(request))
    except TooMany as wrong:
        return page(request, "sign_in/forgotten.html", form=typed(form), wrong=wrong, sent=False)
    return page(request, "sign_in/forgotten.html", form=Form(), sent=True)


@get("/reset/{secret:str}")
async def reset_form(request: Request, secret: str) -> Response[Any]:
    try:
        await actions.may_reset(secret)
    except NotThere:
        return page(request, "sign_in/reset.html", status=410, valid=False, headers=_QUIET)
    return page(request, "sign_in/reset.html", valid=True, headers=_QUIET)


@post("/reset/{secret:str}")
async def reset(request: Request, secret: str) -> Response[Any]:
    form = await form_of(request)
    try:
        await actions.reset(secret, form["password"])
    except NotThere:
        return page(request, "sign_in/reset.html", status=410, valid=False, headers=_QUIET)
    except Invalid as wrong:
        return page(request, "sign_in/reset.html", valid=True, wrong=wrong, headers=_QUIET)
    return go(request, urls.url_of("sign-in"), Notice("Your password is changed. Sign in with it."))


# The address itself is the secret: it goes to no other site.
_QUIET = {"referrer-policy": "no-referrer"}

handlers = [form, sign_in, sign_out, invitation, come_in, forgotten_form, forgotten, reset_form, reset]
