"""What a viewer may do to entries, found once for many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from web.database import SQL, in_list
from web.facts import HOUSE
from web.kinds import KINDS
from web.policy import OF_ENTRY, RANK, Placed, Viewer, Written


@dataclass(frozen=True)
class Rights:
    """What a viewer may do to one entry: all that what is written about it needs to know of who reads it."""

    signed_in: bool
    asked: tuple[str, ...]
    granted: tuple[bool, ...]

    def may(self, verb: str, thing: object = None) -> bool:
        """Raises ValueError for what was not asked."""
        return self.granted[self.asked.index(verb)]


def rights(viewer: Viewer, entries: Iterable[Written], *verbs: str) -> dict[int, Rights]:
    """By the ids of these entries, what the viewer may do to each; all that can be done to one, or only those `verbs`."""
    asked, known, found = verbs or tuple(OF_ENTRY), {}, {}
    for entry in entries:
        # This, whether its author threw it away, and whether it is closed, is what the rules look at.
        with_others = any(each.id == viewer.person for each in entry.writers)
        mine = (entry.author.id == viewer.person, entry.id in viewer.asked, with_others)
        same = (entry.kind, entry.space.id, mine, entry.trashed_by == entry.author.id, entry.closed_at is None)
        if same not in known:
            known[same] = Rights(viewer.signed_in, asked, tuple(viewer.may(verb, entry) for verb in asked))
        found[entry.id] = known[same]
    return found


def edited_by(viewer: Viewer) -> SQL:
    """The rule of "edit" as a condition on an entry `e` that the viewer may read; a test holds both together."""
    if viewer.person is None:
        return SQL("1 = 0")
    runs = _in_spaces(viewer, "editor", opens=viewer.admin)
    takes_part, belongs = (_in_spaces(viewer, role, opens=viewer.colleague) for role in ("guest", "member"))
    shut = "(e.kind IN {} AND EXISTS (SELECT 1 FROM talk c WHERE c.id = e.root AND c.closed_at IS NOT NULL))"
    return SQL(
        "(((({} OR e.id IN (SELECT entry FROM writer WHERE person = {})) AND {}) OR (e.kind IN {} AND {}) OR (e.kind IN {} AND {}) OR (e.kind IN {} AND {}))"
        f" AND (NOT {shut} OR {{}}))",
        wrote(viewer), viewer.person, takes_part, _edited("participants"), takes_part, _edited("members"), belongs, _edited("editors"), runs,
        _edited("participants"), runs,
    )  # fmt: skip


def wrote(viewer: Viewer, entry: str = "e") -> SQL:
    """`Viewer.wrote` as a condition on an entry."""
    mine = SQL(f"{entry}.author = {{}}", viewer.person or 0)
    return SQL(f"({{}} OR {entry}.id IN {{}})", mine, in_list(sorted(viewer.asked))) if viewer.asked else mine


def run_by(viewer: Viewer) -> SQL:
    """Who runs a space, and what is in it, as a condition on the space `s`."""
    mine = in_list([id for id, role in viewer.roles.items() if RANK[role] >= RANK["editor"]])
    opens, ended = SQL("1 = 1" if viewer.admin else "1 = 0"), in_list(sorted(viewer.ended))
    return SQL("((s.id IN {} OR ({} AND s.access = 'open')) AND s.id NOT IN {})", mine, opens, ended)


def part_taken_by(viewer: Viewer) -> SQL:
    """A condition on an entry `e`: the viewer takes part where it is."""
    return _in_spaces(viewer, "guest", opens=viewer.colleague)


def may_name_host(viewer: Viewer, space: Placed, handle: str = "") -> bool:
    """Of a space that has none: an administrator names one of those in it, where they may know of the space; and whoever is a member may take it on,
    but for the space that is everybody's."""
    mine = viewer.roles.get(space.id, "")
    takes_it_on = (
        space.slug != HOUSE
        and handle in ("", viewer.handle)
        and RANK.get(mine, 0) >= RANK["member"]
        and viewer.colleague
    )
    return viewer.signed_in and (takes_it_on or (viewer.admin and space.access != "secret"))


def _in_spaces(viewer: Viewer, role: str, *, opens: bool) -> SQL:
    """In those where the viewer has at least that role, and where it `opens` them, in all that are open."""
    mine = SQL("e.space IN {}", in_list([id for id, each in viewer.roles.items() if RANK[each] >= RANK[role]]))
    every = "EXISTS (SELECT 1 FROM space o WHERE o.id = e.space AND o.access = 'open')"
    found = SQL(f"({{}} OR {every})", mine) if opens else mine
    return SQL("({} AND e.space NOT IN {})", found, in_list(sorted(viewer.ended))) if viewer.ended else found


def _edited(by: str) -> SQL:
    return in_list([kind.name for kind in KINDS.values() if kind.edited_by == by])
