"""Of which series an entry is a part, and who wrote it, for programs."""

from typing import Any

from litestar import Request, get, post

from web import checks
from web.entries import actions, queries
from web.policy import Viewer
from web.routes.api.shapes import Sent


class Together(Sent, frozen=True):
    """The name of its series (empty for none) and its number there, and everybody who wrote it, whoever began it first."""

    series: str
    number: int | None
    writers: list[str]


class Series(Sent, frozen=True):
    """Without a name it is a part of none."""

    series: str = ""
    number: int | None = None


class Writing(Sent, frozen=True):
    """`undo` takes the name off."""

    handle: str
    undo: bool = False


async def _together(viewer: Viewer, id: int) -> Together:
    entry = await queries.entry(viewer, id)
    name, number = await queries.part_of(viewer, id)
    return Together(name, number, [each.handle for each in entry.by])


@get("/entries/{id:int}/together")
async def together(request: Request[Any, Any, Any], viewer: Viewer, id: int) -> Together:
    return await _together(viewer, id)


@post("/entries/{id:int}/series", status_code=200)
async def series(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Series) -> Together:
    await actions.series(viewer, id, data.series, checks.integer("number", data.number))
    return await _together(viewer, id)


@post("/entries/{id:int}/write_with", status_code=200)
async def write_with(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Writing) -> Together:
    await actions.write_with(viewer, id, data.handle, undo=data.undo)
    return await _together(viewer, id)


handlers = [together, series, write_with]
