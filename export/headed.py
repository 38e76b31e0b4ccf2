"""Under which heading of a page something stood by then that was put into it from a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.entries.headings import renamed
from web.entries.sections import sections


async def as_they_were_called(gathered: Sequence[dict[str, Any]], stood: Mapping[int, Mapping[str, Any]]) -> None:
    """Gives each row of `gathered` the heading that its page had, by what it is called today; none where it had none. `stood`: the pages as they
    were, by id, with the text of `today` where that is another."""
    for each in gathered:
        page = stood[each["page"]]
        if each["anchor"] and page["today"] is not None:
            there = {section.id: section for section in await sections(page["body"])}
            called = await renamed(page["body"], page["today"])
            before = next((old for old, new in called.items() if new.id == each["anchor"]), each["anchor"])
            then = there.get(before)
            each["anchor"], each["section"] = (then.id, then.title) if then else ("", "")
