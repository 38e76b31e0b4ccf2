"""A page's text with something in it that was said in a conversation, for somebody to work on."""

from __future__ import annotations

from collections.abc import Sequence

from web import text
from web.entries.rows import Entry
from web.entries.sections import section


async def drafted(said: Sequence[Entry], body: str, number: int | None, heading: str = "") -> tuple[str, str]:
    """At the end of the section with that number; else last, under the `heading` where there is one. Gives the text, and what its section is
    called."""
    new = "\n\n".join(each.body.strip("\n") for each in said)
    part = await section(body, number)
    if part is not None:
        return part.put(body, f"{part.of(body)}\n\n{new}"), part.title
    if not body.strip():
        return new, ""
    under = f"## {text.literally(heading)}\n\n" if heading else ""
    return f"{body.rstrip()}\n\n{under}{new}\n", heading
