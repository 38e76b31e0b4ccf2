"""What is written already, for programs that would ask."""

import msgspec
from litestar import Request, get

from web.entries import actions
from web.entries.alike import alike
from web.policy import Viewer
from web.routes.api import shapes
from web.routes.api.entries import all_of, how_many


class Alike(msgspec.Struct, frozen=True):
    """Something that looks like a title; `here`: the id of what has its words, it or a reply to it; `accepted`: that of the answer
    that settled it. The higher the `score`, the more of what the title says is said there."""

    entry: shapes.Entry
    here: int
    accepted: int | None
    score: float


class Similar(msgspec.Struct, frozen=True):
    items: list[Alike]


@get("/similar")
async def similar(request: Request, viewer: Viewer, title: str = "", kind: str = "", limit: int = 5) -> Similar:
    """What is written already that looks like a title, the best first: what whoever types it is shown."""
    found = await alike(viewer, title, actions.kind_named(kind).name if kind else "", how_many(limit))
    entries = await all_of(request, viewer, tuple(each.entry for each in found))
    pairs = zip(entries, found, strict=True)
    return Similar([Alike(entry, each.here, each.entry.accepted, round(each.score, 4)) for entry, each in pairs])


handlers = [similar]
