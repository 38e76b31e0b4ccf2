"""What stood out: this week, or since one was here."""

from typing import Any

from litestar import Request, Response, get

from web import checks
from web.database import now
from web.entries.highlights import highlights
from web.errors import Invalid
from web.http import page
from web.policy import Viewer
from web.times import DAY, day_of, start_of

_USUALLY, _LONGEST = 7, 366
# In days, and what each choice is called.
_SPANS = (1, 3, 7, 14, 30)


@get("/highlights")
async def show(request: Request, viewer: Viewer, since: str = "") -> Response[Any]:
    """Since a day (2026-11-23), the last week otherwise."""
    viewer.must("write")
    wrong, day = None, day_of(now() - _USUALLY * DAY)
    try:
        day = checks.day("since", since) or day
        if not now() - _LONGEST * DAY <= start_of(day) <= now():
            raise Invalid("since", "Choose a day of the last year.")
    except Invalid as refused:
        wrong, day = refused, day_of(now() - _USUALLY * DAY)
    spans = [(days, day_of(now() - days * DAY)) for days in _SPANS]
    return page(
        request, "highlights.html", found=await highlights(viewer, start_of(day)), since=day, spans=spans, wrong=wrong, typed=since or day,
    )  # fmt: skip


handlers = [show]
