"""What stands behind the links of short texts, asked after they are shared, by whoever makes the rounds: kept for a while, and shown by everybody's
rights to the text that has the link."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from web.database import execute, in_list, new_id, now, rows
from web.errors import Unavailable
from web.fetching import Page, Refused, fetched, site_of
from web.kinds import KINDS
from web.page_words import Said, said_by
from web.times import DAY, MINUTE

_log = logging.getLogger("dugnad")
_PREVIEWED = tuple(kind.name for kind in KINDS.values() if kind.previewed)
# How long something is asked for, how long an answer is kept, and one that says nothing, or that another process asks just now.
_ASKED, _KEPT, _NOTHING, _BEING_ASKED = 7 * DAY, 7 * DAY, DAY, 5 * MINUTE
_AT_ONCE, _LONGEST_URL, _FORGOTTEN = 10, 500, 60 * DAY

Fetches = Callable[[str], Awaitable[Page]]


async def look_behind(fetches: Fetches = fetched) -> None:
    """Asks for a few of the links of the last days of which nothing is known, or no more. Several processes may do it at once."""
    for url in await _due():
        if not await _take(url):
            continue
        said = await _said(url, fetches)
        await execute(
            "UPDATE preview SET title = {}, about = {}, site = {}, expires_at = {} WHERE url = {}",
            said.title, said.about, said.site, now() + (_KEPT if said.title else _NOTHING), url,
        )  # fmt: skip
    await execute("DELETE FROM preview WHERE expires_at < {}", now() - _FORGOTTEN)


async def _due() -> list[str]:
    found = await rows(
        "SELECT DISTINCT l.url FROM entry e JOIN link l ON l.entry = e.id LEFT JOIN preview w ON w.url = l.url "
        "WHERE e.created_at > {} AND e.kind IN {} AND e.trashed_at IS NULL AND l.url LIKE 'http%' AND length(l.url) <= {} "
        "AND (w.id IS NULL OR w.expires_at < {}) LIMIT {}",
        now() - _ASKED, in_list(_PREVIEWED), _LONGEST_URL, now(), _AT_ONCE,
    )  # fmt: skip
    return [each["url"] for each in found]


async def _take(url: str) -> bool:
    """Whether it is this process that asks."""
    taken = await rows(
        "INSERT INTO preview (id, url, expires_at) VALUES ({}, {}, {}) ON CONFLICT (url) DO UPDATE SET expires_at = excluded.expires_at "
        "WHERE preview.expires_at < {} RETURNING id",
        new_id(), url, now() + _BEING_ASKED, now(),
    )  # fmt: skip
    return bool(taken)


async def _said(url: str, fetches: Fetches) -> Said:
    try:
        page = await fetches(url)
        said = await asyncio.to_thread(said_by, page.content, page.charset)
    except (Refused, Unavailable, LookupError, RecursionError):
        return Said("", "", "")
    except Exception:  # whatever is wrong with one page, the others are asked
        _log.exception("A page could not be looked at")
        return Said("", "", "")
    return Said(said.title, said.about, said.site or site_of(page.url))
