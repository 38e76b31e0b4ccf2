"""Somebody did something: every act of anybody is noted in one place, and everything that tells of acts reads it there."""

from __future__ import annotations

from piccolo.querystring import QueryString as SQL

from web.database import execute, new_id, now
from web.policy import Viewer


async def record(
    viewer: Viewer, verb: str, *, entry: int | None = None, space: int | None = None, person: int | None = None,
    revision: int | None = None, note: str = "",
) -> None:  # fmt: skip
    """Notes it, in the transaction that does it. What is done to an entry is done in its space."""
    where = SQL("(SELECT space FROM entry WHERE id = {})", entry) if entry is not None else space
    await execute(
        "INSERT INTO event (id, verb, actor, entry, space, person, revision, note, created_at) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {})",
        new_id(), verb, viewer.person, entry, where, person, revision, note, now(),
    )  # fmt: skip
