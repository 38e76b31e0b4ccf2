"""How an entry is looked after, for programs."""

from typing import Any

from litestar import Request, get, post

from web import checks, words
from web.entries import actions, queries
from web.errors import NotThere
from web.policy import Viewer
from web.routes.api.shapes import Sent


class Tending(Sent, frozen=True):
    """Who answers for it (a handle; null: the hosts of its space), how often it is gone through (months; 0: never) and by which day next,
    whether that day has come, who said last that it is right, and when."""

    owner: str | None
    every: int
    review_by: str
    due: bool
    verified_by: str | None
    verified_at: str | None
    note: str


class Tend(Sent, frozen=True):
    """Without an owner it is whoever wrote it; without a day it is gone through so many months from now."""

    owner: str = ""
    every: int = 12
    review_by: str = ""


class Verify(Sent, frozen=True):
    note: str = ""


async def _tending(viewer: Viewer, id: int) -> Tending:
    entry = await queries.entry(viewer, id)
    if not entry.is_a.tended:
        raise NotThere
    each = await queries.tending(viewer, entry)
    last = each.verified
    return Tending(
        each.owner.handle if each.owner else None, each.every, each.review_by, each.due,
        last.actor.handle if last else None, words.iso(last.created_at) if last else None, last.note if last else "",
    )  # fmt: skip


@get("/entries/{id:int}/tending")
async def tending(request: Request[Any, Any, Any], viewer: Viewer, id: int) -> Tending:
    return await _tending(viewer, id)


@post("/entries/{id:int}/tend", status_code=200)
async def tend(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Tend) -> Tending:
    await actions.tend(viewer, id, data.owner, checks.integer("every", data.every), data.review_by)
    return await _tending(viewer, id)


@post("/entries/{id:int}/verify", status_code=200)
async def verify(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Verify | None = None) -> Tending:
    await actions.verify(viewer, id, data.note if data else "")
    return await _tending(viewer, id)


handlers = [tending, tend, verify]
