"""Whether editions and what is kept of them fit together: each fault as a sentence. Changes nothing."""

from __future__ import annotations

import hashlib

from web.database import rows
from web.errors import NotThere
from web.publishing.formats import FORMATS
from web.storage import Storage, fetch


async def faults(shelf: Storage) -> list[str]:
    """Everything found; an empty list is good. Raises Unavailable."""
    formats = await rows("SELECT id, format FROM edition ORDER BY id")
    strange = [
        f"edition {each['id']} is of a format that is not known: {each['format']}"
        for each in formats
        if each["format"] not in FORMATS
    ]
    silent = await rows(
        "SELECT k.id FROM snapshot k WHERE k.audience <> 'public' AND NOT EXISTS (SELECT 1 FROM snapshot_space h WHERE h.snapshot = k.id)"
    )
    unsaid = [f"snapshot {each['id']} does not say which spaces it has something of" for each in silent]
    kept = await rows("SELECT id, ending, sha256 FROM snapshot WHERE dropped_at IS NULL AND again IS NULL ORDER BY id")
    return [*strange, *unsaid, *[fault for each in kept if (fault := await _file(shelf, **each))]]


async def _file(shelf: Storage, id: int, ending: str, sha256: str) -> str:
    seen = hashlib.sha256()
    try:
        async for piece in (await fetch(shelf, f"{id}{ending}")).pieces:
            seen.update(piece)
    except NotThere:
        return f"the file of snapshot {id} is not there"
    return "" if seen.hexdigest() == sha256 else f"the file of snapshot {id} is not what was kept"
