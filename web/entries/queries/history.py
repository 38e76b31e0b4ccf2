"""The texts that an entry has had, and what is known of those that were taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from web.database import SQL, in_list, row, rows
from web.entries import rows as shapes
from web.entries.rows import Entry, Revision, Step
from web.errors import there
from web.policy import Viewer, visible_to

HISTORY_SIZE = 50
# Of an entry with more texts than this, those before are not looked at to say who wrote what; nor is more than so many letters read for it.
_WRITTEN, _LETTERS = 500, 8_000_000
_TABLES = "revision r JOIN entry e ON e.id = r.entry JOIN person p ON p.id = r.author"
_STEP = (
    "r.id, r.author, r.summary, r.minor, r.merged, r.created_at, length(r.body) AS size, p.handle AS author_handle, "
    "p.name AS author_name, r.redacted_at, r.redacted_by, r.redact_reason, r.accepted_by, r.correction"
)
_REVISION = f"SELECT {_STEP}, r.entry, r.base, r.title, r.body, r.lead, r.url, r.lang, r.tags FROM {_TABLES} WHERE "


@dataclass(frozen=True)
class Steps:
    """One page of a history, and the id from which it goes on, if there is more."""

    items: tuple[Step, ...]
    older: int | None


@dataclass(frozen=True)
class Chain:
    """The ids of an entry's last texts, the oldest of them first, and whether there are older ones."""

    ids: tuple[int, ...]
    older: bool


async def history(viewer: Viewer, id: int, before: int | None = None, limit: int = HISTORY_SIZE) -> Steps:
    """What texts an entry has had, the latest first, from those before the id `before`; folded ones are left out."""
    found = await rows(
        f"SELECT {_STEP} FROM {_TABLES} WHERE r.entry = {{}} AND NOT r.folded AND {{}} AND {{}} ORDER BY r.id DESC LIMIT {{}}",
        id, visible_to(viewer), _older(before), limit + 1,
    )  # fmt: skip
    kept = [each for each in found if each["redacted_at"] is None]
    if len(found) > limit and kept and kept[-1] is not found[-1]:
        kept += await _kept_before(viewer, id, found[-1]["id"])
    items = tuple(
        shapes.step(each, next((one for one in kept if one["id"] < each["id"]), None)) for each in found[:limit]
    )
    return Steps(items, items[-1].id if len(found) > limit else None)


async def _kept_before(viewer: Viewer, entry: int, id: int) -> list[dict]:
    return await rows(
        f"SELECT r.id, length(r.body) AS size FROM {_TABLES} WHERE r.entry = {{}} AND NOT r.folded AND r.redacted_at IS NULL "
        "AND r.id < {} AND {} ORDER BY r.id DESC LIMIT 1",
        entry, id, visible_to(viewer),
    )  # fmt: skip


def _older(before: int | None) -> SQL:
    return SQL("r.id < {}", before) if before else SQL("1 = 1")


async def revisions(viewer: Viewer, id: int, before: int | None = None, limit: int = 100) -> tuple[Revision, ...]:
    """An entry's texts, the latest first; folded ones are left out."""
    found = await rows(
        _REVISION + "r.entry = {} AND NOT r.folded AND {} AND {} ORDER BY r.id DESC LIMIT {}",
        id, visible_to(viewer), _older(before), limit,
    )  # fmt: skip
    return tuple(shapes.revision(each) for each in found)


async def revision(viewer: Viewer, entry: int, id: int) -> Revision:
    """One text of that entry, folded or not. Raises NotThere, also when it is another entry's."""
    found = await row(_REVISION + "r.id = {} AND r.entry = {} AND {}", id, entry, visible_to(viewer))
    return shapes.revision(there(found))


async def revision_before(viewer: Viewer, entry: int, id: int) -> Revision | None:
    """The last text in the history before that one which was not taken away."""
    found = await row(
        _REVISION + "r.entry = {} AND NOT r.folded AND r.redacted_at IS NULL AND r.id < {} AND {} ORDER BY r.id DESC LIMIT 1",
        entry, id, visible_to(viewer),
    )  # fmt: skip
    return shapes.revision(found) if found else None


async def step_after(viewer: Viewer, entry: int, id: int) -> int | None:
    """The id of the text that followed that one in the history."""
    found = await row(
        f"SELECT r.id FROM {_TABLES} WHERE r.entry = {{}} AND NOT r.folded AND r.id > {{}} AND {{}} ORDER BY r.id LIMIT 1",
        entry, id, visible_to(viewer),
    )  # fmt: skip
    return found["id"] if found else None


async def steps(viewer: Viewer, entry: int, ids: Iterable[int]) -> dict[int, Step]:
    """What is known of these texts, but for what each of them changed."""
    found = await rows(
        f"SELECT {_STEP} FROM {_TABLES} WHERE r.entry = {{}} AND r.id IN {{}} AND {{}}",
        entry, in_list(ids), visible_to(viewer),
    )  # fmt: skip
    return {each["id"]: shapes.step(each, None) for each in found}


async def corrections(viewer: Viewer, entries: Iterable[Entry]) -> dict[int, tuple[Step, ...]]:
    """By the ids of those of them that are told and were changed: what was corrected in each, the latest first."""
    ids = [each.id for each in entries if each.is_a.told and each.edited]
    found = ids and await rows(
        f"SELECT {_STEP}, r.entry FROM {_TABLES} WHERE r.entry IN {{}} AND r.correction AND r.redacted_at IS NULL AND {{}} ORDER BY r.id DESC",
        in_list(ids), visible_to(viewer),
    )  # fmt: skip
    told: dict[int, tuple[Step, ...]] = {}
    for each in found or ():
        told[each["entry"]] = (*told.get(each["entry"], ()), shapes.step(each, None))
    return told


async def chain(viewer: Viewer, entry: int) -> Chain:
    """The texts that the one of today was made of, as many as can be looked at; what was taken away is not among them."""
    found = await rows(
        f"SELECT r.id, length(r.body) AS size FROM {_TABLES} WHERE r.entry = {{}} AND NOT r.folded AND r.redacted_at IS NULL "
        "AND {} ORDER BY r.id DESC LIMIT {}",
        entry, visible_to(viewer), _WRITTEN + 1,
    )  # fmt: skip
    sizes = accumulate(each["size"] for each in found)
    ids = [each["id"] for each, size in zip(found[:_WRITTEN], sizes, strict=False) if size <= _LETTERS]
    ids = ids or [each["id"] for each in found[:1]]
    return Chain(tuple(reversed(ids)), len(ids) < len(found))
