"""A folder of what somebody exported, also one that is packed: then only what is needed of it is unpacked, and nothing outside of its own place."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from web.errors import NotDone
from web.unpacking import Room

_MOST_BYTES = 16 << 30
_MOST_FILES = 200_000
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)


@contextmanager
def folder_of(path: Path, needed: Callable[[str], bool]) -> Iterator[Path]:
    """The folder itself, or one that is gone afterwards with those files of an archive that are `needed`, by their paths. Raises NotDone."""
    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise NotDone(f"{path} is not there.")
    with tempfile.TemporaryDirectory(prefix="dugnad-import-") as made:
        try:
            _unpack(path, Path(made), needed)
        except _BROKEN as wrong:
            raise NotDone(f"{path} cannot be unpacked: {wrong}. Nothing was imported.") from wrong
        yield Path(made)


def _unpack(path: Path, out: Path, needed: Callable[[str], bool]) -> None:
    def too_large() -> NotDone:
        return NotDone(
            f"{path} unpacks to more than {_MOST_BYTES >> 30} GB. Unpack it yourself, and name the folder. Nothing was imported."
        )

    room = Room(_MOST_BYTES, too_large)
    count = 0
    for name, size, opened in _zipped(path) if zipfile.is_zipfile(path) else _tarred(path):
        count += 1
        if count > _MOST_FILES:
            raise NotDone(f"{path} holds more than {_MOST_FILES} files, as no such archive does. Nothing was imported.")
        safe = _safe(name)
        if safe is None or not needed(safe):
            continue
        room.take(size)
        target = out / safe
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened() as data, target.open("wb") as file:
            shutil.copyfileobj(_Limited(data, size), file)  # type: ignore[misc]


class _Limited:
    """No more than was said that there is."""

    def __init__(self, data: IO[bytes], size: int) -> None:
        self._data, self._left = data, size

    def read(self, many: int = -1) -> bytes:
        said = self._data.read(min(many, self._left) if many >= 0 else self._left)
        self._left -= len(said)
        return said


def _zipped(path: Path) -> Iterator[tuple[str, int, Callable[[], IO[bytes]]]]:
    with zipfile.ZipFile(path) as archive:
        for each in archive.infolist():
            linked = (each.external_attr >> 16) & 0o170000 == 0o120000
            if not each.is_dir() and not linked:
                yield each.filename, each.file_size, lambda each=each: archive.open(each)  # type: ignore[misc]


def _tarred(path: Path) -> Iterator[tuple[str, int, Callable[[], IO[bytes]]]]:
    with tarfile.open(path, "r:*") as archive:
        for each in archive:
            if each.isreg():
                yield each.name, each.size, lambda each=each: archive.extractfile(each)  # type: ignore[misc,return-value]


def _safe(name: str) -> str | None:
    """A path that leads nowhere else; None where it would."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part != "."]
    if not parts or parts[0] == "/" or ".." in parts or "\0" in name or ":" in parts[0]:
        return None
    return "/".join(parts)
