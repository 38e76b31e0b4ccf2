"""A bucket as a storage of files: whatever speaks S3, at the address and with the keys that AWS_… says."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import S3Store

from web.errors import NotThere, Unavailable
from web.settings import WrongSetting
from web.storage import PIECE

if TYPE_CHECKING:
    from obstore import Attributes

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


@dataclass(frozen=True)
class Bucket:
    """Each piece is asked for by itself, so that a slow browser holds no connection open here."""

    store: S3Store

    async def put(self, key: str, file: IO[bytes]) -> None:
        try:
            # A large file goes in parts, and is there when the last one is.
            await self.store.put_async(_path(key), file, max_concurrency=1)
        except (BaseError, OSError) as wrong:
            raise Unavailable(_said(wrong)) from wrong

    async def read(self, key: str, start: int) -> tuple[int, bytes]:
        try:
            found = await self.store.get_async(_path(key), options={"range": (start, start + PIECE)})
            return found.meta["size"], bytes(await found.bytes_async())
        except FileNotFoundError:
            raise NotThere from None
        except (BaseError, OSError) as wrong:
            raise Unavailable(_said(wrong)) from wrong

    async def drop(self, key: str) -> None:
        await self.drop_named(_path(key))

    # What lies there under names of its own, for others to read.

    async def get_named(self, name: str) -> bytes | None:
        """None when there is nothing. Raises Unavailable."""
        try:
            found = await self.store.get_async(name)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as wrong:
            raise Unavailable(_said(wrong)) from wrong

    async def put_named(self, name: str, what: bytes | Path, media_type: str) -> None:
        """Bytes, or a file: whole or not at all. Raises Unavailable."""
        # Whoever reads asks whether it is still right: under the same name there is something else tomorrow.
        attributes: Attributes = {"Content-Type": media_type, "Cache-Control": "no-cache"}
        try:
            await self.store.put_async(name, what, attributes=attributes, max_concurrency=1)
        except (BaseError, OSError) as wrong:
            raise Unavailable(_said(wrong)) from wrong

    async def drop_named(self, name: str) -> None:
        """Raises Unavailable."""
        try:
            await self.store.delete_async(name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as wrong:
            raise Unavailable(_said(wrong)) from wrong

    async def has_anything(self) -> bool:
        """Raises Unavailable."""
        try:
            async for some in self.store.list(chunk_size=1):
                return bool(some)
        except (BaseError, OSError) as wrong:
            raise Unavailable(_said(wrong)) from wrong
        return False


def _path(key: str) -> str:
    """As in a folder, so that one can be copied into the other."""
    return f"{key[:2]}/{key}"


def _said(wrong: Exception) -> str:
    """In one line, without what only those would read who work on obstore."""
    return " ".join(str(wrong).partition("\n\nDebug source")[0].split())


def bucket(url: str) -> Bucket:
    """The one at `s3://BUCKET` or `s3://BUCKET/PREFIX`. Raises WrongSetting."""
    for name in _ENDPOINTS:
        if name in os.environ and not re.fullmatch(r"https?://[^\s/]\S*", os.environ[name]):
            raise WrongSetting(f"{name} must begin with https:// or http://.")
    try:
        store = S3Store.from_url(
            url,
            # Only where the address itself says so.
            client_options={"allow_http": True},
            # Somebody waits: what does not answer by then is said to be away.
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
        )
    except (BaseError, ValueError) as wrong:
        raise WrongSetting(f"The bucket {url} cannot be used: {_said(wrong)}") from wrong
    return Bucket(store)
