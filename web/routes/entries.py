"""Every entry of every kind, as it is read: its page and its Markdown twin."""

from typing import Any

from litestar import Request, Response, get

from web import text, twins, urls
from web.bodies import as_many_as_fit, bodies, marked_bodies
from web.database import now
from web.entries import nameless, queries
from web.entries.derived import rendered
from web.entries.rows import Entry, Happening
from web.entries.talks import Talk
from web.entries.threads import holding_first, threads
from web.errors import NotThere
from web.http import asked_of, go, is_opened, moved, page, path_of, snapshot_of
from web.kinds import BY_PATH
from web.policy import Viewer
from web.rights import rights

_LONGEST = text.BODY_MAX
# How a conversation can be read.
ORDERS = ("time", "threads")
_PATHS = [f"/{path}/{{id:int}}{slug}" for path in BY_PATH for slug in ("", "/{slug:str}")]


@get(_PATHS)
async def show(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    try:
        entry, replies = await queries.conversation(viewer, id)
    except NotThere:
        return await _elsewhere(request, viewer, id)
    if path_of(request).rstrip("/") != urls.url_of(entry).rstrip("/"):
        return moved(request, urls.url_of(entry))
    return page(request, "entries/show.html", **await shown(request, viewer, entry, replies))


async def _elsewhere(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """What stands in a conversation is shown there; what stood here is told of."""
    try:
        entry = await queries.entry(viewer, id)
    except NotThere:
        return await _gone(request, viewer, id)
    root = await queries.entry(viewer, entry.root)
    if path_of(request).split("/")[1] != entry.is_a.path:  # it headed one of its own when it was called so
        return moved(request, urls.place_url(root, id))
    return go(request, asked_of(request, urls.place_url(root, id)))


async def shown(request: Request, viewer: Viewer, entry: Entry, found: tuple[Entry, ...]) -> dict[str, Any]:
    short, said = in_short(entry, found)
    under = below(said, by_time=by_time_of(request, viewer))
    first = [entry] if short is None else [entry, short]
    ids = [each.id for each in (*first, *under["replies"])]
    asked = entry.is_a.improved and snapshot_of(request) is None
    marks = await queries.my_marks(viewer, ids, entry.id, entry if asked else None, entry, short)
    under["threads"] = under["threads"] if under["by_time"] else holding_first(under["threads"], marks.talk.outdated)
    shown, numbers = await marked_bodies(request, entry, [*first[1:], *under["replies"]])
    around = await queries.around(viewer, entry.id)
    borne = await queries.borne(viewer, ids, copied=snapshot_of(request) is not None, news=False)
    return {
        **under,
        **_new_in(request, viewer, entry, under, marks.talk),
        "entry": entry,
        "asked_so": await _asked_so(viewer, entry, (*first, *under["replies"]), marks.talk),
        "short": short,
        "bodies": shown,
        "numbers": numbers,
        "outline": await outline_of(entry),
        "tags": borne.tags,
        "carried": borne.carried,
        "mine": marks.given,
        "watching": marks.watching,
        "rights": rights(viewer, [*first, *under["replies"]]),
        "around": around,
        "suggested": marks.suggested,
        "answers": await _answers(viewer, entry) if _said_of_its_stage(entry) else (),
        "corrections": (await queries.corrections(viewer, [entry])).get(entry.id, ()),
        "series": around.series if entry.is_a.serial else None,
        "tended": await queries.tending(viewer, entry) if entry.is_a.tended else None,
    }


async def _asked_so(viewer: Viewer, head: Entry, found: tuple[Entry, ...], talk: Talk) -> str:
    """As whom the viewer stands there, where they asked in it without their name, or in what it was taken out of."""
    mine = next((each.author.name for each in found if each.id in viewer.asked), "")
    if mine or not viewer.asked or talk.came is None or await nameless.speaks(viewer, head.id) == viewer.person:
        return mine
    return (await nameless.nobody()).name


def _said_of_its_stage(entry: Entry) -> bool:
    """Whether it has stages, and one that does not go without saying."""
    stages = entry.is_a.stages
    return bool(stages) and not (entry.is_a.tended and entry.stage in (None, stages[0]))


async def _answers(viewer: Viewer, entry: Entry) -> tuple[Happening, ...]:
    """What was said last when it came to the stage that it has; what it was at as another kind says nothing of that."""
    said = await queries.happenings(viewer, entry.id, verb="stage")
    return tuple(each for each in said if each.note.split(" ", 1)[0] in entry.is_a.stages)[:1]


async def outline_of(entry: Entry) -> tuple[tuple[int, text.Heading], ...]:
    """The headings of a text that is long enough to have use for them, with their numbers among all."""
    headings = (await rendered(entry.body)).headings if entry.is_a.annotated else ()
    return tuple(each for each in enumerate(headings) if each[1].level <= 3) if len(headings) > 1 else ()


def in_short(entry: Entry, found: tuple[Entry, ...]) -> tuple[Entry | None, tuple[Entry, ...]]:
    """Of what was found in a conversation, what says it in short, and all else."""
    short = next((each for each in found if each.is_a.sums_up and each.parent == entry.id), None)
    return short, tuple(each for each in found if each is not short)


def by_time_of(request: Request, viewer: Viewer) -> bool:
    """In the order that this address asks for, or in the one that the viewer likes."""
    asked = request.query_params.get("order")
    return asked == "time" if asked in ORDERS else viewer.by_time


def below(found: tuple[Entry, ...], after: int = 0, *, by_time: bool = False) -> dict[str, Any]:
    """Of what was found under an entry, after an id, what one page shows; `nested`, if it can be shown both ways."""
    replies = as_many_as_fit(found[: queries.CONVERSATION_SIZE], _LONGEST)
    more = replies[-1].id if len(found) > len(replies) else None
    known = {each.id for each in replies if each.quote is None}
    return {
        "replies": replies, "threads": threads(replies, by_time=by_time), "more": more, "after": after, "by_time": by_time,
        "nested": any(each.parent in known for each in replies),
    }  # fmt: skip


def read_so_far(request: Request, viewer: Viewer, entry: Entry, upto: int | None) -> int | None:
    """How far the viewer has read, where `upto` was what is kept of that."""
    since = request.app.state.furthest.of(viewer.person).get(entry.id)
    return max(since.upto, upto or 0) if since is not None else upto


def _new_in(request: Request, viewer: Viewer, entry: Entry, under: dict[str, Any], talk: Talk) -> dict[str, Any]:
    """What of it is new to the viewer, who has read it from now on; `first_new` as they stand on the page."""
    upto = read_so_far(request, viewer, entry, talk.upto)
    replies: tuple[Entry, ...] = under["replies"]
    fresh = {each.id for each in replies if upto is not None and each.id > upto and not viewer.wrote(each)}
    shown = [each.id for thread in under["threads"] for each in (thread.first, *(said for said, _ in thread.under))]
    many = talk.new if under["more"] and upto == talk.upto else len(fresh)
    _reads(request, viewer, entry, replies, under["after"], upto, talk)
    first = next((id for id in shown if id in fresh), None)
    return {"talk": talk, "fresh": frozenset(fresh), "first_new": first, "new": many}


def _reads(
    request: Request, viewer: Viewer, entry: Entry, replies: tuple[Entry, ...], after: int, upto: int | None, talk: Talk
) -> None:
    """Whoever opens a page of it has read it, if they had read what is before that; and knows what was done in it if they had ever read it. Only what
    moves is said: where nothing is new to them, nothing is written."""
    if viewer.person is None or snapshot_of(request) is not None or not is_opened(request) or request.method != "GET":
        return
    last = max([entry.id, *(each.id for each in replies)])
    on = last if after <= (upto or 0) else upto or 0
    known = request.app.state.furthest.of(viewer.person).get(entry.id)
    since = max(talk.read_at, known.at if known else 0)
    if on > (upto or 0) or (upto is not None and max(entry.active_at, talk.called_at) > since):
        request.app.state.furthest.saw(viewer.person, entry.id, on, now())


@get("/entries/{id:int}/replies/{after:int}")
async def replies(request: Request, viewer: Viewer, id: int, after: int) -> Response[Any]:
    """A long conversation goes on here."""
    entry = await queries.entry(viewer, id)
    under = below(
        in_short(entry, await queries.replies(viewer, entry.id, after, queries.CONVERSATION_SIZE + 1))[1],
        after,
        by_time=by_time_of(request, viewer),
    )
    ids = [each.id for each in under["replies"]]
    marks = await queries.my_marks(viewer, ids, entry.id, head=entry)
    under["threads"] = under["threads"] if under["by_time"] else holding_first(under["threads"], marks.talk.outdated)
    return page(
        request, "entries/replies.html", block="replies", entry=entry, **under, **_new_in(request, viewer, entry, under, marks.talk),
        rights=rights(viewer, [entry, *under["replies"]]), bodies=await bodies(request, under["replies"], explained=True), tags=await queries.tags_of(ids),
        mine=marks.given,
    )  # fmt: skip


async def _gone(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """What stood here, for those who could read it: who put it in the bin, when and why. Its address does not say what it was
    called."""
    entry = await queries.trashed(viewer, id)
    if path_of(request).rstrip("/") != urls.gone_url(entry).rstrip("/"):
        return go(request, urls.gone_url(entry))
    by = await queries.face(viewer, entry.trashed_by)
    return page(request, "entries/gone.html", status=410, entry=entry, by=by)


@get([f"{path}/index.md" for path in _PATHS])
async def twin(request: Request, viewer: Viewer, id: int) -> Response[str]:
    """The entry as Markdown, with what is known of it in front."""
    entry = await queries.entry(viewer, id)
    tags = (await queries.tags_of([id])).get(id, ())
    short = await queries.summary(viewer, id) if entry.is_a.alone else None
    headers = {"x-content-type-options": "nosniff", "cache-control": "private, no-cache", "vary": "Cookie"}
    return Response(
        twins.markdown(entry, tags, request.app.state.settings.url, short.body if short else ""),
        media_type="text/markdown; charset=utf-8",
        headers=headers,
    )


@get("/e/{id:int}")
async def permalink(request: Request, viewer: Viewer, id: int) -> Response[bytes]:
    try:
        return moved(request, urls.url_of(await queries.entry(viewer, id)))
    except NotThere:
        return go(request, urls.gone_url(await queries.trashed(viewer, id)))


handlers = [show, replies, twin, permalink]
