"""A zip that is sent while it is made: no more of it than one file is ever here, and the same files make the same zip."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from web.errors import NotThere
from web.leaving.pages import Member
from web.storage import PIECE, Storage, fetch

# The first day that such a file can name.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class _Aside:
    """What is written to the end of a file of which the beginning is sent already. It goes back as far as what is not sent, so each file in
    the zip says before it how large it is and what its sum is, and every program can read it."""

    def __init__(self, held: IO[bytes]) -> None:
        self._held, self._sent = held, 0

    def write(self, data: bytes) -> int:
        return self._held.write(data)

    def tell(self) -> int:
        return self._sent + self._held.tell()

    def seek(self, place: int, whence: int = 0) -> int:
        return self._sent + self._held.seek(place - self._sent if whence == 0 else place, whence)

    def flush(self) -> None:
        pass

    def taken(self) -> Iterator[bytes]:
        """What is not sent yet, which then is."""
        self._held.seek(0)
        while piece := self._held.read(PIECE):
            self._sent += len(piece)
            yield piece
        self._held.seek(0)
        self._held.truncate()


async def zipped(members: AsyncIterator[Member], storage: Storage) -> AsyncIterator[bytes]:
    """An attachment whose bytes are not where they are kept is left out: the rest is worth having."""
    with SpooledTemporaryFile(PIECE) as held:
        aside = _Aside(held)
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_STORED) as packed:  # type: ignore[call-overload]
            async for member in members:
                try:
                    await _add(packed, member, storage)
                except NotThere:
                    continue
                for piece in aside.taken():
                    yield piece
        for piece in aside.taken():
            yield piece


async def _add(packed: zipfile.ZipFile, member: Member, storage: Storage) -> None:
    info = zipfile.ZipInfo(member.path, _EPOCH)
    # As on any system, and read by everybody once it is unpacked.
    info.create_system, info.external_attr = 3, 0o644 << 16
    if not member.key:
        packed.writestr(info, member.text.encode())
        return
    kept = await fetch(storage, member.key)
    with packed.open(info, "w") as file:
        async for piece in kept.pieces:
            file.write(piece)
