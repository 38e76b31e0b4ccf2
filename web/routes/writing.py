"""Writing: the forms for each kind, what they save, and what helps while one types."""

from typing import Any

from litestar import Request, Response, get, post
from markupsafe import Markup

from web import checks, text, urls
from web.bodies import body_of_draft
from web.entries import actions, drafts, planning, queries
from web.entries.derived import rendered, title_key
from web.entries.drafts import Draft
from web.entries.nameless import having_asked
from web.entries.refitting import refitted
from web.entries.rows import Entry
from web.errors import Invalid
from web.facts import HOUSE
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, is_partial, language_of, page, zone_of
from web.kinds import ASKED, KINDS, QUICK, SUMMARY, Kind
from web.people import queries as people
from web.people.own_tags import own_tags, own_tags_at
from web.people.rows import Space
from web.policy import Viewer
from web.routes.editing import changing, fields_of
from web.routes.putting import asked
from web.times import on_the_clock
from web.words import N_, catalogue

# Something new.


@get("/new")
async def begin(request: Request, viewer: Viewer, title: str = "", space: str = "") -> Response[Any]:
    """The one box, and everything that it can become."""
    return await starting(
        request, viewer, QUICK, refitted({"title": title, "space": space}, QUICK), unsaved=bool(title)
    )


@get("/new/{kind:str}")
async def new(
    request: Request, viewer: Viewer, kind: str, space: str = "", title: str = "", parent: int | None = None,
    draft: int | None = None, tags: str = "",
) -> Response[Any]:  # fmt: skip
    kept = begun(request, await drafts.draft(viewer, draft)) if draft else {}
    given = {"space": space, "title": title, "tags": tags, "parent": str(checks.integer("parent", parent) or "")}
    return await starting(request, viewer, _alone(kind), {**given, **kept}, unsaved=bool(kept))


def begun(request: Request, draft: Draft) -> dict[str, str]:
    """With its times, as they are on the clocks of the house."""
    zone = zone_of(request)
    times = {name: getattr(draft, name) for name in ("share_at", "hide_at")}
    return draft.form() | {name: on_the_clock(at, zone) for name, at in times.items() if at is not None}


@post("/new/{kind:str}", status_code=200)
async def carry_on(request: Request, viewer: Viewer, kind: str) -> Response[Any]:
    """The same words, in another kind's form; nothing is saved yet."""
    other = _alone(kind)
    return await starting(request, viewer, other, refitted(typed(await form_of(request)), other), unsaved=True)


@post("/entries")
async def create(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("write")
    form = await form_of(request)
    kind = actions.kind_named(form["kind"])
    if form["share_at"].strip():
        return await at_a_time(request, viewer, form)  # whichever button it was, nothing is out before its time
    try:
        space = await people.readable_space(viewer, form["space"]) if form["space"] else None
        parent = await queries.entry(viewer, form.id("parent") or 0) if form["parent"] else None
        draft, source = form.id("draft"), (form.id("translates"), form.id("revision"))
        id, then = await planning.share_typed(viewer, draft, kind.name, space, fields_of(form), parent, source=source)
    except Invalid as wrong:
        return await starting(request, viewer, kind, typed(form), wrong)
    if then is not None:
        entry, shared = await queries.entry(viewer, id), Invalid("body", _MEANWHILE)
        return await changing(request, entry, {**typed(form), "revision": str(then)}, shared, unsaved=True)
    said = Notice("Shared.")
    if form.on("nameless"):
        viewer = having_asked(viewer, id)
    if kind.accepts and form.on("put_to"):
        said = asked(id, await actions.put_to(viewer, id), shared=True)
    return go(request, urls.url_of(await queries.entry(viewer, id)), said)


async def at_a_time(request: Request, viewer: Viewer, form: Form) -> Response[Any]:
    """What stands in the form is kept as a draft, and shared when it says."""
    viewer.must("share")
    kind, id = actions.kind_named(form["kind"]), form.id("draft")
    try:
        id = await drafts.keep(viewer, form, id)
        if id is None:
            raise Invalid(kind.required[0], "This cannot be empty.")
        return await planned(request, viewer, id, form)
    except Invalid as wrong:
        return await starting(request, viewer, kind, {**typed(form), "draft": str(id or "")}, wrong, unsaved=True)


async def planned(request: Request, viewer: Viewer, id: int, form: Form) -> Response[Any]:
    """Says when a draft is shared. Raises Invalid."""
    zone = zone_of(request)
    share_at, hide_at = (checks.moment(name, form[name], zone) for name in ("share_at", "hide_at"))
    if share_at is None:
        raise Invalid("share_at", "Say when.")
    await planning.plan(viewer, id, share_at, hide_at)
    undo = Undo(urls.url_of("drafts", id, "plan"))
    return go(request, urls.url_of("drafts"), Notice("It is shared then. Until then nobody else reads it.", undo))


def _alone(name: str) -> Kind:
    kind = actions.kind_named(name)
    if not kind.alone:
        raise Invalid("kind", "This is written under something else.")
    return kind


async def starting(
    request: Request, viewer: Viewer, kind: Kind, form: dict[str, str], wrong: Invalid | None = None, *,
    unsaved: bool = False, preview: Markup | None = None,
) -> Response[Any]:  # fmt: skip
    """`unsaved`: what it is filled with was typed, and is not what stands in the entry."""
    viewer.must("share")
    parent = checks.integer("parent", form.get("parent", "")) if kind.tree else None
    spaces, where = await writable(viewer), form.get("space", "")
    return page(
        request, "entries/form.html", kind=kind, entry=None, form=Form(form), wrong=wrong, spaces=spaces,
        own_tags=await own_tags(viewer, where or (spaces[0].slug if spaces else "")),
        parent=await queries.entry(viewer, parent) if parent else None, preview=preview, unsaved=unsaved,
        templates=await queries.templates(viewer, kind.name, where) if not kind.quick else (),
    )  # fmt: skip


async def writable(viewer: Viewer) -> tuple[Space, ...]:
    """The spaces that the viewer may write in, the one that is everybody's first."""
    found = [space for space in await people.spaces(viewer) if space.readable and viewer.may("post", space)]
    return tuple(sorted(found, key=lambda space: space.slug != HOUSE))


# Under it.


@post("/entries/{id:int}/reply")
async def reply(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    return await _under(request, viewer, id, KINDS["reply"])


@post("/entries/{id:int}/annotate")
async def annotate(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    return await _under(request, viewer, id, KINDS["annotation"])


@post("/entries/{id:int}/summarize")
async def summarize(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    return await _under(request, viewer, id, SUMMARY)


async def _under(request: Request, viewer: Viewer, id: int, kind: Kind) -> Response[Any]:
    parent = await queries.entry(viewer, id)
    form = await form_of(request)
    try:
        new = await actions.post(viewer, kind.name, None, fields_of(form), parent)
        await drafts.shared(viewer, form.id("draft"))
    except Invalid as wrong:
        return _answer(request, parent, kind, form, wrong)
    root = await queries.entry(viewer, parent.root)
    said = Notice("It stands before all that was said.", Undo(urls.verb_url(new, "trash"))) if kind.sums_up else None
    return go(request, urls.place_url(root, new), said)


@get("/entries/{id:int}/reply")
async def reply_form(
    request: Request, viewer: Viewer, id: int, draft: int | None = None, quote: str = "", passage: str = ""
) -> Response[Any]:
    """With `quote`, what is answered stands in it: all of it, or the passage of it that was chosen."""
    if quote and not draft:
        entry, kind = await queries.entry(viewer, id), KINDS["reply"]
        viewer.must(kind.verb, entry)
        said = passage if passage.strip() else (await rendered(entry.body)).plain
        body = f"{_said(request, _WROTE) % {'link': f'[{text.literally(entry.author.name)}]({urls.permalink(entry)})'}}\n\n{_as_quote(said)}"
        return _answer(request, entry, kind, Form(body=body), unsaved=True)
    return await _answer_form(request, viewer, id, KINDS["reply"], draft)


@get("/entries/{id:int}/annotate")
async def annotate_form(request: Request, viewer: Viewer, id: int, draft: int | None = None) -> Response[Any]:
    return await _answer_form(request, viewer, id, KINDS["annotation"], draft)


@get("/entries/{id:int}/summarize")
async def summarize_form(request: Request, viewer: Viewer, id: int, draft: int | None = None) -> Response[Any]:
    """To what is there already, where somebody has said it in short."""
    short = await queries.summary(viewer, id)
    if short:
        return go(request, urls.url_of(short, "edit"))
    return await _answer_form(request, viewer, id, SUMMARY, draft)


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
async def ask(request: Request, viewer: Viewer, id: int, passage: str = "") -> Response[Any]:
    """A question that has its link to the entry already, and the passage it is about."""
    entry = await queries.entry(viewer, id)
    called = text.literally(entry.title or text.excerpt(entry.excerpt, _CALLED) or urls.permalink(entry))
    body = f"{_said(request, _ABOUT) % {'link': f'[{called}]({urls.permalink(entry)})'}}\n\n"
    body += _as_quote(passage)
    return await starting(request, viewer, ASKED, {"space": entry.space.slug, "body": body, "about": str(id)})


@get("/entries/{id:int}/improve")
async def improve(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Off to where its text is changed; for those who may not, to where a change is suggested, or something is written under it."""
    entry = await queries.entry(viewer, id)
    viewer.must("write")
    return go(
        request, urls.url_of(entry, next((way for way in ("edit", "suggest") if viewer.may(way, entry)), "reply"))
    )


@get("/entries/{id:int}/outdated")
async def outdated(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, kind = await queries.entry(viewer, id), KINDS["reply"]
    viewer.must(kind.verb, entry)
    return _answer(request, entry, kind, Form(body=f"{_said(request, _RIGHT)} "))


def _as_quote(passage: str) -> str:
    """It mentions nobody anew, and links to nothing."""
    lines = [f"> {text.literally(line)}\n" for line in passage[:_PASSAGE].strip().splitlines()]
    return "".join(lines) + ("\n" if lines else "")


def _said(request: Request, message: str) -> str:
    return catalogue(language_of(request)).gettext(message)


_CALLED, _PASSAGE = 60, 2000
_MEANWHILE = N_("It was shared meanwhile, at its time. Save this, and what you have changed is in it.")
_ABOUT, _RIGHT, _WROTE = N_("About %(link)s:"), N_("Is this still right?"), N_("%(link)s wrote:")


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
        return await changing(request, await queries.entry(viewer, changed), typed(form), preview=html)
    kind = actions.kind_named(form["kind"])
    if kind.alone:
        return await starting(request, viewer, kind, typed(form), preview=html)
    return _answer(request, await queries.entry(viewer, form.id("parent") or 0), kind, form, preview=html)


@get("/complete")
async def complete(
    request: Request, viewer: Viewer, what: str = "", q: str = "", space: str = "", entry: int | None = None
) -> Response[Any]:
    """What the word at the cursor could become: a person, a tag, a page. Those tags come first that the `space`, or that of the `entry`, has of its own."""
    viewer.must("write")
    found: dict[str, Any] = {"people": (), "own": (), "tags": (), "refs": (), "some": queries.SOME}
    match what:
        case "mention":
            found["people"] = await people.people(viewer, start=q[:40], limit=8)
        case "tag":
            if start := text.tag_name(q):
                own = await own_tags_at(viewer, entry) if entry and not space else await own_tags(viewer, space)
                found["own"] = [each for each in own if each.name.startswith(start)]
                known = {each.name for each in found["own"]}
                found["tags"] = [each for each in await queries.tags_like(viewer, start) if each.name not in known]
        case "page":
            found["refs"] = await queries.titles_like(viewer, title_key(q[:200]))
    return page(request, "entries/complete.html", block="options", **found)


handlers = [
    begin, new, carry_on, create, reply, annotate, summarize, reply_form, annotate_form, summarize_form, ask, improve, outdated, preview, complete,
]  # fmt: skip
