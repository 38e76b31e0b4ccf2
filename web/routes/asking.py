"""Before one asks: what is written already, that it is just what one looked for, and who may know."""

from typing import Any

from litestar import Request, Response, get, post

from web import text, urls
from web.entries import actions, drafts, queries
from web.entries.alike import conversations, looked_at
from web.entries.knowing import knowers, knowers_about
from web.errors import NotThere
from web.forms import Form, form_of
from web.http import Notice, Undo, go, is_partial, page
from web.kinds import ASKED, KINDS
from web.policy import Viewer
from web.words import N_

# Of a shorter beginning of a title there is too much.
_TELLING = 5
# What an undo brings along travels in a cookie.
_MOST_OVER = 200
_SETTLED = N_("Good that it was there already. What you began to write is not shared.")
_OPEN = N_("You ask it too, and hear of it when somebody answers. What you began to write is not shared.")


@get("/similar")
async def similar(request: Request, viewer: Viewer, title: str = "", kind: str = "") -> Response[Any]:
    """What looks like the title that is being typed, and who may know what it asks."""
    viewer.must("write")
    found = await looked_at(viewer, title, kind) if len(title.strip()) >= _TELLING else []
    best = conversations(found)
    asks = kind in KINDS and KINDS[kind].accepts
    return page(
        request, "entries/similar.html", block="similar", found=best, lives=await queries.lives_in(viewer, [each.entry.id for each in best]), title=title[:1000],
        within=is_partial(request), knowers=await knowers(viewer, found, title) if asks and len(title.strip()) >= _TELLING else (),
    )  # fmt: skip


@get("/entries/{id:int}/similar")
async def answered(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """What looks like something that waits for an answer: first what stands on a page by now."""
    entry = await queries.entry(viewer, id)
    viewer.must("write")
    alike = conversations([each for each in await looked_at(viewer, entry.title, entry.kind) if each.entry.id != id])
    lives = await queries.lives_in(viewer, [each.entry.id for each in alike])
    return page(
        request, "entries/answered.html", block="similar", entry=entry, lives=lives, within=is_partial(request),
        found=sorted(alike, key=lambda each: each.entry.id not in lives),
    )  # fmt: skip


@get("/who-knows")
async def who_knows(request: Request, viewer: Viewer, about: str = "") -> Response[Any]:
    """Colleagues who may know about a tag, or about some words."""
    viewer.must("write")
    about = " ".join(about[:_MOST_OVER].split())
    return page(
        request, "people/knowing.html", about=about, topic=text.tag_name(about),
        knowers=await knowers_about(viewer, about) if about else (), asked=ASKED.name,
    )  # fmt: skip


@post("/entries/{id:int}/meet")
async def meet(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Leads there, and puts away what was begun; what has more in it than a title stays among the drafts."""
    form = await form_of(request)
    if form.on("undo"):
        return await _unmeet(request, viewer, id, form)
    entry = await queries.entry(viewer, id)
    met = await actions.meet(viewer, id)
    await _put_away(viewer, form)
    over = {"undo": "true", "given": str(met.given or ""), "follows": "true" if met.follows else ""}
    over |= {name: form[name][:_MOST_OVER] for name in ("draft", "title", "kind")}
    said = Notice(_OPEN if met.follows else _SETTLED, Undo(urls.verb_url(id, "meet"), over))
    home = (await queries.lives_in(viewer, [id])).get(id)
    return go(
        request, urls.section_url(home.ref, home.anchor) if home else urls.place_url(entry, entry.accepted or id), said
    )


async def _put_away(viewer: Viewer, form: Form) -> None:
    if (begun := form.id("draft")) is None:
        return
    try:
        draft = await drafts.draft(viewer, begun)
    except NotThere:
        return
    if not draft.body.strip():
        await drafts.drop(viewer, begun)


async def _unmeet(request: Request, viewer: Viewer, id: int, form: Form) -> Response[Any]:
    await actions.unmeet(viewer, id, actions.Met(form.id("given"), form.on("follows")))
    begun, kind = form.id("draft"), actions.kind_named(form["kind"] or ASKED.name)
    if begun is not None:
        await drafts.drop(viewer, begun, back=True)
    filled: dict[str, Any] = {"draft": begun} if begun else {"title": form["title"][:_MOST_OVER]}
    return go(request, urls.url_of("new", kind.name, **filled))


handlers = [similar, answered, who_knows, meet]
