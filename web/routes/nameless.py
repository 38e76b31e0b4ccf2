"""Who asked without their name, for whoever runs the space."""

from typing import Any

from litestar import Request, Response, post

from web.entries import actions, queries
from web.http import page
from web.policy import Viewer


@post("/entries/{id:int}/identify")
async def identify(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """The answer alone says it: no address does, and nothing that is kept."""
    entry = await queries.entry(viewer, id)
    asker = await actions.identify(viewer, id)
    return page(request, "entries/identify.html", headers={"cache-control": "no-store"}, entry=entry, asker=asker)


handlers = [identify]
