"""Search over everything the viewer may read."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post

from web import urls
from web.entries import queries, seeking
from web.entries import search as index
from web.entries.derived import title_key
from web.entries.queries import Cursor
from web.entries.rows import Entry
from web.errors import Invalid
from web.forms import form_of
from web.http import Notice, Undo, go, is_partial, page
from web.people import queries as people
from web.policy import Viewer

_FEW = 6


@get("/search")
async def search(request: Request, viewer: Viewer, q: str = "", older: str = "") -> Response[Any]:
    return await _shown(request, viewer, q, older)


async def _shown(
    request: Request, viewer: Viewer, q: str, older: str = "", wrong: Invalid | None = None
) -> Response[Any]:
    query = index.read(q)
    found = await index.search(viewer, query, Cursor.read(older))
    said = " ".join(q.replace("\0", "").split())
    files, follows = ((), None) if older else await seeking.beside(viewer, query, said)
    who = await people.people(viewer, start=q.strip()[:60], limit=5) if q.strip() and not older else ()
    return page(
        request, "search.html", q=q[:1000], found=found, people=who, files=files[: index.MOST_FILES],
        kind=query.kind, narrowed=partial(index.narrowed, q),
        older_url=urls.url_of("search", q=q, older=found.older) if found.older else "",
        followed=() if said else await seeking.followed(viewer), follows=follows, said=said, wrong=wrong,
    )  # fmt: skip


@post("/search/follow")
async def follow(request: Request, viewer: Viewer) -> Response[Any]:
    """With `undo`, no more."""
    form = await form_of(request)
    off = form.on("undo")
    try:
        words = await seeking.follow(viewer, form["q"], on=not off)
    except Invalid as wrong:
        return await _shown(request, viewer, form["q"], wrong=wrong)
    again = Undo(urls.url_of("search", "follow"), {"q": words} | ({} if off else {"undo": "true"}))
    done = (
        "You are told of it no more." if off else "You are told of what colleagues write from now on that is found so."
    )
    return go(request, urls.url_of("search", q=words), Notice(done, again))


@get("/palette")
async def palette(request: Request, viewer: Viewer, q: str = "") -> Response[Any]:
    """Where a few letters lead: titles that begin so or have the words, colleagues, spaces, and the rooms of the house; for
    a script that shows them while somebody types. Whoever has none is led to the search."""
    viewer.must("write")
    start = q.strip()[:200]
    if not is_partial(request):
        return go(request, urls.url_of("search", q=start))
    begin = await queries.titles_like(viewer, title_key(start), limit=_FEW) if start else ()
    return page(
        request, "_palette.html", q=start, begin=begin, found=await _found(viewer, start, {ref.id for ref, _ in begin}),
        people=await people.people(viewer, start=start[:60], limit=5) if start else (),
        spaces=await people.spaces(viewer),
    )  # fmt: skip


async def _found(viewer: Viewer, q: str, known: set[int]) -> list[tuple[Entry, str]]:
    """What has a title and is found by these words, besides what is known already; each with the name of its space."""
    hits = (await index.search(viewer, index.read(q), limit=_FEW)).items if q and len(known) < _FEW else ()
    return [(hit.entry, hit.entry.space.name) for hit in hits if hit.entry.title and hit.entry.id not in known]


handlers = [search, follow, palette]
