"""Recall: what should not be in kept snapshots any more, having it taken out, and the list for those that somebody has taken away."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.errors import NotThere
from web.http import go, page, snapshot_of
from web.policy import Viewer
from web.publishing import recall as recalling
from web.publishing.recalled import recalled as list_of

_SHOWN = 100
# Snapshots are no part of this site, and bring nobody's cookies.
_FOR_ALL = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "no-cache",
}


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
        request, "snapshots/recall.html", recalled=shown[:_SHOWN], more=len(shown[_SHOWN:]), others=len(entries) - len(shown),
        kept=len(holding), waiting=sum(each.again is not None for each in holding),
    )  # fmt: skip


@post("/snapshots/recall")
async def take_out(request: Request, viewer: Viewer) -> Response[Any]:
    await recalling.recall(viewer)
    return go(request, urls.url_of("snapshots", "recall"))


@get("/recalled/{audience:str}/{name:str}")
async def recalled(request: Request, audience: str, name: str) -> Response[bytes]:
    """Whoever knows the name has a snapshot for that audience."""
    told = await list_of(request.app.state.settings, audience, name.removesuffix(".json"))
    return Response(told, media_type="application/json", headers=_FOR_ALL)


handlers = [recall, take_out, recalled]
