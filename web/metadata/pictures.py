"""JPEG, PNG, WebP and GIF, piece by piece: what is needed to show the picture is copied, and how it was held."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator

from web.metadata.errors import CannotStrip

_ORIENTATION = 0x0112
# A marker that is none of those which stand in the picture itself.
_NEXT = re.compile(rb"\xff++[^\x00\xff\xd0-\xd7]")
_AFTER_SCAN = re.compile(rb"(?<!\xff)\xff++[^\x00\xff\xd0-\xd7]")
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
# By marker: how what is needed begins. Of colours, sizes and how it is packed; all else among these was added by somebody.
_ADDED = (*range(0xE0, 0xF0), *range(0xF0, 0xFF))
_NEEDED = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_NEEDED = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD hIST pHYs acTL fcTL fdAT".split())
_WEBP_NEEDED = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
_GIF_NEEDED = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _turned(data: bytes) -> bytes:
    """How the camera was held, in the only words that are kept (TIFF); nothing when that is upright."""
    from PIL import Image  # ten megabytes

    with Image.open(io.BytesIO(data)) as image:
        held = image.getexif().get(_ORIENTATION, 1) if "exif" in image.info else 1
    if not isinstance(held, int) or not 2 <= held <= 8:
        return b""
    return b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes((held,)) + b"\0\0\0\0\0\0"


def jpeg(data: bytes) -> bytes:
    """The first picture in it: telephones put a second one behind, with everything said once more."""
    if data[:2] != b"\xff\xd8":
        raise CannotStrip
    pieces = [data[:2]]
    if turned := _turned(data):
        said = b"Exif\0\0" + turned
        pieces.append(b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said)
    for marker, piece in _of_jpeg(data):
        if marker == 0xFE or (marker in _ADDED and not piece[4:].startswith(_NEEDED.get(marker, b"\xff\xff"))):
            continue
        pieces.append(piece)
    return b"".join(pieces)


def _of_jpeg(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while True:
        found = _NEXT.match(data, at)
        if not found:
            raise CannotStrip
        at, marker = found.end(), data[found.end() - 1]
        if marker == _END:
            yield marker, b"\xff\xd9"
            return
        if marker in (_START, 0x01):
            raise CannotStrip
        end = at + int.from_bytes(data[at : at + 2], "big")
        if marker == _SCAN:
            scan = _AFTER_SCAN.search(data, end)
            if not scan:
                raise CannotStrip
            end = scan.start()
        yield marker, bytes((0xFF, marker)) + data[at:end]
        at = end


def png(data: bytes) -> bytes:
    if not data.startswith(_PNG):
        raise CannotStrip
    pieces, at = [_PNG], len(_PNG)
    turned = _turned(data)
    while True:
        size = int.from_bytes(data[at : at + 4], "big")
        name, end = data[at + 4 : at + 8], at + 12 + size
        if len(name) < 4 or end > len(data):
            raise CannotStrip
        if name in _PNG_NEEDED:
            pieces.append(data[at:end])
        elif not name[0] & 0x20:
            raise CannotStrip  # it cannot be shown without, and nobody here knows what it is
        if name == b"IHDR" and turned:
            pieces.append(_png_chunk(b"eXIf", turned))
        if name == b"IEND":
            return b"".join(pieces)
        at = end


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def webp(data: bytes) -> bytes:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise CannotStrip
    turned, pieces, at = _turned(data), [], 12
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + size
        if after > end:
            raise CannotStrip
        if name == b"VP8X":
            marks = data[at + 8] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if turned else 0)
            pieces.append(data[at : at + 8] + bytes((marks,)) + data[at + 9 : after])
        elif name in _WEBP_NEEDED:
            pieces.append(data[at:after] + b"\0" * (size % 2))
        at = after + size % 2
    if turned:
        pieces.append(b"EXIF" + len(turned).to_bytes(4, "little") + turned)
    body = b"WEBP" + b"".join(pieces)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def gif(data: bytes) -> bytes:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise CannotStrip
    at = 13 + _colours(data[10])
    pieces = [data[:at]]
    while True:
        sign = data[at : at + 1]
        if sign == b";":
            return b"".join([*pieces, sign])
        if sign == b",":
            end = _blocks(data, at + 10 + _colours(data[at + 9]) + 1)
            pieces.append(data[at:end])
        elif sign == b"!":
            end = _blocks(data, at + 2)
            label = data[at + 1]
            if label == 0xF9 or (label == 0xFF and data[at + 3 : at + 14] in _GIF_NEEDED):
                pieces.append(data[at:end])
        else:
            raise CannotStrip
        at = end


def _colours(marks: int) -> int:
    """How many bytes a table of colours has."""
    return 3 << (marks & 7) + 1 if marks & 0x80 else 0


def _blocks(data: bytes, at: int) -> int:
    """Where a row of blocks ends."""
    while data[at]:
        at += 1 + data[at]
    return at + 1
