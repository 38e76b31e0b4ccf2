"""Bodies that were rendered before, in a file: whoever makes very many pages does not read the same Markdown each time.

Nothing is lost with it but time: it may be thrown away whenever one likes, and what goes wrong with it is as if it were not there.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import msgspec

from web import cleaning, colours, drawing, filed, kinds, linked, markdown, markup, text
from web.text import Text

# Shorter ones (in characters) are rendered almost as fast as found. When the file is larger than this (in bytes), it is begun anew.
_SHORT, _MOST = 500, 4 << 30
_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Text).decode


class Rendered:
    """What this version of the renderer has made; those before it are forgotten. Several processes may have it open."""

    def __init__(self, folder: Path, taken: int = 0) -> None:
        """`taken`: how many texts have been taken away for good by now; of those nothing is left here either."""
        self._file: sqlite3.Connection | None = None
        path = folder / f"{_renderer()}-{taken}.sqlite"
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

    def find(self, body: str) -> Text | None:
        if self._file and len(body) > _SHORT:
            with suppress(sqlite3.Error, msgspec.DecodeError):
                found = self._file.execute("SELECT made FROM rendered WHERE body = ?", (digest_of(body),)).fetchone()
                return _decode(found[0]) if found else None
        return None

    def keep(self, body: str, made: Text) -> None:
        """Not what took too long: another time it may not."""
        if self._file and len(body) > _SHORT and not made.degraded:
            with suppress(sqlite3.Error):
                self._file.execute("INSERT OR REPLACE INTO rendered VALUES (?, ?)", (digest_of(body), _encode(made)))


def _opened(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level=None)
    # What is not on the disk after a power cut is made again.
    for setting in ("journal_mode=WAL", "synchronous=OFF", "mmap_size=268435456"):
        file.execute(f"PRAGMA {setting}")
    file.execute("CREATE TABLE IF NOT EXISTS rendered (body BLOB PRIMARY KEY, made BLOB NOT NULL)")
    return file


def digest_of(body: str) -> bytes:
    """What stands for a text where keeping all of it would take too much room."""
    return blake2b(body.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@cache
def _renderer() -> str:
    """A hash of all that a body's HTML depends on besides the body."""
    digest = blake2b(digest_size=8)
    for module in (cleaning, colours, drawing, filed, kinds, linked, markdown, markup, text):
        digest.update(Path(str(module.__file__)).read_bytes())
    for package in ("mistune", "nh3", "pygments", "msgspec"):
        digest.update(version(package).encode())
    if drawing.draws():
        digest.update(version("mmdr").encode())
    return digest.hexdigest()
