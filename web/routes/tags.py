"""Tags: the words that entries share."""

from typing import Any

from litestar import Request, Response, get, post

from web import text, urls
from web.entries import following, queries
from web.entries.queries import Filter
from web.forms import form_of
from web.http import go, page
from web.policy import Viewer
from web.routes.stream import listing, pages_of


@get("/tags")
async def index(request: Request, viewer: Viewer) -> Response[Any]:
    return page(request, "tags/index.html", tags=await queries.tags(viewer), some=queries.SOME)


@get(pages_of("/tags/{name:str}"))
async def show(request: Request, viewer: Viewer, name: str) -> Response[Any]:
    tag = await queries.tag(viewer, text.tag_name(name))
    which = Filter(kinds=queries.EVERY, tag=tag.name)
    follows = await following.follows(viewer, "tag", tag.id)
    return await listing(
        request, viewer, "tags/show.html", which, urls.url_of(tag), tag=tag, follows=follows, many=queries.MANY
    )


@post("/tags/{name:str}/follow")
async def follow(request: Request, viewer: Viewer, name: str) -> Response[Any]:
    tag = await queries.tag(viewer, text.tag_name(name))
    form = await form_of(request)
    await following.follow(viewer, "tag", tag.id, on=not form.on("undo"))
    return go(request, urls.url_of(tag))


handlers = [index, show, follow]
