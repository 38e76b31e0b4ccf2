"""Following what is not an entry: a space, a tag, a colleague. What they bring comes into the followed stream."""

from __future__ import annotations

from web.database import SQL, execute, in_one_transaction, new_id, now, rows, value
from web.policy import Viewer

_WHAT = ("space", "tag", "whom")
_TOGETHER = 1000


def muted_by(person: int | None, conversation: str = "e.id") -> SQL:
    """Of a conversation (a column): that somebody wants to hear nothing of it. Looked up for each, since one may watch tens of thousands."""
    return SQL(
        f"EXISTS (SELECT 1 FROM watch m WHERE m.person = {{}} AND m.entry = {conversation} AND m.entry IS NOT NULL AND m.level = 'muted')",
        person or 0,
    )


@in_one_transaction
async def follow(viewer: Viewer, what: str, id: int, *, on: bool = True) -> None:
    """`what` is "space", "tag" or "whom" (a person); the viewer has read the thing already."""
    viewer.must("write")
    column = _WHAT[_WHAT.index(what)]
    if not on:
        await execute(f"DELETE FROM watch WHERE person = {{}} AND {column} = {{}}", viewer.person, id)
        return
    await execute(
        f"INSERT INTO watch (id, person, {column}, level, created_at) VALUES ({{}}, {{}}, {{}}, 'all', {{}}) "
        f"ON CONFLICT (person, {column}) WHERE {column} IS NOT NULL DO NOTHING",
        new_id(), viewer.person, id, now(),
    )  # fmt: skip


async def follows_whom(viewer: Viewer, person: int) -> tuple[bool, tuple[int, ...]]:
    """Whether the viewer follows a colleague; and what others began and that one is named as a writer of, the latest first."""
    found = await rows(
        "SELECT 0 AS entry, id FROM watch WHERE person = {} AND whom = {} UNION ALL "
        "SELECT entry, id FROM writer WHERE person = {} ORDER BY id DESC LIMIT {}",
        viewer.person or 0, person, person, _TOGETHER,
    )  # fmt: skip
    return any(not each["entry"] for each in found), tuple(each["entry"] for each in found if each["entry"])


async def follows(viewer: Viewer, what: str, id: int) -> bool:
    column = _WHAT[_WHAT.index(what)]
    return bool(await value(f"SELECT 1 FROM watch WHERE person = {{}} AND {column} = {{}}", viewer.person or 0, id))
