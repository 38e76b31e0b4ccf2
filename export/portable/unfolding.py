"""What lies in a folder that may be of anybody: names, texts with what is known in front of them, and lines. Nothing outside is opened,
nothing is believed, and what cannot be read is named with its line."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec
import yaml

from export.manifest import MANIFEST, SIGNED
from export.portable import places
from web.errors import NotDone

# Of a text with what is in front of it (a letter takes up to ten bytes there), and of a line. How deep folders are in each other.
_MOST_BYTES, _MOST_FRONT, _DEEPEST = 8 << 20, 4 << 20, 80
_FRONT = re.compile(rb"---\r?\n(.*?)^---[ \t]*\r?(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# Texts, lists and mappings alone: no value becomes a date, a number or anything else by itself, and nothing is merged in.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Broken(NotDone):
    """Names the file and the line, counted from 1, where something is wrong."""

    def __init__(self, name: str, line: int, why: str) -> None:
        super().__init__(f"{name}, line {line}: {why} Nothing was imported.")


@dataclass(frozen=True)
class Where:
    """A file of the folder. `name` is as it can be shown."""

    root: Path
    path: str

    @property
    def name(self) -> str:
        return os.fsencode(self.path).decode("utf-8", "replace")

    def broken(self, key: str, why: str) -> Broken:
        """By what is in front: looked for only now, so that nothing of it need be held."""
        with opened(self.root, self.path) as file:
            front = _FRONT.match(file.read(_MOST_FRONT))
        found = (
            re.search(rb"^['\"]?" + re.escape(key.encode()) + rb"['\"]?:", front[1], re.MULTILINE) if front else None
        )
        line = front[1].count(b"\n", 0, found.start()) + 2 if front and found else 1
        return Broken(self.name, line, f"{key}: {why}")


class Text(NamedTuple):
    """A file: what stands in front, and the text after it as it is."""

    where: Where
    front: dict[str, Any]
    body: str


def names_in(root: Path) -> list[str]:
    """Of all files below, relative to the folder, in an order that is the same everywhere. What is hidden is passed by; what is not
    a file, or leads elsewhere, is refused."""
    if not root.is_dir():
        raise NotDone(f"{root} is not a folder.")
    return sorted(
        _below(root, "", 0), key=lambda name: (name.removesuffix(places.LINES).removesuffix(places.MARKDOWN), name)
    )


def _below(root: Path, folder: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise NotDone(f"{folder} lies too deep in the folder.")
    with os.scandir(root / folder) as inside:
        for each in inside:
            name = f"{folder}{each.name}"
            if each.name.startswith("."):
                continue
            if each.is_symlink():
                raise NotDone(
                    f"{Where(root, name).name} is a link to something else, and is not followed. Nothing was imported."
                )
            if each.is_dir():
                yield from _below(root, f"{name}/", depth + 1)
            elif not each.is_file():
                raise NotDone(f"{Where(root, name).name} is not a file. Nothing was imported.")
            elif name not in (MANIFEST, SIGNED):
                yield name


def opened(root: Path, name: str) -> IO[bytes]:
    """The file, and not what it may have been replaced by meanwhile."""
    try:
        file = os.fdopen(os.open(root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    except OSError as wrong:
        raise NotDone(f"{Where(root, name).name} cannot be read: {wrong.strerror}. Nothing was imported.") from wrong
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotDone(f"{Where(root, name).name} is not a file. Nothing was imported.")
    return file


def text(root: Path, path: str) -> Text:
    """Raises Broken."""
    where = Where(root, path)
    with opened(root, path) as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise Broken(where.name, 1, f"this file has more than {_MOST_BYTES >> 20} MB.")
    found = _FRONT.match(content, 0, _MOST_FRONT)
    if found is None:
        raise Broken(where.name, 1, "here should stand `---`, what is known of the text, and `---` again.")
    # A line that is empty stands before the text, and its last line ends.
    start = found.end() + (content.startswith(b"\n", found.end()) or 2 * content.startswith(b"\r\n", found.end()))
    end = max(start, len(content) - content.endswith(b"\n"))
    return Text(where, _front(where.name, found[1]), _decoded(where.name, content[start:end], content[:start]))


def _decoded(name: str, part: bytes, before: bytes) -> str:
    """`before`: what stands before it in the file."""
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = before.count(b"\n") + part.count(b"\n", 0, wrong.start) + 1
        raise Broken(name, line, "this is not UTF-8.") from None


def _front(name: str, written: bytes) -> dict[str, Any]:
    said = _decoded(name, written, b"---\n")
    try:
        front = yaml.load(said, _Loader)  # noqa: S506 (it makes nothing but texts, lists and mappings)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        why = " ".join(str(getattr(wrong, "problem", None) or wrong).split())[:200]
        raise Broken(name, mark.line + 2 if mark else 1, f"this is not YAML: {why}.") from None
    except (RecursionError, ValueError):
        raise Broken(name, 1, "this is not YAML that anybody would write.") from None
    if not isinstance(front, dict) or not all(isinstance(key, str) for key in front):
        raise Broken(name, 1, "what is in front must be names, each with what it is.")
    return front


def lines(root: Path, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each with its number. Raises Broken."""
    with opened(root, name) as file:
        number = 0
        while line := file.readline(_MOST_BYTES):
            number += 1
            if len(line) == _MOST_BYTES:
                raise Broken(Where(root, name).name, number, f"this line has more than {_MOST_BYTES >> 20} MB.")
            if not line.strip():
                continue
            try:
                said = msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                raise Broken(Where(root, name).name, number, "this is not JSON.") from None
            if not isinstance(said, dict):
                raise Broken(Where(root, name).name, number, "this must be an object.")
            yield number, said
