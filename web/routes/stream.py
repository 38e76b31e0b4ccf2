"""The stream: everything the viewer may read, the latest activity first; and the list of each kind."""

from typing import Any

from litestar import Request, Response, get

from web import handbook, urls
from web.entries import queries
from web.entries.queries import Cursor, Filter, Listed
from web.entries.rows import Entry
from web.http import house_of, page
from web.kinds import BY_PATH, KINDS, QUICK, REACTIONS
from web.people import queries as people
from web.people.rows import House
from web.policy import Mine, Viewer
from web.rights import rights

_ASKED = tuple(kind.name for kind in KINDS.values() if kind.accepts)
_WAITING, _OFFERED = 4, 100
_KIND_PATHS = [kind.path for kind in KINDS.values() if kind.alone]


async def listing(
    request: Request, viewer: Viewer, template: str, listed: Listed, here: str, **context: Any
) -> Response[Any]:
    """A page with a list on it; `here` is the address of its first page."""
    ids = [each.id for each in listed.items]
    return page(
        request, template, listed=listed, rights=rights(viewer, listed.items, "edit", "reply", *REACTIONS), tags=await queries.tags_of(ids),
        mine=await queries.my_reactions(viewer, ids), latest=await queries.latest(viewer, ids), first=here,
        older_url=f"{here}older/{listed.older}/" if listed.older else "", **context,
    )  # fmt: skip


@get(["/", "/older/{older:str}"])
async def stream(request: Request, viewer: Viewer, older: str = "") -> Response[Any]:
    listed = await queries.stream(viewer, Filter(), Cursor.read(older))
    offered = _offered(viewer, house_of(request)) if not older else ()
    waiting = await _waiting(viewer) if viewer.signed_in and not older else ()
    unsettled = viewer.may("administer") and not house_of(request).settled
    return await listing(
        request, viewer, "stream.html", listed, urls.url_of("stream"), offered=offered, quick=QUICK.name, waiting=waiting,
        first_things=await queries.first_things(viewer, tuple(handbook.SLUGS.values())) if unsettled else None,
    )  # fmt: skip


def _offered(viewer: Viewer, house: House) -> tuple[Mine, ...]:
    """Where something quick may be shared from here: with everybody, or in a space of one's own."""
    everybody = Mine(house.space, people.HOUSE, house.name, "open", house.public, "member")
    places = [everybody, *(mine for mine in viewer.spaces if mine.id != house.space)]
    return tuple(place for place in places if viewer.may("post", place))[:_OFFERED]


async def _waiting(viewer: Viewer) -> list[Entry]:
    """The latest of what colleagues have asked and nobody has answered."""
    asked = await queries.stream(viewer, Filter(kinds=_ASKED, unanswered=True), limit=_WAITING * 2)
    return [each for each in asked.items if each.author.id != viewer.person][:_WAITING]


@get(["/followed", "/followed/older/{older:str}"])
async def followed(request: Request, viewer: Viewer, older: str = "") -> Response[Any]:
    """What comes from the entries, spaces, tags and colleagues that the viewer follows."""
    viewer.must("write")
    listed = await queries.stream(viewer, Filter(followed_by=viewer.person), Cursor.read(older))
    return await listing(request, viewer, "list.html", listed, urls.url_of("followed"), kind=None)


@get([path for word in _KIND_PATHS for path in (f"/{word}", f"/{word}/older/{{older:str}}")])
async def of_kind(request: Request, viewer: Viewer, older: str = "") -> Response[Any]:
    kind = BY_PATH[request.url.path.split("/")[1]]
    listed = await queries.stream(viewer, Filter(kinds=(kind.name,)), Cursor.read(older))
    return await listing(request, viewer, "list.html", listed, urls.url_of(kind), kind=kind)


@get(["/bin", "/bin/older/{older:str}"])
async def bin(request: Request, viewer: Viewer, older: str = "") -> Response[Any]:
    """What was thrown away and can be taken out again."""
    viewer.must("write")
    listed = await queries.bin_of(viewer, Cursor.read(older))
    return await listing(request, viewer, "bin.html", listed, urls.url_of("bin"))


handlers = [stream, followed, of_kind, bin]
