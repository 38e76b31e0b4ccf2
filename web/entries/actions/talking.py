"""When a conversation ends, and whether it stands first in its space."""

from __future__ import annotations

from web import checks
from web.database import execute, for_update, in_one_transaction, now, rows, value
from web.entries.actions.steps import held
from web.entries.events import record
from web.entries.nameless import RUNS, must_not_tell
from web.errors import Invalid
from web.policy import Viewer

MOST_PINNED = 5


@in_one_transaction
async def close(viewer: Viewer, id: int, why: str = "") -> None:
    """From now on it takes no more replies. Raises Invalid without a reason, and where it is closed already."""
    entry = await held(viewer, id)
    viewer.must("close", entry)
    why = checks.line("why", why)
    if not why:
        raise Invalid("why", "Say why, for those who come later.")
    if entry.closed_at is not None:
        raise Invalid("why", "Somebody has closed it already.")
    await _keep(id, closed_at=now())
    await record(viewer, "close", entry=id, note=why)


@in_one_transaction
async def unclose(viewer: Viewer, id: int) -> None:
    """It takes replies again."""
    entry = await held(viewer, id)
    viewer.must("close", entry)
    if entry.closed_at is not None:
        await _keep(id, closed_at=None)
        await record(viewer, "unclose", entry=id)


@in_one_transaction
async def pin(viewer: Viewer, id: int) -> None:
    """Puts it first in its space. Raises Invalid where there are as many already as anybody looks at."""
    entry = await held(viewer, id)
    viewer.must("pin", entry)
    await must_not_tell(viewer, id, "pin", RUNS)
    await rows("SELECT id FROM space WHERE id = {} " + for_update(), entry.space.id)  # two at once are not one too many
    if entry.pinned_at is not None:
        return
    others = "SELECT count(*) FROM talk k JOIN entry e ON e.id = k.id WHERE k.pinned_in = {} AND e.space = {} AND e.trashed_at IS NULL"
    if await value(others, entry.space.id, entry.space.id) >= MOST_PINNED:
        raise Invalid(
            "pin", "There are %(most)d on top of this space already. Take one of them down first.", most=MOST_PINNED
        )
    await _keep(id, pinned_in=entry.space.id, pinned_at=now())
    await record(viewer, "pin", entry=id)


@in_one_transaction
async def unpin(viewer: Viewer, id: int) -> None:
    entry = await held(viewer, id)
    viewer.must("pin", entry)
    await must_not_tell(viewer, id, "pin", RUNS)
    if entry.pinned_at is not None:
        await _keep(id, pinned_in=None, pinned_at=None)
        await record(viewer, "unpin", entry=id)


async def _keep(id: int, **columns: int | None) -> None:
    names, places = ", ".join(columns), ", ".join("{}" for _ in columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    await execute(
        f"INSERT INTO talk (id, {names}) VALUES ({{}}, {places}) ON CONFLICT (id) DO UPDATE SET {changes}",
        id, *columns.values(),
    )  # fmt: skip
