"""What somebody has begun to write: kept while they type, and found again wherever they sign in."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.entries import drafts, planning, queries
from web.errors import Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, page
from web.policy import Viewer
from web.routes.editing import with_the_rest
from web.routes.writing import at_a_time, begun, planned, writable


@get("/drafts")
async def index(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("write")
    places = {space.slug: space.name for space in await writable(viewer)}
    # Those that have a time first, by it.
    found = sorted(await drafts.of(viewer), key=lambda draft: (draft.share_at is None, draft.share_at or 0))
    return page(request, "drafts.html", drafts=found, places=places)


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
    return await _one(request, viewer, id)


async def _one(
    request: Request, viewer: Viewer, id: int, form: dict[str, str] | None = None, wrong: Invalid | None = None
) -> Response[Any]:
    draft = await drafts.draft(viewer, id)
    form = begun(request, draft) if form is None else form
    return page(request, "draft.html", draft=draft, form=Form(form), wrong=wrong)


@post("/drafts/{id:int}/drop")
async def drop(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    await drafts.drop(viewer, id, back=form.on("back"))
    undo = Undo(urls.url_of("drafts", id, "drop"), {"back": "true"})
    return go(
        request, urls.url_of("drafts"), Notice("It is back.") if form.on("back") else Notice("Thrown away.", undo)
    )


# At a time.


@post("/drafts/plan", status_code=200)
async def plan_typed(request: Request, viewer: Viewer) -> Response[Any]:
    """What stands in the form, kept as a draft until then."""
    return await at_a_time(request, viewer, await form_of(request))


@post("/drafts/{id:int}/plan")
async def plan(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """At another time; with none, not after all."""
    form = await form_of(request)
    if not form["share_at"]:
        await planning.plan(viewer, id, None)
        return go(request, urls.url_of("drafts"), Notice("It stays a draft until you share it."))
    try:
        return await planned(request, viewer, id, form)
    except Invalid as wrong:
        return await _one(request, viewer, id, typed(form), wrong)


@post("/drafts/{id:int}/share")
async def share(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """At once."""
    try:
        entry = await planning.share(viewer, id)
    except Invalid as wrong:
        return await _one(request, viewer, id, {}, wrong)
    return go(request, urls.url_of(await queries.entry(viewer, entry)), Notice("Shared."))


handlers = [index, keep, show, drop, plan_typed, plan, share]
