"""Which programs talk is brought in from, and how what they give is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from web.errors import NotDone
from web.imports.talk import mastodon, yammer
from web.imports.talk.discourse import Discourse
from web.imports.talk.folders import folder_of
from web.imports.talk.mastodon import Mastodon
from web.imports.talk.said import Source
from web.imports.talk.stackexchange import StackExchange
from web.imports.talk.yammer import Yammer


@contextmanager
def opened_source(name: str, path: Path, address: str = "", handle: str | None = None) -> Iterator[Source]:
    """`handle`: of whoever imports it. Raises NotDone."""
    if not path.exists():
        raise NotDone(f"{path} is not there.")
    if name == "stackexchange":
        yield StackExchange(path, address)
    elif name == "discourse":
        yield Discourse(path, address)
    elif name == "mastodon":
        with folder_of(path, mastodon.needed) as folder:
            yield Mastodon(folder, handle or "")
    else:
        with folder_of(path, yammer.needed) as folder:
            yield Yammer(folder)
