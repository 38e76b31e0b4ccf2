"""What somebody is told of: the list, what is done about it, and the way out of its letters."""

from typing import Any

from litestar import Request, Response, get, post

from web import mailing, urls
from web.database import now
from web.entries import actions, queries
from web.entries.talks import CaughtUp
from web.errors import NotThere, there
from web.forms import form_of
from web.http import Notice, Undo, go, is_opened, is_partial, page
from web.people import actions as people_actions
from web.policy import Viewer


@get("/notifications")
async def index(request: Request, viewer: Viewer) -> Response[Any]:
    return await _listed(request, viewer)


@get("/notifications/{span:str}")
async def letter(request: Request, viewer: Viewer, span: str) -> Response[Any]:
    """What a letter told of, as it may be read now: from one time to another (ms), `1790000000000-1790000009999`."""
    ends = span.split("-")
    if len(ends) != 2 or not all(each.isascii() and each.isdigit() and len(each) < 14 for each in ends):
        raise NotThere
    return await _listed(request, viewer, (int(ends[0]), int(ends[1])))


async def _listed(request: Request, viewer: Viewer, span: tuple[int, int] | None = None) -> Response[Any]:
    viewer.must("write")
    limit = people_actions.MOST_IN_A_LETTER if span else queries.NOTIFICATIONS_SIZE
    found = await queries.notifications(
        viewer, after=span[0] if span else 0, until=span[1] if span else None, limit=limit,
        reading=request.app.state.furthest.of(viewer.person),
    )  # fmt: skip
    spaces = await queries.handed(
        viewer, after=span[0] if span else 0, until=span[1] if span else None, seen=_seen(request, viewer)
    )
    if any(not each.read for each in spaces) and is_opened(request):
        at = now()
        request.app.state.furthest.came(viewer.me, queries.HANDED, CaughtUp(at, at, at))
    return page(
        request, "notifications/index.html", found=found[:limit], more=len(found) > limit, span=span, spaces=spaces,
        unread=any(not each.read for each in found), muted=() if span else await queries.muted(viewer),
    )  # fmt: skip


def _seen(request: Request, viewer: Viewer) -> int:
    """When they last looked at which spaces they were made host of."""
    caught = request.app.state.furthest.caught(viewer.person).get(queries.HANDED)
    return caught.reached if caught else 0


@get("/notifications/count")
async def count(request: Request, viewer: Viewer) -> Response[Any]:
    """How many are new: for the bar, once a page is there. Nobody asked for it, so that a session has ended meanwhile leads nobody away from
    what they look at."""
    if is_partial(request) and not viewer.signed_in:
        return Response(None, status_code=204)
    viewer.must("write")
    reading = request.app.state.furthest.of(viewer.person)
    spaces = await queries.handed(viewer, unread=True, seen=_seen(request, viewer))
    many = await queries.unread(viewer, reading=reading) + len(spaces)
    return page(request, "notifications/_count.html", unread=many)


@post("/notifications/mute")
async def mute(request: Request, viewer: Viewer) -> Response[Any]:
    form = await form_of(request)
    undo = form.on("undo")
    await actions.mute(viewer, form["reason"], form.id("thing") or 0, undo=undo)
    back = Undo(
        urls.url_of("notifications", "mute"),
        {"reason": form["reason"], "thing": form["thing"], **({} if undo else {"undo": "true"})},
    )
    said = (
        Notice("You are told of it again.", back)
        if undo
        else Notice("You are not told for that reason any more.", back)
    )
    return go(request, urls.url_of("notifications"), said)


@get("/unsubscribe/{secret:str}")
async def ask_unsubscribe(request: Request, secret: str) -> Response[Any]:
    """Looking at it changes nothing: what looks through letters opens their links."""
    there(await mailing.unsubscribes(request.app.state.settings, secret))
    return page(request, "notifications/unsubscribe.html", done=False, headers={"referrer-policy": "no-referrer"})


@post("/unsubscribe/{secret:str}", status_code=200, opt={"by_secret": True})
async def unsubscribe(request: Request, secret: str) -> Response[Any]:
    """By the form, or by a program that reads mail for somebody (RFC 8058): the secret says who, and nothing else is asked."""
    await people_actions.unsubscribe(there(await mailing.unsubscribes(request.app.state.settings, secret)))
    return page(request, "notifications/unsubscribe.html", done=True, headers={"referrer-policy": "no-referrer"})


handlers = [index, letter, count, mute, ask_unsubscribe, unsubscribe]
