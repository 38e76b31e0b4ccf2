"""The house itself: whether it stands, and whom it keeps out without meaning to."""

from typing import Any

from litestar import Request, Response, get

from web import handbook, urls
from web.database import value
from web.errors import NotThere
from web.http import go, language_of, page
from web.policy import Viewer


@get("/accessibility")
async def accessibility(request: Request) -> Response[Any]:
    return page(request, "accessibility.html")


@get(["/help", "/help/{topic:str}"])
async def help(request: Request, viewer: Viewer, topic: str = "index") -> Response[Any]:
    """To the page of the handbook about it; or, where none is put in, what to do about that."""
    viewer.must("write")
    try:
        found = await handbook.about(viewer, topic, language_of(request))
    except NotThere:
        return page(request, "help.html", there=False)
    return go(request, urls.url_of(found)) if found else page(request, "help.html", there=True)


@get("/health")
async def health() -> Response[str]:
    """For whoever watches the machine: 200 while the database answers."""
    await value("SELECT 1")
    return Response("ok\n", media_type="text/plain", headers={"cache-control": "no-store"})


@get("/{path:path}")
async def nothing(path: str) -> None:
    """Any other address. It is a route of its own so that the page which says so knows who reads it."""
    raise NotThere


handlers = [accessibility, help, health, nothing]
