"""What a file is, judged by what is in it and never by its name; and small pictures of large ones."""

from __future__ import annotations

import codecs
import io
import os
import re
import secrets
import unicodedata
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from web.entries import pieces
from web.errors import Invalid
from web.words import N_

MOST_PIXELS = 50_000_000
WIDTHS = (320, 640, 1280)
_MOST_INSIDE = 10_000
_PIECE = 1 << 20
# How far from its end an archive may say how much is in it.
_END = 22 + (1 << 16)
# Shown in the page; everything else is for downloading.
PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp", "AVIF": "image/avif"}
# Many telephones put several pictures into one JPEG.
_ALSO = {"MPO": "JPEG"}
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN_OFFICE = re.compile(rb"application/vnd\.oasis\.opendocument\.[a-z]+")
_SIGNS = (
    (b"%PDF-", "application/pdf"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x1f\x8b", "application/gzip"),
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What a camera says of how it was held, and the answers that mean: on its side.
_ORIENTATION, _SIDEWAYS = 0x0112, (5, 6, 7, 8)
_UNKNOWN = N_("This kind of file cannot be kept. Pictures, PDF, office documents, archives, sound, video and text can.")


@dataclass(frozen=True)
class Media:
    """What a file is; `width` and `height` as it is shown, for pictures only."""

    type: str
    width: int | None = None
    height: int | None = None


def recognised(file: IO[bytes]) -> Media:
    """Raises Invalid for what is not one of the kinds of file that can be kept."""
    if picture := _picture(file):
        return picture
    file.seek(0)
    data = file.read(200)
    for sign, type in _SIGNS:
        if data.startswith(sign):
            return Media(type)
    if data[4:8] == b"ftyp":
        return Media("video/mp4")
    if data.startswith(b"PK\x03\x04"):
        return Media(_archive(file, data))
    return Media(_text(file))


def _picture(file: IO[bytes]) -> Media | None:
    if pieces.are_many(file):
        raise Invalid("file", "This picture is made of too many pieces. Save it anew and try again.")
    from PIL import Image  # ten megabytes, of use to those who send pictures alone

    try:
        file.seek(0)
        with Image.open(file, formats=tuple(PICTURES)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Invalid("file", "This picture has too many pixels. Make it smaller and try again.")
            # Asking a picture that has none would unfold it.
            sideways = "exif" in image.info and image.getexif().get(_ORIENTATION, 1) in _SIDEWAYS
            size = (image.height, image.width) if sideways else image.size
            return Media(PICTURES[_ALSO.get(image.format or "", image.format or "")], *size)
    except Image.DecompressionBombError:
        raise Invalid("file", "This picture has too many pixels. Make it smaller and try again.") from None
    except Invalid:
        raise
    except Exception:  # whatever a broken picture may do to its reader
        return None


def _archive(file: IO[bytes], data: bytes) -> str:
    """Only the list of contents is read, nothing is unpacked. `data` is how it begins."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - _END))
    _, end, about = file.read().rpartition(b"PK\5\6")
    # What it says of itself may be less than what whoever reads it finds.
    if (end and int.from_bytes(about[6:8], "little") > _MOST_INSIDE) or _many(file, b"PK\1\2", _MOST_INSIDE):
        raise Invalid("file", "There are too many files in this archive.")
    try:
        with zipfile.ZipFile(file) as archive:
            names = [entry.filename for entry in archive.infolist()[:1000]]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Invalid("file", _UNKNOWN) from None
    for folder, type in _OFFICE.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return type
    found = _OPEN_OFFICE.search(data) if names[:1] == ["mimetype"] else None
    return found[0].decode() if found else "application/zip"


def _many(file: IO[bytes], sign: bytes, most: int) -> bool:
    """Whether a sign stands in the file more often than that."""
    file.seek(0)
    found, before = 0, b""
    while piece := file.read(_PIECE):
        found += (before + piece).count(sign)
        before = piece[1 - len(sign) :]
        if found > most:
            return True
    return False


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    begins = ""
    try:
        for text in codecs.iterdecode(iter(partial(file.read, _PIECE), b""), "utf-8-sig"):
            if _NOT_TEXT.search(text):
                raise Invalid("file", _UNKNOWN)
            begins = begins or text[:5000]
    except UnicodeDecodeError:
        raise Invalid("file", _UNKNOWN) from None
    if not begins:
        raise Invalid("file", "This file is empty.")
    return "image/svg+xml" if re.search(r"<svg[\s>]", begins, re.I) else "text/plain; charset=utf-8"


def tidy_name(name: str) -> str:
    """A file's name without its folders and without what would confuse whoever saves it."""
    last = re.split(r"[/\\]", name)[-1]
    tidy = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] not in "CZ" or sign == " "
    )
    tidy = re.sub(r'[<>:"|?*#%]', "-", tidy).strip(" .")
    stem, dot, ending = tidy.rpartition(".")
    return (f"{stem[:150]}.{ending[:20]}" if dot and stem else tidy[:150]) or "file"


def small(source: IO[bytes], target: Path, width: int) -> None:
    """Writes a picture of at most that width, turned the right way up and with nothing said about where it was taken."""
    if target.is_file():
        return
    from PIL import Image, ImageOps

    with Image.open(source, formats=tuple(PICTURES)) as image:
        sideways = image.getexif().get(_ORIENTATION, 1) in _SIDEWAYS
        # A large JPEG need not be unfolded whole to be made small.
        image.draft(None, (1, width * 2) if sideways else (width * 2, 1))
        image.thumbnail((width * 4, width) if sideways else (width, width * 4))
        mode = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
        made = io.BytesIO()
        ImageOps.exif_transpose(image).convert(mode).save(made, "WEBP", quality=80, exif=b"")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(f".{secrets.token_hex(4)}.part")
    aside.write_bytes(made.getvalue())
    aside.replace(target)
