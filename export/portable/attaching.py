"""Attachments on their way in: what they are is seen in them, and nothing that the folder says of it is believed."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import IO, NamedTuple

from export.portable import places
from export.portable.unfolding import opened
from web.entries import media
from web.entries.attachments import MOST_BYTES
from web.errors import Invalid, NotDone
from web.storage import Storage

# What would not be taken today is kept all the same: it is sent for saving, and never shown.
_UNKNOWN = media.Media("application/octet-stream")


class Kept(NamedTuple):
    """What the table of attachments says of the bytes."""

    hash: str
    media_type: str
    size: int
    width: int | None
    height: int | None


async def attached(root: Path, names: list[str], files: Storage) -> dict[str, Kept]:
    """Keeps the bytes; gives what they are, by the name of the text that tells of them. Raises NotDone and Unavailable."""
    told = {name for name in names if name.count("/") == 1 and name.endswith(places.MARKDOWN)}
    bytes_of: dict[str, str] = {}
    for name in set(names) - told:
        teller = f"{name.rpartition('/')[0]}{places.MARKDOWN}"
        if name.count("/") != 2 or teller not in told or teller in bytes_of:
            raise NotDone(f"{name} is no attachment of a house. Take it out of the folder. Nothing was imported.")
        bytes_of[teller] = name
    if missing := sorted(told - bytes_of.keys()):
        raise NotDone(f"{missing[0]} tells of a file that is not there. Nothing was imported.")
    return {teller: await _keep(root, name, files) for teller, name in sorted(bytes_of.items())}


async def _keep(root: Path, name: str, files: Storage) -> Kept:
    with opened(root, name) as file:
        kept = await asyncio.to_thread(_looked_at, name, file)
        file.seek(0)
        await files.put(kept.hash, file)
    return kept


def _looked_at(name: str, file: IO[bytes]) -> Kept:
    if (size := file.seek(0, 2)) > MOST_BYTES:
        raise NotDone(f"{name} is too large: at most {MOST_BYTES >> 20} MB. Nothing was imported.")
    try:
        what = media.recognised(file)
    except Invalid:
        what = _UNKNOWN
    file.seek(0)
    return Kept(hashlib.file_digest(file, "sha256").hexdigest(), what.type, size, what.width, what.height)  # type: ignore[arg-type]
