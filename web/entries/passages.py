"""The passages that annotations are about: found when they are written, and found again when the text changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from web.database import execute, in_list, rows
from web.entries.anchors import again, anchor, places, reanchor, told_by
from web.entries.derived import rendered
from web.entries.rows import Entry
from web.errors import Invalid, Several, Standing

# In letters: what is shown around words that stand in several places.
_AROUND = 60


async def find(entry: Entry, quote: str, near: int | None, before: str = "") -> int:
    """Where the words stand in the entry's plain text, in code points. Of several places it is the one that has the words `before` before it,
    or the nearest to `near`; raises Several where neither is said, and Invalid where they stand nowhere."""
    plain = (await rendered(entry.body)).plain
    found = await asyncio.to_thread(places, plain, quote)
    if not found:
        raise Invalid("quote", "These words do not stand in the text. Copy them word for word.")
    if len(found) == 1:
        return found[0]
    told = told_by(plain, found, before[-200:]) if before else None
    if told is not None:
        return told
    if near is None:
        choices = [_standing(plain, place, len(quote)) for place in found]
        raise Several("quote", "These words stand in more than one place. Choose the one that you mean.", choices)
    nearest = await asyncio.to_thread(anchor, plain, quote, near)
    return found[0] if nearest is None else nearest


def _standing(plain: str, at: int, length: int) -> Standing:
    before, after = plain[max(0, at - _AROUND) : at], plain[at + length : at + length + _AROUND]
    return Standing(at, f"…{before}" if at > _AROUND else before, plain[at : at + length], after)


async def find_again(entry: Entry, body: str) -> None:
    """Brings the annotations of an entry along to its new text, also those that are in the bin. One whose passage is gone keeps its words,
    and has no place until they come back to where they stood."""
    there = await rows(
        "SELECT id, quote, anchor, lost_in, lost_at FROM entry WHERE parent = {} AND quote IS NOT NULL", entry.id
    )
    if not there:
        return
    old, new = (await rendered(entry.body)).plain, (await rendered(body)).plain
    stood = await _texts({each["lost_in"] for each in there if each["anchor"] is None})
    for each, (quote, place) in zip(there, await asyncio.to_thread(_places, there, old, new, stood), strict=True):
        if (quote, place) == (each["quote"], each["anchor"]):
            continue
        lost = (entry.revision, each["anchor"]) if place is None else (None, None)
        await execute(
            "UPDATE entry SET quote = {}, anchor = {}, lost_in = {}, lost_at = {} WHERE id = {}",
            quote,
            place,
            *lost,
            each["id"],
        )


async def _texts(revisions: set[int | None]) -> dict[int, str]:
    """What these say; nothing of those that were taken away."""
    wanted = in_list(revision for revision in revisions if revision)
    found = await rows("SELECT id, body FROM revision WHERE id IN {} AND redacted_at IS NULL", wanted)
    return {each["id"]: (await rendered(each["body"])).plain for each in found}


def _places(
    annotations: list[dict[str, Any]], old: str, new: str, stood: Mapping[int, str]
) -> list[tuple[str, int | None]]:
    known = [(each["quote"], each["anchor"]) for each in annotations if each["anchor"] is not None]
    found = dict(zip(known, reanchor(old, new, known), strict=True))
    return [_place(each, new, found, stood.get(each["lost_in"] or 0)) for each in annotations]


def _place(
    each: dict[str, Any], new: str, found: Mapping[tuple[str, int], tuple[str, int] | None], stood: str | None
) -> tuple[str, int | None]:
    quote, at = each["quote"], each["anchor"]
    if at is not None:
        return found[quote, at] or (quote, None)
    return quote, again(stood, new, quote, each["lost_at"]) if stood is not None else None
