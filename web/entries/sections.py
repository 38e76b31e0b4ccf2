"""A text by its headings: one section of it, to be changed by itself."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from web.entries.derived import rendered
from web.source import blank, comments, without_code

_HEADING = re.compile(
    r"^[ ]{0,3}(?P<marks>#{1,6})(?:[ \t]+[^\n]*)?$|^[^\n#>|\-=+*\s][^\n]*\n[ ]{0,3}(?P<under>=+|-{2,})[ \t]*$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Section:
    """From a heading up to the next one that is not under it. `start` and `end` are places in the text, `id` and `title` the heading's."""

    start: int
    end: int
    id: str
    title: str

    def of(self, body: str) -> str:
        """Its text, without the blank lines that end it."""
        return body[self.start : self.end].rstrip("\n")

    def put(self, body: str, new: str) -> str:
        """The body with another text in its place."""
        old, new = body[self.start : self.end], new.replace("\r\n", "\n").strip("\n")
        ending = old[len(old.rstrip("\n")) :]
        return (
            body[: self.start] + (new + (ending or "\n\n" * (self.end < len(body))) if new else "") + body[self.end :]
        )


async def sections(body: str) -> tuple[Section, ...]:
    """One for each heading that readers see, in order. None of a text in which headings stand where they cannot be found in its source
    (in lists and quotations, say)."""
    seen = (await rendered(body)).headings
    if not seen:
        return ()
    found = await asyncio.to_thread(_found, body)
    top = min((level for _, level in found), default=0)
    if [min(level - top + 2, 6) for _, level in found] != [heading.level for heading in seen]:
        return ()
    ends = _ends(found, len(body))
    return tuple(
        Section(start, end, heading.id, heading.text)
        for (start, _), end, heading in zip(found, ends, seen, strict=True)
    )


def _found(body: str) -> list[tuple[int, int]]:
    """Where each heading begins, and its level."""
    shadow = without_code(body)
    shadow = blank(shadow, comments(shadow))
    return [
        (found.start(), len(found["marks"]) if found["marks"] else 1 if found["under"][0] == "=" else 2)
        for found in _HEADING.finditer(shadow)
    ]


def _ends(found: list[tuple[int, int]], end: int) -> list[int]:
    """Where the next one begins that is not under it, for each; from the last one back, as a text may have very many."""
    ends, next_of = [], [end] * 7
    for start, level in reversed(found):
        ends.append(next_of[level])
        next_of[level:] = [start] * (7 - level)
    return ends[::-1]


async def section(body: str, number: int | None) -> Section | None:
    """The one with that number, from 0, if there is one."""
    if number is None:
        return None
    found = await sections(body)
    return found[number] if number < len(found) else None


async def same_section(old: str, number: int, new: str) -> int | None:
    """The number that a section of an older text has in a newer one; None where there is no one heading like it."""
    before, after = await sections(old), await sections(new)
    if number >= len(before):
        return None
    # Headings that say the same are told apart by their order, which goes into their ids.
    found = [place for place, each in enumerate(after) if each.id == before[number].id]
    return found[0] if len(found) == 1 else None
