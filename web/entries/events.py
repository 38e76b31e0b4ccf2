"""Somebody did something: every act of anybody is noted in one place, and everything that tells of acts reads it there."""

from __future__ import annotations

from collections.abc import Iterable

from web.database import SQL, execute, new_id, now, values
from web.entries.nameless import signed
from web.policy import Viewer

# What is between whoever suggests a change and those who may edit the text, whom a question is put to, and what names a text that those who
# read this one may not: nobody is told.
QUIET = (
    "suggest", "decline", "withdraw", "reopen", "translate", "untranslate", "gather", "ungather", "agree", "put_to", "uncredit", "credit",
)  # fmt: skip


def told(event: str = "v") -> SQL:
    """A condition on events: those that whoever may read the entry is told of."""
    return SQL(f"{event}.verb NOT IN (" + ", ".join("{}" for _ in QUIET) + ")", *QUIET)


async def record(
    viewer: Viewer, verb: str, *, entry: int | None = None, space: int | None = None, people: Iterable[int | None] = (None,),
    revision: int | None = None, note: str = "",
) -> None:  # fmt: skip
    """Notes it, once for each of `people` that it is done to, in the transaction that does it. What is done to an entry is
    done in its space."""
    where = SQL("(SELECT space FROM entry WHERE id = {})", entry) if entry is not None else space
    who = signed(viewer, entry) if entry is not None else viewer.person
    at = now()
    told = [(new_id(), verb, who, entry, where, each, revision, note, at) for each in people]
    if told:
        await execute(
            "INSERT INTO event (id, verb, actor, entry, space, person, revision, note, created_at) VALUES {}",
            values(told),
        )
