"""Where the bytes of attachments are kept, by their hash: in a folder of this machine, or in a bucket that speaks S3."""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from web.errors import NotThere, Unavailable
from web.settings import PREFIX, Settings, WrongSetting

PIECE = 1 << 20
_PROOF = b"Dugnad keeps its files here.\n"


class Storage(Protocol):
    """What is kept under a key never changes, and is there whole or not at all."""

    async def put(self, key: str, file: IO[bytes]) -> None:
        """Keeps a file, from where it stands to its end; it is safe when this is done. Raises Unavailable."""

    async def read(self, key: str, start: int) -> tuple[int, bytes]:
        """The size of the whole, and at most PIECE bytes of it. Raises NotThere and Unavailable."""


class Shelf(Storage, Protocol):
    """A storage of what need not stay."""

    async def drop(self, key: str) -> None:
        """It is not there any more, whether it was or not. Raises Unavailable."""


@dataclass(frozen=True)
class Kept:
    """A file that is kept: how many bytes it has, and they themselves as they are asked for."""

    size: int
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True)
class Folder:
    """A storage of this machine's own."""

    root: Path

    def path(self, key: str) -> Path:
        return self.root / key[:2] / key

    async def put(self, key: str, file: IO[bytes]) -> None:
        try:
            await asyncio.to_thread(_write, self.path(key), file)
        except OSError as wrong:
            raise Unavailable(str(wrong)) from wrong

    async def read(self, key: str, start: int) -> tuple[int, bytes]:
        try:
            return await asyncio.to_thread(_read, self.path(key), start)
        except FileNotFoundError:
            raise NotThere from None
        except OSError as wrong:
            raise Unavailable(str(wrong)) from wrong

    async def drop(self, key: str) -> None:
        try:
            await asyncio.to_thread(self.path(key).unlink, missing_ok=True)
        except OSError as wrong:
            raise Unavailable(str(wrong)) from wrong


def _write(path: Path, file: IO[bytes]) -> None:
    """Written aside, safe on the disk, then moved: there is never half a file."""
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with aside.open("wb") as target:
            shutil.copyfileobj(file, target, PIECE)
            target.flush()
            os.fsync(target.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _read(path: Path, start: int) -> tuple[int, bytes]:
    with path.open("rb") as file:
        file.seek(start)
        return os.fstat(file.fileno()).st_size, file.read(PIECE)


async def fetch(storage: Storage, key: str, start: int = 0, end: int | None = None) -> Kept:
    """All of it, or what lies from `start` up to `end`; the size is that of the whole. The first piece is read already, so that
    what is wrong is known before anything is sent. Raises NotThere and Unavailable, which a later piece may raise too."""
    size, first = await storage.read(key, start)
    last = size if end is None else end

    async def pieces() -> AsyncIterator[bytes]:
        yield first[: last - start]
        for at in range(start + PIECE, last, PIECE):
            _, piece = await storage.read(key, at)
            yield piece[: last - at]

    return Kept(size, pieces())


def storage_of(settings: Settings) -> Storage:
    """Where attachments are. Raises WrongSetting."""
    return _storage(settings.files, settings.data / "files")


def cache_of(settings: Settings) -> Folder:
    """Where smaller and barer copies of them are; it may be thrown away."""
    return Folder(settings.data / "cache" / "thumbnails")


def shelf_of(settings: Settings) -> Shelf:
    """Where snapshots are kept: beside the attachments. Raises WrongSetting."""
    below = f"{settings.files.rstrip('/')}/snapshots" if settings.files else ""
    return _storage(below, settings.data / "snapshots" / "kept")


def _storage(url: str, folder: Path) -> Shelf:
    if not url:
        return Folder(folder)
    try:
        from web.bucket import bucket  # what it needs is installed only where it is used
    except ImportError as wrong:
        raise WrongSetting(f"{PREFIX}FILES needs more than is installed: pip install '.[s3]' brings it.") from wrong
    return bucket(url)


def prove(settings: Settings) -> None:
    """Keeps a few bytes, and reads them. Raises WrongSetting when that cannot be done."""
    try:
        asyncio.run(_tried(storage_of(settings)))
    except (Unavailable, NotThere) as wrong:
        raise WrongSetting(f"Nothing can be kept where {PREFIX}FILES says. {wrong}") from wrong


async def _tried(storage: Storage) -> None:
    await storage.put("dugnad", io.BytesIO(_PROOF))
    await storage.read("dugnad", 0)
