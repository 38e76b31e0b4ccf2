"""Search over everything the viewer may read."""

from typing import Any

from litestar import Request, Response, get

from web import urls
from web.entries import search as index
from web.entries.queries import Cursor
from web.http import page
from web.people import queries as people
from web.policy import Viewer


@get("/search")
async def search(request: Request, viewer: Viewer, q: str = "", older: str = "") -> Response[Any]:
    query = index.read(q)
    found = await index.search(viewer, query, Cursor.read(older))
    who = await people.people(viewer, start=q.strip()[:60], limit=5) if q.strip() and not older else ()
    return page(
        request, "search.html", block="content", q=q[:1000], found=found, people=who,
        older_url=urls.url_of("search", q=q, older=found.older) if found.older else "",
    )  # fmt: skip


handlers = [search]
