"""Bodies that were rendered before, in a file: whoever makes very many pages does not read the same Markdown each time."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import msgspec

from web import cleaning, colours, drawing, filed, kinds, linked, markdown, markup, text
from web.remembered import Remembered
from web.text import Text

# Shorter ones (in characters) are rendered almost as fast as found.
_SHORT = 500
_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Text).decode


class Rendered:
    """What this version of the renderer has made; those before it are forgotten."""

    def __init__(self, folder: Path, taken: int = 0) -> None:
        """`taken`: as for `Remembered`."""
        self._kept = Remembered(folder, _renderer(), taken)

    def find(self, body: str) -> Text | None:
        if len(body) > _SHORT and (found := self._kept.find(digest_of(body))) is not None:
            with suppress(msgspec.DecodeError):
                return _decode(found)
        return None

    def keep(self, body: str, made: Text) -> None:
        """Not what took too long: another time it may not."""
        if len(body) > _SHORT and not made.degraded:
            self._kept.keep([(digest_of(body), _encode(made))])


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
