"""What words mean: the terms of the house, or of one space."""

from typing import Any

from litestar import Request, Response, get

from web import urls
from web.entries import queries
from web.entries.queries import GLOSSARY_SIZE
from web.http import page
from web.kinds import TREED
from web.people import queries as people
from web.people.rows import Space
from web.policy import Viewer


@get(["/glossary", "/glossary/after/{after:int}"])
async def index(request: Request, viewer: Viewer, after: int = 0) -> Response[Any]:
    return await _listed(request, viewer, None, after)


@get(["/spaces/{slug:str}/glossary", "/spaces/{slug:str}/glossary/after/{after:int}"])
async def of_space(request: Request, viewer: Viewer, slug: str, after: int = 0) -> Response[Any]:
    return await _listed(request, viewer, await people.readable_space(viewer, slug), after)


async def _listed(request: Request, viewer: Viewer, space: Space | None, after: int) -> Response[Any]:
    found = await queries.glossary(viewer, space.id if space else None, after)
    shown = found[:GLOSSARY_SIZE]
    here = (space, "glossary") if space else ("glossary",)
    return page(
        request, "glossary/index.html", terms=shown, spaces=await queries.glossary_spaces(viewer), space=space, treed=TREED.name,
        more=urls.url_of(*here, "after", shown[-1].id) if len(found) > len(shown) else "",
    )  # fmt: skip


handlers = [index, of_space]
