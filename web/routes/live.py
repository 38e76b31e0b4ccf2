"""What an open page is told while one reads: that there is more to see, never what."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any

from litestar import Request, get
from litestar.response import Stream

from web import checks
from web.entries import queries
from web.identity import asks_now
from web.live import Pulse
from web.policy import Viewer

# Nobody on the way is to keep it, or to wait for more of it. Litestar's own class for events reaches a thread for each listener, and holds more for them.
_AS_IT_COMES = {"cache-control": "no-cache", "connection": "keep-alive", "x-accel-buffering": "no"}


@get("/live", opt={"as_it_is": True})
async def live(request: Request, viewer: Viewer, since: int = 0, entry: int = 0) -> Stream:
    """`{"news": 3}` about the stream, or, with an `entry`, `{"replies": 2, "edited": true, "editing": ["Kari Holm"]}`."""
    viewer.must("write")
    checks.integer("since", since)
    checks.integer("entry", entry)
    told = _told(request.app.state.live, partial(asks_now, request), since, entry)
    return Stream(told, media_type="text/event-stream", headers=_AS_IT_COMES)


async def _told(
    pulse: Pulse, asks: Callable[[], Awaitable[Viewer]], since: int, entry: int
) -> AsyncGenerator[str, None]:
    """Events as they are sent, for as long as `asks` gives somebody who is signed in."""
    said = ""
    async with aclosing(pulse.beats()) as beats:
        async for _ in beats:
            viewer = await asks()
            if not viewer.signed_in:
                return
            now = json.dumps(await _news(viewer, since, entry))
            if now != said:
                said = now
                yield f"data: {now}\n\n"


async def _news(viewer: Viewer, since: int, entry: int) -> dict[str, Any]:
    if not entry:
        return {"news": await queries.news(viewer, since)}
    replies, edited = await queries.news_of(viewer, entry, since)
    by = await queries.editing(viewer, entry)
    return {"replies": replies, "edited": edited, "editing": [each.name for each in by]}


handlers = [live]
