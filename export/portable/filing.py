"""Files on their way into a folder: made aside, looked through, summed up, and left as they are where they are right already."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from export.leaks import Secrets, said_in
from export.manifest import File
from export.placing import Workshop
from web.errors import NotDone
from web.storage import Storage, fetch


class Writer:
    """One file that is being written."""

    def __init__(self, name: str, into: IO[bytes], hidden: Secrets) -> None:
        self._name, self._into, self._hidden = name, into, hidden
        self._sum, self.size = hashlib.sha256(), 0

    def write(self, content: bytes, *, looked_through: bool = True) -> None:
        """Raises NotDone for what may not be said there."""
        if looked_through and (wrong := said_in(self._name, content, self._hidden)):
            raise NotDone(f"The folder is not sound, and nothing was written: {wrong[0]}.")
        self._sum.update(content)
        self.size += len(content)
        self._into.write(content)

    @property
    def file(self) -> File:
        return File(self._sum.hexdigest(), self.size)


class Filing:
    """`files`: all that there are. `changed`: how many of them are not what was there before."""

    def __init__(self, shop: Workshop, hidden: Secrets) -> None:
        self._shop, self._hidden = shop, hidden
        self._folders: set[Path] = set()
        self.files: dict[str, File] = {}
        self.changed = 0

    @contextmanager
    def open(self, name: str) -> Iterator[Writer]:
        if name in self.files:
            raise NotDone(f"Two things would be called {name}.")
        path = self._shop.folder / name
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        with path.open("wb") as into:
            writer = Writer(name, into, self._hidden)
            yield writer
        self.files[name] = writer.file
        if _is(self._shop.out / name, writer.file):
            path.unlink()
        else:
            self.changed += 1

    async def copy(self, name: str, files: Storage, key: str) -> None:
        """The bytes of an attachment. Raises NotThere and Unavailable."""
        with self.open(name) as file:
            async for piece in (await fetch(files, key)).pieces:
                file.write(piece, looked_through=False)

    def put(self, name: str, content: str) -> None:
        with self.open(name) as file:
            file.write(content.encode())


def _is(path: Path, file: File) -> bool:
    try:
        if os.path.getsize(path) != file.size:  # noqa: PTH202 (there are very many)
            return False
        with path.open("rb") as there:
            return hashlib.file_digest(there, "sha256").hexdigest() == file.sha256
    except OSError:
        return False
