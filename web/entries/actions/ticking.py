"""A task in a text is ticked where it is read."""

from __future__ import annotations

from dataclasses import replace

from web.database import in_one_transaction
from web.entries import queries
from web.entries.actions.fields import Fields, Saved
from web.entries.actions.steps import held, must_change
from web.entries.actions.writing import edit
from web.entries.tasks import ticked
from web.errors import Invalid
from web.policy import Viewer


@in_one_transaction
async def tick(viewer: Viewer, id: int, revision: int, number: int, done: bool) -> Saved:
    """The task at `number` (from 0) in that text of the entry, which somebody sees; what others changed meanwhile stays. Raises Invalid when
    it is not there any more."""
    entry = await held(viewer, id)
    must_change(viewer, entry)
    seen = await queries.revision(viewer, id, revision)
    body = await ticked(entry.body, number, done, seen.body)
    if body is None:
        raise Invalid("number", "This task has changed meanwhile. Read the page anew, or edit the text.")
    fields = replace(Fields.of(entry, await queries.form_tags(id)), body=body, minor=True)
    return await edit(viewer, id, fields, entry.revision, own=False)
