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


async def fetch(storage: Storage, key: str) -> Kept:
    """The first piece is read already, so that what is wrong is known before anything is sent. Raises NotThere and
    Unavailable, which a later piece may raise too."""
    size, first = await storage.read(key, 0)

    async def pieces() -> AsyncIterator[bytes]:
        yield first
        for start in range(PIECE, size, PIECE):
            _, piece = await storage.read(key, start)
            yield piece

    return Kept(size, pieces())


def storage_of(settings: Settings) -> Storage:
    """The one that is set. Raises WrongSetting."""
    if not settings.files:
        return Folder(settings.data / "files")
    try:
        from web.bucket import bucket  # what it needs is installed only where it is used
    except ImportError as wrong:
        raise WrongSetting(f"{PREFIX}FILES needs more than is installed: pip install '.[s3]' brings it.") from wrong
    return bucket(settings.files)


def prove(settings: Settings) -> None:
    """Keeps a few bytes, and reads them. Raises WrongSetting when that cannot be done."""
    try:
        asyncio.run(_tried(storage_of(settings)))
    except (Unavailable, NotThere) as wrong:
        raise WrongSetting(f"Nothing can be kept where {PREFIX}FILES says. {wrong}") from wrong


async def _tried(storage: Storage) -> None:
    await storage.put("dugnad", io.BytesIO(_PROOF))
    await storage.read("dugnad", 0)
