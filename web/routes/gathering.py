"""Out of a conversation into a page: what to put where, the page with it in the form that it is written in, and whether both still fit."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks, urls
from web.entries import actions, drafts, queries
from web.entries.drafting import drafted
from web.entries.rows import Entry
from web.entries.sections import sections
from web.errors import Conflict, Invalid, NotThere, there
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, page
from web.kinds import TREED
from web.people import queries as people
from web.people.rows import Space
from web.policy import Placed, Viewer
from web.routes.editing import changing, fields_of, settle, sides, to_settle
from web.routes.tending import named
from web.routes.verbs import back
from web.routes.writing import starting, writable
from web.words import N_

_PUT = N_("It stands on the page now, and each side leads to the other.")


@get("/entries/{id:int}/gather")
async def gather_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    said = await queries.entry(viewer, id)
    viewer.must("gather", said)
    return await _choosing(request, viewer, said, Form(request.query_params.items()))


async def _choosing(
    request: Request, viewer: Viewer, said: Entry, form: Form, wrong: Invalid | None = None
) -> Response[Any]:
    """What to take, and where to; once that is said, in which section, and who reads it there."""
    root = await queries.entry(viewer, said.root)
    spoken = _within(await queries.replies(viewer, root.id), said)
    target: Entry | None = None
    space: Space | None = None
    if wrong is None and ("page" in form or form["space"]):
        try:
            target, space = await _where(request, viewer, root, form)
        except Invalid as unfit:
            wrong = unfit
    where: Placed | None = target.space if target else space
    many, new = await queries.newcomers(viewer, where, root.space) if where and where.id != root.space.id else (0, ())
    return page(
        request, "entries/gather.html", entry=said, root=root, spoken=(root, *spoken), form=form, wrong=wrong,
        chosen=_chosen(form) if "page" in form else _likely(root, said), spaces=await writable(viewer), titles=await queries.pages_to_change(viewer), target=target, space=space,
        parts=await sections(target.body) if target else (), where=where, many=many, new=new,
    )  # fmt: skip


def _within(spoken: tuple[Entry, ...], said: Entry) -> list[Entry]:
    """So many as one page shows, and the one that was meant."""
    shown = list(spoken[: queries.CONVERSATION_SIZE])
    return shown if said.is_a.alone or said.id in {each.id for each in shown} else [*shown, said]


def _likely(root: Entry, said: Entry) -> list[int]:
    if said.id != root.id:
        return [said.id]
    return [root.accepted] if root.accepted else [] if root.replies and root.is_a.accepts else [root.id]


def _chosen(form: Form) -> list[int]:
    names = [name.removeprefix("also_") for name in form if name.startswith("also_")]
    return [checks.integer("also", name) or 0 for name in names[: actions.MOST_GATHERED]]


async def _where(request: Request, viewer: Viewer, root: Entry, form: Form) -> tuple[Entry | None, Space | None]:
    """A page that the viewer may edit, or a space for a new one. Raises Invalid."""
    if form["page"].strip():
        try:
            target = await queries.entry(viewer, await named(request, viewer, root, form["page"], "page"))
        except (NotThere, Invalid):
            target = None
        if target is None or not target.is_a.tree or not viewer.may("edit", target):
            raise Invalid("page", "There is no page of that name that you may edit.")
        return target, None
    if not form["space"]:
        raise Invalid("page", "Say which page, or in which space a new one.")
    space = await people.readable_space(viewer, form["space"])
    viewer.must("post", space)
    return None, space


@get("/entries/{id:int}/gather/text")
async def gather_text(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """The page with what was chosen in it, to be worked on; nothing is saved yet."""
    said, form = await queries.entry(viewer, id), Form(request.query_params.items())
    viewer.must("gather", said)
    root = await queries.entry(viewer, said.root)
    try:
        target, space = await _where(request, viewer, root, form)
        if str(target.id if target else "") != form["target"]:
            return await _choosing(request, viewer, said, form)  # another page, with other sections
        found = await queries.entries(viewer, _chosen(form))
        taken = [found[each] for each in sorted(found) if found[each].root == root.id]
        await actions.may_gather(viewer, taken, target.space if target else space)
        heading = checks.line("heading", form["heading"], TREED.title_max)
        body, heading = await drafted(
            taken, target.body if target else "", checks.integer("section", form["section"]), heading
        )
    except Invalid as wrong:
        return await _choosing(request, viewer, said, form, wrong)
    over = {"gathers": str(id), "also": " ".join(str(each.id) for each in taken), "under": heading, "body": body}
    if target is None:
        about = {"title": form["heading"] or root.title, "space": form["space"]}
        return await starting(request, viewer, TREED, {**over, **about}, unsaved=True)
    about = {name: str(getattr(target, name) or "") for name in ("title", "lead", "url", "lang", "revision")}
    about["tags"] = await queries.form_tags(target.id)
    return await changing(request, target, {**about, **over}, unsaved=True)


@post("/entries/{id:int}/gather")
async def gather(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    said, form = await queries.entry(viewer, id), await form_of(request)
    if form.on("undo"):
        await actions.ungather(viewer, form.id("page") or 0, form.id("revision") or 0, form.id("before"))
        return await back(request, viewer, id, Notice("The page is as it was."))
    viewer.must("gather", said)
    target = await queries.entry(viewer, form.id("entry") or 0) if form["entry"] else None
    ids = [checks.integer("also", each) or 0 for each in form["also"].split()[: actions.MOST_GATHERED]]
    try:
        if form.on("settling"):
            settle(form)
        space = await people.readable_space(viewer, form["space"]) if form["space"] and not target else None
        done = await actions.gather(
            viewer, ids, fields_of(form), page=target.id if target else None, base=form.id("revision") if target else None, space=space,
            section=form["under"], labels=sides(request),
        )  # fmt: skip
        await drafts.shared(viewer, form.id("draft"))
    except Invalid as wrong:
        if target:
            return await changing(request, target, typed(form), wrong)
        return await starting(request, viewer, TREED, typed(form), wrong)
    except Conflict as conflict:
        return await to_settle(request, viewer, there(target), form, conflict)
    home = {"undo": "true", "page": str(done.page), "revision": str(done.revision), "before": str(done.before or "")}
    return await back(request, viewer, done.page, Notice(_PUT, Undo(urls.verb_url(id, "gather"), home)))


@post("/entries/{id:int}/agree")
async def agree(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Both sides have been seen, and fit."""
    form = await form_of(request)
    ids = [checks.integer("rows", each) or 0 for each in form["rows"].split()[: actions.MOST_GATHERED]]
    await actions.agree(viewer, id, ids)
    return await back(request, viewer, id, Notice("Good. Nobody is asked about it until one of them changes again."))


@post("/entries/{id:int}/uncredit")
async def uncredit(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """What was said stands on this page no more, or does after all."""
    form = await form_of(request)
    undo, row = form.on("undo"), form.id("row") or 0
    await actions.uncredit(viewer, id, row, undo=undo)
    again = Undo(urls.verb_url(id, "uncredit"), {"row": str(row), **({} if undo else {"undo": "true"})})
    said = (
        Notice("It is named under the page again.", again) if undo else Notice("It is not named there any more.", again)
    )
    return await back(request, viewer, id, said)


handlers = [gather_form, gather_text, gather, agree, uncredit]
