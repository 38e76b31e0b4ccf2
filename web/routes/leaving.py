"""Taking texts along: a page with all that stands under it, or all pages of a space, as Markdown in one file."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.response import Stream

from web.entries import queries
from web.entries.rows import Branch
from web.errors import NotThere, there
from web.http import snapshot_of
from web.leaving.names import segment
from web.leaving.packing import zipped
from web.leaving.pages import members
from web.people import queries as people
from web.policy import Viewer

# Of a space with more, whoever runs the house makes a folder.
_MOST_PAGES = 20_000


@get("/entries/{id:int}/markdown.zip", as_it_is=True)
async def branch(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    _not_of_a_copy(request)
    entry = await queries.entry(viewer, id)
    there(entry if entry.is_a.tree else None)
    return _sent(request, viewer, entry.title, await queries.standing(viewer, entry.space.id, id, most=_MOST_PAGES))


@get("/spaces/{slug:str}/markdown.zip", as_it_is=True)
async def space(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    _not_of_a_copy(request)
    space = await people.readable_space(viewer, slug)
    return _sent(request, viewer, space.name, await queries.standing(viewer, space.id, most=_MOST_PAGES))


def _not_of_a_copy(request: Request) -> None:
    if snapshot_of(request) is not None:
        raise NotThere


def _sent(request: Request, viewer: Viewer, name: str, branches: tuple[Branch, ...]) -> Response[Any]:
    state = request.app.state
    headers = {
        "cache-control": "private, no-store", "vary": "Cookie", "x-content-type-options": "nosniff",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(segment(name, 100), safe='')}.zip",
    }  # fmt: skip
    packed = zipped(members(viewer, state.settings.url, branches), state.files)
    return Stream(packed, media_type="application/zip", headers=headers)


handlers = [branch, space]
