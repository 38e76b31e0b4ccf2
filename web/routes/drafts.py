"""What somebody has begun to write: kept while they type, and found again wherever they sign in."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.entries import drafts
from web.forms import form_of
from web.http import Notice, Undo, go, page
from web.policy import Viewer
from web.routes.editing import with_the_rest
from web.routes.writing import writable


@get("/drafts")
async def index(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("write")
    places = {space.slug: space.name for space in await writable(viewer)}
    return page(request, "drafts.html", drafts=await drafts.of(viewer), places=places)


@post("/drafts", status_code=200)
async def keep(request: Request, viewer: Viewer) -> Response[Any]:
    """Asked by a script while somebody types, it gives the number that the next time brings along; and by a button that
    puts the form aside."""
    form = await form_of(request)
    of = form.id("entry")
    whole = (await with_the_rest(viewer, of, form))[0] if of else form
    id = await drafts.keep(viewer, whole, form.id("draft"))
    if "application/json" in request.headers.get("accept", ""):
        return Response({"draft": id})
    return go(request, urls.url_of("drafts"), Notice("It is kept here until you go on.") if id else None)


@get("/drafts/{id:int}")
async def show(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Every word of one, also when what it was about can no longer be changed."""
    return page(request, "draft.html", draft=await drafts.draft(viewer, id))


@post("/drafts/{id:int}/drop")
async def drop(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    await drafts.drop(viewer, id, back=form.on("back"))
    undo = Undo(urls.url_of("drafts", id, "drop"), {"back": "true"})
    return go(
        request, urls.url_of("drafts"), Notice("It is back.") if form.on("back") else Notice("Thrown away.", undo)
    )


handlers = [index, keep, show, drop]
