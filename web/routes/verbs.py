"""What can be done to an entry besides changing its words: one form each, one verb each."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks, urls, words
from web.entries import actions, planning, queries
from web.entries.merge import clashes
from web.entries.rows import Entry
from web.errors import Conflict, Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, is_partial, language_of, page, zone_of
from web.kinds import NOTED, REACTIONS
from web.people import queries as people
from web.policy import Viewer
from web.routes.editing import sides
from web.routes.writing import writable
from web.templating import word
from web.times import on_the_clock

# What an undo brings along travels in a cookie.
_MOST_OVER = 100


async def acts(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """For htmx the row of what can be done to the entry; else its page."""
    if not is_partial(request):
        return await back(request, viewer, id)
    marks, entry = await queries.my_marks(viewer, [id], id), await queries.entry(viewer, id)
    noted = bool(entry.is_a.noted) and (await queries.entry(viewer, entry.root)).is_a.accepts
    return page(
        request, "entries/acts.html", block="acts", entry=entry, mine=marks.given, watching=marks.watching, noted=noted,
    )  # fmt: skip


async def back(request: Request, viewer: Viewer, id: int, notice: Notice | None = None) -> Response[Any]:
    """To the page that shows the entry."""
    entry = await queries.entry(viewer, id)
    root = entry if entry.is_a.alone else await queries.entry(viewer, entry.root)
    return go(request, urls.place_url(root, id), notice)


def _reaction(name: str) -> Any:
    @post(f"/entries/{{id:int}}/{name}", name=name)
    async def react(request: Request, viewer: Viewer, id: int) -> Response[Any]:
        form = await form_of(request)
        await actions.react(viewer, id, name, undo=form.on("undo"))
        return await acts(request, viewer, id)

    return react


@post("/entries/{id:int}/watch")
async def watch(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    await actions.watch(viewer, id, form["level"] or "all")
    return await acts(request, viewer, id)


@post("/entries/{id:int}/accept")
async def accept(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    await actions.accept(viewer, id, form.id("reply"))
    return go(request, urls.url_of(await queries.entry(viewer, id)))


@post("/entries/{id:int}/revert")
async def revert(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    before = (await queries.entry(viewer, id)).revision
    revision = form.id("revision")
    if revision is None:
        raise Invalid("revision", "Say which revision this text is based on.")
    if form.on("undo"):
        return await _undo(request, viewer, id, revision)
    await actions.revert(viewer, id, revision)
    return await back(
        request,
        viewer,
        id,
        Notice("That text is back.", Undo(urls.verb_url(id, "revert"), {"revision": str(before)})),
    )


@post("/entries/{id:int}/tick")
async def tick(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    revision, number = form.id("revision") or 0, checks.integer("number", form["number"]) or 0
    saved = await actions.tick(viewer, id, revision, number, form.on("done"))
    if request.headers.get("accept") == "application/json":
        return Response({"revision": saved.revision}, media_type="application/json", status_code=200)
    return await back(request, viewer, id, Notice("Saved."))


async def _undo(request: Request, viewer: Viewer, id: int, revision: int) -> Response[Any]:
    """Takes back one change, and keeps what came later; where both touched the same lines, whoever asked settles it."""
    entry, language = await queries.entry(viewer, id), language_of(request)
    old = await queries.revision(viewer, id, revision)
    summary = words.undone(old.author.name, old.created_at, language)
    try:
        saved = await actions.undo(viewer, id, revision, summary, sides(request, "UNDOING"))
    except Conflict as conflict:
        return page(
            request, "entries/conflict.html", status=409, entry=entry, conflict=conflict, form=Form(summary=summary),
            clashes=clashes(conflict.merged.body), sides="UNDOING",
        )  # fmt: skip
    if saved.revision == entry.revision:
        return await back(request, viewer, id, Notice("Nothing is left of that change; the text stays as it is."))
    undo = Undo(urls.verb_url(id, "revert"), {"revision": str(entry.revision)})
    return await back(request, viewer, id, Notice("That change is undone; what came later is kept.", undo))


@get("/entries/{id:int}/tag")
async def tag_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("tag", entry)
    return page(request, "entries/tag.html", entry=entry, form=Form(tags=await queries.form_tags(id)))


@post("/entries/{id:int}/tag")
async def tag(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        await actions.tag(viewer, id, form["tags"])
    except Invalid as wrong:
        return page(request, "entries/tag.html", entry=entry, form=typed(form), wrong=wrong)
    return await back(request, viewer, id, Notice("Saved."))


@get("/entries/{id:int}/trash")
async def trash_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("trash", entry)
    at = Form(at=on_the_clock(entry.hide_at, zone_of(request)) if entry.hide_at else "")
    return page(request, "entries/trash.html", entry=entry, form=at)


@post("/entries/{id:int}/hide")
async def hide(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Into the bin at a time; with none, not after all."""
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        at = checks.moment("at", form["at"], zone_of(request))
        await planning.hide(viewer, id, at)
    except Invalid as wrong:
        return page(request, "entries/trash.html", entry=entry, form=typed(form), wrong=wrong)
    before = {"at": on_the_clock(entry.hide_at, zone_of(request))} if entry.hide_at else {}
    undo = Undo(urls.verb_url(id, "hide"), before)
    said = Notice("It goes into the bin then.", undo) if at else Notice("It stays where it is.", undo)
    return await back(request, viewer, id, said)


@post("/entries/{id:int}/trash")
async def trash(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    await actions.trash(viewer, id, form["reason"])
    notice = Notice("It is in the bin.", Undo(urls.verb_url(id, "restore")))
    return go(request, await _above(viewer, entry), notice)


async def _above(viewer: Viewer, entry: Entry) -> str:
    if entry.is_a.alone:
        return urls.url_of(entry.space)
    return urls.url_of(await queries.entry(viewer, entry.root))


@post("/entries/{id:int}/restore")
async def restore(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    await actions.restore(viewer, id)
    return await back(request, viewer, id, Notice("It is back."))


@get("/entries/{id:int}/move")
async def move_form(request: Request, viewer: Viewer, id: int, space: str = "", below: str = "") -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("move", entry)
    return await _moving(request, viewer, entry, space, below == "true" or not space)


async def _moving(
    request: Request, viewer: Viewer, entry: Entry, slug: str, below: bool, wrong: Invalid | None = None
) -> Response[Any]:
    """With what would change, once it is said where to."""
    language, under = language_of(request), await queries.below(viewer, entry.id)
    places = [
        (each.slug, f"{each.name} ({word(language, 'ACCESS', each.access)})")
        for each in await writable(viewer)
        if each.id != entry.space.id
    ]
    space = await people.readable_space(viewer, slug) if slug else None
    if space:
        viewer.must("post", space)
    shift = await queries.shift(viewer, (entry, *under) if below else (entry,), space) if space else None
    return page(
        request, "entries/move.html", block="changes", entry=entry, places=places, space=space, shift=shift, under=len(under), below=below,
        wrong=wrong,
    )  # fmt: skip


@post("/entries/{id:int}/move")
async def move(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    form = await form_of(request)
    before, children = await queries.entry(viewer, id), await queries.children(viewer, id)
    space, below = await people.readable_space(viewer, form["space"]), form.on("below")
    over = [checks.integer("over", each) or 0 for each in form["over"].split()[:_MOST_OVER]]
    try:
        moved = await actions.move(viewer, id, space, form.id("under"), over, below=below)
    except Invalid as wrong:
        return await _moving(request, viewer, before, form["space"], below, wrong)
    for each in await queries.named_in_links(viewer, moved) if form.on("mend") else ():
        await actions.mend(viewer, each, urls.url_of(await queries.entry(viewer, each)))
    home = {"space": before.space.slug, "under": str(before.parent or "")}
    home |= {"mend": "true"} if form.on("mend") else {}
    home |= {"below": "true"} if below else {"over": " ".join(str(each.id) for each in children)}
    undo = Undo(urls.verb_url(id, "move"), home) if below or len(children) <= _MOST_OVER else None
    said = Notice("Moved: %(count)d pages.", undo, {"count": len(moved)}) if len(moved) > 1 else Notice("Moved.", undo)
    return await back(request, viewer, id, said)


@get("/entries/{id:int}/turn")
async def turn_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("turn", entry)
    return page(request, "entries/turn.html", entry=entry, form=Form())


@post("/entries/{id:int}/turn")
async def turn(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        await actions.turn(viewer, id, form["kind"], form["title"])
    except Invalid as wrong:
        return page(request, "entries/turn.html", entry=entry, form=typed(form), wrong=wrong)
    undo = Undo(urls.verb_url(id, "turn"), {"kind": entry.kind, "title": entry.title})
    return await back(request, viewer, id, Notice("Its history, replies and old address came along.", undo))


@get("/entries/{id:int}/place")
async def place_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("place", entry)
    return await _places(request, viewer, entry)


async def _places(request: Request, viewer: Viewer, entry: Entry, wrong: Invalid | None = None) -> Response[Any]:
    tree = await queries.tree(viewer, entry.space.id)
    pages = [(each.ref.id, "— " * each.depth + each.ref.title) for each in tree if each.ref.id != entry.id]
    return page(request, "entries/place.html", entry=entry, pages=pages, wrong=wrong)


@post("/entries/{id:int}/place")
async def place(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        await actions.place(viewer, id, form.id("parent"), form.id("before"))
    except Invalid as wrong:
        return await _places(request, viewer, entry, wrong)
    return await back(request, viewer, id, Notice("Moved."))


handlers = [
    *(_reaction(name) for name in REACTIONS if name not in NOTED),
    watch, accept, revert, tick, tag_form, tag, trash_form, hide, trash, restore, move_form, move, turn_form, turn, place_form, place,
]  # fmt: skip
