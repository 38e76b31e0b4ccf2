"""The same text in other languages: one is begun, is said to be one, and is said to be up to date."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks, urls
from web.entries import actions, queries
from web.entries.derived import entry_id, title_key
from web.entries.rows import Entry
from web.errors import Invalid, NotAllowed, NotThere
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, house_of, page
from web.policy import Viewer
from web.routes.writing import starting
from web.words import TONGUES


@get("/entries/{id:int}/translate")
async def translate_form(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    return await _asked(request, viewer, await _of(viewer, id))


async def _of(viewer: Viewer, id: int) -> Entry:
    """Raises NotAllowed for what has no versions in other languages."""
    entry = await queries.entry(viewer, id)
    viewer.must("share")
    if not entry.is_a.translated:
        raise NotAllowed("translate")
    return entry


async def _asked(
    request: Request, viewer: Viewer, entry: Entry, form: dict[str, str] | None = None, wrong: Invalid | None = None
) -> Response[Any]:
    around = await queries.around(viewer, entry.id)
    # Where it is not said, a text is in the language of the house.
    there = {entry.lang or house_of(request).language, *(each.lang for each in around.languages)}
    return page(
        request, "entries/translate.html", entry=entry, source=around.source, translations=around.translations,
        left=[each for each in TONGUES if each not in there], form=Form(form or {}), wrong=wrong,
    )  # fmt: skip


@get("/entries/{id:int}/translate/{lang:str}")
async def begin(request: Request, viewer: Viewer, id: int, lang: str) -> Response[Any]:
    """The form of a new one, with the text that is to be translated in it."""
    entry = await _of(viewer, id)
    if lang not in TONGUES:
        raise NotThere
    filled = {
        "title": entry.title, "body": entry.body, "lead": entry.lead, "tags": await queries.form_tags(id), "lang": lang,
        "space": entry.space.slug, "parent": str(entry.parent or ""), "translates": str(id), "revision": str(entry.revision),
    }  # fmt: skip
    if entry.parent is not None and entry.parent not in await queries.entries(viewer, [entry.parent]):
        filled["parent"] = ""
    return await starting(request, viewer, entry.is_a, filled, unsaved=True)


@post("/entries/{id:int}/translate")
async def translate(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, form = await queries.entry(viewer, id), await form_of(request)
    viewer.must("translate", entry)
    before = await queries.translated(id)
    try:
        if form.on("none"):
            await actions.untranslate(viewer, id)
        else:
            await actions.translate(viewer, id, form.id("revision") or await _named(request, viewer, entry, form["of"]))
    except Invalid as wrong:
        return await _asked(request, viewer, entry, typed(form), wrong)
    # What one may not read is not named in the page that takes it back.
    there = before is None or before[0] in await queries.entries(viewer, [before[0]])
    kept = {"revision": str(before[1])} if before else {"none": "true"}
    return go(
        request, urls.url_of(entry), Notice("Saved.", Undo(urls.verb_url(id, "translate"), kept) if there else None)
    )


async def _named(request: Request, viewer: Viewer, entry: Entry, written: str) -> int:
    """The text that stands in an entry, by its title or its address, of the same space rather than of another. Raises Invalid."""
    written = checks.line("of", written, checks.LONGEST["url"]).removeprefix("[[").removesuffix("]]")
    id = entry_id(written.removeprefix(request.app.state.settings.url.rstrip("/")))
    found = None if id else await queries.named(viewer, title_key(written), entry.space.id)
    there = await queries.entries(viewer, [id or (found.id if found else 0)])
    if not there:
        raise Invalid("of", "There is no other page that is called that.")
    return next(iter(there.values())).revision


handlers = [translate_form, begin, translate]
