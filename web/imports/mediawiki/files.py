"""The files of a wiki, in a folder: as MediaWiki keeps them (`images/a/ab/Name.png`), or all beside each other."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

# What MediaWiki makes or keeps besides them.
_PASSED_BY = frozenset({"thumb", "archive", "temp", "deleted", "lockdir", "transcoded", "math"})
_DEEPEST = 4


def files_in(folder: Path) -> dict[str, Path]:
    """By the names that the wiki has for them. No link is followed, and nothing outside of the folder is found."""
    return {
        _name(path.name): path for path in sorted(_within(folder, 0), key=lambda path: (-len(path.parts), path.name))
    }


def _within(folder: Path, deep: int) -> Iterator[Path]:
    with os.scandir(folder) as inside:
        for each in inside:
            if each.name.startswith("."):
                continue
            if each.is_dir(follow_symlinks=False):
                if deep < _DEEPEST and each.name not in _PASSED_BY:
                    yield from _within(Path(each.path), deep + 1)
            elif each.is_file(follow_symlinks=False):
                yield Path(each.path)


def _name(file: str) -> str:
    tidy = " ".join(
        unicodedata.normalize("NFC", os.fsencode(file).decode("utf-8", "replace")).replace("_", " ").split()
    )
    return tidy[:1].upper() + tidy[1:]
