"""What a new house still lacks, for whoever moved in."""

from __future__ import annotations

from web.database import row
from web.policy import Viewer


async def first_things(viewer: Viewer, handbooks: tuple[str, ...]) -> dict[str, bool]:
    """Which of the first things are done: a `space` of its own, `people` invited, something `share`d that was not
    imported, the viewer's `profile`, and the `handbook` (a space with one of these slugs)."""
    given = ", ".join("{}" for _ in handbooks)
    found = await row(
        f"SELECT EXISTS (SELECT 1 FROM space WHERE id <> 1 AND slug NOT IN ({given})) AS space, "
        "(EXISTS (SELECT 1 FROM invitation) OR EXISTS (SELECT 1 FROM person WHERE id <> {})) AS people, "
        "EXISTS (SELECT 1 FROM entry e WHERE e.author = {} AND NOT EXISTS "
        "(SELECT 1 FROM imported i WHERE i.entry = e.id)) AS share, "
        "EXISTS (SELECT 1 FROM person WHERE id = {} AND about <> '') AS profile, "
        f"EXISTS (SELECT 1 FROM space WHERE slug IN ({given})) AS handbook",
        *handbooks, viewer.person, viewer.person, viewer.person, *handbooks,
    )  # fmt: skip
    return {name: bool(done) for name, done in (found or {}).items()}
