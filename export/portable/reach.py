"""What comes along: everything, or what an audience may read, asked of the same WHERE as everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from web.database import SQL
from web.policy import Viewer, file_visible_to, listed_for, people_known_to, readable_spaces, visible_to

_ALL = SQL("1 = 1")


@dataclass(frozen=True)
class Reach:
    """Conditions on an entry `e`, a space `s`, a person `p` and an attachment `f`; `members` on a space `s` says of which it is told
    who belongs there. older: with the texts from before."""

    whole: bool
    older: bool
    entries: SQL
    spaces: SQL
    members: SQL
    people: SQL
    files: SQL


EVERYTHING = Reach(True, True, _ALL, _ALL, _ALL, _ALL, _ALL)


def reach_of(viewer: Viewer, *, older: bool) -> Reach:
    """What that viewer may read."""
    members = SQL("EXISTS (SELECT 1 FROM space WHERE id = s.id AND {})", readable_spaces(viewer))
    return Reach(
        False, older, visible_to(viewer), listed_for(viewer), members, people_known_to(viewer), file_visible_to(viewer)
    )
