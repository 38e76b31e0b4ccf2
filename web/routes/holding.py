"""Answers after a while: how they helped, that they hold no more, and that they do after all."""

from itertools import chain
from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.entries import actions, queries
from web.entries.rows import Entry
from web.errors import Invalid, NotThere
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, page
from web.kinds import NOTED
from web.policy import Viewer
from web.routes.verbs import acts, back
from web.words import N_

_THANKED, _BACK = N_("Thank you. It stands under the answer."), N_("You have taken it back.")


def _noted(name: str) -> tuple[Any, Any]:
    @get(f"/entries/{{id:int}}/{name}", name=f"{name}_form")
    async def note_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
        entry = await queries.entry(viewer, id)
        viewer.must(name, entry)
        if entry.is_a.noted != name or not (await queries.entry(viewer, entry.root)).is_a.accepts:
            raise NotThere
        said = await queries.my_note(viewer, id, name)
        return page(request, "entries/helped.html", entry=entry, name=name, form=Form(note=said or ""))

    @post(f"/entries/{{id:int}}/{name}", name=name)
    async def react(request: Request, viewer: Viewer, id: int) -> Response[Any]:
        """With a few words, in place of those that one said before; or without."""
        entry, form = await queries.entry(viewer, id), await form_of(request)
        before = await queries.my_note(viewer, id, name)
        given = form.get("note")
        try:
            await actions.react(viewer, id, name, undo=form.on("undo"), note=given)
        except Invalid as wrong:
            return page(request, "entries/helped.html", entry=entry, name=name, form=typed(form), wrong=wrong)
        if given is None and not before:
            return await acts(request, viewer, id)
        home = {"note": before} if before else {} if before is not None else {"undo": "true"}
        said = _THANKED if given and given.strip() else _BACK
        return await back(request, viewer, id, Notice(said, Undo(urls.verb_url(id, name), home)))

    return note_form, react


@get("/entries/{id:int}/outdate")
async def outdate_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, head = await _answer(viewer, id)
    if not viewer.may("outdate", entry):
        viewer.must("accept", head)
    held = await queries.outdated(viewer, entry)
    return await _outdating(
        request, viewer, entry, head, Form(why=held.why, instead=str(held.instead or "")) if held else Form()
    )


async def _answer(viewer: Viewer, id: int) -> tuple[Entry, Entry]:
    entry = await queries.entry(viewer, id)
    head = await queries.entry(viewer, entry.root)
    if entry.parent != head.id or not (head.is_a.accepts and entry.is_a.noted):
        raise NotThere
    return entry, head


async def _outdating(
    request: Request, viewer: Viewer, entry: Entry, head: Entry, form: Form, wrong: Invalid | None = None
) -> Response[Any]:
    others = [
        each
        for each in await queries.replies(viewer, head.id)
        if each.id != entry.id and each.parent == head.id and each.is_a.noted
    ]
    return page(request, "entries/outdate.html", entry=entry, head=head, others=others, form=form, wrong=wrong)


@post("/entries/{id:int}/outdate")
async def outdate(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, head = await _answer(viewer, id)
    form = await form_of(request)
    before = await queries.outdated(viewer, entry)
    if form.on("undo"):
        await actions.uphold(viewer, id)
        undo = (
            Undo(urls.verb_url(id, "outdate"), {"why": before.why, "instead": str(before.instead or "")})
            if before
            else None
        )
        return await back(request, viewer, id, Notice("It holds again.", undo))
    try:
        await actions.outdate(viewer, id, form["why"], form.id("instead"))
    except Invalid as wrong:
        return await _outdating(request, viewer, entry, head, typed(form), wrong)
    home = {"why": before.why, "instead": str(before.instead or "")} if before else {"undo": "true"}
    return await back(
        request, viewer, id, Notice("It says now that it is outdated.", Undo(urls.verb_url(id, "outdate"), home))
    )


handlers = [*chain.from_iterable(_noted(name) for name in NOTED), outdate_form, outdate]
