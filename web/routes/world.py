"""What somebody who is not signed in sees of a text: the very page, made for nobody, for whoever may edit it."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get

from web import text, urls
from web.bodies import body_of_draft
from web.database import now
from web.entries import attachments, drafts, nameless, queries
from web.entries.beside import Around
from web.entries.derived import named_tags, rendered
from web.entries.drafts import Draft
from web.entries.rows import Attachment, Entry, Face, Place, Tag
from web.entries.trails import MOST_TAGS
from web.errors import NotThere, there
from web.http import page
from web.identity import VIEWER
from web.people import queries as people
from web.policy import NOBODY, Placed, Viewer
from web.rights import rights
from web.routes.entries import below, outline_of, shown
from web.routes.writing import writable


@dataclass(frozen=True)
class World:
    """Said over the page: `back` leads to where one came from; `missing` are the files in the text that are not for everybody."""

    back: str
    missing: tuple[Attachment, ...] = ()


def _outside(request: Request) -> Any:
    """The same request, made by nobody."""
    scope: Any = {**request.scope, VIEWER: NOBODY}
    return type(request)(scope)


@get("/entries/{id:int}/world")
async def show(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry = await queries.entry(viewer, id)
    viewer.must("edit", entry)
    try:
        seen, replies = await queries.conversation(NOBODY, entry.root)
    except NotThere:
        return await _closed(request, viewer, entry.space, urls.url_of(entry), urls.url_of(entry, "move"))
    world = World(urls.url_of(entry), await attachments.unseen_by(NOBODY, seen.id, viewer))
    outside = _outside(request)
    return page(outside, "entries/show.html", **await shown(outside, NOBODY, seen, replies), world=world)


@get("/drafts/{id:int}/world")
async def of_draft(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    """Before it is shared."""
    draft = await drafts.draft(viewer, id)
    there(draft if draft.is_a.alone and draft.entry is None else None)
    here = urls.url_of("drafts", id)
    try:
        space = await people.readable_space(viewer, draft.space)
    except NotThere:
        return await _closed(request, viewer, None, here, urls.draft_url(draft))
    if not space.public:
        return await _closed(request, viewer, space, here, urls.draft_url(draft))
    entry = await _as_if_shared(viewer, draft, Place(space.id, space.slug, space.name, space.access, space.public))
    outside = _outside(request)
    done = await rendered(draft.body)
    spelled = named_tags(draft.tags, done.tags, MOST_TAGS)
    marks = await queries.my_marks(NOBODY, [], id)
    return page(
        outside, "entries/show.html", entry=entry, bodies={id: await body_of_draft(outside, draft.body)}, numbers={}, **below(()),
        short=None, outline=await outline_of(entry), tags={id: tuple(Tag(0, name, title) for name, (title, _) in sorted(spelled.items()))},
        mine={}, watching=None, rights=rights(NOBODY, [entry]), around=Around((), (), ()), suggested=marks.suggested, answers=(), tended=None,
        corrections=(), series=None, carried={}, talk=marks.talk, fresh=frozenset(), first_new=None, new=0, world=World(here), asked_so="",
    )  # fmt: skip


async def _as_if_shared(viewer: Viewer, draft: Draft, space: Place) -> Entry:
    done, at, kind = await rendered(draft.body), now(), draft.is_a
    by = await nameless.nobody() if draft.nameless else Face(viewer.me, viewer.handle, viewer.name)
    return Entry(
        id=draft.id, kind=draft.kind, space=space, author=by, parent=None, root=draft.id, revision=0,
        title=draft.title, slug=text.slug(draft.title), body=draft.body, lead=draft.lead, lang=draft.lang, created_at=at, updated_at=at,
        active_at=at, url=draft.url or None, quote=None, anchor=None, sort=None, stage=kind.stages[0] if kind.stages else None, accepted=None,
        position=0, replies=0, annotations=0, recommend=0, helped=0, vote=0, watchers=0, revisions=1, trashed_at=None, trashed_by=None,
        trash_reason="", hide_at=None, excerpt=draft.lead or done.plain[:600], words=len(done.plain.split()) if kind.told else None,
    )  # fmt: skip


async def _closed(request: Request, viewer: Viewer, space: Placed | None, back: str, elsewhere: str) -> Response[Any]:
    """Nobody outside sees anything; with what can be done about that."""
    public = [each for each in await writable(viewer) if each.public]
    return page(request, "entries/world.html", space=space, back=back, elsewhere=elsewhere, public=public)


handlers = [show, of_draft]
