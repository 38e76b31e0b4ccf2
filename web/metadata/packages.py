"""Office documents, which are folders packed into one file: those of Microsoft (OOXML), and those of OpenDocument.

What nobody changes is copied as it is packed: how small zlib makes something differs between the zlibs that there are.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Callable
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from web.metadata import pictures
from web.metadata.errors import CannotStrip
from web.unpacking import Room

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE, _DOCUMENT = (
    f"http://schemas.openxmlformats.org/{part}" for part in ("package/2006/metadata", "officeDocument/2006")
)
_CORE = f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/core-properties"/>'.encode()
_OPEN = (
    f'{_XML}<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2">'
    "<office:meta/></office:document-meta>"
).encode()
_PROPERTIES = {
    "docProps/core.xml": _CORE,
    "docProps/app.xml": f'{_XML}<Properties xmlns="{_DOCUMENT}/extended-properties"/>'.encode(),
    "docProps/custom.xml": f'{_XML}<Properties xmlns="{_DOCUMENT}/custom-properties"/>'.encode(),
}
_PICTURES: dict[str, Callable[[bytes], bytes]] = {
    ".jpg": pictures.jpeg, ".jpeg": pictures.jpeg, ".jfif": pictures.jpeg, ".png": pictures.png, ".gif": pictures.gif, ".webp": pictures.webp,
}  # fmt: skip
_INSIDE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".odg")
# Whoever signed a document signed these too.
_SIGNED = ("_xmlsignatures/", "META-INF/documentsignatures.xml", "META-INF/macrosignatures.xml")
_LOCKED, _MANIFEST = b"encryption-data", "META-INF/manifest.xml"
_MOST_BYTES, _DEEPEST = 100 << 20, 2
# Neither when, nor on which system; the first day that a zip can name.
_NEVER = (1980, 1, 1, 0, 0, 0)


def bare(data: bytes, deep: int = 0, room: Room | None = None) -> bytes:
    """Raises CannotStrip for one that is signed, locked or too large when it is unpacked."""
    room = room or Room(_MOST_BYTES, CannotStrip)
    made = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as package, ZipFile(made, "w") as target:
        _must_be_open(package, room)
        for member in package.infolist():
            changes = _changed_by(member.filename, deep, room)
            if changes is None:
                room.take(member.compress_size)
                _copy(io.BytesIO(data), member, target)
                continue
            room.take(member.file_size)
            target.writestr(_member(member.filename), changes(package.read(member)))
    return made.getvalue()


def _must_be_open(package: ZipFile, room: Room) -> None:
    names = package.namelist()
    if _MANIFEST in names:
        room.take(package.getinfo(_MANIFEST).file_size)
    locked = _MANIFEST in names and _LOCKED in package.read(_MANIFEST)
    if locked or len(set(names)) < len(names) or any(name.startswith(_SIGNED) for name in names):
        raise CannotStrip


def _changed_by(name: str, deep: int, room: Room) -> Callable[[bytes], bytes] | None:
    """What becomes of a member; None when it stays as it is."""
    ending = posixpath.splitext(name)[1].lower()
    if name in _PROPERTIES or ending == ".psmdcp":
        return lambda _: _PROPERTIES.get(name, _CORE)
    if posixpath.basename(name) == "meta.xml":
        return lambda _: _OPEN
    if ending in _INSIDE:
        if deep == _DEEPEST:
            raise CannotStrip
        return lambda inside: bare(inside, deep + 1, room)
    return _PICTURES.get(ending)


def _member(name: str) -> ZipInfo:
    made = ZipInfo(name, _NEVER)
    made.create_system, made.compress_type = 0, ZIP_STORED
    return made


def _copy(source: IO[bytes], member: ZipInfo, target: ZipFile) -> None:
    """A member as it is packed, without what was said of it in the list."""
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or member.flag_bits & 1:
        raise CannotStrip
    made = _member(member.filename)
    made.compress_type, made.CRC = member.compress_type, member.CRC
    made.compress_size, made.file_size = member.compress_size, member.file_size
    source.seek(member.header_offset + 26)
    name, extra = (int.from_bytes(source.read(2), "little") for _ in range(2))
    source.seek(name + extra, io.SEEK_CUR)
    file = target.fp
    assert file is not None
    made.header_offset = file.tell()
    file.write(made.FileHeader(zip64=False) + source.read(member.compress_size))
    target.filelist.append(made)
    target.NameToInfo[made.filename] = made
    target.start_dir = file.tell()
