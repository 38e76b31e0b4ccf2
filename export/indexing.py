"""What the page that searches looks into: made of what the audience may read, some hundred entries at a time. What has followed from them
before is kept in a folder, and need not be made again; it may be thrown away at any moment."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from export.addresses import relative
from export.plan import Plan
from export.searching import OF_BLOCK, Block, Document, Index, block
from web.entries.reading import as_written, texts
from web.kinds import BY_PATH, KINDS
from web.policy import Viewer
from web.text import excerpt
from web.words import kinds_by_word

_TITLE = 80
# What nobody has used for so long (in seconds) was of an older state of some snapshot.
_LONG = 30 * 24 * 3600
_block = msgspec.msgpack.Decoder(Block)


async def indexed(viewer: Viewer, plan: Plan, places: Mapping[int, str], kept: Path) -> AsyncIterator[dict[str, str]]:
    """The files of the index, some at a time. `places`: the file and the fragment where each entry is read; what is nowhere is not in it."""
    index = Index()
    ids = [id for id in await as_written(viewer) if id in places]
    for start in range(0, len(ids), OF_BLOCK):
        some = ids[start : start + OF_BLOCK]
        found = await _found_or_made(viewer, plan, start, {id: places[id] for id in some}, kept)
        index.add(found)
        yield found.files
    called = {kind.name: kind.name for kind in KINDS.values()} | {path: kind.name for path, kind in BY_PATH.items()}
    for name, content in index.close(kinds_by_word() | called):
        yield {name: content}
    _forget_old(kept)


async def _found_or_made(viewer: Viewer, plan: Plan, first: int, places: Mapping[int, str], kept: Path) -> Block:
    made_of = [(id, at, plan.said.get(id)) for id, at in places.items()]
    file = kept / blake2b(repr((first, plan.frame, made_of)).encode(), digest_size=16).hexdigest()
    with suppress(OSError, msgspec.DecodeError):
        found = _block.decode(file.read_bytes())
        file.touch()
        return found
    read = await texts(viewer, list(places))
    made = block(first, [_document(each, places[each["id"]]) for each in read])
    # What was written, or went into the bin, after the plan was made is another thing than the plan says.
    if len(read) == len(places) and all(id in plan.said for id in places):
        _keep(file, made)
    return made


def _keep(file: Path, made: Block) -> None:
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = file.with_suffix(".partial")
        aside.write_bytes(msgspec.msgpack.encode(made))
        aside.replace(file)


def _forget_old(kept: Path) -> None:
    for file in kept.glob("*"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > _LONG:
                file.unlink()


def _document(text: Mapping[str, Any], at: str) -> Document:
    file, _, fragment = at.partition("#")
    title = text["title"] or text["under"] or excerpt(text["quote"] or text["body"], _TITLE)
    named = [
        f"kind:{text['kind']}",
        f"in:{text['space']}",
        f"by:{text['author']}",
        *(f"tag:{tag}" for tag in text["tags"]),
    ]
    return Document(
        f"{relative('search/index.html', file)}#{fragment}", title, text["body"], text["kind"], text["space_name"],
        text["author_name"], datetime.fromtimestamp(text["created_at"] / 1000, UTC).date().isoformat(), tuple(named),
        KINDS[text["kind"]].sums_up,
    )  # fmt: skip
