"""What files are called that go out: as people call the pages, in a way that every system takes, and no two alike."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from web.checks import INVISIBLE
from web.entries import media
from web.entries.rows import Branch
from web.imports.folder import ENDINGS

PAGE, FILES = ".md", "files"
_DIVIDES = re.compile(r"\s*[:|]\s+")
_UNSAFE = re.compile(r"[/\\|:<>\x00-\x1f\x7f-\x9f]")
_LEFT_OUT = re.compile(r"[?*]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
# What other programs, or an import, take for the page of the folder, for a menu, or for nothing of ours.
_MEANS_MORE = ("_index", "index", "readme", "_sidebar", "_footer", "_header", "node_modules", "__pycache__")
# At the top: the files, and what the folder says of itself.
_AT_THE_TOP = (FILES, "manifest.json", "manifest.json.minisig")
# Bytes. Some systems open nothing whose whole path has more than 260 letters, so the names far down are shorter.
_LONGEST = ((80, 100), (150, 40))
_FAR_DOWN = 20
# Levels of folders; some systems open no path of more than 1024 bytes. What stands deeper comes to stand beside each other.
_DEEPEST = 30
_LONGEST_FILE = 180


class Placed(NamedTuple):
    """Where a page goes: its file, and which of those beside it it is, from 1."""

    path: str
    order: int


def places(branches: Iterable[Branch]) -> dict[int, Placed]:
    """Of pages in reading order, by their ids: `Title.md`, and under it `Title/Child.md`."""
    found: dict[int, Placed] = {}
    folders: dict[str, _Names] = {}
    counted: dict[str, int] = defaultdict(int)
    above: list[str] = []
    for branch in branches:
        del above[min(branch.depth, _DEEPEST) :]
        folder = above[-1] if above else ""
        if folder not in folders:
            more = (key(posixpath.basename(folder)),) if folder else _AT_THE_TOP
            folders[folder] = _Names({*_MEANS_MORE, *more})
        name = folders[folder].free(segment(branch.ref.title, _most(folder)))
        above.append(posixpath.join(folder, name))
        counted[folder] += 1
        found[branch.ref.id] = Placed(above[-1] + PAGE, counted[folder])
    return found


def _most(folder: str) -> int:
    return next((most for reach, most in _LONGEST if len(folder.encode()) < reach), _FAR_DOWN)


@dataclass
class _Names:
    """Of one folder."""

    _taken: set[str]
    _counted: dict[str, int] = field(default_factory=lambda: defaultdict(lambda: 1))

    def free(self, name: str) -> str:
        """The name, or the first with a number that is like no other; it is a file's and a folder's."""
        tried = name if self._counted[key(name)] == 1 else self._numbered(name)
        while {key(tried), key(tried + PAGE)} & self._taken:
            tried = self._numbered(name)
        self._taken |= {key(tried), key(tried + PAGE)}
        return tried

    def _numbered(self, name: str) -> str:
        self._counted[key(name)] += 1
        return f"{name} ({self._counted[key(name)]})"


def key(name: str) -> str:
    """What two names have in common that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def segment(title: str, most: int) -> str:
    """A title as the name of a file, of at most that many bytes, without its ending."""
    tidy = INVISIBLE.sub("", unicodedata.normalize("NFC", title)).replace('"', "'")
    tidy = _LEFT_OUT.sub("", _UNSAFE.sub("-", _DIVIDES.sub(" - ", tidy)))
    tidy = " ".join(tidy.split()).strip(". ") if not tidy.startswith(".") else "_" + " ".join(tidy.split()).rstrip(". ")
    if _RESERVED.fullmatch(tidy):
        tidy = f"_{tidy}"
    return _cut(tidy, most).rstrip(". \u200d") or "-"


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode("utf-8", "ignore")


# Files.


@dataclass
class Files:
    """Where attachments go: each once, under the name that it has. `wanted`: by path, under which key their bytes are kept."""

    wanted: dict[str, str] = field(default_factory=dict)
    _found: dict[tuple[str, str], str] = field(default_factory=dict)
    _counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def path_of(self, hash: str, name: str) -> str:
        """The first of a name lies in the folder itself, others in numbered folders in it."""
        file = _file(name)
        path = self._found.get((hash, file))
        if path is None:
            # A name of figures could be that of such a folder.
            self._counted[key(file)] += 1 + (file.isdecimal() and key(file) not in self._counted)
            count = self._counted[key(file)]
            path = f"{FILES}/{file}" if count == 1 else f"{FILES}/{count}/{file}"
            self._found[hash, file] = path
            self.wanted[path] = hash
        return path


def _file(name: str) -> str:
    before = ""
    while name != before:
        before, name = name, media.tidy_name(_fitting(name))
    return f"{name}.txt" if _is_a_page(name) else name


def _fitting(name: str) -> str:
    name = f"_{name}" if _RESERVED.fullmatch(name) else name
    stem, ending = posixpath.splitext(name)
    return _cut(stem, _LONGEST_FILE - len(ending.encode())) + ending


def file_name(path: str) -> str:
    """What the attachment at such a path is called."""
    name = posixpath.basename(path)
    return name[:-4] if name.endswith(".txt") and _is_a_page(name) else name


def _is_a_page(name: str) -> bool:
    """Whether an import would take a file of this name, or one that ends in .txt besides, for a page."""
    bare = name.lower()
    while bare.endswith(".txt"):
        bare = bare[:-4]
    return bare.endswith(ENDINGS)
