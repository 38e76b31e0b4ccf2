"""The JSON API: the same queries and actions as the pages, for programs with a key."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from web.errors import SignInNeeded
from web.http import refuse_impossible_addresses
from web.identity import viewer_of
from web.routes import OneRouter
from web.routes.api import (
    asking,
    beside,
    entries,
    gathering,
    holding,
    house,
    posts,
    suggestions,
    talking,
    tending,
    together,
)
from web.routes.api.problems import problem

__all__ = ["ROOT", "description", "openapi_config", "problem", "router"]


async def _with_a_key(request: Request[Any, Any, Any]) -> None:
    """Before every route: only a key opens this door."""
    if not viewer_of(request).signed_in:
        raise SignInNeeded
    refuse_impossible_addresses(request)


@get("/api/openapi.json", include_in_schema=False)
async def description(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """What this API can do, for everybody: nothing of the house is in it."""
    return Response(request.app.openapi_schema.to_schema(), media_type="application/vnd.oai.openapi+json")


ROOT = "/api"

_HANDLERS = [
    *entries.handlers,
    *asking.handlers,
    *beside.handlers,
    *suggestions.handlers,
    *posts.handlers,
    *talking.handlers,
    *gathering.handlers,
    *holding.handlers,
    *tending.handlers,
    *together.handlers,
    *house.handlers,
]


def router() -> Router:
    return OneRouter(ROOT, route_handlers=[*_HANDLERS], before_request=_with_a_key)


# Litestar's own pages about it stand aside: they would answer every other address under /api/ in HTML.
openapi_config = OpenAPIConfig(
    title="Dugnad", version="1", path="/api/openapi", render_plugins=[JsonRenderPlugin()], use_handler_docstrings=True,
    components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}), security=[{"key": []}],
)  # fmt: skip
