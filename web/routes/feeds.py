"""The lists once more, as feeds: for programs that tell when there is something new."""

from typing import Any

from litestar import Request, Response, get

from web import feeds, text, urls, words
from web.bodies import as_many_as_fit, bodies
from web.entries import following, queries
from web.entries.queries import Filter, Listed
from web.errors import NotThere, SignInNeeded, there
from web.http import NEVER_OLD, house_of, language_of, snapshot_of
from web.identity import is_keyed
from web.kinds import BY_PATH, KINDS, Kind
from web.people import queries as people
from web.policy import Viewer
from web.templating import word

_LONGEST = 4 * text.BODY_MAX
_KIND_PATHS = [kind.path for kind in KINDS.values() if kind.alone]


async def _feed(
    request: Request, viewer: Viewer, which: Filter, here: str, title: str = "", *, by: Any = queries.stream
) -> Response[bytes]:
    """The feed of the list that begins `here`. Raises NotThere, and SignInNeeded when somebody should say who they are."""
    copied = snapshot_of(request) is not None
    there(feeds.has_feed(which, copied=copied) or None)
    listed = await by(viewer, which)
    if not (viewer.signed_in or copied) and ("authorization" in request.headers or not listed.items):
        raise SignInNeeded
    entries = as_many_as_fit(listed.items, _LONGEST)
    house, origin = house_of(request).name, request.app.state.settings.url.rstrip("/")
    feed = feeds.Feed(
        f"{title} · {house}" if title else house, here, origin, language_of(request),
        # An address with a key in it is said to nobody, not even to whoever asked by it.
        itself=not copied and not is_keyed(request),
    )  # fmt: skip
    tags, corrections = await queries.tags_of([each.id for each in entries]), await queries.corrections(viewer, entries)
    made = feeds.atom(feed, entries, await bodies(request, entries), tags, corrections)
    return Response(
        made, media_type=f"{feeds.MEDIA_TYPE}; charset=utf-8", headers={**NEVER_OLD, "referrer-policy": "no-referrer"}
    )


def _called(request: Request, kind: Kind) -> str:
    return word(language_of(request), "KINDS", kind.name)


@get(f"/{urls.FEED}")
async def stream(request: Request, viewer: Viewer) -> Response[bytes]:
    return await _feed(request, viewer, Filter(), urls.url_of("stream"))


@get(f"/followed/{urls.FEED}")
async def followed(request: Request, viewer: Viewer) -> Response[bytes]:
    """What somebody follows, for themselves."""
    viewer.must("write")
    title = words.catalogue(language_of(request)).gettext("What you follow")
    return await _feed(request, viewer, Filter(followed_by=viewer.person), urls.url_of("followed"), title)


@get([f"/{path}/{urls.FEED}" for path in _KIND_PATHS])
async def of_kind(request: Request, viewer: Viewer) -> Response[bytes]:
    kind = BY_PATH[request.url.path.split("/")[1]]
    return await _feed(request, viewer, Filter(kinds=(kind.name,)), urls.url_of(kind), _called(request, kind))


@get(f"/spaces/{{slug:str}}/{urls.FEED}")
async def of_space(request: Request, viewer: Viewer, slug: str) -> Response[bytes]:
    space = await people.readable_space(viewer, slug)
    return await _feed(request, viewer, Filter(space=space.id), urls.url_of(space), space.name)


@get(f"/spaces/{{slug:str}}/series/{{key:str}}/{urls.FEED}")
async def of_series(request: Request, viewer: Viewer, slug: str, key: str) -> Response[bytes]:
    space = await people.readable_space(viewer, slug)
    name, _ = await queries.parts(viewer, space.id, key)

    async def latest(viewer: Viewer, _: Filter) -> Listed:
        return await queries.latest_parts(viewer, space.id, key)

    return await _feed(
        request, viewer, Filter(space=space.id), urls.series_url(space.slug, key), f"{name} · {space.name}", by=latest
    )


@get(f"/spaces/{{slug:str}}/{{kind:str}}/{urls.FEED}")
async def of_kind_in_space(request: Request, viewer: Viewer, slug: str, kind: str) -> Response[bytes]:
    space = await people.readable_space(viewer, slug)
    if kind not in _KIND_PATHS:
        raise NotThere
    which = Filter(kinds=(BY_PATH[kind].name,), space=space.id)
    return await _feed(
        request, viewer, which, urls.url_of(space, kind), f"{space.name}: {_called(request, BY_PATH[kind])}"
    )


@get(f"/people/{{handle:str}}/{urls.FEED}")
async def of_person(request: Request, viewer: Viewer, handle: str) -> Response[bytes]:
    person = await people.person(viewer, handle)
    _, together = await following.follows_whom(viewer, person.id)
    which = Filter(author=person.id, with_author=together)
    return await _feed(request, viewer, which, urls.url_of(person), person.name, by=queries.written)


@get(f"/tags/{{name:str}}/{urls.FEED}")
async def of_tag(request: Request, viewer: Viewer, name: str) -> Response[bytes]:
    tag = await queries.tag(viewer, text.tag_name(name))
    which = Filter(kinds=queries.EVERY, tag=tag.name)
    return await _feed(request, viewer, which, urls.url_of(tag), f"#{tag.title}")


handlers = [stream, followed, of_kind, of_space, of_series, of_kind_in_space, of_person, of_tag]
