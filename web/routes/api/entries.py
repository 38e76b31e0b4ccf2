"""Entries for programs: the same queries and actions as the pages, one address per verb."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post

from web import checks, urls
from web.entries import actions, queries
from web.entries import search as index
from web.entries.actions import Fields
from web.entries.queries import Cursor, Filter
from web.kinds import KINDS, SUMMARY
from web.people import queries as people
from web.policy import Viewer
from web.routes.api import shapes

_MOST = 100


def origin(request: Request) -> str:
    return str(request.app.state.settings.url)


def _words(tags: list[str] | str) -> str:
    return tags if isinstance(tags, str) else " ".join(tags)


async def shown(request: Request, viewer: Viewer, id: int) -> shapes.Entry:
    entry = await queries.entry(viewer, id)
    borne = await queries.borne(viewer, [id], news=False)
    return shapes.entry(entry, borne.tags.get(id, ()), origin(request), borne.carried.get(id))


async def made(request: Request, viewer: Viewer, id: int) -> Response[shapes.Entry]:
    made = await shown(request, viewer, id)
    return Response(made, status_code=201, headers={"location": f"/api/entries/{id}"})


async def all_of(request: Request, viewer: Viewer, entries: tuple[Any, ...]) -> list[shapes.Entry]:
    borne = await queries.borne(viewer, [each.id for each in entries], news=False)
    return [
        shapes.entry(each, borne.tags.get(each.id, ()), origin(request), borne.carried.get(each.id)) for each in entries
    ]


def how_many(limit: int) -> int:
    checks.integer("limit", limit, 1, _MOST)
    return limit


@get("/entries")
async def list_entries(
    request: Request, viewer: Viewer, kind: str = "", space: str = "", author: str = "", tag: str = "",
    parent: int | None = None, root: int | None = None, limit: int = 30, cursor: str = "",
) -> shapes.Entries:  # fmt: skip
    """Entries that stand alone, the latest active first; with `parent` or `root`, what is written under one."""
    under = parent is not None or root is not None
    which = Filter(
        kinds=(actions.kind_named(kind).name,) if kind else queries.EVERY if under else queries.ALONE,
        space=(await people.readable_space(viewer, space)).id if space else None,
        author=(await people.person(viewer, author)).id if author else None,
        tag=tag.lower().lstrip("#") or None, parent=checks.integer("parent", parent), root=checks.integer("root", root),
    )  # fmt: skip
    found = await queries.stream(viewer, which, Cursor.read(cursor), how_many(limit))
    return shapes.Entries(await all_of(request, viewer, found.items), str(found.older) if found.older else None)


@get("/search")
async def search(request: Request, viewer: Viewer, q: str = "", limit: int = 30, cursor: str = "") -> shapes.Hits:
    """The best hits first. Understands "phrases", -without, kind: tag: by: in: before: after:."""
    found = await index.search(viewer, index.read(q), Cursor.read(cursor), how_many(limit))
    entries = await all_of(request, viewer, tuple(hit.entry for hit in found.items))
    hits = [shapes.Hit(entry, str(hit.snippet)) for entry, hit in zip(entries, found.items, strict=True)]
    return shapes.Hits(hits, str(found.older) if found.older else None)


@get("/entries/{id:int}")
async def read(request: Request, viewer: Viewer, id: int) -> shapes.Entry:
    return await shown(request, viewer, id)


@get("/entries/{id:int}/revisions")
async def revisions(viewer: Viewer, id: int, limit: int = 30, cursor: int | None = None) -> shapes.Revisions:
    """The entry's texts, the latest first."""
    await queries.entry(viewer, id)
    before = checks.integer("cursor", cursor)
    found = await queries.revisions(viewer, id, before, how_many(limit) + 1)
    more = str(found[limit - 1].id) if len(found) > limit else None
    return shapes.Revisions([shapes.revision(each) for each in found[:limit]], more)


@get("/entries/{id:int}/revisions/{revision:int}")
async def read_revision(viewer: Viewer, id: int, revision: int) -> shapes.Revision:
    return shapes.revision(await queries.revision(viewer, id, revision))


@get("/entries/{id:int}/backlinks")
async def backlinks(request: Request, viewer: Viewer, id: int) -> shapes.Entries:
    """What links to the entry."""
    await queries.entry(viewer, id)
    refs = await queries.backlinks(viewer, id)
    found = await queries.entries(viewer, [ref.id for ref in refs])
    return shapes.Entries(await all_of(request, viewer, tuple(found[ref.id] for ref in refs if ref.id in found)), None)


@post("/entries")
async def create(request: Request, viewer: Viewer, data: shapes.Post) -> Response[shapes.Entry]:
    kind = actions.kind_named(data.kind)
    space = await people.readable_space(viewer, data.space) if data.space and kind.alone else None
    parent = (
        await queries.entry(viewer, checks.integer("parent", data.parent) or 0) if data.parent is not None else None
    )
    fields = Fields(
        data.title,
        data.body,
        data.url,
        data.quote,
        data.anchor,
        sort=data.sort,
        tags=_words(data.tags),
        lang=data.lang,
        lead=data.lead,
        choices="\n".join(" ".join(each.split()) for each in data.choices),
        several=data.several,
        until=data.until,
        nameless=data.nameless,
    )
    return await made(request, viewer, await actions.post(viewer, kind.name, space, fields, parent))


# One address per verb.


@post("/entries/{id:int}/reply")
async def reply(request: Request, viewer: Viewer, id: int, data: shapes.Reply) -> Response[shapes.Entry]:
    return await _under(request, viewer, id, "reply", Fields(body=data.body, tags=_words(data.tags)))


@post("/entries/{id:int}/annotate")
async def annotate(request: Request, viewer: Viewer, id: int, data: shapes.Annotate) -> Response[shapes.Entry]:
    fields = Fields(body=data.body, quote=data.quote, anchor=data.anchor, sort=data.sort, tags=_words(data.tags))
    return await _under(request, viewer, id, "annotation", fields)


@post("/entries/{id:int}/summarize")
async def summarize(request: Request, viewer: Viewer, id: int, data: shapes.Reply) -> Response[shapes.Entry]:
    """What its conversation has come to, in short: there is one of it, which is edited as any text."""
    return await _under(request, viewer, id, SUMMARY.name, Fields(body=data.body, tags=_words(data.tags)))


async def _under(request: Request, viewer: Viewer, id: int, kind: str, fields: Fields) -> Response[shapes.Entry]:
    parent = await queries.entry(viewer, id)
    return await made(request, viewer, await actions.post(viewer, KINDS[kind].name, None, fields, parent))


@post("/entries/{id:int}/edit", status_code=200)
async def edit(request: Request, viewer: Viewer, id: int, data: shapes.Edit) -> shapes.Entry:
    """Merged with what others saved since `revision`; 409 with all the texts when that cannot be done."""
    given = {
        name: each for name in ("title", "body", "lead", "url", "lang") if (each := getattr(data, name)) is not None
    }
    tags = await queries.form_tags(id) if data.tags is None else _words(data.tags)
    # What is left out stays as it was in the text that the edit is based on.
    old = await queries.revision(viewer, id, checks.integer("revision", data.revision) or 0)
    before = Fields(
        old.title,
        old.body,
        old.url,
        tags=tags,
        lang=old.lang,
        lead=old.lead,
        summary=data.summary,
        minor=data.minor,
        correction=data.correction,
    )
    await actions.edit(viewer, id, replace(before, **given), old.id)
    if data.mend:
        await actions.mend(viewer, id, urls.url_of(await queries.entry(viewer, id)))
    return await shown(request, viewer, id)


@post("/entries/{id:int}/revert", status_code=200)
async def revert(request: Request, viewer: Viewer, id: int, data: shapes.Revert) -> shapes.Entry:
    do = actions.undo if data.undo else actions.revert
    await do(viewer, id, checks.integer("revision", data.revision) or 0, data.summary)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/redact", status_code=200)
async def redact(request: Request, viewer: Viewer, id: int, data: shapes.Redact) -> shapes.Entry:
    """Takes an older text away for good. The text that stands stays."""
    await actions.redact(viewer, id, checks.integer("revision", data.revision) or 0, data.reason)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/tag", status_code=200)
async def tag(request: Request, viewer: Viewer, id: int, data: shapes.SetTags) -> shapes.Entry:
    await actions.tag(viewer, id, _words(data.tags))
    return await shown(request, viewer, id)


@post("/entries/{id:int}/trash", status_code=200)
async def trash(request: Request, viewer: Viewer, id: int, data: shapes.Trash | None = None) -> shapes.Entry:
    """Gives the entry as it was; `restore` brings it back."""
    before = await shown(request, viewer, id)
    await actions.trash(viewer, id, data.reason if data else "")
    return before


@post("/entries/{id:int}/restore", status_code=200)
async def restore(request: Request, viewer: Viewer, id: int, data: shapes.Sent | None = None) -> shapes.Entry:
    await actions.restore(viewer, id)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/move", status_code=200)
async def move(request: Request, viewer: Viewer, id: int, data: shapes.Move) -> shapes.Entry:
    await actions.move(viewer, id, await people.readable_space(viewer, data.space), below=data.below)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/turn", status_code=200)
async def turn(request: Request, viewer: Viewer, id: int, data: shapes.Turn) -> shapes.Entry:
    await actions.turn(viewer, id, data.kind, data.title)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/place", status_code=200)
async def place(request: Request, viewer: Viewer, id: int, data: shapes.Put) -> shapes.Entry:
    await actions.place(viewer, id, checks.integer("parent", data.parent), checks.integer("before", data.before))
    return await shown(request, viewer, id)


@post("/entries/{id:int}/accept", status_code=200)
async def accept(request: Request, viewer: Viewer, id: int, data: shapes.Accept) -> shapes.Entry:
    await actions.accept(viewer, id, checks.integer("reply", data.reply))
    return await shown(request, viewer, id)


@post("/entries/{id:int}/stage", status_code=200)
async def stage(request: Request, viewer: Viewer, id: int, data: shapes.Stage) -> shapes.Entry:
    await actions.stage(viewer, id, data.stage, data.note)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/recommend", status_code=200)
async def recommend(request: Request, viewer: Viewer, id: int, data: shapes.Undone | None = None) -> shapes.Entry:
    return await _react(request, viewer, id, "recommend", data)


@post("/entries/{id:int}/vote", status_code=200)
async def vote(request: Request, viewer: Viewer, id: int, data: shapes.Undone | None = None) -> shapes.Entry:
    return await _react(request, viewer, id, "vote", data)


async def _react(request: Request, viewer: Viewer, id: int, name: str, data: shapes.Undone | None) -> shapes.Entry:
    await actions.react(viewer, id, name, undo=data.undo if data else False)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/watch", status_code=200)
async def watch(request: Request, viewer: Viewer, id: int, data: shapes.Watch | None = None) -> shapes.Entry:
    await actions.watch(viewer, id, data.level if data else "all")
    return await shown(request, viewer, id)


handlers = [
    list_entries, search, read, revisions, read_revision, backlinks, create, reply, annotate, summarize, edit, revert, redact, tag, trash,
    restore, move, turn, place, accept, stage, recommend, vote, watch,
]  # fmt: skip
