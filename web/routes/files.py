"""Files: sending them, reading them, and where each is used."""

import hashlib
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.response import Stream
from msgspec.structs import replace

from web import urls
from web.entries import attachments, discarding, media, versions
from web.entries.queries import Cursor
from web.entries.rows import Attachment
from web.errors import Invalid, NotThere
from web.filed import player_of
from web.forms import MOST_WITH_FILE, Form, form_of
from web.http import Notice, Undo, go, language_of, moved, page, snapshot_of
from web.policy import Viewer
from web.ranges import part_of
from web.storage import Storage, fetch
from web.templating import why


@get("/files")
async def index(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("write")
    return await _index(request, viewer)


async def _index(request: Request, viewer: Viewer, wrong: Invalid | None = None) -> Response[Any]:
    files = await attachments.recent_of(viewer)
    return page(request, "files/index.html", files=files, wrong=wrong)


@post("/files", request_max_body_size=MOST_WITH_FILE)
async def send(request: Request, viewer: Viewer) -> Response[Any]:
    """From a form, or, for a script that asks for JSON, `{id, url, markdown}`."""
    viewer.must("write")
    form = await form_of(request)
    script = "application/json" in request.headers.get("accept", "")
    try:
        file = await _kept(request, viewer, form)
    except Invalid as wrong:
        if script:
            return Response({"detail": why(language_of(request), wrong)}, status_code=422)
        return await _index(request, viewer, wrong)
    if script:
        answer = {"id": file.id, "url": urls.file_url(file.id, file.name), "markdown": _markdown(file)}
        return Response(answer, status_code=201)
    return page(request, "files/kept.html", status=201, file=file, markdown=_markdown(file))


async def _kept(request: Request, viewer: Viewer, form: Form) -> Attachment:
    given = form.file("file")
    return await attachments.keep(viewer, request.app.state.files, given.filename, given.file, alt=form["alt"])


def _markdown(file: Attachment) -> str:
    words = (file.alt or file.name).replace("[", "(").replace("]", ")")
    shown = file.is_picture or player_of(file.name)
    return f"{'!' if shown else ''}[{words}]({urls.file_url(file.id, file.name)})"


@get(["/files/{id:int}", "/files/{id:int}/used/{cursor:str}", "/files/{id:int}/before/{version:int}"])
async def show(
    request: Request, viewer: Viewer, id: int, cursor: str | None = None, version: int | None = None
) -> Response[Any]:
    """`cursor`: from where on the texts that use it are named; `version`: before which those that it had."""
    return await _show(request, viewer, id, cursor, version)


async def _show(
    request: Request, viewer: Viewer, id: int, cursor: str | None = None, before: int | None = None,
    wrong: Invalid | None = None, note: str = "",
) -> Response[Any]:  # fmt: skip
    file = await attachments.attachment(viewer, id)
    used, older = await attachments.used_on(viewer, id, Cursor.read(cursor))
    # Whoever reads a copy has what is shown there, and nothing of before.
    had = () if snapshot_of(request) else await versions.versions(viewer, id, before)
    if key := await _bare(request, file):
        file = replace(file, size=request.app.state.thumbnails.path(key).stat().st_size)
    shown = had[: versions.AT_ONCE]
    return page(
        request, "files/show.html", file=file, used=used, versions=shown, wrong=wrong, note=note, markdown=_markdown(file),
        may_change=await versions.may_change(viewer, file), may_trash=not used and await discarding.may_trash(viewer, file),
        more_used=urls.url_of("files", id, "used", older) if older else "",
        more_versions=urls.url_of("files", id, "before", shown[-1].id) if len(had) > len(shown) else "",
        latest=before is None,
    )  # fmt: skip


@post("/files/{id:int}/describe")
async def describe(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    await versions.describe(viewer, id, form["alt"])
    return go(request, urls.url_of("files", id), Notice("Saved."))


@post("/files/{id:int}/bring", request_max_body_size=MOST_WITH_FILE)
async def bring(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    try:
        given = form.file("file")
        before = await versions.bring(viewer, request.app.state.files, id, given.file, form["note"])
    except Invalid as wrong:
        return await _show(request, viewer, id, wrong=wrong, note=form["note"])
    undo = Undo(urls.file_verb_url(id, "revert"), {"version": str(before)})
    return go(request, urls.url_of("files", id), Notice("The new version is shown from now on.", undo))


@post("/files/{id:int}/revert")
async def revert(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    before = await versions.revert(viewer, id, form.id("version") or 0)
    undo = Undo(urls.file_verb_url(id, "revert"), {"version": str(before)})
    return go(request, urls.url_of("files", id), Notice("That version is back.", undo))


@post("/files/{id:int}/trash")
async def trash(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    try:
        await discarding.trash(viewer, id)
    except Invalid as wrong:
        return await _show(request, viewer, id, wrong=wrong)
    undo = Undo(urls.file_verb_url(id, "restore"))
    return go(request, urls.url_of("files", "unused"), Notice("The file is thrown away.", undo))


@post("/files/{id:int}/restore")
async def restore(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    await discarding.restore(viewer, id)
    return go(request, urls.url_of("files", id), Notice("The file is back."))


@get(["/files/unused", "/files/unused/before/{id:int}"])
async def unused(request: Request, viewer: Viewer, id: int | None = None) -> Response[Any]:
    viewer.must("write")
    found = await discarding.unused(viewer, id)
    shown = found[: discarding.AT_ONCE]
    more = urls.url_of("files", "unused", "before", shown[-1].id) if len(found) > len(shown) else ""
    thrown = () if id else await discarding.thrown(viewer)
    return page(request, "files/unused.html", files=shown, thrown=thrown, more=more, first=id is None)


@get("/files/{id:int}/versions/{version:int}/{name:str}")
async def read_version(request: Request, viewer: Viewer, id: int, version: int, name: str) -> Response[Any]:
    """As it was then; not in a copy."""
    file = await attachments.attachment(viewer, id)
    old = await versions.version(viewer, id, version)
    if snapshot_of(request) or name != file.name:
        raise NotThere
    return await _sent(request, replace(file, hash=old.hash), request.app.state.files, old.hash, old.media_type)


@get("/files/{id:int}/{name:str}")
async def read(request: Request, viewer: Viewer, id: int, name: str) -> Response[Any]:
    file = await attachments.attachment(viewer, id)
    if name != file.name:
        return moved(request, urls.file_url(file.id, file.name))
    if key := await _bare(request, file):
        return await _sent(request, file, request.app.state.thumbnails, key, file.media_type)
    return await _sent(request, file, request.app.state.files, file.hash, file.media_type)


async def _bare(request: Request, file: Attachment) -> str | None:
    """What is published of it, where that is not all; None for the file itself."""
    snapshot, state = snapshot_of(request), request.app.state
    if snapshot is None or not snapshot.strips:
        return None
    return await attachments.bare(state.files, state.thumbnails, file.hash, file.media_type)


@get("/files/{id:int}/small/{width:int}/{name:str}")
async def read_small(request: Request, viewer: Viewer, id: int, width: int, name: str) -> Response[Any]:
    """A picture, no wider than that."""
    file = await attachments.attachment(viewer, id)
    cache = request.app.state.thumbnails
    key = await attachments.thumbnail(request.app.state.files, cache, file, width)
    if key is None or name != file.name:
        raise NotThere
    return await _sent(request, file, cache, key, "image/webp", width)


async def _sent(
    request: Request, file: Attachment, place: Storage, key: str, media_type: str, width: int = 0
) -> Response[Any]:
    """Whatever it is, it cannot run here: no script, no frame, and nothing but pictures is shown in place."""
    etag = f'"{hashlib.sha256(f"{file.hash} {width}".encode()).hexdigest()[:32]}"'
    inline = media_type in media.PICTURES.values()
    headers = {
        "etag": etag, "cache-control": "private, no-cache", "vary": "Cookie", "x-content-type-options": "nosniff", "accept-ranges": "bytes",
        "content-security-policy": "default-src 'none'; sandbox", "cross-origin-resource-policy": "same-origin",
        "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(file.name, safe='')}",
    }  # fmt: skip
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    return await _part(request, place, key, etag, headers, media_type)


async def _part(
    request: Request, place: Storage, key: str, etag: str, headers: dict[str, str], media_type: str
) -> Response[Any]:
    """All of it, or what is asked for: whoever plays a film asks for where it goes on."""
    asked, on = request.headers.get("range", ""), request.headers.get("if-range", "")
    size, _ = await place.read(key, 0) if asked else (0, b"")
    try:
        part = part_of(size, asked, etag, on) if asked else None
    except Invalid:
        outside = {**headers, "content-range": f"bytes */{size}"}
        return Response(b"", status_code=416, headers=outside, media_type=media_type)
    kept = await fetch(place, key, *(part or (0,)))
    start, end = part or (0, kept.size)
    headers["content-length"] = str(end - start)
    if part:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    return Stream(kept.pieces, status_code=206 if part else 200, media_type=media_type, headers=headers)


handlers = [index, send, show, describe, bring, revert, trash, restore, unused, read_version, read, read_small]
