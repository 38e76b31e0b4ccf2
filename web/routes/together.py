"""What several texts have in common, and several people: series, and who wrote a text."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.entries import actions, queries
from web.entries.rows import Entry
from web.errors import Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, page, snapshot_of
from web.people import queries as people
from web.policy import Viewer
from web.rights import rights
from web.routes.stream import ON_ROWS


@get("/spaces/{slug:str}/series/{key:str}")
async def show(request: Request, viewer: Viewer, slug: str, key: str) -> Response[Any]:
    space = await people.readable_space(viewer, slug)
    name, entries = await queries.parts(viewer, space.id, key)
    ids = [each.id for each in entries]
    borne = await queries.borne(viewer, ids, copied=snapshot_of(request) is not None, news=False)
    return page(
        request, "spaces/series.html", space=space, name=name, entries=entries, tags=borne.tags,
        rights=rights(viewer, entries, *ON_ROWS), mine=borne.given, carried=borne.carried,
        latest=await queries.latest(viewer, ids), feed=urls.feed_url(urls.series_url(space.slug, key)),
    )  # fmt: skip


@get("/entries/{id:int}/series")
async def series_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("series", entry)
    name, number = await queries.part_of(viewer, id)
    return await _form(request, viewer, entry, Form(series=name, number=str(number or "")))


async def _form(
    request: Request, viewer: Viewer, entry: Entry, form: Form, wrong: Invalid | None = None
) -> Response[Any]:
    known = await queries.series_in(viewer, entry.space.id)
    return page(request, "entries/series.html", entry=entry, form=form, known=known, wrong=wrong)


@post("/entries/{id:int}/series")
async def series(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    name, number = await queries.part_of(viewer, id)
    try:
        await actions.series(viewer, id, form["series"], form.id("number"))
    except Invalid as wrong:
        return await _form(request, viewer, entry, typed(form), wrong)
    undo = Undo(urls.verb_url(id, "series"), {"series": name, "number": str(number or "")})
    return go(request, urls.url_of(entry), Notice("Saved.", undo))


# Who wrote it.


@get("/entries/{id:int}/write_with")
async def writers(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("write_with", entry)
    return page(request, "entries/write_with.html", entry=entry, form=Form())


@post("/entries/{id:int}/write_with")
async def write_with(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        await actions.write_with(viewer, id, form["handle"], undo=form.on("undo"))
    except Invalid as wrong:
        return page(request, "entries/write_with.html", entry=entry, form=typed(form), wrong=wrong)
    back = {"handle": form["handle"]} | ({} if form.on("undo") else {"undo": "true"})
    entry = await queries.entry(viewer, id)
    # Whoever takes themselves off may not come back here.
    further = ("write_with",) if viewer.may("write_with", entry) else ()
    return go(request, urls.url_of(entry, *further), Notice("Saved.", Undo(urls.verb_url(id, "write_with"), back)))


handlers = [show, series_form, series, writers, write_with]
