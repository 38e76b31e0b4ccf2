"""Conversations as they are shown: threads under what heads them, each two levels deep and in the order it was written; or one after the other."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from web.entries.rows import Entry


@dataclass(frozen=True)
class Thread:
    """What stands right under the head, and what was said under that: each with the name of whom it answers, where that is
    not whoever began the thread. `to`: whom the first answers, where all stand one after the other."""

    first: Entry
    to: str | None = None
    under: list[tuple[Entry, str | None]] = field(default_factory=list)

    @property
    def quoted(self) -> bool:
        """It is about a passage."""
        return self.first.quote is not None

    @property
    def lost(self) -> bool:
        """The passage stands in the text no more."""
        return self.quoted and self.first.anchor is None


def threads(replies: Iterable[Entry], *, by_time: bool = False) -> tuple[Thread, ...]:
    """`replies` are as they were written, the oldest first. What answers something that is not among them begins a thread. `by_time`: so does
    everything but what was said of a passage, which stays with it."""
    found: dict[int, Thread] = {}
    names: dict[int, str] = {}
    for each in replies:
        thread = found.get(each.parent or 0)
        if thread is None:
            thread = Thread(each)
        elif by_time and not thread.quoted:
            thread = Thread(each, to=names[each.parent or 0])
        else:
            thread.under.append((each, names[each.parent or 0] if each.parent != thread.first.id else None))
        found[each.id], names[each.id] = thread, each.author.name
    begun = (thread for id, thread in found.items() if id == thread.first.id)
    return tuple(sorted(begun, key=lambda thread: not thread.first.is_a.sums_up))


def holding_first(threads: Iterable[Thread], outdated: Container[int]) -> tuple[Thread, ...]:
    """What holds no more comes last."""
    return tuple(sorted(threads, key=lambda thread: thread.first.id in outdated))
