"""What the pages of the house, or of a space, ask for: to be gone through again, to be written, to be led to; and what is read."""

from collections.abc import Awaitable, Callable
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
from web.people.rows import Space
from web.policy import Viewer


async def _wanted(viewer: Viewer, space: int | None, cursor: Cursor | None) -> dict[str, Any]:
    return {"wanted": await queries.wanted(viewer, space)}


async def _due(viewer: Viewer, space: int | None, cursor: Cursor | None) -> dict[str, Any]:
    return {"items": await queries.due(viewer, space)}


async def _yours(viewer: Viewer, space: int | None, cursor: Cursor | None) -> dict[str, Any]:
    return {"items": await queries.due(viewer, space, mine=True)}


async def _changed(viewer: Viewer, space: int | None, cursor: Cursor | None) -> dict[str, Any]:
    found = await queries.outgrown(viewer)
    return {"items": [each for each in found if space in (None, each.space.id)]}


async def _most_read(viewer: Viewer, space: int | None, cursor: Cursor | None) -> dict[str, Any]:
    readers = await queries.most_read(viewer, space)
    return {"items": readers.keys(), "readers": readers}


def _listed(by: Any) -> Callable[..., Awaitable[dict[str, Any]]]:
    async def found(viewer: Viewer, space: int | None, cursor: Cursor | None) -> dict[str, Any]:
        listed = await by(viewer, space, cursor)
        return {"items": listed.items, "older": listed.older}

    return found


# By the word in the address, in the order of the tabs; the first needs no word.
_LISTS = {
    "due": _due, "yours": _yours, "changed": _changed, "wanted": _wanted, "orphans": _listed(queries.orphans), "dead-ends": _listed(queries.dead_ends),
    "untouched": _listed(queries.untouched), "most-read": _most_read, "never-read": _listed(queries.never_read),
    "doubts": _listed(queries.doubts), "lost": _listed(queries.lost), "pictures": _listed(queries.undescribed),
    "behind": _listed(queries.behind),
}  # fmt: skip
_FIRST = next(iter(_LISTS))


@get(["/upkeep", "/upkeep/{what:str}", "/upkeep/{what:str}/after/{cursor:str}"])
async def of_all(request: Request, viewer: Viewer, what: str = _FIRST, cursor: str | None = None) -> Response[Any]:
    return await _upkeep(request, viewer, None, what, cursor)


@get(
    [
        "/spaces/{slug:str}/upkeep",
        "/spaces/{slug:str}/upkeep/{what:str}",
        "/spaces/{slug:str}/upkeep/{what:str}/after/{cursor:str}",
    ]
)
async def of_space(
    request: Request, viewer: Viewer, slug: str, what: str = _FIRST, cursor: str | None = None
) -> Response[Any]:
    return await _upkeep(request, viewer, await people.readable_space(viewer, slug), what, cursor)


async def _upkeep(
    request: Request, viewer: Viewer, space: Space | None, what: str, cursor: str | None
) -> Response[Any]:
    """For those who write. Raises NotThere for a word that means nothing."""
    if snapshot_of(request) is not None or what not in _LISTS:
        raise NotThere
    viewer.must("write")
    here = partial(urls.url_of, space, "upkeep") if space else partial(urls.url_of, "upkeep")
    found: dict[str, Any] = {"wanted": (), "items": (), "readers": {}, "older": None}
    found |= await _LISTS[what](viewer, space.id if space else None, Cursor.read(cursor))
    heads = await queries.entries(viewer, {each.root for each in found["items"] if each.id != each.root})
    tabs = {each: here(each) if each != _FIRST else here() for each in _LISTS}
    more = here(what, "after", found["older"]) if found["older"] else ""
    return page(
        request,
        "upkeep.html",
        space=space,
        tabs=tabs,
        what=what,
        heads=heads,
        treed=TREED,
        asked=ASKED,
        more=more,
        first=cursor is None,
        **found,
    )


handlers = [of_all, of_space]
