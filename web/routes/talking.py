"""Conversations: reading on where one was, when they end, and two that become one or one that becomes two."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks, urls
from web.bodies import bodies
from web.entries import actions, queries
from web.entries.rows import Entry
from web.errors import Invalid, NotThere
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, page
from web.kinds import BY_PATH
from web.people import queries as people
from web.policy import Viewer
from web.routes.entries import below, in_short, read_so_far
from web.routes.tending import named
from web.routes.verbs import back
from web.words import N_

# What an undo brings along travels in a cookie.
_MOST_BACK = 50

# Reading.


@get("/entries/{id:int}/unread")
async def unread(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """To the first that is new to the viewer."""
    entry, found = await queries.conversation(viewer, (await queries.entry(viewer, id)).root)
    upto = read_so_far(request, viewer, entry, await queries.read_to(viewer, entry.id))
    first = await queries.first_new(viewer, entry.id, upto) if upto is not None else None
    if first is None or upto is None:
        return go(request, urls.url_of(entry))
    shown = {each.id for each in below(in_short(entry, found)[1])["replies"]}
    there = urls.url_of(entry) if first in shown else urls.url_of(entry, "replies", upto)
    return go(request, f"{there}#unread")


@post("/entries/{id:int}/read")
async def read(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """To here, and no further."""
    form = await form_of(request)
    entry = await queries.entry(viewer, id)
    await request.app.state.furthest.keep(at_once=True)
    before = await actions.read(viewer, id, form.id("upto"))
    undo = Undo(urls.verb_url(id, "read"), {"upto": str(before)}) if before is not None else None
    said = (
        N_("That is how far you had read.")
        if form.id("upto")
        else N_("You have read to there. The rest waits for you.")
    )
    return go(request, urls.url_of(entry.space), Notice(said, undo))


@post("/read")
async def read_all(request: Request, viewer: Viewer) -> Response[Any]:
    """All that is new in a list: of a space, of a kind, or of the house; also of what one is told of."""
    form = await form_of(request)
    here = urls.safe_next(form["here"])
    if form.on("undo"):
        await actions.unread_all(viewer, form.id("at") or 0)
        return go(request, here)
    await request.app.state.furthest.keep(at_once=True)
    space = await people.readable_space(viewer, form["space"]) if form["space"] else None
    if form["kind"] and form["kind"] not in BY_PATH:
        raise NotThere
    kind = BY_PATH[form["kind"]].name if form["kind"] else ""
    at, many = await actions.read_all(viewer, kind, space.id if space else None, form.id("until"))
    undo = Undo(urls.url_of("read"), {"undo": "true", "at": str(at), "here": here}) if many else None
    return go(request, here, Notice("All of it is marked as read.", undo))


# Ending.


@get("/entries/{id:int}/close")
async def close_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("close", entry)
    return page(request, "entries/close.html", entry=entry, form=Form())


@post("/entries/{id:int}/close")
async def close(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    if form.on("undo"):
        await actions.unclose(viewer, id)
        return await back(request, viewer, id, Notice("It is open again."))
    try:
        await actions.close(viewer, id, form["why"])
    except Invalid as wrong:
        return page(request, "entries/close.html", entry=entry, form=typed(form), wrong=wrong)
    undo = Undo(urls.verb_url(id, "close"), {"undo": "true"})
    return await back(request, viewer, id, Notice("It is closed, and takes no more replies.", undo))


@post("/entries/{id:int}/pin")
async def pin(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    if form.on("undo"):
        await actions.unpin(viewer, id)
        undo, said = Undo(urls.verb_url(id, "pin")), N_("It stands where it belongs by its time.")
    else:
        await actions.pin(viewer, id)
        undo, said = Undo(urls.verb_url(id, "pin"), {"undo": "true"}), N_("It stands first in its space.")
    return await back(request, viewer, id, Notice(said, undo))


# One that becomes two.


@get("/entries/{id:int}/split")
async def split_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    said = await queries.entry(viewer, id)
    viewer.must("split", await queries.entry(viewer, said.root))
    if not said.is_a.splits_into:
        raise NotThere
    return await _splitting(request, viewer, said, Form())


async def _splitting(
    request: Request, viewer: Viewer, said: Entry, form: Form, wrong: Invalid | None = None
) -> Response[Any]:
    later = (await queries.replies(viewer, said.root, said.id))[: queries.CONVERSATION_SIZE]
    along = {said.id}
    for each in later:
        if each.parent in along:
            along.add(each.id)
    others = [each for each in later if each.id not in along and each.is_a.splits_into]
    return page(
        request, "entries/split.html", entry=said, root=await queries.entry(viewer, said.root), along=len(along) - 1, others=others, form=form,
        bodies=await bodies(request, [said]), wrong=wrong,
    )  # fmt: skip


@post("/entries/{id:int}/split")
async def split(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    said = await queries.entry(viewer, id)
    form = await form_of(request)
    also = [checks.integer("also", each) or 0 for each in _ticked(form)]
    await request.app.state.furthest.keep(at_once=True)
    try:
        was = await actions.split(viewer, id, form["kind"], form["title"], also)
    except Invalid as wrong:
        if not said.is_a.splits_into:  # as when it was sent twice
            raise
        return await _splitting(request, viewer, said, typed(form), wrong)
    stood = {each: parent for each, parent in was.items() if each != id}
    home = {"into": str(was[id]), "parents": " ".join(f"{each}:{parent}" for each, parent in stood.items())}
    undo = Undo(urls.verb_url(id, "merge"), home) if len(stood) <= _MOST_BACK else None
    return await back(request, viewer, id, Notice("It is a conversation of its own now. Old links lead here.", undo))


def _ticked(form: Form) -> list[str]:
    return [name.removeprefix("also_") for name in form if name.startswith("also_")][: queries.CONVERSATION_SIZE]


# Two that become one.


@get("/entries/{id:int}/merge")
async def merge_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("merge", entry)
    return page(request, "entries/merge.html", entry=entry, form=Form())


@post("/entries/{id:int}/merge")
async def merge(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        into = form.id("into") if form["into"].isdigit() else await named(request, viewer, entry, form["into"], "into")
        await request.app.state.furthest.keep(at_once=True)
        await actions.merge(viewer, id, into or 0, _parents(form["parents"]))
    except Invalid as wrong:
        return page(request, "entries/merge.html", entry=entry, form=typed(form), wrong=wrong)
    undo = Undo(urls.verb_url(id, "split"), {"kind": entry.kind, "title": entry.title})
    return await back(request, viewer, id, Notice("The two are one conversation now. Old links lead here.", undo))


def _parents(written: str) -> dict[int, int]:
    """`12:7 13:9`, as an undo brings it."""
    pairs = (each.partition(":") for each in written.split()[:_MOST_BACK])
    return {checks.integer("parents", child) or 0: checks.integer("parents", parent) or 0 for child, _, parent in pairs}


handlers = [unread, read, read_all, close_form, close, pin, split_form, split, merge_form, merge]
