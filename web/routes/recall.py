"""Recall: what kept snapshots hold that it should not be in them any more, and having it taken out."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.errors import NotThere
from web.http import Notice, go, page, snapshot_of
from web.policy import Viewer
from web.publishing import recall as recalling

_SHOWN = 100


@get("/snapshots/recall")
async def recall(request: Request, viewer: Viewer) -> Response[Any]:
    if snapshot_of(request) is not None:
        raise NotThere
    viewer.must("administer")
    holding = await recalling.holding(recalling.looked_after_by(viewer))
    entries = recalling.by_entry(holding)
    known = await recalling.known_to(viewer, (each.withdrawn for each in entries))
    shown = [each for each in entries if each.withdrawn.entry.id in known]
    return page(
        request, "snapshots/recall.html", recalled=shown[:_SHOWN], more=len(shown[_SHOWN:]), others=len(entries) - len(shown), kept=len(holding),
        waiting=sum(each.again is not None for each in holding),
    )  # fmt: skip


@post("/snapshots/recall")
async def take_out(request: Request, viewer: Viewer) -> Response[Any]:
    await recalling.recall(viewer)
    return go(
        request, urls.url_of("snapshots", "recall"), Notice("They are made anew. Nobody gets them until that is done.")
    )


handlers = [recall, take_out]
