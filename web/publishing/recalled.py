"""What was recalled, as a list that a snapshot asks for wherever it is opened: of one audience, and signed."""

from __future__ import annotations

import hmac
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from web.database import now
from web.errors import NotDone, NotThere
from web.people import queries as people
from web.publishing.recall import redacted_for, withdrawn_from
from web.settings import Settings

if TYPE_CHECKING:
    from web.publishing.signing import SigningKey


class Recall(msgspec.Struct, frozen=True):
    """Where a snapshot for that audience asks, and the public key that what it is told is signed with."""

    address: str
    audience: str
    key: str


@lru_cache(maxsize=1)
def _key(path: str) -> SigningKey:
    """Raises NotDone."""
    from web.publishing.signing import read_key  # what it needs is loaded where there is something to sign

    return read_key(Path(path))


def recall_of(settings: Settings, audience: str) -> Recall | None:
    """None when there is nobody to ask. Raises NotDone when the key cannot be read."""
    if not settings.recall:
        return None
    key = _key(settings.sign)
    return Recall(
        f"{settings.recall}/recalled/{quote(audience, safe='')}/{key.token(audience)}.json", audience, key.public
    )


async def recalled(settings: Settings, audience: str, token: str) -> bytes:
    """The list, for whoever has a snapshot that says where it is: it tells nothing but the ids of what these readers could read once, and
    since when (ms) they may not; and of what they may read still, but of which an older text was taken away. Raises NotThere."""
    if not settings.recall:
        raise NotThere
    try:
        key = _key(settings.sign)
    except NotDone:
        raise NotThere from None
    if not hmac.compare_digest(token.encode(), key.token(audience).encode()):
        raise NotThere
    readers = await people.audience(audience)
    gone, older = await withdrawn_from(readers), await redacted_for(readers)
    told = {
        "audience": audience, "as_of": now(), "entries": [[each.entry.id, each.at] for each in gone],
        "texts": [[each.entry.id, each.at] for each in older],
    }  # fmt: skip
    said = json.dumps(told, separators=(",", ":"))
    return msgspec.json.encode({"list": said, "signature": key.bare(said.encode())})
