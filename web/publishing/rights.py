"""Who may have a snapshot, and who may have one made: by what they may read themselves, today. Nobody has a right of their own
here, administrators neither: what is closed to them is closed to them in a snapshot too."""

from __future__ import annotations

from web.database import SQL
from web.policy import Viewer, readable_spaces


def covered_by(viewer: Viewer, what: str) -> SQL:
    """A condition on an edition or a kept snapshot: the viewer is one of those that it is for."""
    readable = readable_spaces(viewer)
    return SQL(
        f"({what}.audience = 'public' OR ({what}.audience = 'everyone' AND {{}}) OR {what}.person = {{}} OR "
        f"({{}} AND {what}.space IN (SELECT id FROM space WHERE {{}})))",
        _colleague(viewer), viewer.person or 0, _colleague(viewer), readable,
    )  # fmt: skip


def _colleague(viewer: Viewer) -> SQL:
    """What is for a space tells of all that is open too, which guests do not read."""
    return SQL("1 = 1" if viewer.colleague and viewer.signed_in else "1 = 0")


def open_to(viewer: Viewer, kept: str = "k") -> SQL:
    """A condition on a kept snapshot: it is for the viewer, and they may still read every space that it has something of, and it
    need not be made anew."""
    return SQL(
        f"({kept}.dropped_at IS NULL AND {kept}.again IS NULL AND {{}} AND NOT EXISTS (SELECT 1 FROM snapshot_space h WHERE h.snapshot = {kept}.id "
        "AND NOT EXISTS (SELECT 1 FROM space WHERE id = h.space AND {})))",
        covered_by(viewer, kept), readable_spaces(viewer),
    )  # fmt: skip
