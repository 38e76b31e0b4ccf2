"""Looking after a page: who answers for it, that it is right as it stands, and what is read instead when it is not any more."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks, urls
from web.entries import actions, queries
from web.entries.derived import entry_id, title_key
from web.entries.rows import Entry
from web.errors import Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, page
from web.policy import Viewer
from web.routes.verbs import back


@get("/entries/{id:int}/tend")
async def tend_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("tend", entry)
    return await _tending(request, viewer, entry)


async def _tending(
    request: Request, viewer: Viewer, entry: Entry, form: dict[str, str] | None = None, wrong: Invalid | None = None
) -> Response[Any]:
    tended = await queries.tending(viewer, entry)
    said = {
        "owner": tended.owner.handle if tended.owner and tended.given else "", "every": str(tended.every), "review_by": tended.review_by,
        "stage": entry.stage or entry.is_a.stages[0], "note": "", "instead": tended.instead.title if tended.instead else "",
    }  # fmt: skip
    return page(
        request, "entries/tend.html", entry=entry, tended=tended, form=Form({**said, **(form or {})}), wrong=wrong
    )


@post("/entries/{id:int}/tend")
async def tend(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("tend", entry)
    form = await form_of(request)
    try:
        await actions.tend(viewer, id, form["owner"], form.id("every"), form["review_by"])
    except Invalid as wrong:
        return await _tending(request, viewer, entry, typed(form), wrong)
    return go(request, urls.url_of(entry), Notice("Saved."))


@post("/entries/{id:int}/verify")
async def verify(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    if form.on("undo"):
        await actions.unverify(viewer, id, form.id("event") or 0)
        return go(request, urls.url_of(entry))
    event = await actions.verify(viewer, id, form["note"])
    undo = Undo(urls.verb_url(id, "verify"), {"undo": "true", "event": str(event)})
    return go(request, urls.url_of(entry), Notice("Thank you. It says now that you went through it.", undo))


@post("/entries/{id:int}/stage")
async def stage(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("stage", entry)
    form, undo = await form_of(request), await _stood(viewer, entry)
    try:
        instead = await named(request, viewer, entry, form["instead"], "instead") if form["instead"] else None
        await actions.stage(viewer, id, form["stage"], form["note"], instead)
    except Invalid as wrong:
        if entry.is_a.tended:
            return await _tending(request, viewer, entry, typed(form), wrong)
        raise
    return await back(request, viewer, id, Notice("Saved.", undo))


async def _stood(viewer: Viewer, entry: Entry) -> Undo | None:
    """Back to the stage that it has, with what was said of that."""
    if entry.stage is None:
        return None
    said = await queries.happenings(viewer, entry.id, 1, "stage")
    instead = (await queries.tending(viewer, entry)).instead if entry.is_a.tended else None
    note = said[0].note.partition(" ")[2] if said else ""
    kept = {"stage": entry.stage, "note": note, "instead": urls.permalink(instead) if instead else ""}
    return Undo(urls.verb_url(entry, "stage"), kept)


async def named(request: Request, viewer: Viewer, entry: Entry, written: str, field: str) -> int:
    """Another entry by its title or its address, of the same space rather than of another. Raises Invalid."""
    written = checks.line(field, written, checks.LONGEST["url"]).removeprefix("[[").removesuffix("]]")
    if id := entry_id(written.removeprefix(request.app.state.settings.url.rstrip("/"))):
        return (await queries.entry(viewer, id)).id
    found = await queries.named(viewer, title_key(written), entry.space.id)
    if found is None or found.id == entry.id:
        raise Invalid(field, "Nothing else here is called that.")
    return found.id


handlers = [tend_form, tend, verify, stage]
