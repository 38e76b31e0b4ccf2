"""Attachments on their way in: what they are is seen in them, and nothing that the folder says of it is believed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
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


async def attached(
    root: Path, names: list[str], files: Storage, *, deep: int = 1, needed: bool = True
) -> dict[str, Kept]:
    """Keeps the bytes; gives what they are, by the name of the text that tells of them, which stands so `deep`; `needed`: each of these
    has some. Raises NotDone and Unavailable."""
    told = {name for name in names if name.count("/") == deep and name.endswith(places.MARKDOWN)}
    bytes_of: dict[str, str] = {}
    for name in set(names) - told:
        teller = f"{name.rpartition('/')[0]}{places.MARKDOWN}"
        if name.count("/") != deep + 1 or teller not in told or teller in bytes_of:
            raise NotDone(f"{name} is no attachment of a house. Take it out of the folder. Nothing was imported.")
        bytes_of[teller] = name
    if needed and (missing := sorted(told - bytes_of.keys())):
        raise NotDone(f"{missing[0]} tells of a file that is not there. Nothing was imported.")
    return {teller: await _keep(root, name, files) for teller, name in sorted(bytes_of.items())}


async def attached_before(root: Path, names: list[str], files: Storage, kept: Mapping[str, Kept]) -> dict[str, Kept]:
    """The same of what files were: the last version of each is the file itself, of which the bytes are `kept`."""
    had = await attached(root, names, files, deep=2, needed=False)
    last: dict[str, tuple[int, str]] = {}
    for name in had.keys() | {each for each in names if each.count("/") == 2 and each.endswith(places.MARKDOWN)}:
        _, file, number = name.removesuffix(places.MARKDOWN).split("/")
        if not (number.isascii() and number.isdigit()) or f"{places.FILES}/{file}{places.MARKDOWN}" not in kept:
            raise NotDone(
                f"{name} is no version of a file of this house. Take it out of the folder. Nothing was imported."
            )
        last[file] = max(last.get(file, (-1, "")), (int(number), name))
    for file, (_, name) in last.items():
        if name in had:
            raise NotDone(f"{name} is the last version, and so is files/{file}: there are two. Nothing was imported.")
        had[name] = kept[f"{places.FILES}/{file}{places.MARKDOWN}"]
    if missing := sorted(
        name for name in names if name.endswith(places.MARKDOWN) and name.count("/") == 2 and name not in had
    ):
        raise NotDone(f"{missing[0]} tells of a file that is not there. Nothing was imported.")
    return had


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
