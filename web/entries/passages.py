"""The passages that annotations are about: found when they are written, and found again when the text changes."""

from __future__ import annotations

import asyncio
from typing import Any

from web.database import execute, rows
from web.entries.anchors import anchor, reanchor
from web.entries.derived import rendered
from web.entries.rows import Entry
from web.errors import Invalid


async def find(entry: Entry, quote: str, near: int | None) -> int:
    """Where the words stand in the entry's plain text, in code points. Raises Invalid when they do not."""
    found = await asyncio.to_thread(anchor, (await rendered(entry.body)).plain, quote, near)
    if found is None:
        raise Invalid("quote", "These words do not stand in the text. Copy them word for word.")
    return found


async def find_again(entry: Entry, body: str) -> None:
    """Brings the annotations of an entry along to its new text. One whose passage is gone keeps its words, and has
    no place until they come back."""
    there = await rows(
        "SELECT id, quote, anchor FROM entry WHERE parent = {} AND quote IS NOT NULL AND trashed_at IS NULL", entry.id
    )
    if not there:
        return
    old, new = (await rendered(entry.body)).plain, (await rendered(body)).plain
    for each, (quote, place) in zip(there, await asyncio.to_thread(_places, there, old, new), strict=True):
        if (quote, place) != (each["quote"], each["anchor"]):
            await execute(
                "UPDATE entry SET quote = {}, anchor = {} WHERE id = {}",
                quote,
                place,
                each["id"],
            )


def _places(annotations: list[dict[str, Any]], old: str, new: str) -> list[tuple[str, int | None]]:
    known = [(each["quote"], each["anchor"]) for each in annotations if each["anchor"] is not None]
    found = dict(zip(known, reanchor(old, new, known), strict=True))
    return [_place(each["quote"], each["anchor"], new, found) for each in annotations]


def _place(quote: str, at: int | None, new: str, found: dict[tuple[str, int], Any]) -> tuple[str, int | None]:
    if at is None:
        return quote, anchor(new, quote)
    return found[quote, at] or (quote, None)
