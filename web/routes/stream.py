"""The stream: everything the viewer may read, the latest activity first; and the list of each kind."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get

from web import feeds, handbook, urls
from web.database import now
from web.entries import queries
from web.entries.queries import Cursor, Filter, Listed, Month, Place
from web.entries.rows import as_row
from web.entries.tabs import FOLLOWED, NONE, STREAM
from web.entries.talks import CaughtUp, Lately, Reading
from web.entries.waiting import waiting
from web.facts import HOUSE
from web.http import house_of, is_opened, page, snapshot_of
from web.kinds import BY_PATH, KINDS, QUICK, REACTIONS
from web.people.rows import House
from web.policy import Mine, Viewer
from web.rights import rights
from web.times import MINUTE

# What a row of a list asks for.
ON_ROWS = ("edit", "reply", "choose", "end_poll", *REACTIONS)
_ASKED_PATHS = [kind.path for kind in KINDS.values() if kind.accepts]
_WAITING, _MAY_KNOW, _OFFERED = 4, 10, 100
_KIND_PATHS = [kind.path for kind in KINDS.values() if kind.alone]


def pages_of(path: str) -> list[str]:
    """The addresses of a list: its beginning, what is older than that, and its months, page by page."""
    top = path.rstrip("/")
    return [
        path,
        f"{top}/older/{{older:str}}",
        f"{top}/month/{{month:str}}",
        f"{top}/month/{{month:str}}/after/{{cursor:str}}",
    ]


def place_of(request: Request) -> Place:
    """Where in a list that is. Raises NotThere."""
    said = request.path_params
    return Month.read(said["month"], said.get("cursor")) if "month" in said else Cursor.read(said.get("older"))


async def listing(
    request: Request,
    viewer: Viewer,
    template: str,
    which: Filter,
    here: str,
    *,
    by: Any = queries.stream,
    list: int | None = None,
    **context: Any,
) -> Response[Any]:
    """A page with a list on it; `here` is the address of its first page, `by` says in which order it is, and `list` which
    it is of those in which it is said how far the viewer has come."""
    place = place_of(request)
    listed = await by(viewer, which, place)
    month = place if isinstance(place, Month) else None
    # In a snapshot all that is older is found by its month: those pages stay as they are when more is written.
    copied = snapshot_of(request) is not None
    months = await queries.months(viewer, which) if copied and place is None else ()
    feed = urls.feed_url(here) if place is None and feeds.has_feed(which, copied=copied) else ""
    more = f"{here}month/{month}/after" if month else f"{here}older"
    return await shown(
        request,
        viewer,
        template,
        listed,
        here,
        more,
        month=month,
        months=months,
        feed=feed,
        list=list if month is None and not copied else None,
        **context,
    )


async def shown(
    request: Request, viewer: Viewer, template: str, listed: Listed, first: str, more: str, *, month: Month | None = None,
    months: tuple[tuple[Month, int], ...] = (), feed: str = "", list: int | None = None, asked: str = "", **context: Any,
) -> Response[Any]:  # fmt: skip
    """`more`: what the address of the next page begins with, and `asked` what it ends with; `feed`: where there is a feed of it."""
    # The same row, whatever list it stands in.
    listed = replace(listed, items=tuple(map(as_row, listed.items)))
    ids = [each.id for each in listed.items]
    borne = await queries.borne(viewer, ids, copied=snapshot_of(request) is not None)
    lately = await queries.lately(viewer, ids, list)
    just_read = request.app.state.furthest.of(viewer.person)
    return page(
        request, template, listed=listed, rights=rights(viewer, listed.items, *ON_ROWS), tags=borne.tags, mine=borne.given,
        news=_but(just_read, borne.news), did=_but(just_read, lately.did), read_at=lately.read_at, carried=borne.carried, latest=lately.latest, first=first, month=month,
        months=months, feed=feed, more_url=f"{more}/{listed.older}/{asked}" if listed.older else "",
        tabs=lately.tabs if list is not None else None,
        caught=_come_to(request, viewer, listed, lately, list) if list not in (None, NONE) and viewer.signed_in else None, **context,
    )  # fmt: skip


def _but(just_read: Mapping[int, Reading], news: Mapping[int, Any]) -> dict[int, Any]:
    """But for what they have opened a moment ago, of which that is not kept yet."""
    return {id: each for id, each in news.items() if id not in just_read}


def _come_to(request: Request, viewer: Viewer, listed: Listed, lately: Lately, list: int) -> int | None:
    """Behind how many of these all that is new to the viewer ends; none where it does not on this page. They have come so far from now on."""
    furthest, place = request.app.state.furthest, place_of(request)
    at, first = now() // MINUTE * MINUTE, not isinstance(place, Cursor)
    looks = is_opened(request) and request.method == "GET"
    known: CaughtUp | None = furthest.caught(viewer.person).get(list) or lately.caught
    caught = known or CaughtUp(now(), now(), now())  # whoever comes for the first time has missed nothing
    mark = caught.mark(at)
    if isinstance(place, Cursor) and place.time <= mark:
        return None
    read = {**lately.read_at, **{id: each.at for id, each in furthest.of(viewer.person).items()}}
    by = {each.id: lately.latest[each.id].by if each.id in lately.latest else each.author for each in listed.items}
    new = [
        number
        for number, each in enumerate(listed.items, start=1)
        if each.active_at > max(mark, read.get(each.id, 0)) and by[each.id].id != viewer.person
    ]
    ends = listed.older is None or listed.older.time <= mark
    on = caught.on(at, first=first, ends=ends) if new else caught
    if looks and on != known:
        furthest.came(viewer.me, list, on)
    return max(new, default=0) if ends else None


@get(pages_of("/"))
async def stream(request: Request, viewer: Viewer) -> Response[Any]:
    first = place_of(request) is None
    offered = _offered(viewer, house_of(request)) if first else ()
    asked = await waiting(viewer, _WAITING) if viewer.signed_in and first else ()
    unsettled = viewer.may("administer") and not house_of(request).settled
    return await listing(
        request, viewer, "stream.html", Filter(), urls.url_of("stream"), offered=offered, quick=QUICK.name, waiting=asked, list=STREAM,
        first_things=await queries.first_things(viewer, tuple(handbook.SLUGS.values())) if unsettled else None,
    )  # fmt: skip


def _offered(viewer: Viewer, house: House) -> tuple[Mine, ...]:
    """Where something quick may be shared from here: with everybody, or in a space of one's own."""
    everybody = Mine(house.space, HOUSE, house.name, "open", house.public, "member")
    places = [everybody, *(mine for mine in viewer.spaces if mine.id != house.space)]
    return tuple(place for place in places if viewer.may("post", place))[:_OFFERED]


@get(pages_of("/followed"))
async def followed(request: Request, viewer: Viewer) -> Response[Any]:
    """What comes from the entries, spaces, tags and colleagues that the viewer follows."""
    viewer.must("write")
    which = Filter(followed_by=viewer.person)
    yours = await queries.due(viewer, mine=True, limit=_WAITING) if place_of(request) is None else ()
    return await listing(
        request, viewer, "list.html", which, urls.url_of("followed"), kind=None, yours=yours, list=FOLLOWED
    )


@get([path for word in _KIND_PATHS for path in pages_of(f"/{word}")])
async def of_kind(request: Request, viewer: Viewer) -> Response[Any]:
    kind = BY_PATH[request.url.path.split("/")[1]]
    return await listing(
        request, viewer, "list.html", Filter(kinds=(kind.name,)), urls.url_of(kind), kind=kind, yours=()
    )


@get([path for word in _ASKED_PATHS for path in pages_of(f"/{word}/waiting")])
async def unanswered(request: Request, viewer: Viewer) -> Response[Any]:
    """What nobody has answered, and of it what the viewer may know."""
    viewer.must("write")
    kind, first = BY_PATH[request.url.path.split("/")[1]], place_of(request) is None
    which = Filter(kinds=(kind.name,), unanswered=True)
    asked = [each for each in await waiting(viewer, _MAY_KNOW) if each.topic] if first else []
    return await listing(request, viewer, "waiting.html", which, urls.url_of(kind, "waiting"), kind=kind, yours=asked)


@get(["/bin", "/bin/older/{older:str}"])
async def bin(request: Request, viewer: Viewer, older: str = "") -> Response[Any]:
    """What was thrown away and can be taken out again."""
    viewer.must("write")
    listed = await queries.bin_of(viewer, Cursor.read(older))
    here = urls.url_of("bin")
    return await shown(request, viewer, "bin.html", listed, here, f"{here}older")


handlers = [stream, followed, of_kind, unanswered, bin]
