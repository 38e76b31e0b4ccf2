"""Everything that has a title, from A to Å."""

from typing import Any

from litestar import Request, Response, get

from web.entries import queries
from web.http import page
from web.policy import Viewer


@get("/titles")
async def index(request: Request, viewer: Viewer) -> Response[Any]:
    return page(request, "titles/index.html", letters=await queries.letters(viewer), letter=None, titles=None)


@get(["/titles/{letter:str}", "/titles/{letter:str}/after/{after:int}"])
async def show(request: Request, viewer: Viewer, letter: str, after: int = 0) -> Response[Any]:
    found = await queries.titles(viewer, letter, after)
    return page(request, "titles/index.html", letters=await queries.letters(viewer), letter=letter, titles=found)


handlers = [index, show]
