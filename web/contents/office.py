"""Office documents, which are folders of XML packed into one file: those of Microsoft (OOXML), and those of OpenDocument.

The XML is read as it comes, and nothing is built of it. A document type is refused: what such documents need none for
are entities, which become very much text, or somebody else's file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from web.contents.errors import Unreadable
from web.unpacking import Room

OFFICE, OPEN = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
_PIECE = 1 << 16
# Of what is unpacked, all together; and how many parts of a document are looked at.
_MOST_BYTES, _MOST_PARTS = 64 << 20, 2_000
_ENCRYPTED = 1
# What ends a line, and what stands for a blank, by its name without its room.
_ENDS = frozenset(("p", "h", "si", "is", "row", "tr", "table-row", "list-item", "line-break", "br"))
_BLANKS = frozenset(("tab", "s", "c", "tc", "table-cell"))
_SLIDE = re.compile(r"ppt/(?:slides/slide|notesSlides/notesSlide)(\d{1,6})\.xml")
_SHEET = re.compile(r"xl/worksheets/sheet(\d{1,6})\.xml")
_WORD = re.compile(r"word/(?:document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml")


def word(file: IO[bytes]) -> Iterator[str]:
    with ZipFile(file) as package:
        # The text itself before what stands at its edges.
        parts = sorted(_named(package, _WORD), key=lambda each: each.filename != "word/document.xml")
        yield from _read(package, parts, frozenset(("t",)))


def sheets(file: IO[bytes]) -> Iterator[str]:
    """Words, and what sheets are called: numbers are looked for by nobody."""
    with ZipFile(file) as package:
        named = {each.filename: each for each in package.infolist()}
        shared = [named[name] for name in ("xl/sharedStrings.xml",) if name in named]
        if "xl/workbook.xml" in named:
            yield from _read(package, [named["xl/workbook.xml"]], frozenset(), called=("sheet", "name"))
        yield from _read(package, [*shared, *_named(package, _SHEET)], frozenset(("t",)))


def slides(file: IO[bytes]) -> Iterator[str]:
    with ZipFile(file) as package:
        yield from _read(package, _named(package, _SLIDE), frozenset(("t",)))


def open_document(file: IO[bytes]) -> Iterator[str]:
    with ZipFile(file) as package:
        if "META-INF/manifest.xml" in package.namelist():
            room = Room(_MOST_BYTES, partial(Unreadable, "large"))
            manifest = b"".join(_unpacked(package, package.getinfo("META-INF/manifest.xml"), room))
            if b"encryption-data" in manifest:
                raise Unreadable("locked")
        if "content.xml" not in package.namelist():
            raise Unreadable("broken")
        yield from _read(package, [package.getinfo("content.xml")], frozenset(("body",)))


def _named(package: ZipFile, pattern: re.Pattern[str]) -> list[ZipInfo]:
    """In the order of their numbers."""
    found = [(match, each) for each in package.infolist() if (match := pattern.fullmatch(each.filename))]
    return [each for _, each in sorted(found, key=lambda one: (int((*one[0].groups(), "0")[0]), one[1].filename))][
        :_MOST_PARTS
    ]


def _read(
    package: ZipFile, parts: list[ZipInfo], within: frozenset[str], called: tuple[str, str] | None = None
) -> Iterator[str]:
    room = Room(_MOST_BYTES, partial(Unreadable, "large"))
    for part in parts:
        said: list[str] = []
        reader = _reader(said, within, called)
        for piece in _unpacked(package, part, room):
            reader.Parse(piece)
            if said and "\n" in said[-1]:
                yield "".join(said)
                said.clear()
        reader.Parse(b"", True)
        yield "".join(said)


def _unpacked(package: ZipFile, part: ZipInfo, room: Room) -> Iterator[bytes]:
    """What it says of its size is not believed."""
    if part.flag_bits & _ENCRYPTED:
        raise Unreadable("locked")
    try:
        with package.open(part) as file:
            while piece := file.read(_PIECE):
                room.take(len(piece))
                yield piece
    except (BadZipFile, NotImplementedError) as wrong:
        raise Unreadable("broken") from wrong


def _reader(said: list[str], within: frozenset[str], called: tuple[str, str] | None) -> expat.XMLParserType:
    """Puts into `said` what stands within elements of these names, and one attribute that something is `called` by."""
    reader = expat.ParserCreate(namespace_separator=" ")
    reader.buffer_text = True
    deep = 0

    def begin(tag: str, given: dict[str, str]) -> None:
        nonlocal deep
        name = tag.rpartition(" ")[2]
        deep += name in within
        if name in _BLANKS:
            said.append(" ")
        if called and name == called[0]:
            said.append(f"{given.get(called[1], '')}\n")

    def end(tag: str) -> None:
        nonlocal deep
        name = tag.rpartition(" ")[2]
        deep -= name in within
        if name in _ENDS:
            said.append("\n")

    def text(data: str) -> None:
        if deep:
            said.append(data)

    def refuse(*_: object) -> None:
        raise Unreadable("broken")

    reader.StartElementHandler, reader.EndElementHandler = begin, end
    reader.CharacterDataHandler, reader.StartDoctypeDeclHandler = text, refuse
    return reader
