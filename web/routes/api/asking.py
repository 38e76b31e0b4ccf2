"""What is written already, for programs that would ask."""

import msgspec
from litestar import Request, get

from web import urls
from web.entries import actions, knowing, queries
from web.entries.alike import alike
from web.entries.knowing import knowers_about
from web.policy import Viewer
from web.routes.api import shapes
from web.routes.api.entries import all_of, how_many


class LivesIn(msgspec.Struct, frozen=True):
    """The page, and the heading of the section in it, where something of a conversation stands now."""

    page: int
    section: str
    url: str


class Alike(msgspec.Struct, frozen=True):
    """Something that looks like a title; `here`: the id of what has its words, it or a reply to it; `accepted`: that of the answer
    that settled it. What stands on a page by now is best read there (`lives_in`). The higher the `score`, the more of what the title says is said there."""

    entry: shapes.Entry
    here: int
    accepted: int | None
    lives_in: LivesIn | None
    score: float


class Similar(msgspec.Struct, frozen=True):
    items: list[Alike]


@get("/similar")
async def similar(request: Request, viewer: Viewer, title: str = "", kind: str = "", limit: int = 5) -> Similar:
    """What is written already that looks like a title, the best first: what whoever types it is shown."""
    found = await alike(viewer, title, actions.kind_named(kind).name if kind else "", how_many(limit))
    entries = await all_of(request, viewer, tuple(each.entry for each in found))
    lives, ours = (
        await queries.lives_in(viewer, [each.entry.id for each in found]),
        request.app.state.settings.url.rstrip("/"),
    )
    homes = {
        id: LivesIn(home.ref.id, home.section, ours + urls.section_url(home.ref, home.anchor))
        for id, home in lives.items()
    }
    return Similar(
        [
            Alike(entry, each.here, each.entry.accepted, homes.get(each.entry.id), round(each.score, 4))
            for entry, each in zip(entries, found, strict=True)
        ]
    )


class Because(msgspec.Struct, frozen=True):
    """One thing that speaks for somebody: `what` they did, in which conversation (`entry`) and where in it (`here`); or of which `topic` they say that
    they can be asked, or somebody else (`by`) says so."""

    what: str
    entry: int | None
    here: int | None
    topic: str
    by: str


class Knower(msgspec.Struct, frozen=True):
    handle: str
    name: str
    because: list[Because]
    score: float


class WhoKnows(msgspec.Struct, frozen=True):
    items: list[Knower]


@get("/who-knows")
async def who_knows(viewer: Viewer, about: str) -> WhoKnows:
    """Colleagues who may know about a tag or about some words, the likeliest first, and what speaks for them that you can read."""
    viewer.must("write")
    return WhoKnows([_knower(each) for each in await knowers_about(viewer, about[:200])])


def _knower(found: knowing.Knower) -> Knower:
    because = [
        Because(
            each.what,
            each.entry.id if each.entry else None,
            each.here or None,
            each.topic,
            each.by.handle if each.by else "",
        )
        for each in found.because
    ]
    return Knower(found.person.handle, found.person.name, because, round(found.score, 4))


handlers = [similar, who_knows]
