"""Saying of a text that it is another one in another language, and with which text of that it is up to date."""

from __future__ import annotations

from contextlib import suppress

from web.database import execute, in_one_transaction, row
from web.entries import queries
from web.entries.actions.steps import held
from web.entries.events import record
from web.errors import Invalid, NotThere
from web.policy import Viewer


@in_one_transaction
async def translate(viewer: Viewer, id: int, revision: int) -> None:
    """It is, and it is up to date with that revision of the other one. Raises NotThere for one that the viewer may not read."""
    entry = await held(viewer, id)
    viewer.must("translate", entry)
    found = await row("SELECT entry FROM revision WHERE id = {}", revision)
    if found is None:
        raise NotThere
    source = await queries.entry(viewer, found["entry"])
    before = await queries.translated(source.id)
    if source.id == id or (before is not None and before[0] == id):
        raise Invalid("of", "That is this text, or was translated from it.")
    if not source.is_a.translated:
        raise Invalid("of", "Only pages and articles have versions in other languages.")
    await execute(
        "INSERT INTO translation (id, source, revision) VALUES ({}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET source = excluded.source, revision = excluded.revision",
        id, source.id, revision,
    )  # fmt: skip
    await record(viewer, "translate", entry=id, revision=revision)


@in_one_transaction
async def untranslate(viewer: Viewer, id: int) -> None:
    """It is a text of its own."""
    entry = await held(viewer, id)
    viewer.must("translate", entry)
    if await queries.translated(id) is not None:
        await execute("DELETE FROM translation WHERE id = {}", id)
        await record(viewer, "untranslate", entry=id)


async def begun_from(viewer: Viewer, id: int, source: int | None, revision: int | None) -> None:
    """Says what a text that is just shared was translated from, where it was begun from that, and that is there still."""
    if (
        source
        and revision
        and (await held(viewer, id)).is_a.translated
        and source in await queries.entries(viewer, [source])
    ):
        with suppress(NotThere):
            await translate(viewer, id, revision)
