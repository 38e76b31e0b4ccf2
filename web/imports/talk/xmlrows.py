"""The rows of a dump of Stack Exchange, read as they come: a piece at a time, however many, and nothing in them is resolved or followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from web.errors import NotDone

_PIECE = 64 << 10
# A row is one tag, and the parser holds it until it ends.
_MOST_ROW = 8 << 20


class _Refused(Exception):
    """The file asks for something that is not done; says what."""


class _Reader:
    def __init__(self, path: Path, outer: str) -> None:
        self._path, self._outer, self._deep = path, outer, 0
        self._done: list[dict[str, str]] = []
        self._since = 0
        parser = self._parser = expat.ParserCreate()
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse

    def feed(self, piece: bytes, *, last: bool = False) -> list[dict[str, str]]:
        self._since += len(piece)
        try:
            self._parser.Parse(piece, last)
        except _Refused as wrong:
            raise NotDone(
                f"{self._path}, line {self._parser.CurrentLineNumber}: {wrong} Nothing was imported."
            ) from None
        except expat.ExpatError as wrong:
            raise NotDone(f"{self._path} is no readable dump: {wrong}. Nothing was imported.") from None
        if self._since > _MOST_ROW:
            raise NotDone(
                f"{self._path}, line {self._parser.CurrentLineNumber}: one tag is longer than any dump's. Nothing was imported."
            )
        done, self._done = self._done, []
        return done

    def _refuse(self, *_: object) -> int:
        raise _Refused(
            "it declares types or entities (<!DOCTYPE, <!ENTITY), which no dump does, and which are never resolved."
        )

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self._since = 0
        if self._deep == 0 and tag != self._outer:
            raise _Refused(f"this is no such file of Stack Exchange: it does not begin with <{self._outer}>.")
        if self._deep == 1 and tag == "row":
            self._done.append(given)
        elif self._deep > 0:
            raise _Refused(f"in it stands <{tag[:40]}>, as in no dump.")
        self._deep += 1

    def _end(self, tag: str) -> None:
        self._deep -= 1


def rows_of(path: Path, outer: str, read: Callable[[int], None]) -> Iterator[dict[str, str]]:
    """The attributes of each. `read` is told how many bytes were read. Raises NotDone."""
    reader = _Reader(path, outer)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield from reader.feed(piece)
                read(len(piece))
            yield from reader.feed(b"", last=True)
    except OSError as wrong:
        raise NotDone(f"{path} cannot be read: {wrong.strerror}. Nothing was imported.") from wrong
