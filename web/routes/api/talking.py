"""Conversations, for programs: when they end, what stands first, two of one and one of two, and how far one has read."""

from typing import Any

from litestar import Request, get, post

from web import checks, words
from web.entries import actions, queries
from web.errors import Invalid
from web.policy import Viewer
from web.routes.api.shapes import Sent, Undone


class Talk(Sent, frozen=True):
    """Since when it is closed, and pinned; the conversation that the entry heads, or stands in; and how far you have read that."""

    closed_at: str | None
    pinned_at: str | None
    root: int
    read_to: int | None


class Close(Sent, frozen=True):
    """`undo` opens it again."""

    why: str = ""
    undo: bool = False


class Split(Sent, frozen=True):
    """`also`: what came later in the same conversation, and comes along."""

    kind: str = "thread"
    title: str = ""
    also: list[int] = []


class Merge(Sent, frozen=True):
    """Under which entry of the other conversation it comes to stand."""

    into: int


async def _talk(viewer: Viewer, id: int) -> Talk:
    entry = await queries.entry(viewer, id)
    upto = await queries.read_to(viewer, entry.root)
    closed, pinned = (words.iso(at) if at is not None else None for at in (entry.closed_at, entry.pinned_at))
    return Talk(closed, pinned, entry.root, upto)


@get("/entries/{id:int}/talk")
async def talk(request: Request[Any, Any, Any], viewer: Viewer, id: int) -> Talk:
    return await _talk(viewer, id)


@post("/entries/{id:int}/close", status_code=200)
async def close(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Close) -> Talk:
    await (actions.unclose(viewer, id) if data.undo else actions.close(viewer, id, data.why))
    return await _talk(viewer, id)


@post("/entries/{id:int}/pin", status_code=200)
async def pin(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Undone | None = None) -> Talk:
    await (actions.unpin if data and data.undo else actions.pin)(viewer, id)
    return await _talk(viewer, id)


@post("/entries/{id:int}/split", status_code=200)
async def split(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Split) -> Talk:
    also = [checks.integer("also", each) or 0 for each in data.also]
    if len(also) > queries.CONVERSATION_SIZE:
        raise Invalid("also", "Choose fewer of them.")
    await request.app.state.furthest.keep(at_once=True)
    await actions.split(viewer, id, data.kind, data.title, also)
    return await _talk(viewer, id)


@post("/entries/{id:int}/merge", status_code=200)
async def merge(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Merge) -> Talk:
    await request.app.state.furthest.keep(at_once=True)
    await actions.merge(viewer, id, checks.integer("into", data.into) or 0)
    return await _talk(viewer, id)


@post("/entries/{id:int}/read", status_code=200)
async def read(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Sent | None = None) -> Talk:
    """To here, and no further."""
    await request.app.state.furthest.keep(at_once=True)
    await actions.read(viewer, id)
    return await _talk(viewer, id)


handlers = [talk, close, pin, split, merge, read]
