"""Keeping how many people have read what."""

from __future__ import annotations

from collections.abc import Mapping

from web.database import execute, in_list, in_one_transaction, new_id, rows, values


@in_one_transaction
async def add_readers(counted: Mapping[tuple[int, str], int]) -> None:
    """So many more of each entry in each month, `2026-12`."""
    there = await rows("SELECT id FROM entry WHERE id IN {}", in_list({entry for entry, _ in counted}))
    known = {each["id"] for each in there}
    found = [(new_id(), entry, month, many) for (entry, month), many in sorted(counted.items()) if entry in known]
    if not found:
        return
    await execute(
        "INSERT INTO reading (id, entry, month, readers) VALUES {} "
        "ON CONFLICT (entry, month) DO UPDATE SET readers = reading.readers + excluded.readers",
        values(found),
    )
