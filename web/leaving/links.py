"""Links in Markdown that goes out and comes in again: from addresses of the house to paths in the folder, and back."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Protocol
from urllib.parse import quote, unquote

from web import text
from web.kinds import BY_PATH
from web.leaving.names import FILES

_DESTINATION = r"(?:<(?P<angled>[^<>\n`]*)>|(?P<bare>(?:[^\s()<>\\`]|\\[^\n`]|\((?:[^\s()\\`]|\\[^\n`])*\))+))"
_INLINE = re.compile(rf"\]\([ \t]*\n?[ \t]*(?P<whole>{_DESTINATION})(?=\s*(?:\)|\s[\"'(]))")
_DEFINED = re.compile(
    rf"^[ \t>]*(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]+)?\[(?!\^)[^\[\]\n]+\]:[ \t]*\n?[ \t>]*(?P<whole>{_DESTINATION})(?=\s|\Z)",
    re.MULTILINE,
)
_ENTRY = re.compile(rf"/(?:e|{'|'.join(BY_PATH)})/(\d{{1,16}})(?:/[\w.-]*)?/?")
_FILE = re.compile(r"/files/(\d{1,16})/[^/]+")
_OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_MORE = re.compile(r"[?#]")
_SPELLED = re.compile(r"[^\w/.~,;=+@!$-]")


@dataclass(frozen=True)
class Way:
    """What a link's destination is made of: where it leads, and what follows that, from ? or # on."""

    to: str
    more: str

    @classmethod
    def of(cls, written: str) -> Way:
        found = _MORE.search(written)
        at = found.start() if found else len(written)
        return cls(written[:at], written[at:])

    @property
    def is_relative(self) -> bool:
        return bool(self.to) and not self.to.startswith("/") and not _OUTSIDE.match(self.to)


class Turn(Protocol):
    def concerns(self, written: str) -> bool:
        """Whether it may have another destination for what is written so."""

    def __call__(self, written: str) -> str | None:
        """The destination to write instead, if there is one. Asked of links alone."""


def rewritten(body: str, turn: Turn) -> str:
    """The same Markdown with other destinations, where `turn` gives one; and nothing else of it is changed.

    What looks like a link is one when the parser says so: each is given an address that stands nowhere else, and those count that it then
    has among the links and not among the words. So a text is the same to whoever takes it out and to whoever brings it in.
    """
    spots = _spots(body)
    if not any(turn.concerns(written) for _, _, written in spots):
        return body
    real = _real(body, spots)
    edits = [(start, end, turn(written)) for start, end, written in spots if start in real]
    return _with(body, [(start, end, new) for start, end, new in edits if new is not None])


def _spots(body: str) -> list[tuple[int, int, str]]:
    found, last = [], 0
    for each in sorted((*_INLINE.finditer(body), *_DEFINED.finditer(body)), key=lambda each: each.start("whole")):
        if each.start("whole") >= last:
            last = each.end("whole")
            found.append((*each.span("whole"), each["angled"] if each["angled"] is not None else each["bare"]))
    return found


def _real(body: str, spots: list[tuple[int, int, str]]) -> set[int]:
    # Short ones, so that a long text does not become too long.
    salt, width = next(salt for salt in count() if f"/files/9{salt}" not in body), len(str(len(spots)))
    named = {f"/files/9{salt}{number:0{width}}": start for number, (start, _, _) in enumerate(spots)}
    done = text.render(_with(body, [(start, end, name) for (start, end, _), name in zip(spots, named, strict=True)]))
    return {
        named[link.written]
        for link in done.links
        if link.kind_of == "address" and link.written in named and link.written not in done.plain
    }


def _with(body: str, edits: list[tuple[int, int, str]]) -> str:
    made, last = [], 0
    for start, end, new in edits:
        made += [body[last:start], new]
        last = end
    return "".join([*made, body[last:]])


# Out.


def links_to_files(body: str, origin: str) -> set[int]:
    """The ids of attachments that a text may link to."""
    ways = (Way.of(written.removeprefix(origin)) for _, _, written in _spots(body))
    return {int(found[1]) for way in ways if (found := _FILE.fullmatch(way.to))}


@dataclass(frozen=True)
class Outwards:
    """How one page's links are written outside. `pages`: the paths of all that go out, by id; `files`: those of attachments that go along.
    `paths`: all of those of pages. `origin`: the address of the house, without a slash at its end."""

    here: str
    pages: Mapping[int, str]
    paths: Container[str]
    file: Callable[[int], str | None]
    origin: str

    def concerns(self, written: str) -> bool:
        way = Way.of(written)
        return way.is_relative or way.to.startswith("/") or written.startswith(f"{self.origin}/")

    def __call__(self, written: str) -> str | None:
        way = Way.of(written)
        if way.is_relative:
            return self._as_typed(way)
        full = written.startswith(f"{self.origin}/")
        own = Way.of(written[len(self.origin) :]) if full else way
        if not own.to.startswith("/") or own.to.startswith("//"):
            return None
        there = self._there(own.to)
        if there is not None:
            return relative(self.here, there) + own.more
        return None if full else self.origin + written

    def _there(self, address: str) -> str | None:
        if found := _ENTRY.fullmatch(address):
            return self.pages.get(int(found[1]))
        found = _FILE.fullmatch(address)
        return self.file(int(found[1])) if found else None

    def _as_typed(self, way: Way) -> str | None:
        """In the house it leads nowhere. Outside it would lead to whatever is called so: to a page always in the same spelling, to a file never."""
        there = place(self.here, way.to)
        if there in self.paths:
            return relative(self.here, there or "") + way.more
        return f"./{way.to}{way.more}" if there and is_file(self.here, way.to, there) else None


# In.


@dataclass(frozen=True)
class Inwards:
    """How a page's links are read when it comes in. `page` and `file` give what is to stand for what lies at a path, if there is any."""

    here: str
    page: Callable[[str], str | None]
    file: Callable[[str], str | None]
    nowhere: Callable[[str], None]

    def concerns(self, written: str) -> bool:
        return Way.of(written).is_relative

    def __call__(self, written: str) -> str | None:
        way = Way.of(written)
        if not way.is_relative:
            return None
        there = place(self.here, way.to)
        found = self.page(there) if there else None
        if there and found is None and (not _in_files(there) or is_file(self.here, way.to, there)):
            found = self.file(there)
        if found is None:
            self.nowhere(written)
            return None
        return found + way.more


# Paths.


def relative(here: str, there: str) -> str:
    """The link from one file to another."""
    return _SPELLED.sub(lambda sign: quote(sign[0], safe=""), _way(here, there))


def place(here: str, to: str) -> str | None:
    """The path that a relative link in the file `here` means; None when it leads out of the folder."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), unicodedata.normalize("NFC", unquote(to))))
    return None if path.startswith(("../", "/")) or path in ("..", ".") else path


def is_file(here: str, to: str, there: str) -> bool:
    """Whether a link to what lies among the files is spelled as ours are."""
    return _in_files(there) and unicodedata.normalize("NFC", unquote(to)) == _way(here, there)


def _in_files(path: str) -> bool:
    return path.startswith(f"{FILES}/")


def _way(here: str, there: str) -> str:
    return posixpath.relpath(there, posixpath.dirname(here) or ".")
