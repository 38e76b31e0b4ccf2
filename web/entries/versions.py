"""Versions of a file: a new one is shown under the same address from then on, and each before it is kept, fetched and brought back."""

from __future__ import annotations

import asyncio
import os
from typing import IO, Any

import msgspec

from web import checks
from web.database import SQL, execute, for_update, in_one_transaction, insert, new_id, now, row, rows, value
from web.entries import attachments, media, queries
from web.entries import rows as shapes
from web.entries.nameless import must_not_tell
from web.entries.rows import Attachment, Face
from web.errors import Invalid, TooLarge, there
from web.policy import Viewer, file_visible_to
from web.rights import part_taken_by
from web.storage import Storage

AT_ONCE = 20
_BYTES = ("hash", "media_type", "size", "width", "height")
_SELECT = (
    "SELECT v.id, v.file, v.author, v.hash, v.media_type, v.size, v.width, v.height, v.note, v.created_at, p.handle AS author_handle, "
    "p.name AS author_name FROM file_version v JOIN attachment f ON f.id = v.file JOIN person p ON p.id = v.author "
    "WHERE v.file = {} AND {} AND {} ORDER BY v.id DESC LIMIT {}"
)


class Version(msgspec.Struct, frozen=True):
    """What a file was or is, in whose words, if anybody said why; sizes as of an attachment."""

    id: int
    file: int
    author: Face
    hash: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    note: str
    created_at: int


async def may_change(viewer: Viewer, file: Attachment) -> bool:
    """Whether this is somebody who sent it, and takes part where it belongs, or who may edit what it belongs to."""
    if not viewer.signed_in:
        return False
    sent = file.author.id == viewer.person
    if file.entry is None:
        return sent
    if not sent:
        return viewer.may("edit", await queries.entry(viewer, file.entry))
    taken = "SELECT 1 FROM entry e WHERE e.id = {} AND {}"
    return bool(await value(taken, file.entry, part_taken_by(viewer)))


async def versions(viewer: Viewer, file: int, before: int | None = None) -> tuple[Version, ...]:
    """The latest first, AT_ONCE and one more if there are more; none where there was never another than the first."""
    older = SQL("v.id < {}", before) if before else SQL("1 = 1")
    found = await rows(_SELECT, file, file_visible_to(viewer), older, AT_ONCE + 1)
    return tuple(_version(each) for each in found)


async def version(viewer: Viewer, file: int, id: int) -> Version:
    """Read by those who read the file. Raises NotThere."""
    found = await row(_SELECT, file, file_visible_to(viewer), SQL("v.id = {}", id), 1)
    return _version(there(found))


async def bring(viewer: Viewer, files: Storage, id: int, file: IO[bytes], note: str) -> int:
    """What is in `file` is shown from now on. Gives the version that was there before. Raises NotThere, Invalid, TooLarge and
    Unavailable."""
    kept = await _held(viewer, id)
    note = checks.line("note", note, 300)
    size = file.seek(0, os.SEEK_END)
    if size > attachments.MOST_BYTES:
        raise TooLarge("file", "This file is too large: at most %(most)d MB.", most=attachments.MOST_BYTES >> 20)
    what = await asyncio.to_thread(media.recognised, file)
    if what.type != kept.media_type:
        raise Invalid("file", "This is another kind of file than the one that is there. Send it as a file of its own.")
    digest = await asyncio.to_thread(attachments.digest, file)
    if digest == kept.hash:
        raise Invalid("file", "This is the version that is there already.")
    file.seek(0)
    await files.put(digest, file)
    return await _changed(viewer, id, (digest, what.type, size, what.width, what.height), note)


async def revert(viewer: Viewer, id: int, to: int) -> int:
    """An older version is shown again, as a new one. Gives the version that was there before. Raises NotThere."""
    await _held(viewer, id)
    old = await version(viewer, id, to)
    return await _changed(viewer, id, tuple(getattr(old, name) for name in _BYTES), old.note)


@in_one_transaction
async def describe(viewer: Viewer, id: int, alt: str) -> None:
    """What a picture shows, in words."""
    await _held(viewer, id)
    await execute("UPDATE attachment SET alt = {} WHERE id = {}", checks.line("alt", alt), id)


async def _held(viewer: Viewer, id: int) -> Attachment:
    """For whoever may change it; for others it is not there to be changed."""
    viewer.must("write")
    file = await attachments.attachment(viewer, id)
    return there(file if await may_change(viewer, file) else None)


@in_one_transaction
async def _changed(viewer: Viewer, id: int, shown: tuple[Any, ...], note: str) -> int:
    await rows("SELECT id FROM attachment WHERE id = {} " + for_update(), id)
    file = await _held(viewer, id)
    if file.entry:
        await must_not_tell(viewer, file.entry, "file")
    before = await value("SELECT max(id) FROM file_version WHERE file = {}", id)
    if before is None:
        before = new_id()
        first = {name: getattr(file, name) for name in _BYTES}
        await insert(
            "file_version", id=before, file=id, author=file.author.id, note="", created_at=file.created_at, **first
        )
    if shown[0] == file.hash:
        return int(before)
    made = dict(zip(_BYTES, shown, strict=True))
    await insert("file_version", id=new_id(), file=id, author=viewer.person, note=note, created_at=now(), **made)
    await execute("DELETE FROM file_text WHERE id = {}", id)
    await execute(
        "UPDATE attachment SET hash = {}, media_type = {}, size = {}, width = {}, height = {}, unread = {}, begun_at = NULL WHERE id = {}",
        *shown, True, id,
    )  # fmt: skip
    return int(before)


def _version(found: dict[str, Any]) -> Version:
    names = ("id", "file", *_BYTES, "note", "created_at")
    return Version(author=shapes.face(found), **{name: found[name] for name in names})
