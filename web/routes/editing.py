"""Changing a text, or a section of it: the form, what it saves, and what is done when somebody else was there meanwhile."""

import asyncio
from dataclasses import asdict, replace
from typing import Any

from litestar import Request, Response, get, post
from markupsafe import Markup

from web import checks, urls
from web.entries import actions, drafts, queries, sections
from web.entries.actions import Fields
from web.entries.merge import LABELS, clashes, marked, merge, settled
from web.entries.rows import Entry
from web.errors import Conflict, Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, go, language_of, page
from web.identity import viewer_of
from web.people.own_tags import own_tags
from web.policy import Viewer
from web.templating import word

MERGED = Notice("Saved. Somebody else had changed other parts meanwhile; both changes are in.")


def fields_of(form: Form) -> Fields:
    return Fields(
        title=form["title"], body=form["body"], url=form["url"], quote=form["quote"] or None, anchor=form.id("anchor"), before=form["before"], sort=form["sort"] or None,
        tags=form["tags"], lang=form["lang"] or None, lead=form["lead"], summary=form["summary"], minor=form.on("minor"),
        series=form["series"], correction=form.on("correction"), choices=form["choices"], several=form.on("several"), until=form["until"],
        nameless=form.on("nameless"),
    )  # fmt: skip


@get("/entries/{id:int}/edit")
async def edit_form(
    request: Request, viewer: Viewer, id: int, draft: int | None = None, section: str = ""
) -> Response[Any]:
    """`section`: the number of the heading, from 0, for the form to hold what is under it alone; all of a text in which it cannot be told apart."""
    entry = await queries.entry(viewer, id)
    actions.must_change(viewer, entry)
    form = {name: str(getattr(entry, name) or "") for name in ("title", "body", "lead", "url", "lang", "revision")}
    form |= {"mend": "true", "tags": await queries.form_tags(id)}
    if draft:
        begun = (await drafts.draft(viewer, draft)).form()
        return await changing(request, entry, {**form, **begun}, unsaved=True)
    part = await sections.section(entry.body, checks.integer("section", section))
    if part:
        form |= {"section": section, "body": part.of(entry.body)}
    return await changing(request, entry, form)


@post("/entries/{id:int}/edit")
async def edit(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    actions.must_change(viewer, entry)
    form = await form_of(request)
    try:
        if form.on("settling"):
            settle(form)
        whole, heading = await with_the_rest(viewer, id, form)
        saved = await actions.edit(viewer, id, fields_of(whole), form.id("revision"), labels=sides(request))
        if form.on("verify") and viewer.may("verify", entry):
            await actions.verify(viewer, id, form["summary"])
        await drafts.shared(viewer, form.id("draft"))
    except Invalid as wrong:
        return await changing(request, entry, typed(form), wrong)
    except Conflict as conflict:
        return await to_settle(request, viewer, entry, form, conflict)
    to = urls.url_of(await queries.entry(viewer, id))
    mended = (
        await actions.mend(viewer, id, to) if form.on("mend") and whole["title"] != entry.title else actions.Mended()
    )
    return go(request, to + heading, MERGED if saved.merged else _saved(mended))


async def with_the_rest(viewer: Viewer, id: int, form: Form) -> tuple[Form, str]:
    """The whole text where the form holds one section of it, with that in its place; and the fragment that leads there. Raises Invalid."""
    if not form["section"]:
        return form, ""
    revision = form.id("revision")
    if revision is None:
        raise Invalid("revision", "Say which revision this text is based on.")
    base = await queries.revision(viewer, id, revision)
    part = await sections.section(base.body, form.id("section"))
    if part is None:
        raise Invalid("body", "There is no such section any more. Copy what you wrote, and edit the whole text.")
    about = {"title": base.title, "url": base.url or "", "tags": base.tags, "lang": base.lang or "", "lead": base.lead}
    return Form({**form, **about, "body": part.put(base.body, form["body"])}), f"#{part.id}"


async def to_settle(request: Request, viewer: Viewer, entry: Entry, form: Form, conflict: Conflict) -> Response[Any]:
    """Of a section no more is shown than that section, as long as there is one like it in the text that stands now."""
    number = form.id("section")
    there = None if number is None else await sections.same_section(conflict.base.body, number, conflict.theirs.body)
    settling = {name: value for name, value in typed(form).items() if name != "section"}
    if there is not None:
        conflict = await _of_section(request, conflict, there, form["body"], number or 0)
        settling["section"] = str(there)
    return page(
        request, "entries/conflict.html", status=409, entry=entry, conflict=conflict, form=Form(settling),
        clashes=clashes(conflict.merged.body), sides="SIDES",
    )  # fmt: skip


async def _of_section(request: Request, conflict: Conflict, there: int, mine: str, number: int) -> Conflict:
    """The same, of one section: that of the older text has `number`, that of the one that stands has `there`."""
    old, new = await sections.section(conflict.base.body, number), await sections.section(conflict.theirs.body, there)
    if old is None or new is None:
        return conflict
    base, theirs, mine = old.of(conflict.base.body), new.of(conflict.theirs.body), mine.replace("\r\n", "\n")
    merged = await asyncio.to_thread(merge, base, theirs, mine, sides(request))
    versions = (
        replace(version, body=body)
        for version, body in (
            (conflict.base, base), (conflict.theirs, theirs), (conflict.mine, mine), (conflict.merged, merged.text),
        )
    )  # fmt: skip
    return Conflict(conflict.revision, *versions)


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


SIDE = "side-"


def chosen_sides(form: Form) -> dict[str, str]:
    """Which side is kept in each place where two changed the same lines, by the key of the place."""
    return {name.removeprefix(SIDE): side for name, side in form.items() if name.startswith(SIDE)}


def settle(form: Form) -> None:
    """Puts what was chosen into the text. Raises Invalid where a place is still open."""
    form["body"] = settled(form["body"], chosen_sides(form))
    if marked(form["body"]):
        raise Invalid(
            "body", "There are still places with two texts. Choose one of them, or write your own in the text."
        )


def sides(request: Request, table: str = "SIDES") -> tuple[str, str]:
    """What the marks of a conflict say, in the reader's language."""
    theirs, mine = (word(language_of(request), table, side) for side in LABELS)
    return theirs, mine


async def changing(
    request: Request, entry: Entry, form: dict[str, str], wrong: Invalid | None = None, *,
    unsaved: bool = False, preview: Markup | None = None,
) -> Response[Any]:  # fmt: skip
    called_by = await queries.called_by(viewer_of(request), entry.id) if entry.title else 0
    return page(
        request, "entries/form.html", kind=entry.is_a, entry=entry, form=Form(form), wrong=wrong, spaces=(), parent=None,
        clashes=clashes(form.get("body", "")), sides="SIDES", preview=preview, unsaved=unsaved, called_by=called_by,
        others=await queries.editing(viewer_of(request), entry.id), templates=(), own_tags=await own_tags(viewer_of(request), entry.space.slug),
    )  # fmt: skip


handlers = [edit_form, edit]
