"""The house itself: whether it stands, and whom it keeps out without meaning to."""

from typing import Any

from litestar import Request, Response, get

from web.database import value
from web.errors import NotThere
from web.http import page


@get("/accessibility")
async def accessibility(request: Request) -> Response[Any]:
    return page(request, "accessibility.html")


@get("/health")
async def health() -> Response[str]:
    """For whoever watches the machine: 200 while the database answers."""
    await value("SELECT 1")
    return Response("ok\n", media_type="text/plain", headers={"cache-control": "no-store"})


@get("/{path:path}")
async def nothing(path: str) -> None:
    """Any other address. It is a route of its own so that the page which says so knows who reads it."""
    raise NotThere


handlers = [accessibility, health, nothing]
