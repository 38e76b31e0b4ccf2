"""What changed: every text that was written or changed, the latest first."""

from typing import Any

from litestar import Request, Response, get

from web import urls
from web.entries import queries
from web.entries.comparing import compared
from web.entries.queries import Month
from web.http import page, snapshot_of
from web.policy import Viewer
from web.routes.stream import pages_of, place_of

_HERE = urls.url_of("changes")


@get(pages_of(_HERE))
async def show(request: Request, viewer: Viewer) -> Response[Any]:
    place, snapshot = place_of(request), snapshot_of(request)
    found = await queries.changes(viewer, place)
    month = place if isinstance(place, Month) else None
    # In a snapshot all that is older is found by its month: those pages stay as they are when more is written.
    months = await queries.months_of_changes(viewer) if snapshot and place is None else ()
    more = f"{_HERE}month/{month}/after" if month else f"{_HERE}older"
    older = snapshot is None or snapshot.history
    return page(
        request, "changes/index.html", changes=found.items, compared=await compared(viewer, found.items, older=older), month=month,
        months=months, texts=older, first=_HERE, more_url=f"{more}/{found.older}/" if found.older else "",
    )  # fmt: skip


handlers = [show]
