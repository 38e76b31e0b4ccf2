"""An entry and its conversation as they stood on a day that has passed."""

from typing import Any

from litestar import Request, Response, get
from msgspec.structs import replace

from web import urls
from web.bodies import bodies_of_then
from web.database import now
from web.entries import queries
from web.entries.derived import named_tags, rendered
from web.entries.rows import Entry, Tag
from web.entries.threads import threads
from web.entries.trails import MOST_TAGS
from web.errors import NotThere
from web.http import go, moved, page
from web.kinds import BY_PATH
from web.policy import NOBODY, Viewer
from web.rights import rights
from web.times import DAY, end_of


def _moment(day: str) -> int:
    """Its last one, in ms. Raises NotThere for what is no day, or has not come yet."""
    try:
        moment = end_of(day)
    except ValueError:
        raise NotThere from None
    if moment - DAY >= now():
        raise NotThere
    return moment


@get("/entries/{id:int}/at")
async def choose(request: Request, viewer: Viewer, id: int, day: str = "") -> Response[Any]:
    """Off to the day that was chosen in a form; without one, to the history."""
    entry = await queries.entry(viewer, id)
    return go(request, urls.url_of(entry, "at", day) if day else urls.url_of(entry, "history"))


@get([f"/{path}/{{id:int}}/{slug}at/{{day:str}}" for path in BY_PATH for slug in ("", "{slug:str}/")])
async def typed(request: Request, viewer: Viewer, id: int, day: str) -> Response[bytes]:
    """Whoever is on a page adds the day to its address."""
    return moved(request, urls.url_of(await queries.entry(viewer, id), "at", day))


@get(["/entries/{id:int}/at/{day:str}", "/entries/{id:int}/at/{day:str}/after/{after:int}"])
async def show(request: Request, viewer: Viewer, id: int, day: str, after: int = 0) -> Response[Any]:
    today, moment = await queries.entry(viewer, id), _moment(day)
    if today.root != id:
        return go(request, f"{urls.url_of('entries', today.root, 'at', day)}#entry-{id}")
    found = await queries.conversation_at(viewer, moment, id, after)
    if not found:
        return page(request, "entries/not_yet.html", status=404, entry=today, moment=moment)
    more = len(found) > queries.CONVERSATION_SIZE + 1
    found = found[: queries.CONVERSATION_SIZE + 1]
    entries = [entry for entry, _, _ in found]
    entry, replies = entries[0], entries[1:]
    if not more and not after and all(each.id != entry.accepted for each in replies):
        entry = replace(entry, accepted=None)  # it was in the bin
    return page(
        request, "entries/then.html", entry=entry, day=day, moment=moment, after=after, replies=replies,
        threads=threads(replies), more=replies[-1].id if more else None, above=await queries.trail_at(viewer, moment, id),
        bodies=await bodies_of_then(request, entries), tags={each.id: await _tags(each, typed) for each, typed, _ in found},
        taken=any(taken for _, _, taken in found),
        mine={}, rights=rights(NOBODY, entries),
    )  # fmt: skip


async def _tags(entry: Entry, typed: str) -> tuple[Tag, ...]:
    in_text = (await rendered(entry.body)).tags
    return tuple(Tag(0, name, title) for name, (title, _) in sorted(named_tags(typed, in_text, MOST_TAGS).items()))


handlers = [choose, typed, show]
