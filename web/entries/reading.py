"""All that somebody may read, as plain text: for whoever makes an index of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web.database import in_list, rows
from web.entries import queries
from web.policy import Viewer, visible_to


async def texts(viewer: Viewer, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Some hundreds of what was written, in that order: `id`, `kind`, `title` (else that of what heads its conversation, `under`), `quote`,
    `body`, `created_at` (ms), `space` and `space_name`, `author` and `author_name`, and `tags`."""
    found = await rows(
        "SELECT e.id, e.kind, e.title, e.quote, e.created_at, r.title AS under, t.body, s.slug AS space, s.name AS space_name, "
        "p.handle AS author, p.name AS author_name FROM entry e JOIN entry r ON r.id = e.root JOIN entry_text t ON t.id = e.id "
        "JOIN space s ON s.id = e.space JOIN person p ON p.id = e.author WHERE e.id IN {} AND {}",
        in_list(ids), visible_to(viewer),
    )  # fmt: skip
    by_id = {each["id"]: each for each in found}
    tags = await queries.tags_of(ids)
    return [{**by_id[id], "tags": tuple(tag.name for tag in tags.get(id, ()))} for id in ids if id in by_id]
