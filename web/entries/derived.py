"""From a body to what is kept beside it: plain text and stems for search, tags, and where its links lead."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from cachetools import LRUCache

from web import text
from web.entries.rendered import Rendered
from web.markup import MERMAID
from web.text import Text

# Short texts are rendered faster than a thread is reached, unless there is something to draw in them.
_IN_PLACE = 4_000
_CACHE_CHARACTERS = 6_000_000
_rendered: LRUCache[str, Text] = LRUCache(
    _CACHE_CHARACTERS, getsizeof=lambda done: len(done.html) + len(done.plain) + 500
)

_ENTRY_ADDRESS = re.compile(r"/(?:e|[a-z]+)/(\d{1,16})(?:/[\w.-]*)?/?(?:[#?].*)?")
_FILE_ADDRESS = re.compile(r"/files/(\d{1,16})(?:/.*)?")

# Those of other processes, and of other days, for one that makes very many pages: nobody there waits for a long text.
_before: Rendered | None = None


def render_once(folder: Path, taken: int) -> None:
    """From now on what is rendered is kept in the folder, and what was is taken from there; `taken`: as for `Rendered`."""
    global _before
    _before = Rendered(folder, taken)


async def rendered(body: str) -> Text:
    """The same as `text.render`, once per body; long texts are rendered aside."""
    done = _rendered.get(body)
    if done is None:
        if _before:
            done = _found_or_made(_before, body)
        else:
            at_once = len(body) < _IN_PLACE and MERMAID not in body
            done = text.render(body) if at_once else await asyncio.to_thread(text.render, body)
        if len(done.html) + len(done.plain) < _CACHE_CHARACTERS:
            _rendered[body] = done
    return done


def _found_or_made(before: Rendered, body: str) -> Text:
    if (found := before.find(body)) is not None:
        return found
    made = text.render(body)
    before.keep(body, made)
    return made


def title_key(title: str) -> str:
    """What two titles have in common when they mean the same page."""
    return " ".join(unicodedata.normalize("NFC", title).casefold().split())


def wiki_key(written: str) -> tuple[str | None, str]:
    """`space/Title#heading` → the space's slug, if there is one, and the title's key."""
    path = written.partition("#")[0]
    space, slash, title = path.partition("/")
    return (space.strip().lower(), title_key(title)) if slash and title.strip() else (None, title_key(path))


def link_key(written: str) -> str:
    """How a wiki link is kept: `title` or `space/title`, folded, without the heading."""
    space, title = wiki_key(written)
    return f"{space}/{title}" if space else title


def embed_key(written: str) -> str:
    """How the link to what a text shows is kept: by its lasting address, or as a wiki link."""
    id = entry_id(written)
    return link_key(written) if id is None else f"/e/{id}"


_SERIES_KEY = 50


def series_key(name: str) -> str:
    """What two names of a series have in common when they mean the same one, and the word in its address."""
    return "-".join(re.findall(r"\w+", title_key(name)))[:_SERIES_KEY].strip("-")


def entry_id(address: str) -> int | None:
    """The id in an address of ours, `/e/42` or `/pages/42/onboarding/`."""
    found = _ENTRY_ADDRESS.fullmatch(address)
    return int(found[1]) if found else None


def file_id(address: str) -> int | None:
    found = _FILE_ADDRESS.fullmatch(address)
    return int(found[1]) if found else None


def form_tags(written: str, most: int = 20) -> tuple[str, ...]:
    """What was typed in the tags field, each as typed, without doubles; at most `most`."""
    words = (word.strip("#") for word in re.split(r"[\s,;]+", written))
    named = {text.tag_name(word): word for word in words if text.tag_name(word)}
    return tuple(named.values())[:most]


def named_tags(typed: str, in_text: Iterable[str], most: int) -> dict[str, tuple[str, bool]]:
    """The tags of an entry by name: how each is spelled, and whether it stands only in the text."""
    found = {text.tag_name(word): (word[:50], False) for word in form_tags(typed)}
    for word in in_text:
        name = text.tag_name(word)
        if name and len(found) < most:
            found.setdefault(name, (word[:50], True))
    return found
