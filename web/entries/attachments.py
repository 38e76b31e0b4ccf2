"""Files that colleagues attach: kept once each, out of reach, and read by those who may read where they belong."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from web import checks, metadata
from web.database import SQL, in_list, in_one_transaction, insert, new_id, now, row, rows
from web.entries import media
from web.entries import rows as shapes
from web.entries.queries import Cursor
from web.entries.queries.links import REF
from web.entries.rows import Attachment, Ref
from web.errors import TooLarge, there
from web.policy import Viewer, file_visible_to, visible_to
from web.storage import PIECE, Folder, Storage, fetch

MOST_BYTES = 25 << 20
# Of the texts that use a file, so many stand on a page.
_USES = 50
# A large picture takes much memory while a small one is made of it: two at a time, whoever asks.
_DARKROOM = ThreadPoolExecutor(2, "darkroom")
_SELECT = (
    "SELECT f.id, e.id AS entry, f.author, f.hash, f.name, f.media_type, f.size, f.width, f.height, f.alt, f.created_at, f.unread, x.wrong, "
    "p.handle AS author_handle, p.name AS author_name FROM attachment f JOIN person p ON p.id = f.author "
    "LEFT JOIN file_text x ON x.id = f.id LEFT JOIN entry e ON e.id = f.entry AND {} WHERE "
)


async def keep(viewer: Viewer, files: Storage, name: str, file: IO[bytes], *, alt: str = "") -> Attachment:
    """Keeps a file: first its bytes, then that there is one. It is its author's alone until a saved text uses it.

    Raises Invalid, TooLarge, NotAllowed and Unavailable.
    """
    viewer.must("write")
    size = file.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise TooLarge("file", "This file is too large: at most %(most)d MB.", most=MOST_BYTES >> 20)
    what = await asyncio.to_thread(media.recognised, file)
    hash = await asyncio.to_thread(digest, file)
    file.seek(0)
    await files.put(hash, file)
    return await _insert(viewer, media.tidy_name(name), hash, size, what, checks.line("alt", alt))


def digest(file: IO[bytes]) -> str:
    """The key that it is kept under."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


@in_one_transaction
async def _insert(viewer: Viewer, name: str, hash: str, size: int, what: media.Media, alt: str) -> Attachment:
    id = new_id()
    await insert(
        "attachment", id=id, author=viewer.person, hash=hash, name=name, media_type=what.type, size=size,
        width=what.width, height=what.height, alt=alt, created_at=now(),
    )  # fmt: skip
    return await attachment(viewer, id)


async def thumbnail(files: Storage, cache: Folder, file: Attachment, width: int) -> str | None:
    """The key in the cache of a smaller copy of a picture, made when it is first asked for; None when it is no picture.

    Raises NotThere and Unavailable.
    """
    if file.media_type not in media.PICTURES.values() or width not in media.WIDTHS:
        return None
    key = f"{file.hash}-{width}.webp"
    if not cache.path(key).is_file():
        with SpooledTemporaryFile(PIECE) as original:
            async for piece in (await fetch(files, file.hash)).pieces:
                original.write(piece)
            try:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(_DARKROOM, media.small, original, cache.path(key), width)
            except (OSError, ValueError):
                return None
    return key


async def bare(files: Storage, cache: Folder, hash: str, media_type: str) -> str | None:
    """The key in the cache of a copy that says nothing of itself, made when it is first asked for; None where that cannot be
    taken out. Raises NotThere and Unavailable."""
    if not metadata.is_known(media_type):
        return None
    key = f"{hash}-bare-{metadata.made_by()}"
    refused = f"{key}-not"
    if not cache.path(key).is_file() and not cache.path(refused).is_file():
        pieces = [piece async for piece in (await fetch(files, hash)).pieces]
        try:
            loop = asyncio.get_running_loop()
            made = await loop.run_in_executor(_DARKROOM, metadata.without, b"".join(pieces), media_type)
            await cache.put(key, BytesIO(made))
        except metadata.CannotStrip:
            await cache.put(refused, BytesIO())
    return key if cache.path(key).is_file() else None


async def attachment(viewer: Viewer, id: int) -> Attachment:
    """Raises NotThere, also when nothing that uses it may be read, or it is somebody else's and unused."""
    found = await row(_SELECT + "f.id = {} AND {}", visible_to(viewer), id, file_visible_to(viewer))
    found = there(found)
    return _attachment(found)


async def attachments(viewer: Viewer, ids: Iterable[int]) -> dict[int, Attachment]:
    """Those of them that the viewer may read, by id."""
    if not (ids := list(ids)):
        return {}
    found = await rows(_SELECT + "f.id IN {} AND {}", visible_to(viewer), in_list(ids), file_visible_to(viewer))
    return {each["id"]: _attachment(each) for each in found}


async def those(viewer: Viewer, which: SQL, limit: int) -> tuple[Attachment, ...]:
    """Where a condition on an attachment `f` holds, which says who may read it too; the latest first."""
    found = await rows(_SELECT + "{} ORDER BY f.id DESC LIMIT {}", visible_to(viewer), which, limit)
    return tuple(_attachment(each) for each in found)


async def recent_of(viewer: Viewer, limit: int = 50) -> tuple[Attachment, ...]:
    """The viewer's own, the latest first."""
    return await those(viewer, SQL("f.author = {} AND {}", viewer.person or 0, file_visible_to(viewer)), limit)


async def used_on(viewer: Viewer, id: int, older: Cursor | None = None) -> tuple[tuple[Ref, ...], Cursor | None]:
    """The entries that use a file, as far as the viewer may read them, the latest active first; and where the next ones begin."""
    after = SQL("(e.active_at, e.id) < ({}, {})", older.time, older.id) if older else SQL("1 = 1")
    found = await rows(
        f"SELECT DISTINCT {REF}, e.active_at FROM link l JOIN entry e ON e.id = l.entry "
        "LEFT JOIN entry_text t ON t.id = e.id WHERE l.attachment = {} AND {} AND {} ORDER BY e.active_at DESC, e.id DESC LIMIT {}",
        id, visible_to(viewer), after, _USES + 1,
    )  # fmt: skip
    shown = found[:_USES]
    more = Cursor(shown[-1]["active_at"], shown[-1]["id"]) if len(found) > _USES else None
    return tuple(shapes.ref(each) for each in shown), more


async def unseen_by(others: Viewer, entry: int, viewer: Viewer) -> tuple[Attachment, ...]:
    """Of the files in an entry's text, those that the viewer reads and others do not."""
    used = "f.id IN (SELECT attachment FROM link WHERE entry = {} AND attachment IS NOT NULL) AND NOT {} AND {} ORDER BY f.id"
    found = await rows(_SELECT + used, visible_to(viewer), entry, file_visible_to(others), file_visible_to(viewer))
    return tuple(_attachment(each) for each in found)


def _attachment(found: dict[str, Any]) -> Attachment:
    names = ("id", "entry", "hash", "name", "media_type", "size", "width", "height", "alt", "created_at")
    same = {name: found[name] for name in names}
    return Attachment(author=shapes.face(found), unread=bool(found["unread"]), wrong=found["wrong"] or "", **same)
