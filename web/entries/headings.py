"""The headings of a text that are called otherwise than in the text before, and what was put under them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from difflib import SequenceMatcher

from web.database import execute, now, rows
from web.entries.rows import Entry
from web.entries.sections import Section, sections

# Of texts with more headings nobody has to wait for a comparison.
_MOST = 500


async def renamed(old: str, new: str) -> dict[str, Section]:
    """By the fragments that are in the text no more: the section that stands in that place now, or has the same words under it."""
    before, after = await sections(old), await sections(new)
    if max(len(before), len(after)) > _MOST:
        return {}
    return await asyncio.to_thread(_renamed, old, new, before, after)


def _renamed(old: str, new: str, before: Sequence[Section], after: Sequence[Section]) -> dict[str, Section]:
    there = {each.id for each in after}
    words = [_under(old, before, place) for place in range(len(before))]
    words_now = [_under(new, after, place) for place in range(len(after))]
    found: dict[str, Section] = {}
    match = SequenceMatcher(None, [each.id for each in before], [each.id for each in after], autojunk=False)
    for what, start, end, start_now, end_now in match.get_opcodes():
        if what != "replace":
            continue
        for place in range(start, end):
            same = [at for at in range(start_now, end_now) if words[place] and words_now[at] == words[place]]
            if not same and end - start == end_now - start_now:
                same = [start_now + place - start]
            if len(same) == 1 and before[place].id not in there:
                found[before[place].id] = after[same[0]]
    return found


def _under(body: str, found: Sequence[Section], place: int) -> str:
    """What stands between a heading and the next one."""
    end = found[place + 1].start if place + 1 < len(found) else len(body)
    return body[found[place].start : end].partition("\n")[2].strip()


async def keep_up(entry: Entry, body: str, *, minor: bool) -> None:
    """What was put into it from conversations stands under the headings as they are called now. Notes as well that one of two sides has changed,
    unless that was a small change."""
    sides = "(page = {} OR source = {}) AND dropped_at IS NULL"
    if minor:
        found = await rows("SELECT anchor FROM gathered WHERE page = {} AND dropped_at IS NULL", entry.id)
    else:
        changed = f"UPDATE gathered SET changed_at = {{}} WHERE {sides} RETURNING page, anchor"
        found = [each for each in await rows(changed, now(), entry.id, entry.id) if each["page"] == entry.id]
    anchors = {each["anchor"] for each in found if each["anchor"]}
    called = await renamed(entry.body, body) if anchors and body != entry.body else {}
    for old in sorted(anchors & called.keys()):
        await execute(
            "UPDATE gathered SET anchor = {}, section = {} WHERE page = {} AND anchor = {}",
            called[old].id, called[old].title, entry.id, old,
        )  # fmt: skip
