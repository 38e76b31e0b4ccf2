"""A folder as it lies on the disk: its Markdown files read as text, its other files by name."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from web.imports.report import Problem
from web.kinds import KINDS

ENDINGS = (".md", ".markdown", ".mdx", ".qmd")
# Four bytes a character, and as much again for front matter and what is left out.
MOST_BYTES = KINDS["page"].body_max * 8
# What no text holds; page breaks and the like come with pasted text.
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_PASSED_BY = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True)
class Source:
    """A Markdown file. `path` has forward slashes and composed letters."""

    path: str
    text: str


@dataclass
class Folder:
    """What was found. `others` are the files that are not Markdown; `seen` counts the Markdown files, read or not."""

    root: Path
    sources: list[Source] = field(default_factory=list)
    others: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: int = 0
    unread: int = 0


def read(root: Path) -> Folder:
    """Reads a folder. Nothing outside of it is opened; hidden files and folders are passed by."""
    found = Folder(root.resolve())
    for path, name in _files(found, found.root):
        markdown = name.lower().endswith(ENDINGS)
        found.seen += markdown
        if (wrong := _refused(found.root, path)) or name in found.others:
            found.problems.append(Problem(name, 0, "file", wrong or "Another file has the same name."))
            found.unread += markdown
        elif markdown:
            _read_source(found, path, name)
        else:
            found.others[name] = path
    return found


def _files(found: Folder, folder: Path) -> Iterator[tuple[Path, str]]:
    try:
        inside = sorted(os.scandir(folder), key=lambda each: each.name)
    except OSError as wrong:
        found.problems.append(Problem(_named(found.root, folder), 0, "file", f"Cannot be read: {wrong.strerror}."))
        return
    for each in inside:
        path = Path(each.path)
        if each.name.startswith("."):
            continue
        if each.name in _PASSED_BY or (each.is_symlink() and path.is_dir()):
            found.problems.append(Problem(_named(found.root, path) + "/", 0, "file", "This folder was passed by."))
        elif each.is_dir(follow_symlinks=False):
            yield from _files(found, path)
        else:
            yield path, _named(found.root, path)


def _named(root: Path, path: Path) -> str:
    name = os.fsencode(path.relative_to(root)).decode("utf-8", "replace")
    return unicodedata.normalize("NFC", _CONTROLS.sub("\ufffd", name))


def _refused(root: Path, path: Path) -> str:
    try:
        if path.is_symlink() and not _shown(root, path.resolve(strict=True)):
            return "This link leads out of the folder, or to what is hidden in it, and was not followed."
        return "" if stat.S_ISREG(path.stat().st_mode) else "This is not a file."
    except (OSError, RuntimeError) as wrong:
        return f"Cannot be read: {getattr(wrong, 'strerror', None) or wrong}."


def _shown(root: Path, path: Path) -> bool:
    """Whether a file would be found without the link that leads to it."""
    parts = path.relative_to(root).parts if path.is_relative_to(root) else (".",)
    return not any(part.startswith(".") or part in _PASSED_BY for part in parts)


def _read_source(found: Folder, path: Path, name: str) -> None:
    try:
        text, wrong = _text(path)
    except OSError as error:
        text, wrong = None, f"Cannot be read: {error.strerror}."
    if wrong:
        found.problems.append(Problem(name, 0, "file" if text is None else "encoding", wrong))
    if text is None:
        found.unread += 1
    elif any(source.path == name for source in found.sources[-1:]):
        found.unread += 1
        found.problems.append(Problem(name, 0, "file", "Another file has the same name."))
    else:
        found.sources.append(Source(name, text))


def _text(path: Path) -> tuple[str | None, str]:
    """A file's text, or None; and what is wrong with it."""
    if path.stat().st_size > MOST_BYTES:
        return None, f"Too large: more than {MOST_BYTES >> 10} KiB."
    return text_in(path.read_bytes())


def text_in(data: bytes) -> tuple[str | None, str]:
    """The text that bytes are, or None; and what is wrong with it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and len(data) % 2 == 0:
        text, wrong = data.decode("utf-16", "replace"), "Read as UTF-16."
    else:
        text, wrong = _decoded(data)
    if "\0" in text:
        return None, "This is not a text."
    tidy = _CONTROLS.sub("", text)
    if tidy != text:
        wrong = f"{wrong} {len(text) - len(tidy)} characters that are not text were left out.".strip()
    return tidy.replace("\r\n", "\n").replace("\r", "\n"), wrong


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as wrong:
        return data.decode("latin-1"), f"Not UTF-8 (byte {wrong.start}); read as Latin-1."
