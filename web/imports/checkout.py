"""The latest commit of a repository, laid out as a folder; and what each file in it was before, under whatever name."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from web.entries import attachments
from web.imports.folder import ENDINGS, MOST_BYTES
from web.imports.report import Problem
from web.imports.repository import Commit, Entry, Repository

# Of all that is no text.
_MOST_OF_ALL = 2 << 30
_FILES = ("100644", "100755", "100664")


def folder_for(path: Path, aside: str) -> Path:
    """Of the same name: a page without a title may be called so."""
    folder = Path(aside) / "out" / (unicodedata.normalize("NFC", path.resolve().name).removesuffix(".git") or "wiki")
    folder.mkdir(parents=True)
    return folder


def lay_out(repository: Repository, folder: Path) -> list[Problem]:
    problems, left = [], _MOST_OF_ALL
    for entry in repository.entries():
        why = _refused(entry, left)
        if not why:
            data = repository.blob(entry.sha, MOST_BYTES if _is_text(entry.path) else attachments.MOST_BYTES)
            why = "Cannot be read." if data is None else _put(folder, entry.path, data)
            left -= entry.size
        if why:
            problems.append(Problem(entry.path.encode("utf-8", "replace").decode(), 0, "file", why))
    return problems


def _refused(entry: Entry, left: int) -> str:
    if entry.mode == "160000":
        return "This is another repository, which is not followed."
    if entry.mode not in _FILES:
        return "This is a link, and was not followed."
    if entry.size > (MOST_BYTES if _is_text(entry.path) else attachments.MOST_BYTES):
        return "Too large."
    return "There is too much in this repository; it was left out." if entry.size > left else ""


def _is_text(path: str) -> bool:
    return path.lower().endswith(ENDINGS)


def _put(folder: Path, path: str, data: bytes) -> str:
    """A commit can hold any path; only those are written that stay in the folder."""
    parts = path.split("/")
    if any(
        part in ("", ".", "..")
        or "\0" in part
        or part.lower() == ".git"
        or len(part.encode("utf-8", "surrogateescape")) > 250
        for part in parts
    ):
        return "No file can be called so."
    target = folder.joinpath(*parts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(data)
    except (OSError, ValueError) as wrong:
        return f"Cannot be laid out: {getattr(wrong, 'strerror', None) or wrong}."
    return ""


def pasts(repository: Repository, paths: set[str]) -> dict[str, list[tuple[Commit, str]]]:
    """From the latest commit back, through whatever a file was called."""
    found: dict[str, list[tuple[Commit, str]]] = {path: [] for path in paths}
    here = {path: path for path in paths if not path.endswith("/")}
    for commit in repository.commits():
        moved: dict[str, str] = {}
        for change in commit.changes:
            name = unicodedata.normalize("NFC", change.new)
            page = here.get(name)
            if page is None or not change.sha:
                continue
            found[page].append((commit, change.sha))
            if change.what == "R":
                moved[unicodedata.normalize("NFC", change.old)] = page
            if change.what in "RAC":
                del here[name]
        here |= {old: page for old, page in moved.items() if old not in here}
    return found
