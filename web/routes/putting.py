"""A question is put to those who know about its tags."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.entries import actions, queries
from web.entries.rows import Entry
from web.errors import Invalid
from web.forms import form_of
from web.http import Notice, Undo, go, page
from web.policy import Viewer
from web.words import N_

_TO = N_("Asked: %(count)d. They are told that they may know.")
_TO_FEW = N_("Asked, if anybody who knows about it can be asked now. How many that are is told from five on.")
_SHARED_TO = N_("Shared, and asked: %(count)d. They are told that they may know.")
_SHARED_TO_FEW = N_(
    "Shared, and asked, if anybody who knows about its tags can be asked now. How many that are is told from five on."
)


@get("/entries/{id:int}/put_to")
async def put_to_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("put_to", entry)
    return await _putting(request, entry)


async def _putting(request: Request, entry: Entry, wrong: Invalid | None = None) -> Response[Any]:
    tags = (await queries.tags_of([entry.id])).get(entry.id, ())
    return page(request, "entries/put_to.html", entry=entry, tags=tags, most=actions.MOST_TOLD, wrong=wrong)


@post("/entries/{id:int}/put_to")
async def put_to(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, form = await queries.entry(viewer, id), await form_of(request)
    try:
        if form.on("undo"):
            await actions.unput(viewer, id, form["topic"])
            said = Notice("Those whom you asked just now are not told any more.")
        else:
            said = asked(id, await actions.put_to(viewer, id, form["topic"]), form["topic"])
    except Invalid as wrong:
        return await _putting(request, entry, wrong)
    return go(request, urls.url_of(entry), said)


def asked(id: int, many: int, topic: str = "", *, shared: bool = False) -> Notice:
    """How many were told, and how that is taken back."""
    undo, count = Undo(urls.verb_url(id, "put_to"), {"undo": "true", "topic": topic}), actions.how_many(many)
    if count is None:
        return Notice(_SHARED_TO_FEW if shared else _TO_FEW, undo)
    return Notice(_SHARED_TO if shared else _TO, undo, {"count": count})


handlers = [put_to_form, put_to]
