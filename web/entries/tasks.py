"""The tasks in a text, `- [ ] like this`, and how one is ticked."""

from __future__ import annotations

import re

from web.entries.derived import rendered
from web.source import without_code

_TASK = re.compile(
    r"^(?:[ \t]*+(?:>[ \t]?+)*+[ \t]*+(?:[-*+]|\d{1,9}+[.)])[ \t]++)++\[(?P<mark>[ xX])\][ \t]++(?P<label>[^\n]*+)",
    re.MULTILINE,
)
_BOX = re.compile(r'<input type="checkbox" disabled=""( checked="")?>')


async def ticked(body: str, number: int, done: bool, seen: str) -> str | None:
    """The text with a task ticked, or not ticked any more: the one that stood at `number` (from 0) in what somebody has `seen`, wherever it
    stands by now. None when it is not there any more, or cannot be told from others."""
    wanted, tasks = await _tasks(seen), await _tasks(body)
    if wanted is None or tasks is None or not 0 <= number < len(wanted):
        return None
    label = wanted[number]["label"]
    same = [at for at, each in enumerate(tasks) if each["label"] == label]
    at = number if number in same else same[0] if len(same) == 1 else None
    if at is None:
        return None
    start, end = tasks[at].span("mark")
    new = body[:start] + ("x" if done else " ") + body[end:]
    shown = await _shown(body)
    shown[at] = done
    return new if await _shown(new) == shown else None


async def _tasks(body: str) -> list[re.Match[str]] | None:
    """None when they are not the ones that stand on the page."""
    found = list(_TASK.finditer(without_code(body)))
    return found if len(await _shown(body)) == len(found) else None


async def _shown(body: str) -> list[bool]:
    """Which boxes on the page are ticked."""
    return [bool(ticked) for ticked in _BOX.findall((await rendered(body)).html)]
