"""What the pages of the house, or of a space, ask for: those that are wanted, alone, lead nowhere, or are forgotten."""

from functools import partial
from typing import Any

from litestar import Request, Response, get

from web import urls
from web.entries import queries
from web.entries.queries import Cursor
from web.errors import NotThere
from web.http import page, snapshot_of
from web.kinds import ASKED, TREED
from web.people import queries as people
from web.policy import Viewer

_WANTED = "wanted"
# By the word in the address; each asks for pages.
_LISTS = {"orphans": queries.orphans, "dead-ends": queries.dead_ends, "untouched": queries.untouched}


@get(["/upkeep", "/upkeep/{what:str}", "/upkeep/{what:str}/after/{cursor:str}"])
async def of_all(request: Request, viewer: Viewer, what: str = _WANTED, cursor: str | None = None) -> Response[Any]:
    return await _upkeep(request, viewer, None, what, cursor)


@get(
    [
        "/spaces/{slug:str}/upkeep",
        "/spaces/{slug:str}/upkeep/{what:str}",
        "/spaces/{slug:str}/upkeep/{what:str}/after/{cursor:str}",
    ]
)
async def of_space(
    request: Request, viewer: Viewer, slug: str, what: str = _WANTED, cursor: str | None = None
) -> Response[Any]:
    return await _upkeep(request, viewer, await people.readable_space(viewer, slug), what, cursor)


async def _upkeep(request: Request, viewer: Viewer, space: Any, what: str, cursor: str | None) -> Response[Any]:
    """For those who write. Raises NotThere for a word that means nothing."""
    if snapshot_of(request) is not None or what not in (_WANTED, *_LISTS):
        raise NotThere
    viewer.must("write")
    here = partial(urls.url_of, space, "upkeep") if space else partial(urls.url_of, "upkeep")
    id = space.id if space else None
    wanted = await queries.wanted(viewer, id) if what == _WANTED else ()
    found = await _LISTS[what](viewer, id, Cursor.read(cursor)) if what in _LISTS else None
    more = here(what, "after", found.older) if found and found.older else ""
    return page(
        request, "upkeep.html", space=space, tabs={_WANTED: here(), **{each: here(each) for each in _LISTS}}, what=what, wanted=wanted,
        treed=TREED, asked=ASKED, items=found.items if found else (), more=more, first=cursor is None,
    )  # fmt: skip


handlers = [of_all, of_space]
