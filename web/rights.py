"""What a viewer may do to entries, found once for many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from web.policy import OF_ENTRY, Viewer, Written


@dataclass(frozen=True)
class Rights:
    """What a viewer may do to one entry: all that what is written about it needs to know of who reads it."""

    signed_in: bool
    asked: tuple[str, ...]
    granted: tuple[bool, ...]

    def may(self, verb: str, thing: object = None) -> bool:
        """Raises ValueError for what was not asked."""
        return self.granted[self.asked.index(verb)]


def rights(viewer: Viewer, entries: Iterable[Written], *verbs: str) -> dict[int, Rights]:
    """By the ids of these entries, what the viewer may do to each; all that can be done to one, or only those `verbs`."""
    asked, known, found = verbs or tuple(OF_ENTRY), {}, {}
    for entry in entries:
        # This, and who threw it away, is what the rules look at.
        same = (entry.kind, entry.space.id, entry.author.id == viewer.person, entry.trashed_by)
        if same not in known:
            known[same] = Rights(viewer.signed_in, asked, tuple(viewer.may(verb, entry) for verb in asked))
        found[entry.id] = known[same]
    return found
