"""Polls, passing something on in one's own words, and what stands on top of one's page, for programs."""

from typing import Any

from litestar import Request, Response, post

from web import checks
from web.entries import actions
from web.entries.actions import Fields
from web.people import queries as people
from web.policy import Viewer
from web.routes.api import shapes
from web.routes.api.entries import made, shown
from web.routes.api.shapes import Sent, Undone


class Choose(Sent, frozen=True):
    """The ids of what is chosen, in place of what was before; `undo` takes it back."""

    choices: list[int] = []
    undo: bool = False


class Quote(Sent, frozen=True):
    """Words of one's own that show the entry, and where they are shared."""

    space: str = ""
    body: str = ""
    tags: list[str] | str = ""


@post("/entries/{id:int}/choose", status_code=200)
async def choose(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Choose) -> shapes.Entry:
    """In the poll of an entry."""
    given = (checks.integer("choice", each) for each in data.choices)
    await actions.choose(viewer, id, [each for each in given if each is not None], undo=data.undo)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/end_poll", status_code=200)
async def end_poll(
    request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Undone | None = None
) -> shapes.Entry:
    """Ends the poll before its time, or opens it again."""
    await actions.end_poll(viewer, id, undo=data.undo if data else False)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/quote")
async def quote(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Quote) -> Response[shapes.Entry]:
    """A post of one's own that shows the entry; gives the post."""
    tags = data.tags if isinstance(data.tags, str) else " ".join(data.tags)
    space = await people.readable_space(viewer, data.space) if data.space else None
    return await made(request, viewer, await actions.quote(viewer, id, space, Fields(body=data.body, tags=tags)))


@post("/entries/{id:int}/feature", status_code=200)
async def feature(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Undone | None = None) -> shapes.Entry:
    await actions.feature(viewer, id, undo=data.undo if data else False)
    return await shown(request, viewer, id)


handlers = [choose, end_poll, quote, feature]
