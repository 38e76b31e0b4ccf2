"""Looking after a page: who answers for it, that it is right as it stands, and what is read instead when it is not any more."""

from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.entries import actions, queries
from web.entries.derived import entry_id, link_key, title_key
from web.entries.rows import Entry
from web.errors import Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, page
from web.policy import Viewer


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
    form = await form_of(request)
    try:
        instead = await _named(viewer, entry, form["instead"]) if form["instead"] else None
        await actions.stage(viewer, id, form["stage"], form["note"], instead)
    except Invalid as wrong:
        if entry.is_a.tended:
            return await _tending(request, viewer, entry, typed(form), wrong)
        raise
    undo = Undo(urls.verb_url(id, "stage"), {"stage": entry.stage}) if entry.stage else None
    head = entry if entry.is_a.alone else await queries.entry(viewer, entry.root)
    return go(request, urls.url_of(head) + (f"#entry-{id}" if head.id != id else ""), Notice("Saved.", undo))


async def _named(viewer: Viewer, entry: Entry, written: str) -> int:
    """An entry by its title or its lasting address, of the same space rather than of another. Raises Invalid."""
    written = written.strip().removeprefix("[[").removesuffix("]]")
    if (id := entry_id("/e/" + written.rpartition("/e/")[2])) and id != entry.id:
        return (await queries.entry(viewer, id)).id
    found = (await queries.leads(viewer, [link_key(written)], ())).entries.get((0, title_key(written)))
    if found is None or found.id == entry.id:
        raise Invalid("instead", "There is no other page that is called that.")
    return found.id


handlers = [tend_form, tend, verify, stage]
