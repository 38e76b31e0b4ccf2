"""The stream narrowed down, and the lists that somebody keeps of that."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post

from web import checks, urls
from web.entries import queries
from web.entries import tabs as kept
from web.entries.queries import Cursor, Listed
from web.entries.tabs import Tab
from web.errors import Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, page
from web.people import queries as people
from web.policy import Viewer
from web.routes.stream import shown

_FIELDS = ("kind", "space", "tag", "by", "followed", "unanswered")


@get(["/tabs", "/tabs/older/{older:str}"])
async def narrow(request: Request, viewer: Viewer) -> Response[Any]:
    """By what the address says."""
    viewer.must("write")
    said = Form({name: request.query_params.get(name, "")[:200] for name in _FIELDS})
    try:
        tab = await kept.read(viewer, said)
    except Invalid as wrong:
        return await _narrowed(request, viewer, Tab(queries.Filter()), said, Listed((), None), wrong)
    place = Cursor.read(request.path_params.get("older"))
    listed = await queries.stream(viewer, tab.narrowed, place) if tab.said else Listed((), None)
    return await _narrowed(request, viewer, tab, said, listed)


async def _narrowed(
    request: Request, viewer: Viewer, tab: Tab, form: Form, listed: Listed, wrong: Invalid | None = None
) -> Response[Any]:
    here = urls.url_of("tabs")
    asked = f"?{urlencode(tab.said)}" if tab.said else ""
    spaces = [(each.slug, each.name) for each in await people.spaces(viewer) if each.readable]
    return await shown(
        request, viewer, "tabs/narrow.html", listed, here + asked, f"{here}older", asked=asked, tab=tab, list=kept.NONE, form=form,
        spaces=spaces, wrong=wrong, older=bool(request.path_params.get("older")),
    )  # fmt: skip


@get(["/tabs/{id:int}", "/tabs/{id:int}/older/{older:str}"])
async def show(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    viewer.must("write")
    mine = await kept.tabs(viewer)
    tab, here = kept.of(mine, id), urls.url_of("tabs", id)
    listed = await queries.stream(viewer, tab.narrowed, Cursor.read(request.path_params.get("older")))
    return await shown(request, viewer, "tabs/show.html", listed, here, f"{here}older", list=id, tab=tab)


@post("/tabs")
async def save(request: Request, viewer: Viewer) -> Response[Any]:
    form = await form_of(request)
    said = Form({name: form[name] for name in _FIELDS})
    try:
        id = await kept.save(viewer, form["name"], said, checks.integer("position", form["position"]))
    except Invalid as wrong:
        try:
            tab = await kept.read(viewer, said)
        except Invalid as other:
            return await _narrowed(request, viewer, Tab(queries.Filter()), typed(form), Listed((), None), other)
        listed = await queries.stream(viewer, tab.narrowed)
        return await _narrowed(request, viewer, tab, typed(form), listed, wrong)
    return go(request, urls.url_of("tabs", id), Notice("It stands beside the stream now."))


@get("/tabs/{id:int}/edit")
async def edit_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    viewer.must("write")
    mine = await kept.tabs(viewer)
    return _edit(request, mine, id, Form(name=kept.of(mine, id).name))


def _edit(request: Request, mine: Any, id: int, form: Form, wrong: Invalid | None = None) -> Response[Any]:
    return page(
        request,
        "tabs/edit.html",
        tab=kept.of(mine, id),
        tabs=[(each.id, each.name) for each in mine],
        form=form,
        wrong=wrong,
    )


@post("/tabs/{id:int}/edit")
async def edit(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    try:
        await kept.rename(viewer, id, form["name"])
    except Invalid as wrong:
        return _edit(request, await kept.tabs(viewer), id, typed(form), wrong)
    return go(request, urls.url_of("tabs", id), Notice("Saved."))


@post("/tabs/{id:int}/place")
async def place(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """One place on, or back."""
    viewer.must("write")
    form = await form_of(request)
    await kept.place(viewer, id, -1 if checks.one_of("way", form["way"], ("on", "back")) == "back" else 1)
    return go(request, urls.url_of("tabs", id, "edit"))


@post("/tabs/{id:int}/remove")
async def remove(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    tab, at = await kept.remove(viewer, id)
    again = {**tab.said, "name": tab.name, "position": str(at)}
    undo = None if tab.lost else Undo(urls.url_of("tabs"), again)
    return go(request, urls.url_of("stream"), Notice("It is removed. What stands in it stays where it is.", undo))


handlers = [narrow, show, save, edit_form, edit, place, remove]
