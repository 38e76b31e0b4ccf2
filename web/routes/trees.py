"""The tree of a space's pages, put in order: one step at a time, by the keyboard, or dragged; all of a branch on one page, and the same written once more."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.bodies import as_many_as_fit, bodies
from web.entries import actions, queries
from web.entries.arranging import Spot, spot_of, stepped
from web.entries.rows import Entry
from web.errors import Invalid, NotThere
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, page, snapshot_of
from web.people import queries as people
from web.people.rows import Space
from web.policy import Viewer
from web.routes.writing import writable


@get("/spaces/{slug:str}/tree")
async def tree(request: Request, viewer: Viewer, slug: str, at: int = 0) -> Response[Any]:
    space = await people.readable_space(viewer, slug)
    viewer.must("post", space)
    return await _shown(request, viewer, space, at)


async def _shown(
    request: Request, viewer: Viewer, space: Space, chosen: int, wrong: Invalid | None = None
) -> Response[Any]:
    branches = await queries.tree(viewer, space.id)
    return page(request, "spaces/tree.html", block="arranging", space=space, tree=branches, chosen=chosen, wrong=wrong)


@post("/spaces/{slug:str}/tree")
async def arrange(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    """Takes a page a `step`, or puts it under `parent`, before `before`. Asks for the rights to it when it does so."""
    space = await people.readable_space(viewer, slug)
    form = await form_of(request)
    try:
        undo = await _arranged(viewer, space, form)
    except Invalid as wrong:
        return await _shown(request, viewer, space, form.id("entry") or 0, wrong)
    return go(request, urls.url_of(space, "tree", at=form["entry"]), Notice("Moved.", undo))


async def _arranged(viewer: Viewer, space: Space, form: Form) -> Undo:
    """Gives how it is undone. Raises Invalid."""
    branches, id = await queries.tree(viewer, space.id), form.id("entry")
    stood = spot_of(branches, id) if id else None
    if id is None or stood is None:
        raise Invalid("entry", "Choose a page first.")
    spot = stepped(branches, id, form["step"]) if form["step"] else Spot(form.id("parent"), form.id("before"))
    if spot is None:
        raise Invalid("step", "It cannot go further that way.")
    await actions.place(viewer, id, spot.parent, spot.before)
    back = {"entry": id, "parent": stood.parent, "before": stood.before}
    return Undo(urls.url_of(space, "tree"), {name: str(value or "") for name, value in back.items()})


# All of a branch, to read or to print.

_LONGEST = 300_000  # letters on one page


@get(["/entries/{id:int}/whole", "/entries/{id:int}/whole/after/{after:int}"])
async def whole(request: Request, viewer: Viewer, id: int, after: int = 0) -> Response[Any]:
    """A page with all pages under it, as far as they fit; then from the one `after` that id. Raises NotThere."""
    if snapshot_of(request) is not None:
        raise NotThere
    entry = await queries.entry(viewer, id)
    found = await queries.branch(viewer, entry)
    start = next((at + 1 for at, (each, _) in enumerate(found) if each.id == after), 0)
    waiting = tuple(each for each, _ in found[start:])
    shown = as_many_as_fit(waiting, _LONGEST) if waiting else ()
    more = urls.url_of(entry, "whole", "after", shown[-1].id) if len(shown) < len(waiting) else ""
    depths = {each.id: depth for each, depth in found}
    return page(
        request, "entries/whole.html", entry=entry, pages=shown, depths=depths, bodies=await bodies(request, shown, alone=False), more=more,
        first=not start,
    )  # fmt: skip


# The same pages once more.


@get("/entries/{id:int}/copy")
async def copy_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    return await _copying(request, viewer, await queries.entry(viewer, id), Form(below="true"))


async def _copying(
    request: Request, viewer: Viewer, entry: Entry, form: Form, wrong: Invalid | None = None
) -> Response[Any]:
    viewer.must("share")
    places = [(each.slug, each.name) for each in await writable(viewer)]
    under = await queries.below(viewer, entry.id)
    return page(request, "entries/copy.html", entry=entry, form=form, places=places, under=len(under), wrong=wrong)


@post("/entries/{id:int}/copy")
async def copy(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, form = await queries.entry(viewer, id), await form_of(request)
    space = await people.readable_space(viewer, form["space"])
    try:
        made = await actions.copy(viewer, id, space, form["title"], below=form.on("below"))
    except Invalid as wrong:
        return await _copying(request, viewer, entry, typed(form), wrong)
    return go(request, urls.url_of(await queries.entry(viewer, made)), Notice("This is the copy."))


handlers = [tree, arrange, whole, copy_form, copy]
