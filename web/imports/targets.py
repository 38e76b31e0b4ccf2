"""Where a relative link in a folder leads: to a page, to a file, or nowhere."""

from __future__ import annotations

import html
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from web.imports.tree import Page, stem_of, words
from web.text import slug

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_OUTSIDE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
_PAGE = re.compile(r"\.(?:html?|md|markdown|mdx|qmd)$", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """What a link leads to: a page or a file; and what follows its path."""

    page: Page | None = None
    file: str = ""
    anchor: str = ""


def outside(address: str) -> bool:
    """Whether an address leads out of the folder: to the web, to mail."""
    return _OUTSIDE.match(address) is not None


class Targets:
    """All that links can lead to."""

    def __init__(self, pages: Iterable[Page], files: Iterable[str]) -> None:
        self._pages: dict[str, Page] = {}
        self._names: dict[str, list[Page]] = defaultdict(list)
        self._titles: dict[str, list[Page]] = defaultdict(list)
        self._files = {_key(path): path for path in sorted(files, reverse=True)}
        pages = list(pages)
        for page in pages:
            self._pages.setdefault(_key(page.path), page)
        for page in pages:
            self._learn(page)

    def _learn(self, page: Page) -> None:
        if page.folder is not None:
            self._pages.setdefault(_key(page.folder), page)
        stem = page.path.rstrip("/")
        self._pages.setdefault(_key(posixpath.join(posixpath.dirname(stem), stem_of(stem))), page)
        for alias in page.front.aliases:
            self._pages.setdefault(_key(_PAGE.sub("", alias.strip("/"))), page)
            self._titles[_key(alias)].append(page)
        self._names[_key(stem_of(stem))].append(page)
        self._titles[_key(page.title)].append(page)
        if (called := _key(words(stem))) != _key(page.title):
            self._titles[called].append(page)  # as wikis do whose files are called like their pages

    def find(self, page: Page, address: str) -> Target | None:
        """Where an address in a page leads; None when nowhere."""
        path, _, anchor = html.unescape(_ESCAPED.sub(r"\1", address)).partition("#")
        path = unicodedata.normalize("NFC", unquote(path.partition("?")[0])).replace("\\", "/").strip()
        if not path:
            return Target(page, anchor=anchor)
        for place in _places(page, path):
            if found := self._at(place):
                return Target(found.page, found.file, anchor)
        return None

    def _at(self, place: str) -> Target | None:
        if place.startswith(".."):
            return None
        key = _key("" if place == "." else place)
        if key in self._files:
            return Target(file=self._files[key])
        bare = _PAGE.sub("", key)
        page = self._pages.get(key) or self._pages.get(bare) or self._pages.get(bare.removesuffix("index").rstrip("/"))
        return Target(page) if page else None

    def place_of_page(self, path: str) -> str | None:
        """The place where the address of the page at exactly that path will stand, if there is one."""
        found = self._pages.get(_key(path))
        return _page_mark(path) if found and found.path == path else None

    def place_of_file(self, path: str) -> str | None:
        return _file_mark(path) if self._files.get(_key(path)) == path else None

    def named(self, page: Page, written: str) -> list[Page]:
        """The pages that a wiki link can mean: by path, by file name, by title; the nearest first."""
        target = self.find(page, f"/{written}") if "/" in written else None
        if target and target.page:
            return [target.page]
        key = _key(_PAGE.sub("", written))
        ending = f"/{key}"
        found = self._names.get(key) or self._titles.get(_key(written)) or []
        if not found and "/" in key:
            found = [each for name, each in self._pages.items() if _PAGE.sub("", name).endswith(ending)]
        found = found or self._names.get(re.sub(r"\s+", "-", key)) or []
        return sorted({id(each): each for each in found}.values(), key=lambda each: _distance(page.path, each.path))

    def file_named(self, page: Page, written: str) -> str | None:
        """The file that an embed means: by path, or by name anywhere."""
        target = self.find(page, written)
        if target and target.file:
            return target.file
        ending = "/" + _key(written)
        found = [path for key, path in self._files.items() if f"/{key}".endswith(ending)]
        return min(found, key=lambda path: _distance(page.path, path), default=None)


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold()).strip("/")


def _places(page: Page, path: str) -> Iterator[str]:
    """Where to look: beside the page; and as on sites where each page is a folder."""
    if path.startswith("/"):
        yield posixpath.normpath(path.lstrip("/") or ".")
        return
    here = page.path[:-1] if page.path.endswith("/") else posixpath.dirname(page.path)
    yield posixpath.normpath(posixpath.join(here, path))
    yield posixpath.normpath(posixpath.join(here, stem_of(page.path), path))


def _distance(one: str, other: str) -> tuple[int, str]:
    shared = len(posixpath.commonpath(["/" + one, "/" + other]).split("/"))
    return -shared, other


class Headings:
    """The headings of a page, and what links to them are called here and elsewhere."""

    def __init__(self, title: str, headings: Iterable[tuple[str, list[str]]]) -> None:
        """`headings` are each a heading's words, and the ids it was given by hand."""
        self._title = _bare(title)
        self._ids: dict[str, str] = {}
        seen: dict[str, int] = defaultdict(int)
        for said, given in headings:
            name = slug(said) or "section"
            count = seen[name] = seen[name] + 1
            own = f"s-{name}" if count == 1 else f"s-{name}-{count}"
            self._ids.setdefault(_bare(said) if count == 1 else f"{_bare(said)}{count - 1}", own)
            for id in given:
                self._ids.setdefault(_bare(id), own)

    def find(self, anchor: str) -> str | None:
        """Our id for an anchor; empty for the title's own, None when there is no such heading."""
        bare = _bare(unquote(anchor))
        if bare in self._ids:
            return self._ids[bare]
        return "" if bare == self._title or not bare else None


def _bare(anchor: str) -> str:
    return slug(anchor, 1000).replace("-", "")


def address_of(page: Page | None, file: str, anchor: str) -> str:
    """The place in a body where an address will stand when it is known; `settle` fills it."""
    mark = _page_mark(page.path) if page else _file_mark(file)
    return mark + (f"#{anchor}" if anchor else "")


def _page_mark(path: str) -> str:
    return f"\ufdd0e{path}\ufdd1"


def _file_mark(path: str) -> str:
    return f"\ufdd0f{path}\ufdd1"


_PLACE = re.compile("\ufdd0([ef])([^\ufdd1]*)\ufdd1")


def settle(body: str, entries: dict[str, str], files: dict[str, str]) -> str:
    """Puts addresses in their places. Both lead from a path to an address."""
    return _PLACE.sub(lambda place: (entries if place[1] == "e" else files).get(place[2], place[2]), body)


def used(body: str) -> tuple[list[str], list[str]]:
    """The pages and files that a body leads to, by path."""
    places = _PLACE.findall(body)
    return [path for what, path in places if what == "e"], [path for what, path in places if what == "f"]


__all__ = ["Headings", "Target", "Targets", "address_of", "outside", "settle", "used"]
