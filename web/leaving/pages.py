"""Pages on their way out: as files of Markdown that lie as the pages stand, with the files that they use."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from web import twins, words
from web.entries import attachments, queries
from web.entries.rows import Attachment, Branch, Entry
from web.imports.front import MARK, OURS
from web.leaving.links import Outwards, links_to_files, rewritten
from web.leaving.names import Files, Placed, places
from web.policy import Viewer
from web.text import tag_name

# Pages whose texts are in memory at once.
_AT_ONCE = 20
# Texts are rendered to see what of them is a link; long ones aside.
_LONG = 4_000
# No text outside holds them (Unicode, 23.7), and an import leaves them out.
_NO_SIGNS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")


class Member(NamedTuple):
    """A file that goes out: a text, or an attachment's bytes by the `key` they are kept under."""

    path: str
    text: str = ""
    key: str = ""


async def members(viewer: Viewer, origin: str, branches: Sequence[Branch]) -> AsyncIterator[Member]:
    """The pages in reading order, as far as the viewer may read them at that moment; then what they use."""
    placed, files = await asyncio.to_thread(places, branches), Files()
    ids = list(placed)
    desk = _Desk(origin.rstrip("/"), {id: each.path for id, each in placed.items()}, files)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        entries = await queries.entries(viewer, some)
        tags = await queries.typed_tags(list(entries))
        used = {id for entry in entries.values() for id in links_to_files(entry.body, desk.origin)}
        desk.attached = await attachments.attachments(viewer, used)
        for id in some:
            if entry := entries.get(id):
                body = await desk.body(placed[id].path, entry.body)
                yield Member(
                    placed[id].path, twins.written(_front(entry, tags.get(id, ()), placed[id]), body, clear=True)
                )
    for path, key in files.wanted.items():
        yield Member(path, key=key)


@dataclass
class _Desk:
    """What is known of all that goes out, and of the attachments that some of it uses."""

    origin: str
    pages: dict[int, str]
    files: Files
    attached: dict[int, Attachment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._paths = frozenset(self.pages.values())

    async def body(self, path: str, written: str) -> str:
        body = _NO_SIGNS.sub("", written)
        out = Outwards(path, self.pages, self._paths, self._file, self.origin)
        return rewritten(body, out) if len(body) < _LONG else await asyncio.to_thread(rewritten, body, out)

    def _file(self, id: int) -> str | None:
        found = self.attached.get(id)
        return self.files.path_of(found.hash, found.name) if found else None


def _front(entry: Entry, tags: Sequence[str], placed: Placed) -> dict[str, Any]:
    """What an import brings back. In its history, it says of itself who brings it in; so who wrote it has no place here."""
    known = {
        MARK: OURS,
        "title": _NO_SIGNS.sub("", entry.title),
        "tags": sorted(tags, key=tag_name),
        "lang": entry.lang,
        "created": words.iso(entry.created_at),
        "order": placed.order,
    }
    return {name: value for name, value in known.items() if value not in (None, [])}
