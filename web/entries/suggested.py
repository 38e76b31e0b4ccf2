"""A change that somebody suggests, as queries give it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from web.entries.rows import Face, Place, Ref, face, ref


class Suggestion(msgspec.Struct, frozen=True):
    """A change that somebody would make to an entry. `base`: the revision that it was based on; `decided_by`: a person's id.
    Of one that was taken away with a text, nothing is left but that there was one; in a list, the body is left out."""

    id: int
    entry: Ref
    space: Place
    author: Face
    base: int
    title: str
    body: str
    summary: str
    created_at: int
    outcome: str | None
    decided_by: int | None
    decided_at: int | None
    reason: str
    revision: int | None
    further: int | None

    @property
    def gone(self) -> bool:
        return not self.title and not self.summary


def suggestion(row: Mapping[str, Any]) -> Suggestion:
    names = (
        "base", "title", "body", "summary", "created_at", "outcome", "decided_by", "decided_at", "reason", "revision", "further",
    )  # fmt: skip
    return Suggestion(
        id=row["suggestion"], entry=ref({**row, "title": row["entry_title"]}), author=face(row),
        space=Place(row["space"], row["space_slug"], row["space_name"], row["space_access"], bool(row["space_public"])),
        **{name: row[name] for name in names},
    )  # fmt: skip
