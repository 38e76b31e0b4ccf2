"""Writing: the forms for each kind, what they save, and what helps while one types."""

from dataclasses import asdict
from typing import Any

from litestar import Request, Response, get, post
from markupsafe import Markup

from web import checks, text, urls
from web.bodies import body_of_draft
from web.entries import actions, drafts, queries
from web.entries.actions import Fields
from web.entries.derived import title_key
from web.entries.merge import LABELS, clashes, marked, settled
from web.entries.refitting import refitted
from web.entries.rows import Entry
from web.errors import Conflict, Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, go, is_partial, language_of, page
from web.identity import viewer_of
from web.kinds import ASKED, KINDS, QUICK, Kind
from web.people import queries as people
from web.people.queries import HOUSE
from web.people.rows import Space
from web.policy import Viewer
from web.templating import word
from web.words import N_, catalogue

MERGED = Notice("Saved. Somebody else had changed other parts meanwhile; both changes are in.")


def fields_of(form: Form) -> Fields:
    return Fields(
        title=form["title"], body=form["body"], url=form["url"], quote=form["quote"] or None, anchor=form.id("anchor"),
        tags=form["tags"], lang=form["lang"] or None, summary=form["summary"], minor=form.on("minor"),
    )  # fmt: skip


# Something new.


@get("/new")
async def begin(request: Request, viewer: Viewer, title: str = "", space: str = "") -> Response[Any]:
    """The one box, and everything that it can become."""
    return await _form(request, viewer, QUICK, refitted({"title": title, "space": space}, QUICK), unsaved=bool(title))


@get("/new/{kind:str}")
async def new(
    request: Request,
    viewer: Viewer,
    kind: str,
    space: str = "",
    title: str = "",
    parent: int | None = None,
    draft: int | None = None,
) -> Response[Any]:
    begun = (await drafts.draft(viewer, draft)).form() if draft else {}
    given = {"space": space, "title": title, "parent": str(checks.integer("parent", parent) or "")}
    return await _form(request, viewer, _alone(kind), {**given, **begun}, unsaved=bool(begun))


@post("/new/{kind:str}", status_code=200)
async def carry_on(request: Request, viewer: Viewer, kind: str) -> Response[Any]:
    """The same words, in another kind's form; nothing is saved yet."""
    other = _alone(kind)
    return await _form(request, viewer, other, refitted(typed(await form_of(request)), other), unsaved=True)


@post("/entries")
async def create(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("write")
    form = await form_of(request)
    kind = actions.kind_named(form["kind"])
    try:
        space = await people.readable_space(viewer, form["space"]) if form["space"] else None
        parent = await queries.entry(viewer, form.id("parent") or 0) if form["parent"] else None
        id = await actions.post(viewer, kind.name, space, fields_of(form), parent)
        await drafts.shared(viewer, form.id("draft"))
    except Invalid as wrong:
        return await _form(request, viewer, kind, typed(form), wrong)
    return go(request, urls.url_of(await queries.entry(viewer, id)), Notice("Shared."))


def _alone(name: str) -> Kind:
    kind = actions.kind_named(name)
    if not kind.alone:
        raise Invalid("kind", "This is written under something else.")
    return kind


async def _form(
    request: Request, viewer: Viewer, kind: Kind, form: dict[str, str], wrong: Invalid | None = None, *,
    unsaved: bool = False, preview: Markup | None = None,
) -> Response[Any]:  # fmt: skip
    """`unsaved`: what it is filled with was typed, and is not what stands in the entry."""
    viewer.must("share")
    parent = checks.integer("parent", form.get("parent", "")) if kind.tree else None
    return page(
        request, "entries/form.html", kind=kind, entry=None, form=Form(form), wrong=wrong, spaces=await writable(viewer),
        parent=await queries.entry(viewer, parent) if parent else None, preview=preview, unsaved=unsaved,
    )  # fmt: skip


async def writable(viewer: Viewer) -> tuple[Space, ...]:
    """The spaces that the viewer may write in, the one that is everybody's first."""
    found = [space for space in await people.spaces(viewer) if space.readable and viewer.may("post", space)]
    return tuple(sorted(found, key=lambda space: space.slug != HOUSE))


# Changing it.


@get("/entries/{id:int}/edit")
async def edit_form(request: Request, viewer: Viewer, id: int, draft: int | None = None) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("edit", entry)
    form = {name: str(getattr(entry, name) or "") for name in ("title", "body", "url", "lang", "revision")}
    form["mend"] = "true"
    begun = (await drafts.draft(viewer, draft)).form() if draft else {}
    return await _edit_form(request, entry, {**form, "tags": await queries.form_tags(id), **begun}, unsaved=bool(begun))


@post("/entries/{id:int}/edit")
async def edit(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("edit", entry)
    form = await form_of(request)
    try:
        if form.on("settling"):
            _settle(form)
        saved = await actions.edit(viewer, id, fields_of(form), form.id("revision"), labels=_sides(request))
        if form.on("verify"):
            await actions.verify(viewer, id, form["summary"])
        await drafts.shared(viewer, form.id("draft"))
    except Invalid as wrong:
        return await _edit_form(request, entry, typed(form), wrong)
    except Conflict as conflict:
        return page(
            request, "entries/conflict.html", status=409, entry=entry, conflict=conflict, form=typed(form),
            clashes=clashes(conflict.merged.body), sides="SIDES",
        )  # fmt: skip
    to = urls.url_of(await queries.entry(viewer, id))
    mended = (
        await actions.mend(viewer, id, to) if form.on("mend") and form["title"] != entry.title else actions.Mended()
    )
    return go(request, to, MERGED if saved.merged else _saved(mended))


def _saved(mended: actions.Mended) -> Notice:
    if mended.left:
        return Notice(
            "Saved. Texts that link here by its new name: %(changed)d. By an older one: %(left)d; they lead here too.",
            said=asdict(mended),
        )
    return (
        Notice("Saved. Texts that link here by its new name: %(changed)d.", said=asdict(mended))
        if mended.changed
        else Notice("Saved.")
    )


_SIDE = "side-"


def _settle(form: Form) -> None:
    """Puts what was chosen into the text. Raises Invalid where a place is still open."""
    chosen = {name.removeprefix(_SIDE): side for name, side in form.items() if name.startswith(_SIDE)}
    form["body"] = settled(form["body"], chosen)
    if marked(form["body"]):
        raise Invalid(
            "body", "There are still places with two texts. Choose one of them, or write your own in the text."
        )


def _sides(request: Request) -> tuple[str, str]:
    """What the marks of a conflict say, in the reader's language."""
    theirs, mine = (word(language_of(request), "SIDES", side) for side in LABELS)
    return theirs, mine


async def _edit_form(
    request: Request, entry: Entry, form: dict[str, str], wrong: Invalid | None = None, *,
    unsaved: bool = False, preview: Markup | None = None,
) -> Response[Any]:  # fmt: skip
    called_by = await queries.called_by(viewer_of(request), entry.id) if entry.title else 0
    return page(
        request, "entries/form.html", kind=entry.is_a, entry=entry, form=Form(form), wrong=wrong, spaces=(), parent=None,
        clashes=clashes(form.get("body", "")), sides="SIDES", preview=preview, unsaved=unsaved, called_by=called_by,
    )  # fmt: skip


# Under it.


@post("/entries/{id:int}/reply")
async def reply(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    return await _under(request, viewer, id, KINDS["reply"])


@post("/entries/{id:int}/annotate")
async def annotate(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    return await _under(request, viewer, id, KINDS["annotation"])


async def _under(request: Request, viewer: Viewer, id: int, kind: Kind) -> Response[Any]:
    parent = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        new = await actions.post(viewer, kind.name, None, fields_of(form), parent)
        await drafts.shared(viewer, form.id("draft"))
    except Invalid as wrong:
        return _answer(request, parent, kind, form, wrong)
    root = await queries.entry(viewer, parent.root)
    return go(request, f"{urls.url_of(root)}#entry-{new}")


@get("/entries/{id:int}/reply")
async def reply_form(request: Request, viewer: Viewer, id: int, draft: int | None = None) -> Response[Any]:
    return await _answer_form(request, viewer, id, KINDS["reply"], draft)


@get("/entries/{id:int}/annotate")
async def annotate_form(request: Request, viewer: Viewer, id: int, draft: int | None = None) -> Response[Any]:
    return await _answer_form(request, viewer, id, KINDS["annotation"], draft)


async def _answer_form(request: Request, viewer: Viewer, id: int, kind: Kind, draft: int | None) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must(kind.verb, entry)
    begun = (await drafts.draft(viewer, draft)).form() if draft else {}
    return _answer(request, entry, kind, Form(begun), unsaved=bool(begun))


def _answer(
    request: Request, entry: Entry, kind: Kind, form: Form, wrong: Invalid | None = None, *,
    unsaved: bool = False, preview: Markup | None = None,
) -> Response[Any]:  # fmt: skip
    return page(
        request, "entries/answer.html", entry=entry, kind=kind, form=form, wrong=wrong, preview=preview, unsaved=unsaved,
    )  # fmt: skip


# About it, by whoever has read it somewhere else: a snapshot leads here.


@get("/entries/{id:int}/ask")
async def ask(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """A question that has its link to the entry already."""
    entry = await queries.entry(viewer, id)
    called = text.literally(entry.title or text.excerpt(entry.excerpt, _CALLED) or urls.permalink(entry))
    body = f"{_said(request, _ABOUT) % {'link': f'[{called}]({urls.permalink(entry)})'}}\n\n"
    return await _form(request, viewer, ASKED, {"space": entry.space.slug, "body": body, "about": str(id)})


@get("/entries/{id:int}/improve")
async def improve(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Off to where its text is changed, or, for those who may not, to where something is written under it."""
    entry = await queries.entry(viewer, id)
    viewer.must("write")
    return go(request, urls.url_of(entry, "edit" if viewer.may("edit", entry) else "reply"))


@get("/entries/{id:int}/outdated")
async def outdated(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, kind = await queries.entry(viewer, id), KINDS["reply"]
    viewer.must(kind.verb, entry)
    return _answer(request, entry, kind, Form(body=f"{_said(request, _RIGHT)} "))


def _said(request: Request, message: str) -> str:
    return catalogue(language_of(request)).gettext(message)


_CALLED = 60
_ABOUT, _RIGHT = N_("About %(link)s:"), N_("Is this still right?")


# While one types.


@post("/preview", status_code=200)
async def preview(request: Request, viewer: Viewer) -> Response[Any]:
    """The text as it will look: for a script that alone, else in the form that it was typed into."""
    viewer.must("write")
    form = await form_of(request)
    html = await body_of_draft(request, form["body"])
    if is_partial(request):
        return page(request, "entries/_preview.html", html=html)
    if changed := form.id("entry"):
        return await _edit_form(request, await queries.entry(viewer, changed), typed(form), preview=html)
    kind = actions.kind_named(form["kind"])
    if kind.alone:
        return await _form(request, viewer, kind, typed(form), preview=html)
    return _answer(request, await queries.entry(viewer, form.id("parent") or 0), kind, form, preview=html)


@get("/complete")
async def complete(request: Request, viewer: Viewer, what: str = "", q: str = "") -> Response[Any]:
    """What the word at the cursor could become: a person, a tag, a page."""
    viewer.must("write")
    found: dict[str, Any] = {"people": (), "tags": (), "refs": (), "some": queries.SOME}
    match what:
        case "mention":
            found["people"] = await people.people(viewer, start=q[:40], limit=8)
        case "tag":
            found["tags"] = await queries.tags_like(viewer, text.tag_name(q)) if text.tag_name(q) else ()
        case "page":
            found["refs"] = await queries.titles_like(viewer, title_key(q[:200]))
    return page(request, "entries/complete.html", block="options", **found)


@get("/similar")
async def similar(request: Request, viewer: Viewer, title: str = "") -> Response[Any]:
    """What has the title that is being typed already, or one that begins like it."""
    viewer.must("write")
    key = title_key(title[:200])
    refs = await queries.titles_like(viewer, key, limit=3) if len(key) >= _TELLING else ()
    return page(request, "entries/similar.html", block="similar", refs=refs)


# Of a shorter beginning of a title there are too many.
_TELLING = 5

handlers = [
    begin,
    new,
    carry_on,
    create,
    edit_form,
    edit,
    reply,
    annotate,
    reply_form,
    annotate_form,
    ask,
    improve,
    outdated,
    preview,
    complete,
    similar,
]
