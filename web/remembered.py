"""What was made before, in a file: whoever makes very many things does not make the same again each time.

Nothing is lost with it but time: it may be thrown away whenever one likes, and what goes wrong with it is as if it were not there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# When the file is larger than this (in bytes), it is begun anew.
_MOST = 4 << 30


class Remembered:
    """By what each was made of. Several processes may have it open."""

    def __init__(self, folder: Path, by: str, taken: int = 0) -> None:
        """`by`: what made it; of what another has made nothing is kept. `taken`: how many texts have been taken away for good by now; of those
        nothing is left here either."""
        self._file: sqlite3.Connection | None = None
        path = folder / f"{taken}-{by}.sqlite"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            too_large = path.is_file() and path.stat().st_size > _MOST
            for each in folder.glob("*.sqlite*"):  # with what SQLite has beside each
                if too_large or not each.name.startswith(path.name):
                    each.unlink(missing_ok=True)
            self._file = _opened(path)
        except (OSError, sqlite3.OperationalError):
            pass  # somebody else has it, or there is no room
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)  # it is spoiled

    def find(self, key: bytes) -> bytes | None:
        if self._file:
            with suppress(sqlite3.Error):
                found = self._file.execute("SELECT made FROM kept WHERE key = ?", (key,)).fetchone()
                return bytes(found[0]) if found else None
        return None

    def keep(self, made: Iterable[tuple[bytes, bytes]]) -> None:
        """Each with its key."""
        if self._file:
            with suppress(sqlite3.Error), self._file:
                self._file.execute("BEGIN IMMEDIATE")
                self._file.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", made)


def _opened(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level=None)
    # What is not on the disk after a power cut is made again.
    for setting in ("journal_mode=WAL", "synchronous=OFF", "mmap_size=268435456"):
        file.execute(f"PRAGMA {setting}")
    file.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, made BLOB NOT NULL)")
    return file
