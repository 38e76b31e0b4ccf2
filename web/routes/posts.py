"""What is done with short texts: choosing in a poll, passing one on in one's own words, putting one on top."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks, urls
from web.bodies import bodies
from web.entries import actions, queries
from web.entries.rows import Entry
from web.errors import Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, is_swapped, page
from web.kinds import QUICK
from web.people import queries as people
from web.policy import Viewer
from web.routes.editing import fields_of
from web.routes.verbs import back
from web.routes.writing import writable

_CHOICE = "choice-"


@post("/entries/{id:int}/choose")
async def choose(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    await actions.choose(viewer, id, chosen_in(form), undo=form.on("undo"))
    # Whoever sees the results needs no word of it besides.
    return await back(request, viewer, id, None if is_swapped(request) else Notice("What you chose is counted."))


def chosen_in(form: Form) -> list[int]:
    """One, or a tick at each of several. Raises Invalid."""
    ticked = [name.removeprefix(_CHOICE) for name in form if name.startswith(_CHOICE) and form.on(name)]
    given = (checks.integer("choice", each) for each in (form["choice"], *ticked))
    return [each for each in given if each is not None]


@post("/entries/{id:int}/end_poll")
async def end_poll(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    await actions.end_poll(viewer, id, undo=form.on("undo"))
    if form.on("undo"):
        return await back(request, viewer, id, Notice("It is open again."))
    return await back(
        request, viewer, id, Notice("The poll has ended.", Undo(urls.verb_url(id, "end_poll"), {"undo": "true"}))
    )


@get("/entries/{id:int}/quote")
async def quote_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("quote", entry)
    return await _quoting(request, viewer, entry, Form(space=entry.space.slug))


async def _quoting(
    request: Request, viewer: Viewer, entry: Entry, form: Form, wrong: Invalid | None = None
) -> Response[Any]:
    return page(
        request, "entries/quote.html", entry=entry, form=form, wrong=wrong, spaces=await writable(viewer), kind=QUICK,
        bodies=await bodies(request, [entry]),
    )  # fmt: skip


@post("/entries/{id:int}/quote")
async def quote(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        space = await people.readable_space(viewer, form["space"]) if form["space"] else None
        made = await actions.quote(viewer, id, space, fields_of(form))
    except Invalid as wrong:
        return await _quoting(request, viewer, entry, typed(form), wrong)
    undo = Undo(urls.verb_url(made, "trash"))
    return go(request, urls.url_of(await queries.entry(viewer, made)), Notice("Shared.", undo))


@post("/entries/{id:int}/feature")
async def feature(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    await actions.feature(viewer, id, undo=form.on("undo"))
    if form.on("undo"):
        return await back(
            request, viewer, id, Notice("It stands on top of your page no more.", Undo(urls.verb_url(id, "feature")))
        )
    undo = Undo(urls.verb_url(id, "feature"), {"undo": "true"})
    return await back(request, viewer, id, Notice("It stands on top of your page.", undo))


handlers = [choose, end_poll, quote_form, quote, feature]
