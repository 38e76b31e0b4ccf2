"""Who is behind what was asked without a name: told to whoever runs the space, and noted."""

from __future__ import annotations

from web.database import in_one_transaction
from web.entries import nameless
from web.entries.actions.steps import held
from web.entries.events import record
from web.entries.rows import Face
from web.errors import Invalid
from web.policy import Viewer


@in_one_transaction
async def identify(viewer: Viewer, id: int) -> Face:
    """Whoever asked is told who looked. Raises Invalid where nobody knows (any more)."""
    entry = await held(viewer, id)
    viewer.must("identify", entry)
    await nameless.must_not_tell(viewer, id, "id", nameless.RUNS)
    asker = await nameless.asker(id)
    if asker is None:
        raise Invalid("id", "This was written with a name, or nobody knows any more who wrote it.")
    await record(viewer, "identify", entry=id, people=(entry.author.id,))
    return asker
