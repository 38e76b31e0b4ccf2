"""A dump of MediaWiki, read as it comes: a piece at a time, however long it is, and nothing in it is resolved or followed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from web.errors import NotDone
from web.imports.mediawiki.names import Names

# MediaWiki's own limit is two million bytes.
MOST_TEXT = 4 << 20
_MOST_FIELD = 64 << 10
_PIECE = 64 << 10
# What the parser may have to hold before it can say what it is: an attribute, a comment.
_MOST_UNTOLD = 4 << 20
_DEEPEST = 12
# A dump with the history of every page packs well, but none packs like this.
_RATIO, _FREE = 500, 256 << 20
_SIGNS: tuple[tuple[bytes, Callable[[IO[bytes]], Any]], ...] = (
    (b"\x1f\x8b", lambda raw: gzip.GzipFile(fileobj=raw)),
    (b"BZh", lambda raw: bz2.BZ2File(raw)),
    (b"\xfd7zXZ\x00", partial(lzma.LZMAFile, format=lzma.FORMAT_XZ)),
)  # fmt: skip
_BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError)


class Slot(NamedTuple):
    """A text that stands beside the page's own."""

    role: str
    model: str
    text: str


@dataclass
class Revision:
    """One text of a page, as the dump has it. `text` is None where it is not in there; `gone`: which of it the wiki has taken away."""

    id: str = ""
    timestamp: str = ""
    who: str = ""
    anonymous: bool = False
    comment: str = ""
    minor: bool = False
    model: str = "wikitext"
    text: str | None = None
    too_long: bool = False
    gone: set[str] = field(default_factory=set)
    slots: list[Slot] = field(default_factory=list)


@dataclass
class Head:
    """What a dump says of a page before its texts. `redirect`: where it leads, when it does."""

    title: str = ""
    space: int = 0
    id: str = ""
    redirect: str = ""


def read(path: Path, names: Names, progress: Callable[[int, int], None]) -> Iterator[tuple[Head, Revision]]:
    """Every text in the dump, in its order. `names` is told what the wiki says of itself, before the first of them. Raises NotDone for what is no
    dump, is broken, or means harm; by then, others may have been given."""
    reader = _Reader(names)
    size = path.stat().st_size
    with path.open("rb") as raw:
        for piece in _pieces(path, raw):
            reader.feed(path, piece)
            progress(min(raw.tell(), size), size)
            yield from reader.taken()
        reader.feed(path, b"", last=True)
        yield from reader.taken()
    if not reader.begun:
        raise NotDone(f"{path} is no dump of MediaWiki: it does not begin with <mediawiki>. Nothing was imported.")


def _pieces(path: Path, raw: IO[bytes]) -> Iterator[bytes]:
    begins = raw.read(6)
    raw.seek(0)
    if begins == b"7z\xbc\xaf\x27\x1c":
        raise NotDone(f"{path} is packed with 7z, which is not read here. Unpack it first. Nothing was imported.")
    opened = next((opens(raw) for sign, opens in _SIGNS if begins.startswith(sign)), raw)
    unpacked = 0
    try:
        while piece := opened.read(_PIECE):
            unpacked += len(piece)
            if unpacked > _FREE and unpacked > _RATIO * raw.tell():
                raise NotDone(
                    f"{path} unpacks to more than {_RATIO} times what it is, as no dump does. Nothing was imported."
                )
            yield piece
    except _BROKEN as wrong:
        raise NotDone(f"{path} cannot be read to its end: {wrong}. Nothing was imported.") from wrong


class _Refused(Exception):
    """The dump asks for something that is not done; says what."""


class _Reader:
    """Fed with bytes, gives revisions. `_path` are the names of the elements that are open; `_said` what stands in the innermost, if anybody asks."""

    def __init__(self, names: Names) -> None:
        self.begun = False
        self._names = names
        self._path: list[str] = []
        self._said: list[str] | None = None
        self._length, self._most = 0, _MOST_FIELD
        self._head, self._revision = Head(), Revision()
        self._slot = ("", "", "")
        self._done: list[tuple[Head, Revision]] = []
        self._space = (0, False)
        self._told = self._fed = 0
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse_types
        parser.ExternalEntityRefHandler = self._refuse_types
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._passed

    def feed(self, path: Path, piece: bytes, *, last: bool = False) -> None:
        self._fed += len(piece)
        try:
            self._parser.Parse(piece, last)
        except _Refused as wrong:
            raise NotDone(f"{path}, line {self._parser.CurrentLineNumber}: {wrong} Nothing was imported.") from None
        except expat.ExpatError as wrong:
            raise NotDone(f"{path} is no readable dump: {wrong}. Nothing was imported.") from None
        if self._fed - self._told > _MOST_UNTOLD:
            raise NotDone(
                f"{path}, line {self._parser.CurrentLineNumber}: one tag is longer than any dump's. Nothing was imported."
            )

    def taken(self) -> list[tuple[Head, Revision]]:
        taken, self._done = self._done, []
        return taken

    def _passed(self, *_: object) -> None:
        self._told = self._fed

    def _refuse_types(self, *_: object) -> int:
        raise _Refused(
            "it declares types or entities (<!DOCTYPE, <!ENTITY), which no dump does, and which are never resolved."
        )

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self._told = self._fed
        name = tag.rpartition(" ")[2]
        if not self._path:
            if name != "mediawiki":
                raise _Refused("this is no dump of MediaWiki: it does not begin with <mediawiki>.")
            self.begun = True
            self._names.language = given.get("http://www.w3.org/XML/1998/namespace lang", "")[:20]
        if len(self._path) >= _DEEPEST:
            raise _Refused("its elements stand deeper in each other than in any dump.")
        self._path.append(name)
        self._said, self._length = [], 0
        inside = self._path[-2] if len(self._path) > 1 else ""
        self._most = MOST_TEXT if name == "text" and inside in ("revision", "content") else _MOST_FIELD
        if name == "page":
            self._head = Head()
        elif name == "revision" and inside == "page":
            self._revision = Revision()
        elif name == "content":
            self._slot = ("", "", "")
        elif name == "redirect" and inside == "page":
            self._head.redirect = given.get("title", "")
        elif name == "namespace":
            self._space = (_number(given.get("key", "")), given.get("case") == "case-sensitive")
        if name in ("text", "comment", "contributor") and "deleted" in given and inside == "revision":
            self._revision.gone.add(name)

    def _characters(self, said: str) -> None:
        self._told = self._fed
        if self._said is not None and self._length <= self._most:
            self._said.append(said)
        self._length += len(said)

    def _end(self, tag: str) -> None:
        self._told = self._fed
        name = self._path.pop()
        inside = self._path[-1] if self._path else ""
        too_long = self._length > self._most
        said = "".join(self._said or ())[: self._most] if self._said is not None else ""
        self._said = None
        if inside == "revision":
            self._of_revision(name, said, too_long)
        elif self._path[-2:] == ["revision", "contributor"] and name in ("username", "ip"):
            self._revision.who, self._revision.anonymous = said.strip(), name == "ip"
        elif inside == "content":
            role, model, text = self._slot
            self._slot = (
                (said.strip(), model, text)
                if name == "role"
                else (role, said.strip(), text)
                if name == "model"
                else (role, model, said)
                if name == "text"
                else self._slot
            )
        elif inside == "page":
            self._of_page(name, said.strip())
        elif inside == "siteinfo":
            self._of_site(name, said.strip())
        elif name == "namespace":
            self._names.add(self._space[0], said.strip(), exact=self._space[1])

    def _of_revision(self, name: str, said: str, too_long: bool) -> None:
        made = self._revision
        if name == "text":
            if "text" not in made.gone:
                made.text, made.too_long = said, too_long
        elif name == "content":
            self._of_content(Slot(*self._slot))
        elif name == "minor":
            made.minor = True
        elif name in ("id", "timestamp", "model", "comment"):
            setattr(made, name, said.strip())

    def _of_content(self, slot: Slot) -> None:
        """Newer dumps may have the page's own text as one of several."""
        if slot.role == "main" and self._revision.text is None:
            self._revision.text, self._revision.model = slot.text, slot.model or "wikitext"
        elif slot.role != "main":
            self._revision.slots.append(slot)

    def _of_page(self, name: str, said: str) -> None:
        if name == "title":
            self._head.title = said
        elif name == "ns":
            self._head.space = _number(said)
        elif name == "id":
            self._head.id = said[:40]
        elif name == "revision":
            self._done.append((self._head, self._revision))

    def _of_site(self, name: str, said: str) -> None:
        if name in ("sitename", "dbname", "base"):
            setattr(self._names, name, said[:200])
        elif name == "case" and said == "case-sensitive":
            self._names.exact |= {0}


def _number(said: str) -> int:
    try:
        return max(-(2**31), min(int(said[:12]), 2**31))
    except ValueError:
        return 0
