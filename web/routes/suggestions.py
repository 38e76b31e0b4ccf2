"""Changes that readers suggest: written in the form of the text, and let in, in whole or in part, or declined by those who may edit it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.bodies import body_of_draft
from web.entries import actions, diff, queries
from web.entries.actions import Fields, Taking
from web.entries.merge import clashes, settled
from web.entries.proposing import Proposal, Text
from web.entries.queries import Suggestions
from web.entries.rows import Entry
from web.entries.suggested import Suggestion
from web.errors import Conflict, Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, page
from web.policy import Viewer
from web.routes.editing import SIDE, chosen_sides, sides
from web.words import N_

_HUNK = re.compile(r"change-(\d{1,6})")


# Suggesting.


@get("/entries/{id:int}/suggest")
async def suggest_form(request: Request, viewer: Viewer, id: int, passage: str = "") -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("suggest", entry)
    form = Form(title=entry.title, body=entry.body, revision=str(entry.revision), passage=passage[:2000])
    return page(request, "suggestions/form.html", entry=entry, form=form, preview=None)


@post("/entries/{id:int}/suggest")
async def suggest(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Keeps it; or, without a script, shows how it will look."""
    entry, form = await queries.entry(viewer, id), await form_of(request)
    viewer.must("suggest", entry)
    if form.on("look"):
        preview = await body_of_draft(request, form["body"])
        return page(request, "suggestions/form.html", entry=entry, form=typed(form), preview=preview)
    fields = Fields(title=form["title"], body=form["body"], summary=form["summary"])
    try:
        suggestion = await actions.suggest(viewer, id, fields, form.id("revision"))
    except Invalid as wrong:
        return page(request, "suggestions/form.html", entry=entry, form=typed(form), wrong=wrong, preview=None)
    undo = Undo(urls.url_of("suggestions", suggestion, "withdraw"))
    return go(
        request, urls.url_of(entry), Notice("Your suggestion waits for those who look after this. Thank you!", undo)
    )


# Lists.

Listing = Callable[[Viewer, int | None], Awaitable[Suggestions]]
_LISTS: dict[str, Listing] = {
    "waiting": queries.waiting_suggestions,
    "decided": queries.decided_suggestions,
    "mine": queries.my_suggestions,
}


async def _listed(request: Request, viewer: Viewer, what: str, before: int | None) -> Response[Any]:
    viewer.must("write")
    found = await _LISTS[what](viewer, before)
    tabs = {each: urls.url_of("suggestions", *(() if each == "waiting" else (each,))) for each in _LISTS}
    older = urls.url_of("suggestions", what, "before", found.older) if found.older else ""
    return page(
        request, "suggestions/index.html", what=what, tabs=tabs, suggestions=found.items, more=older, first=before is None,
    )  # fmt: skip


@get(["/suggestions", "/suggestions/waiting/before/{before:int}"])
async def waiting(request: Request, viewer: Viewer, before: int | None = None) -> Response[Any]:
    return await _listed(request, viewer, "waiting", before)


@get(["/suggestions/decided", "/suggestions/decided/before/{before:int}"])
async def decided(request: Request, viewer: Viewer, before: int | None = None) -> Response[Any]:
    return await _listed(request, viewer, "decided", before)


@get(["/suggestions/mine", "/suggestions/mine/before/{before:int}"])
async def mine(request: Request, viewer: Viewer, before: int | None = None) -> Response[Any]:
    return await _listed(request, viewer, "mine", before)


@get(["/entries/{id:int}/suggestions", "/entries/{id:int}/suggestions/before/{before:int}"])
async def of_entry(request: Request, viewer: Viewer, id: int, before: int | None = None) -> Response[Any]:
    """Those upon one text that the viewer may read."""
    viewer.must("write")
    entry = await queries.entry(viewer, id)
    found = await queries.suggestions_of(viewer, entry, before)
    older = urls.url_of(entry, "suggestions", "before", found.older) if found.older else ""
    return page(
        request, "suggestions/of.html", entry=entry, suggestions=found.items, more=older, first=before is None,
    )  # fmt: skip


# One of them.


@get("/suggestions/{suggestion:int}")
async def show(request: Request, viewer: Viewer, suggestion: int) -> Response[Any]:
    return await _shown(request, viewer, suggestion)


async def _shown(
    request: Request, viewer: Viewer, id: int, wrong: Invalid | None = None, form: Form | None = None, notice: str = ""
) -> Response[Any]:
    """While it waits, what it would change in the text of now, for those who may let it in; else what it changed in the one before."""
    found = await queries.suggestion(viewer, id)
    entry = await queries.entry(viewer, found.entry.id)
    offer = changes = None
    decides = found.outcome is None and viewer.may("adopt", entry)
    if decides:
        try:
            offer = await actions.proposed(viewer, found, entry.revision, sides(request, "SUGGESTED"))
        except Invalid as gone:
            wrong = wrong or gone
    if not found.gone and (offer is None or not offer.merged.clean):
        changes = await _changed(viewer, found)
    return page(
        request, "suggestions/show.html", entry=entry, suggestion=found, offer=offer, changes=changes, decides=decides, form=form or Form(),
        clashes=clashes(offer.then.body) if offer else (), sides="SUGGESTED", wrong=wrong, notice=notice,
        base=await queries.revision(viewer, entry.id, found.base), known=await queries.faces(viewer, [found.decided_by]),
    )  # fmt: skip


async def _changed(viewer: Viewer, suggestion: Suggestion) -> tuple[diff.Block, ...]:
    base = await queries.revision(viewer, suggestion.entry.id, suggestion.base)
    return () if base.redacted else await asyncio.to_thread(diff.word_diff, base.body, suggestion.body)


def _taking(form: Form) -> Taking:
    chosen = {int(found[1]) for name in form if (found := _HUNK.fullmatch(name))}
    chosen_there, made = chosen_sides(form), None
    if form.on("made"):
        made = Text(form["title"], settled(form["body"].replace("\r\n", "\n"), chosen_there))
    return Taking(
        form.id("revision"), chosen if form.on("choosing") else None, form.on("with_title"), chosen_there, made
    )


@post("/suggestions/{suggestion:int}/adopt")
async def adopt(request: Request, viewer: Viewer, suggestion: int) -> Response[Any]:
    found, form = await queries.suggestion(viewer, suggestion), await form_of(request)
    entry = await queries.entry(viewer, found.entry.id)
    viewer.must("adopt", entry)
    try:
        await actions.adopt(viewer, suggestion, _taking(form), sides(request, "SUGGESTED"))
    except Conflict as conflict:
        if not form.on("made"):
            return await _shown(request, viewer, suggestion, wrong=Invalid("suggestion", _MEANWHILE))
        both = {"body": conflict.merged.body, "revision": str(conflict.revision)}
        return _making(request, entry, found, Form({**typed(form), **both}), Invalid("body", _MEANWHILE))
    except Invalid as wrong:
        if form.on("made") and not form.on("settling"):
            return _making(request, entry, found, typed(form), wrong)
        return await _shown(request, viewer, suggestion, wrong, typed(form))
    return go(request, urls.url_of(entry), Notice("Accepted: it stands in the text.", _undo(suggestion)))


_MEANWHILE = N_("Somebody changed the text meanwhile. Look at it once more.")


@get("/suggestions/{suggestion:int}/edit")
async def begin_again(request: Request, viewer: Viewer, suggestion: int) -> Response[Any]:
    """Whoever comes back to the form for what was ticked ticks anew."""
    return go(request, urls.url_of("suggestions", (await queries.suggestion(viewer, suggestion)).id))


@post("/suggestions/{suggestion:int}/edit", status_code=200)
async def edit(request: Request, viewer: Viewer, suggestion: int) -> Response[Any]:
    """What was ticked, in a form where it can be worked on before it is accepted. Nothing is saved yet."""
    found, form = await queries.suggestion(viewer, suggestion), await form_of(request)
    entry = await queries.entry(viewer, found.entry.id)
    viewer.must("adopt", entry)
    taking = _taking(form)
    offer: Proposal = await actions.proposed(viewer, found, taking.seen or entry.revision)
    numbers = offer.numbers if taking.chosen is None else taking.chosen
    text = offer.taken(numbers, title=taking.title) if offer.merged.clean else offer.then
    return _making(request, entry, found, Form({**typed(form), "title": text.title, "body": text.body}))


def _making(
    request: Request, entry: Entry, suggestion: Suggestion, form: Form, wrong: Invalid | None = None
) -> Response[Any]:
    kept = {name: value for name, value in form.items() if name.startswith(("change-", SIDE)) or name in _ALONG}
    return page(request, "suggestions/edit.html", entry=entry, suggestion=suggestion, form=form, kept=kept, wrong=wrong)


_ALONG = ("revision", "choosing", "with_title")


@post("/suggestions/{suggestion:int}/decline")
async def decline(request: Request, viewer: Viewer, suggestion: int) -> Response[Any]:
    found, form = await queries.suggestion(viewer, suggestion), await form_of(request)
    try:
        await actions.decline(viewer, suggestion, form["reason"])
    except Invalid as wrong:
        return await _shown(request, viewer, suggestion, wrong, typed(form))
    return go(
        request,
        urls.url_of("suggestions", found.id),
        Notice("Declined. Whoever suggested it reads why.", _undo(suggestion)),
    )


@post("/suggestions/{suggestion:int}/withdraw")
async def withdraw(request: Request, viewer: Viewer, suggestion: int) -> Response[Any]:
    await actions.withdraw(viewer, suggestion)
    return go(request, urls.url_of("suggestions", suggestion), Notice("Taken back.", _undo(suggestion)))


@post("/suggestions/{suggestion:int}/reopen")
async def reopen(request: Request, viewer: Viewer, suggestion: int) -> Response[Any]:
    try:
        await actions.reopen(viewer, suggestion)
    except Invalid as wrong:
        return await _shown(request, viewer, suggestion, wrong)
    return go(request, urls.url_of("suggestions", suggestion), Notice("It waits again."))


def _undo(suggestion: int) -> Undo:
    return Undo(urls.url_of("suggestions", suggestion, "reopen"))


handlers = [
    suggest_form,
    suggest,
    waiting,
    decided,
    mine,
    of_entry,
    show,
    adopt,
    begin_again,
    edit,
    decline,
    withdraw,
    reopen,
]
