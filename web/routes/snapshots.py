"""Snapshots: those that one may have, and the editions by which administrators have them made."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.response import Stream

from web import urls
from web.errors import Invalid, NotThere
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, moved, page, snapshot_of
from web.people import queries as people
from web.policy import NOBODY, Viewer
from web.publishing import actions, queries
from web.publishing.actions import Wanted
from web.publishing.rows import Edition
from web.ranges import part_of
from web.storage import fetch
from web.times import zone_named

_ONLY = "only-"
_NEW = Form(
    audience="everyone", format="zip", rhythm="day", clock="02:00", weekday="0", keep="3", days="7", months="12"
)


def _live(request: Request) -> None:
    """No snapshot holds others. Raises NotThere."""
    if snapshot_of(request) is not None:
        raise NotThere


@get(["/snapshots", "/snapshots/before/{id:int}"])
async def index(request: Request, viewer: Viewer, id: int | None = None) -> Response[Any]:
    _live(request)
    found = await queries.kept(viewer, id)
    if not found and viewer == NOBODY:
        viewer.must("write")
    shown = found[: queries.PAGE_SIZE]
    more = urls.url_of("snapshots", "before", shown[-1].id) if len(found) > len(shown) else ""
    return page(request, "snapshots/index.html", kept=shown, more=more, first=id is None)


@get("/snapshots/{id:int}/{name:str}", opt={"as_it_is": True})
async def download(request: Request, viewer: Viewer, id: int, name: str) -> Response[Any]:
    """Whoever may have it by now gets it, and nobody else; and no cache that others share keeps it."""
    _live(request)
    kept = await queries.kept_one(viewer, id)
    if name != kept.download:
        return moved(request, urls.kept_url(kept))
    etag = f'"{kept.sha256[:32]}"'
    headers = {
        "etag": etag, "cache-control": "private, no-cache", "vary": "Cookie", "x-content-type-options": "nosniff", "accept-ranges": "bytes",
        "content-security-policy": "default-src 'none'; sandbox", "cross-origin-resource-policy": "same-origin",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
    }  # fmt: skip
    media_type = "application/zip" if kept.ending == ".zip" else "application/octet-stream"
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    try:
        part = part_of(kept.size, request.headers.get("range", ""), etag, request.headers.get("if-range", ""))
    except Invalid:
        outside = {**headers, "content-range": f"bytes */{kept.size}"}
        return Response(b"", status_code=416, headers=outside, media_type=media_type)
    start, end = part or (0, kept.size)
    file = await fetch(request.app.state.shelf, kept.file, start, end)
    headers["content-length"] = str(end - start)
    if part:
        headers["content-range"] = f"bytes {start}-{end - 1}/{kept.size}"
    return Stream(file.pieces, status_code=206 if part else 200, media_type=media_type, headers=headers)


@post("/snapshots/{id:int}/drop")
async def drop_kept(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    back = (await form_of(request)).on("back")
    if not back:
        await queries.kept_one(viewer, id)
    await actions.drop_kept(viewer, id, back=back)
    return _dropped(request, urls.url_of("snapshots"), urls.url_of("snapshots", id, "drop"), back)


def _dropped(request: Request, to: str, action: str, back: bool) -> Response[Any]:
    undo = Undo(action, {"back": "true"})
    return go(request, to, Notice("It is back.") if back else Notice("Thrown away.", undo))


# Editions.


@get("/snapshots/editions")
async def editions(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("administer")
    zone = request.app.state.settings.zone
    found = await queries.editions(viewer)
    return page(
        request, "snapshots/editions.html", block="editions", editions=found, zone=zone_named(zone), zone_name=zone
    )


@get("/snapshots/editions/new")
async def new(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("administer")
    return await _form(request, viewer, Form(_NEW))


@post("/snapshots/editions")
async def add(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("administer")
    form = await form_of(request)
    try:
        await actions.add(viewer, _wanted(request, form), zone_named(request.app.state.settings.zone))
    except Invalid as wrong:
        return await _form(request, viewer, typed(form), wrong=wrong)
    return go(request, urls.url_of("snapshots", "editions"), Notice("Saved."))


@get("/snapshots/editions/{id:int}")
async def edition(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    found = await queries.edition(viewer, id)
    return await _form(request, viewer, _as_typed(found), found)


@post("/snapshots/editions/{id:int}")
async def change(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    found = await queries.edition(viewer, id)
    form = await form_of(request)
    try:
        await actions.change(viewer, id, _wanted(request, form), zone_named(request.app.state.settings.zone))
    except Invalid as wrong:
        return await _form(request, viewer, typed(form), found, wrong)
    return go(request, urls.url_of("snapshots", "editions"), Notice("Saved."))


@post("/snapshots/editions/{id:int}/now")
async def make_now(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    await queries.edition(viewer, id)
    await actions.make_now(viewer, id)
    return go(request, urls.url_of("snapshots", "editions"), Notice("It will be made now."))


@post("/snapshots/editions/{id:int}/drop")
async def drop(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    back = (await form_of(request)).on("back")
    if not back:
        await queries.edition(viewer, id)
    await actions.drop(viewer, id, back=back)
    return _dropped(
        request, urls.url_of("snapshots", "editions"), urls.url_of("snapshots", "editions", id, "drop"), back
    )


async def _form(
    request: Request, viewer: Viewer, form: Form, edition: Edition | None = None, wrong: Invalid | None = None
) -> Response[Any]:
    settings = request.app.state.settings
    spaces = [space for space in await people.spaces(viewer) if space.readable]
    return page(
        request, "snapshots/form.html", form=form, wrong=wrong, edition=edition, spaces=spaces, places=settings.places, zone_name=settings.zone,
        signs=bool(settings.sign),
    )  # fmt: skip


def _as_typed(edition: Edition) -> Form:
    words = ("name", "language", "format", "rhythm", "place", "folder", "clock")
    numbers = ("weekday", "keep", "days", "months")
    ticks = {name: "true" for name in ("history", "strict") if getattr(edition, name)}
    return Form(
        {name: getattr(edition, name) for name in words} | {name: str(getattr(edition, name)) for name in numbers} | ticks
        | {"audience": edition.whom} | {f"{_ONLY}{slug}": "true" for slug in edition.only}
    )  # fmt: skip


def _wanted(request: Request, form: Form) -> Wanted:
    texts = (
        "name",
        "audience",
        "language",
        "format",
        "rhythm",
        "clock",
        "weekday",
        "keep",
        "days",
        "months",
        "place",
        "folder",
    )
    only = tuple(name.removeprefix(_ONLY) for name in form if name.startswith(_ONLY) and form.on(name))
    return Wanted(
        **{name: form[name] for name in texts}, spaces=only, history=form.on("history"), strict=form.on("strict"),
        places=request.app.state.settings.places,
    )  # fmt: skip


handlers = [index, download, drop_kept, editions, new, add, edition, change, make_now, drop]
