"""Which files of a snapshot still say of themselves who made them, where and with what, because that could not be taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from web import metadata
from web.database import in_list, rows
from web.entries import attachments
from web.policy import Viewer, file_visible_to
from web.settings import Settings
from web.storage import cache_of, storage_of

_FILE = re.compile(r"/files/(\d+)/[^/]+")
_AT_ONCE = 500


async def telling(viewer: Viewer, settings: Settings, addresses: Iterable[str]) -> list[str]:
    """The addresses of these; what was taken out of a file once is known afterwards."""
    published = {int(found[1]): address for address in addresses if (found := _FILE.fullmatch(address))}
    ids, told = sorted(published), []
    storage, cache = storage_of(settings), cache_of(settings)
    for start in range(0, len(ids), _AT_ONCE):
        for each in await rows(
            "SELECT f.id, f.hash, f.media_type FROM attachment f WHERE f.id IN {} AND {} ORDER BY f.id",
            in_list(ids[start : start + _AT_ONCE]),
            file_visible_to(viewer),
        ):
            hash, media_type = each["hash"], each["media_type"]
            if not metadata.is_plain(media_type) and not await attachments.bare(storage, cache, hash, media_type):
                told.append(published[each["id"]])
    return told
