"""Every entry of every kind, as it is read: its page and its Markdown twin."""

from typing import Any

from litestar import Request, Response, get

from web import text, twins, urls
from web.bodies import as_many_as_fit, bodies, marked_bodies
from web.entries import queries
from web.entries.derived import rendered
from web.entries.rows import Entry
from web.entries.threads import threads
from web.errors import NotThere
from web.http import go, moved, page, snapshot_of
from web.kinds import BY_PATH
from web.policy import Viewer
from web.rights import rights

_LONGEST = text.BODY_MAX
_PATHS = [f"/{path}/{{id:int}}{slug}" for path in BY_PATH for slug in ("", "/{slug:str}")]


@get(_PATHS)
async def show(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    try:
        entry, replies = await queries.conversation(viewer, id)
    except NotThere:
        return await _elsewhere(request, viewer, id)
    if request.url.path.rstrip("/") != urls.url_of(entry).rstrip("/"):
        return moved(urls.url_of(entry))
    return page(request, "entries/show.html", **await shown(request, viewer, entry, replies))


async def _elsewhere(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """What stands in a conversation is shown there; what stood here is told of."""
    try:
        entry = await queries.entry(viewer, id)
    except NotThere:
        return await _gone(request, viewer, id)
    root = await queries.entry(viewer, entry.root)
    return go(request, urls.place_url(root, id))


async def shown(request: Request, viewer: Viewer, entry: Entry, found: tuple[Entry, ...]) -> dict[str, Any]:
    below = _below(found)
    ids = [entry.id, *(each.id for each in below["replies"])]
    asked = entry.is_a.improved and snapshot_of(request) is None
    marks = await queries.my_marks(viewer, ids, entry.id, entry if asked else None)
    shown, numbers = await marked_bodies(request, entry, below["replies"])
    around = await queries.around(viewer, entry.id)
    borne = await queries.borne(viewer, ids, copied=snapshot_of(request) is not None)
    return {
        **below,
        "entry": entry,
        "bodies": shown,
        "numbers": numbers,
        "outline": await outline_of(entry),
        "tags": borne.tags,
        "carried": borne.carried,
        "mine": marks.given,
        "watching": marks.watching,
        "rights": rights(viewer, [entry, *below["replies"]]),
        "around": around,
        "suggested": marks.suggested,
        "answers": await queries.happenings(viewer, entry.id, 1, "stage") if _said_of_its_stage(entry) else (),
        "corrections": (await queries.corrections(viewer, [entry])).get(entry.id, ()),
        "series": around.series if entry.is_a.serial else None,
        "tended": await queries.tending(viewer, entry) if entry.is_a.tended else None,
    }


def _said_of_its_stage(entry: Entry) -> bool:
    """Whether it has stages, and one that does not go without saying."""
    stages = entry.is_a.stages
    return bool(stages) and not (entry.is_a.tended and entry.stage in (None, stages[0]))


async def outline_of(entry: Entry) -> tuple[tuple[int, text.Heading], ...]:
    """The headings of a text that is long enough to have use for them, with their numbers among all."""
    headings = (await rendered(entry.body)).headings if entry.is_a.annotated else ()
    return tuple(each for each in enumerate(headings) if each[1].level <= 3) if len(headings) > 1 else ()


def _below(found: tuple[Entry, ...], after: int = 0) -> dict[str, Any]:
    replies = as_many_as_fit(found[: queries.CONVERSATION_SIZE], _LONGEST)
    more = replies[-1].id if len(found) > len(replies) else None
    return {"replies": replies, "threads": threads(replies), "more": more, "after": after}


@get("/entries/{id:int}/replies/{after:int}")
async def replies(request: Request, viewer: Viewer, id: int, after: int) -> Response[Any]:
    """A long conversation goes on here."""
    entry = await queries.entry(viewer, id)
    below = _below(await queries.replies(viewer, entry.id, after), after)
    ids = [each.id for each in below["replies"]]
    return page(
        request, "entries/replies.html", block="replies", entry=entry, **below,
        rights=rights(viewer, below["replies"]), bodies=await bodies(request, below["replies"], explained=True), tags=await queries.tags_of(ids),
        mine=await queries.my_reactions(viewer, ids),
    )  # fmt: skip


async def _gone(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """What stood here, for those who could read it: who put it in the bin, when and why. Its address does not say what it was
    called."""
    entry = await queries.trashed(viewer, id)
    if request.url.path.rstrip("/") != urls.gone_url(entry).rstrip("/"):
        return go(request, urls.gone_url(entry))
    by = await queries.face(viewer, entry.trashed_by)
    return page(request, "entries/gone.html", status=410, entry=entry, by=by)


@get([f"{path}/index.md" for path in _PATHS])
async def twin(request: Request, viewer: Viewer, id: int) -> Response[str]:
    """The entry as Markdown, with what is known of it in front."""
    entry = await queries.entry(viewer, id)
    tags = (await queries.tags_of([id])).get(id, ())
    headers = {"x-content-type-options": "nosniff", "cache-control": "private, no-cache", "vary": "Cookie"}
    return Response(
        twins.markdown(entry, tags, request.app.state.settings.url),
        media_type="text/markdown; charset=utf-8",
        headers=headers,
    )


@get("/e/{id:int}")
async def permalink(request: Request, viewer: Viewer, id: int) -> Response[bytes]:
    try:
        return moved(urls.url_of(await queries.entry(viewer, id)))
    except NotThere:
        return go(request, urls.gone_url(await queries.trashed(viewer, id)))


handlers = [show, replies, twin, permalink]
