"""People: who is here, what they wrote, and letting somebody in."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.bodies import body_of_draft
from web.entries import following, queries
from web.entries.queries import Filter
from web.forms import form_of
from web.http import go, page, snapshot_of
from web.people import queries as people
from web.policy import Viewer
from web.routes.stream import listing, pages_of

_PAGE = 100


@get(["/people", "/people/after/{after:str}"])
async def index(request: Request, viewer: Viewer, after: str = "") -> Response[Any]:
    found = await people.people(viewer, after=after, limit=_PAGE + 1)
    more = found[_PAGE - 1].handle if len(found) > _PAGE else ""
    return page(request, "people/index.html", people=found[:_PAGE], more=more)


@get(pages_of("/people/{handle:str}"))
async def show(request: Request, viewer: Viewer, handle: str) -> Response[Any]:
    person, said = await people.profile(viewer, handle)
    follows, together = await following.follows_whom(viewer, person.id)
    desk = await queries.desk(viewer, person.id)
    which = Filter(author=person.id, with_author=together)
    return await listing(
        request, viewer, "people/show.html", which, urls.url_of(person), by=queries.written, person=person,
        about=await body_of_draft(request, person.about), written=desk.written, many=queries.LATEST,
        follows=follows, featured=desk.featured, thanks=desk.thanks, skills=said if viewer.signed_in and not snapshot_of(request) else (),
    )  # fmt: skip


@post("/people/{handle:str}/follow")
async def follow(request: Request, viewer: Viewer, handle: str) -> Response[Any]:
    person = await people.person(viewer, handle)
    form = await form_of(request)
    await following.follow(viewer, "whom", person.id, on=not form.on("undo"))
    return go(request, urls.url_of(person))


handlers = [index, show, follow]
