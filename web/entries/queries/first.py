"""What a new house still lacks, for whoever moved in."""

from __future__ import annotations

from web.database import in_list, row
from web.facts import HOUSE
from web.policy import Viewer, listed_for


async def first_things(viewer: Viewer, handbooks: tuple[str, ...]) -> dict[str, bool]:
    """Which of the first things are done: a `space` of its own, `people` invited, something `share`d that was not
    imported, the viewer's `profile`, and the `handbook` (a space with one of these slugs)."""
    found = await row(
        "SELECT EXISTS (SELECT 1 FROM space s WHERE s.slug NOT IN {} AND {}) AS space, "
        "(EXISTS (SELECT 1 FROM invitation) OR EXISTS (SELECT 1 FROM person WHERE id <> {})) AS people, "
        "EXISTS (SELECT 1 FROM entry e WHERE e.author = {} AND NOT EXISTS "
        "(SELECT 1 FROM imported i WHERE i.entry = e.id)) AS share, "
        "EXISTS (SELECT 1 FROM person WHERE id = {} AND about <> '') AS profile, "
        "EXISTS (SELECT 1 FROM space s WHERE s.slug IN {} AND {}) AS handbook",
        in_list((HOUSE, *handbooks)), listed_for(viewer), viewer.person, viewer.person, viewer.person, in_list(handbooks),
        listed_for(viewer),
    )  # fmt: skip
    return {name: bool(done) for name, done in (found or {}).items()}
