"""Tags: the words that entries share."""

from typing import Any

from litestar import Request, Response, get, post

from web import text, urls
from web.entries import actions, following, queries
from web.entries.queries import Filter
from web.entries.rows import Tag
from web.errors import Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, moved, page
from web.policy import Viewer
from web.routes.stream import listing, pages_of


@get("/tags")
async def index(request: Request, viewer: Viewer) -> Response[Any]:
    return page(request, "tags/index.html", tags=await queries.tags(viewer), some=queries.SOME)


@get(pages_of("/tags/{name:str}"))
async def show(request: Request, viewer: Viewer, name: str) -> Response[Any]:
    name = text.tag_name(name)
    meant, others = await queries.meaning(name)
    tag = await queries.tag(viewer, meant)
    return await _shown(request, viewer, tag, others) if meant == name else moved(request, urls.url_of(tag))


async def _shown(
    request: Request,
    viewer: Viewer,
    tag: Tag,
    synonyms: tuple[str, ...],
    form: Form | None = None,
    wrong: Invalid | None = None,
) -> Response[Any]:
    which = Filter(kinds=queries.EVERY, tag=tag.name)
    follows = await following.follows(viewer, "tag", tag.id)
    return await listing(
        request,
        viewer,
        "tags/show.html",
        which,
        urls.url_of(tag),
        tag=tag,
        follows=follows,
        many=queries.MANY,
        synonyms=synonyms,
        form=form or Form(about=tag.about),
        wrong=wrong,
    )


@post("/tags/{name:str}/follow")
async def follow(request: Request, viewer: Viewer, name: str) -> Response[Any]:
    tag = await queries.tag(viewer, text.tag_name(name))
    form = await form_of(request)
    await following.follow(viewer, "tag", tag.id, on=not form.on("undo"))
    return go(request, urls.url_of(tag))


@post("/tags/{name:str}/describe")
async def describe(request: Request, viewer: Viewer, name: str) -> Response[Any]:
    tag, form = await queries.tag(viewer, text.tag_name(name)), await form_of(request)
    try:
        await actions.describe(viewer, tag, form["about"])
    except Invalid as wrong:
        return await _shown(request, viewer, tag, (await queries.meaning(tag.name)).others, typed(form), wrong)
    return go(request, urls.url_of(tag), Notice("Saved.", Undo(urls.url_of(tag, "describe"), {"about": tag.about})))


@post("/tags/{name:str}/synonym")
async def synonym(request: Request, viewer: Viewer, name: str) -> Response[Any]:
    tag, form = await queries.tag(viewer, text.tag_name(name)), await form_of(request)
    try:
        word = await actions.synonym(viewer, tag, form["word"], undo=form.on("undo"))
    except Invalid as wrong:
        others = (await queries.meaning(tag.name)).others
        return await _shown(request, viewer, tag, others, Form({**typed(form), "about": tag.about}), wrong)
    again = {"word": word} | ({} if form.on("undo") else {"undo": "true"})
    return go(request, urls.url_of(tag), Notice("Saved.", Undo(urls.url_of(tag, "synonym"), again)))


handlers = [index, show, follow, describe, synonym]
