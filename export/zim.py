"""A snapshot as a ZIM file (openZIM), which Kiwix reads and searches in: the same pages, with an index of their titles and their texts.

The same snapshot gives the same bytes, as long as the same libzim makes it: there is one worker, since several take the texts in
whatever order they come, and the three names that are drawn by lot (of the file, and of its two indexes) are taken from the manifest.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple
from urllib.parse import unquote

from libzim.reader import Archive
from libzim.writer import ContentProvider, Creator, FileProvider, Hint, IndexData, Item, StringProvider

from export.addresses import HARMLESS, cut
from export.manifest import MANIFEST, Manifest, read
from export.packing import aside
from web import static_files
from web.errors import NotDone
from web.text import plain, slug

HOME = "index.html"
# As ISO 639-3 has them.
LANGUAGES = {"nb": "nob", "en": "eng"}
_OURS = "dugnad"
_TYPES = HARMLESS | {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2", ".atom": "application/atom+xml",
}  # fmt: skip
_TITLE = re.compile(r"<title>([^<]*)</title>")
_LANGUAGE = re.compile(r'<html lang="([a-z]+)"')
_WHOSE = re.compile(r'<section class="snapshot"[^>]*><p>([^<]*)')
_MOVED = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]*)">')
# kiwix-serve may put a box to search in into each page, which asks the server that the page comes from.
_FORBIDDEN, _ALLOWED = "form-action 'none'", "form-action 'self'; connect-src 'self'"
# In letters: what Kiwix has room for. In bytes: what the index of titles takes, whatever the letters are.
_NAME, _LINE, _INDEXED = 30, 80, 200
_PICTURE = 48


class _Page(NamedTuple):
    """What is asked of a page. `to`: the file that it leads on to, as it is linked; else empty."""

    title: str
    text: str
    to: str


class _Entry(Item):
    def __init__(self, name: str, content: ContentProvider, page: _Page | None = None) -> None:
        super().__init__()
        self._name, self._content, self._page = name, content, page

    def get_path(self) -> str:
        return self._name

    def get_title(self) -> str:
        return self._page.title if self._page else ""

    def get_mimetype(self) -> str:
        return _TYPES.get(posixpath.splitext(self._name)[1].lower(), "application/octet-stream")

    def get_contentprovider(self) -> ContentProvider:
        return self._content

    def get_hints(self) -> dict[Hint, bool]:
        return {Hint.FRONT_ARTICLE: self._page is not None}

    def get_indexdata(self) -> IndexData:
        return _Indexed(self._page)


class _Indexed(IndexData):
    def __init__(self, page: _Page | None) -> None:
        self._is = page is not None
        self._title, self._text = (_folded(page.title), _folded(page.text)) if page else ("", "")

    def has_indexdata(self) -> bool:
        return self._is

    def get_title(self) -> str:
        return self._title

    def get_content(self) -> str:
        return self._text

    def get_keywords(self) -> str:
        return ""

    def get_wordcount(self) -> int:
        return len(self._text.split())


def _folded(text: str) -> str:
    """As libzim makes the words that somebody looks for: in small letters, without what stands over or under them."""
    apart = unicodedata.normalize("NFD", text.lower())
    marks = {ord(sign): None for sign in set(apart) if unicodedata.category(sign)[0] == "M"}
    return unicodedata.normalize("NFC", apart.translate(marks))


def pack_zim(folder: Path, out: Path, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
    """All of a snapshot in one file. That takes a while: `progress` is told how many files there are in it, and of how many. Raises
    NotDone."""
    manifest = read(folder)
    if manifest is None:
        raise NotDone(f"{folder} is not a snapshot.")
    with aside(out, _is_ours) as beside, TemporaryDirectory(prefix=f"{beside.name}-", dir=out.parent) as shop:
        made = Path(shop) / "snapshot.zim"
        try:
            with _quiet():
                _write(folder, manifest, made, progress)
            _name_by(hashlib.sha256((folder / MANIFEST).read_bytes()).digest(), made)
            sound = Archive(made).check()
        except (RuntimeError, OSError) as wrong:
            raise NotDone(f"{out} could not be made: {' '.join(str(wrong).split())}.") from wrong
        if not sound:
            raise NotDone(f"{out} could not be made: it would not have been whole.")
        made.replace(beside)


def _is_ours(file: Path) -> bool:
    try:
        return bool(Archive(file).get_metadata("Scraper") == _OURS.encode())
    except (RuntimeError, KeyError):
        return False


def _write(folder: Path, manifest: Manifest, out: Path, progress: Callable[[int, int], None]) -> None:
    home = (folder / HOME).read_text("utf-8")
    language = LANGUAGES.get(_said(_LANGUAGE, home), "eng")
    # The first word of a title is the page's, and the last one the house's.
    house = _said(_TITLE, home).partition(" · ")[2]
    read_there = {page.file for page in manifest.pages.values() if page.entries}
    creator = Creator(out).config_indexing(True, language).config_nbworkers(1).set_mainpath(HOME)
    with creator:
        for done, name in enumerate(manifest.files):
            progress(done, len(manifest.files))
            _add(creator, folder, name, manifest, house, whole=name in read_there)
        progress(len(manifest.files), len(manifest.files))
        for key, said in _metadata(manifest, home, house, language).items():
            creator.add_metadata(key, said)
        creator.add_illustration(_PICTURE, _picture(static_files.contents()["icons/favicon.ico"]))


def _add(creator: Creator, folder: Path, name: str, manifest: Manifest, house: str, *, whole: bool) -> None:
    if not name.endswith(".html"):
        creator.add_item(_Entry(name, FileProvider(folder / name)))
        return
    html = (folder / name).read_text("utf-8")
    page = _page(html, house, whole=whole)
    if page.to and (target := _target(name, page.to)) in manifest.files:
        creator.add_redirection(name, "", target, {})
    else:
        creator.add_item(_Entry(name, StringProvider(_allowed(html)), None if page.to else page))


def _page(html: str, house: str, *, whole: bool) -> _Page:
    """The text of a page where entries are read; what only lists them is found by its title."""
    head = html.partition("</head>")[0]
    title = _said(_TITLE, head).removesuffix(f" · {house}")
    main = html.partition("<main")[2].partition(">")[2].partition("</main>")[0] if whole else ""
    return _Page(cut(title, _INDEXED), plain(main), _said(_MOVED, head))


def _allowed(html: str) -> str:
    """The page, with what Kiwix needs to be allowed in its head."""
    end = html.find("</head>")
    return html[:end].replace(_FORBIDDEN, _ALLOWED) + html[end:]


def _said(what: re.Pattern[str], html: str) -> str:
    found = what.search(html)
    return unescape(found[1]) if found else ""


def _target(name: str, link: str) -> str:
    """The file that a link leads to; one with a fragment is none."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(link))) if "#" not in link else ""


def _metadata(manifest: Manifest, home: str, house: str, language: str) -> dict[str, str]:
    """As Kiwix wants to have it (wiki.openzim.org/wiki/Metadata); no clock is in it."""
    whose = f"{house} · {manifest.audience}"
    return {
        "Name": "_".join((slug(house) or _OURS, language, slug(manifest.audience.replace(":", " ")))),
        "Title": (house or "Dugnad")[:_NAME],
        "Description": (_said(_WHOSE, home) or whose)[:_LINE],
        "Language": language,
        "Creator": house or "Dugnad",
        "Publisher": house or "Dugnad",
        "Date": datetime.fromtimestamp(manifest.as_of / 1000, UTC).date().isoformat(),
        "Scraper": _OURS,
        **({"Source": manifest.live} if manifest.live else {}),
    }


def _picture(icons: bytes) -> bytes:
    """The PNG of that size in a file of icons: a head of six bytes, and for each icon sixteen, with its width first and its length
    and place last."""
    for at in range(6, 6 + 16 * icons[4], 16):
        if icons[at] == _PICTURE:
            length, place = struct.unpack_from("<II", icons, at + 8)
            return icons[place : place + length]
    raise LookupError("There is no such picture.")


@contextmanager
def _quiet() -> Iterator[None]:
    """libzim says on standard output how far it is, where we may be telling a program something."""
    sys.stdout.flush()
    before = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 1)
        yield
    finally:
        os.dup2(before, 1)
        os.close(before)
        os.close(nothing)


# Names that come from the manifest, and not from chance. The places are those of wiki.openzim.org/wiki/ZIM_file_format.

_HEAD = struct.Struct("<4s2H16s2I4Q2IQ")
_INDEX = b"\x0f\rXapian Glass"  # then a version of two bytes, and a name of sixteen
_NAMED = 16


def _name_by(lot: bytes, zim: Path) -> None:
    """Should an index be of another kind some day, it keeps the name that it has."""
    with zim.open("r+b") as file:
        head = _HEAD.unpack(file.read(_HEAD.size))
        end = head[-1]
        _put(file, 8, lot[:_NAMED])
        for place in _indexes(file, entries=head[4], paths=head[6], clusters=head[8]):
            file.seek(place)
            if file.read(len(_INDEX)) == _INDEX:
                _put(file, place + len(_INDEX) + 2, lot[-_NAMED:])
        file.seek(0)
        sum = hashlib.md5(usedforsecurity=False)
        while piece := file.read(min(1 << 20, end - file.tell())):
            sum.update(piece)
        _put(file, end, sum.digest())


def _put(file: IO[bytes], place: int, content: bytes) -> None:
    file.seek(place)
    file.write(content)


def _indexes(file: IO[bytes], *, entries: int, paths: int, clusters: int) -> Iterator[int]:
    """Where they begin. Entries are in order, and those of libzim's own (X) come last; what it will search in, it stores as it is."""
    for number in range(entries - 1, -1, -1):
        (at,) = _at(file, paths + 8 * number, "<Q")
        kind, _, space, _, cluster, blob = _at(file, at, "<HBcIII")
        if space != b"X":
            return
        (start,) = _at(file, clusters + 8 * cluster, "<Q")
        (stored,) = _at(file, start, "<B")
        width, places = (8, "<Q") if stored & 16 else (4, "<I")
        if kind != 0xFFFF and stored & 15 == 1:
            yield start + 1 + _at(file, start + 1 + width * blob, places)[0]


def _at(file: IO[bytes], place: int, what: str) -> tuple[int, ...]:
    file.seek(place)
    return struct.unpack(what, file.read(struct.calcsize(what)))
