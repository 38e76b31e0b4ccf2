"""The history of an entry: its texts, what changed between any two of them, who wrote what, and taking one of them away."""

import asyncio
from collections.abc import Iterable
from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.entries import actions, diff, queries
from web.entries.rows import Entry, Face, Revision, Step
from web.entries.sides import sides
from web.entries.writers import written
from web.errors import Invalid, there
from web.forms import form_of
from web.http import Notice, go, page, snapshot_of
from web.policy import Viewer


def _has_older_texts(request: Request) -> None:
    """Raises NotThere in a snapshot that has none."""
    snapshot = snapshot_of(request)
    there(snapshot is None or snapshot.history or None)


@get(["/entries/{id:int}/history", "/entries/{id:int}/history/older/{before:int}"])
async def history(request: Request, viewer: Viewer, id: int, before: int | None = None) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    found = await queries.history(viewer, id, before)
    there(found.items or None)
    return page(
        request, "entries/history.html", entry=entry, steps=found.items, older=found.older, first=before is None,
        happenings=await queries.happenings(viewer, id) if before is None else (),
        takers=await _takers(viewer, found.items),
    )  # fmt: skip


async def _takers(viewer: Viewer, texts: Iterable[Step | Revision]) -> dict[int, Face]:
    """Who took texts away, and who let them in, by their ids."""
    texts = tuple(texts)
    return await queries.faces(
        viewer, [*(each.redacted.by for each in texts if each.redacted), *(each.accepted_by for each in texts)]
    )


@get("/entries/{id:int}/history/compare")
async def choose(
    request: Request, viewer: Viewer, id: int, old: int | None = None, new: int | None = None
) -> Response[Any]:
    """Off to the comparison of two that were chosen in a form, the older one first."""
    entry = await queries.entry(viewer, id)
    chosen = sorted({each for each in (old, new) if each})
    return go(request, urls.url_of(entry, "history", *chosen))


@get(["/entries/{id:int}/history/{new:int}", "/entries/{id:int}/history/{new:int}/side"])
async def revision(request: Request, viewer: Viewer, id: int, new: int) -> Response[Any]:
    """An older text, and what it changed in the one before."""
    _has_older_texts(request)
    entry = await queries.entry(viewer, id)
    after = await queries.revision(viewer, id, new)
    return await _compared(request, viewer, entry, await queries.revision_before(viewer, id, new), after, next=True)


@get(["/entries/{id:int}/history/{old:int}/{new:int}", "/entries/{id:int}/history/{old:int}/{new:int}/side"])
async def compare(request: Request, viewer: Viewer, id: int, old: int, new: int) -> Response[Any]:
    _has_older_texts(request)
    entry = await queries.entry(viewer, id)
    after, before = await queries.revision(viewer, id, new), await queries.revision_before(viewer, id, new)
    next = before is not None and before.id == old
    before = before if next else await queries.revision(viewer, id, old)
    return await _compared(request, viewer, entry, before, after, next=next)


async def _compared(
    request: Request, viewer: Viewer, entry: Entry, before: Revision | None, after: Revision, *, next: bool
) -> Response[Any]:
    """`next`: whether `before` is the one that `after` changed, or there is none."""
    side = before is not None and request.url.path.rstrip("/").endswith("/side")
    gone = [each for each in (before, after) if each and each.redacted]
    changes: tuple[diff.Block, ...] = ()
    if not gone:
        changes = await asyncio.to_thread(diff.word_diff, before.body if before else "", after.body)
    return page(
        request, "entries/revision.html", entry=entry, before=before, after=after, changes=changes, gone=gone, next=next, side=side,
        rows=sides(changes) if side else (), later=await queries.step_after(viewer, entry.id, after.id),
        takers=await _takers(viewer, (after, *gone)),
    )  # fmt: skip


@get("/entries/{id:int}/history/blame")
async def blame(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Who wrote which part of the text."""
    _has_older_texts(request)
    entry = await queries.entry(viewer, id)
    return page(request, "entries/blame.html", entry=entry, found=await written(viewer, entry))


@get("/entries/{id:int}/redact/{revision:int}")
async def redact_form(request: Request, viewer: Viewer, id: int, revision: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("redact", entry)
    return page(request, "entries/redact.html", entry=entry, revision=await queries.revision(viewer, id, revision))


@post("/entries/{id:int}/redact")
async def redact(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, form = await queries.entry(viewer, id), await form_of(request)
    revision = form.id("revision")
    if revision is None:
        raise Invalid("revision", "Say which text this is about.")
    await actions.redact(viewer, id, revision, form["reason"])
    return go(request, urls.url_of(entry, "history"), Notice("That text is gone for good."))


handlers = [history, choose, blame, revision, compare, redact_form, redact]
