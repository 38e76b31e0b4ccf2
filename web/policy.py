"""Who may read and do what: all of it. Reading is a WHERE (`visible_to`), doing is a table (`RULES`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from web.database import SQL, in_list, now
from web.errors import NotAllowed, SignInNeeded
from web.facts import Placed as Placed
from web.facts import Written as Written
from web.kinds import KINDS, Kind

ACCESS = ("open", "closed", "secret")
ROLES = ("guest", "member", "editor", "host")
RANK = {role: rank for rank, role in enumerate(ROLES, start=1)}


@dataclass(frozen=True)
class Mine:
    """A space that the viewer belongs to."""

    id: int
    slug: str
    name: str
    access: str
    public: bool
    role: str
    members: int = 0


@dataclass(frozen=True)
class Viewer:
    """Whoever reads: a person, an audience, or nobody. A value, never None.

    `colleague` is true for everybody who belongs to the house, and so reads what is open.
    """

    person: int | None = None
    handle: str = ""
    name: str = ""
    audience: str = "public"
    colleague: bool = False
    admin: bool = False
    language: str | None = None
    by_time: bool = False  # reads what was said in the order in which it was
    spaces: tuple[Mine, ...] = ()
    only: tuple[int, ...] = ()  # spaces: then nothing of others is read
    ended: frozenset[int] = frozenset()  # spaces in which nobody writes any more
    asked: frozenset[int] = frozenset()  # what they wrote without their name: it stands there as written by
    stand_in: int | None = None

    @cached_property
    def roles(self) -> Mapping[int, str]:
        """By the ids of the spaces."""
        return {mine.id: mine.role for mine in self.spaces}

    @cached_property
    def standing(self) -> str:
        """Who this is and in which roles, in one word."""
        return repr((self.person, sorted(self.roles.items()), self.only, self.by_time))

    @property
    def me(self) -> int:
        """The person's id. Raises SignInNeeded."""
        if self.person is None:
            raise SignInNeeded
        return self.person

    @property
    def signed_in(self) -> bool:
        return self.person is not None

    def wrote(self, entry: Written) -> bool:
        """With their name, or without."""
        return entry.author.id == self.person or entry.id in self.asked

    def role_in(self, space: Placed) -> str | None:
        """The viewer's role; whoever belongs to the house is a member of every open space."""
        mine = self.roles.get(space.id)
        if self.colleague and self.signed_in and space.access == "open":
            return max(mine or "member", "member", key=RANK.__getitem__)
        return mine

    def at_least(self, role: str, space: Placed) -> bool:
        """In a space that goes on: in one that has ended nobody is more than a reader."""
        mine = self.role_in(space)
        return mine is not None and self.signed_in and RANK[mine] >= RANK[role] and space.id not in self.ended

    def may(self, verb: str, thing: object = None) -> bool:
        return self.signed_in and RULES[verb](self, thing)

    def must(self, verb: str, thing: object = None) -> None:
        """Raises SignInNeeded or NotAllowed."""
        if not self.signed_in:
            raise SignInNeeded(verb)
        if not RULES[verb](self, thing):
            raise NotAllowed(verb)


NOBODY = Viewer()
EVERYONE = Viewer(audience="everyone", colleague=True)


def audience_of(space: Placed) -> Viewer:
    """Whoever belongs to that space: reads it, and what is open."""
    mine = Mine(space.id, space.slug, space.name, space.access, space.public, "member")
    return Viewer(audience=f"space:{space.slug}", colleague=True, spaces=(mine,))


# Reading.


def readable_spaces(viewer: Viewer) -> SQL:
    """A condition on `space` (unaliased): those whose content the viewer may read. It is asked of one space at a time, by
    keys: what it costs does not grow with the house, nor with how many spaces the viewer belongs to."""
    conditions, values = ["public", "access = 'open'"] if viewer.colleague else ["public"], list[Any]()
    if viewer.person is not None:
        mine = "SELECT 1 FROM membership WHERE person = {} AND space = space.id AND (until IS NULL OR until > {})"
        conditions.append(f"EXISTS ({mine})")
        values += (viewer.person, now())
    elif viewer.roles:
        conditions.append("id IN (" + ", ".join("{}" for _ in viewer.roles) + ")")
        values += viewer.roles
    readable = SQL("(" + " OR ".join(conditions) + ")", *values)
    return SQL("({} AND id IN {})", readable, in_list(viewer.only)) if viewer.only else readable


def visible_to(viewer: Viewer, entry: str = "e") -> SQL:
    """The one place that says what can be read: a condition on the entry table's alias."""
    return SQL(
        f"({entry}.trashed_at IS NULL AND NOT {entry}.buried AND "
        f"EXISTS (SELECT 1 FROM space WHERE id = {entry}.space AND {{}}))",
        readable_spaces(viewer),
    )


def file_visible_to(viewer: Viewer) -> SQL:
    """A condition on an attachment `f`: read where the entry it belongs to is, or another of the same space that uses
    it; until then it is its author's alone. A text in another space lets nobody read it. What was thrown away nobody reads."""
    seen = visible_to(viewer)
    return SQL(
        "(f.trashed_at IS NULL AND ((f.entry IS NULL AND f.author = {}) OR EXISTS (SELECT 1 FROM entry e WHERE e.id = f.entry AND {}) OR "
        "EXISTS (SELECT 1 FROM link l JOIN entry e ON e.id = l.entry JOIN entry h ON h.space = e.space "
        "WHERE l.attachment = f.id AND h.id = f.entry AND {})))",
        viewer.person or 0, seen, seen,
    )  # fmt: skip


def trashed_for(viewer: Viewer, entry: str = "e") -> SQL:
    """What is in the bin and could be read before it came there; the bin is for those in the house."""
    if not (viewer.signed_in or viewer.colleague):
        return SQL("1 = 0")
    return SQL(
        f"({entry}.trashed_at IS NOT NULL AND EXISTS (SELECT 1 FROM space WHERE id = {entry}.space AND {{}}))",
        readable_spaces(viewer),
    )


def listed_for(viewer: Viewer, space: str = "s") -> SQL:
    """Spaces that the viewer may know of: closed ones are listed for colleagues, secret ones for their own."""
    listed = SQL(f"{space}.access = 'closed'") if viewer.colleague and not viewer.only else SQL("1 = 0")
    return SQL(
        f"(EXISTS (SELECT 1 FROM space WHERE id = {space}.id AND {{}}) OR {{}})", readable_spaces(viewer), listed
    )


def people_known_to(viewer: Viewer, person: str = "p") -> SQL:
    """Colleagues know everybody; a guest those of the same spaces; the public those whose words it can read."""
    if viewer.colleague and not viewer.only:
        return SQL("1 = 1")
    # Whoever changed a text is named in its history. Asked of each person by keys: not of all that can be read.
    authors = SQL(
        f"(EXISTS (SELECT 1 FROM entry e WHERE e.author = {person}.id AND {{}}) OR EXISTS "
        f"(SELECT 1 FROM revision r JOIN entry e ON e.id = r.entry WHERE r.author = {person}.id AND {{}}) OR EXISTS "
        f"(SELECT 1 FROM writer w JOIN entry e ON e.id = w.entry WHERE w.person = {person}.id AND {{}}))",
        visible_to(viewer), visible_to(viewer), visible_to(viewer),
    )  # fmt: skip
    if not viewer.signed_in:
        return authors
    mine = SQL(", ".join("{}" for _ in viewer.roles) or "NULL", *viewer.roles)
    together = SQL(f"{person}.id IN (SELECT person FROM membership WHERE space IN ({{}}))", mine)
    return SQL(f"({person}.id = {{}} OR {{}} OR {{}})", viewer.person, together, authors)


# Doing. A rule is asked only of a viewer who is signed in and can read the thing.

Rule = Callable[[Viewer, Any], bool]


def _kind(entry: Written) -> Kind:
    return KINDS[entry.kind]


def _takes_part(viewer: Viewer, entry: Written) -> bool:
    return viewer.at_least("guest", entry.space)


def _wrote(viewer: Viewer, entry: Written) -> bool:
    return viewer.wrote(entry) and _takes_part(viewer, entry)


def _is_named(viewer: Viewer, entry: Written) -> bool:
    """As a writer, first or not."""
    return _takes_part(viewer, entry) and any(each.id == viewer.person for each in (entry.author, *entry.writers))


def _wrote_too(viewer: Viewer, entry: Written) -> bool:
    return _is_named(viewer, entry) or _wrote(viewer, entry)


def _keeps(viewer: Viewer, space: Placed) -> bool:
    """Administrators look after what is open, whoever its hosts are; closed rooms stay closed to them."""
    return viewer.admin and space.access == "open" and space.id not in viewer.ended


def _runs(viewer: Viewer, entry: Written) -> bool:
    return viewer.at_least("editor", entry.space) or _keeps(viewer, entry.space)


_EDIT_AS = {"members": "member", "participants": "guest"}


def _edits(viewer: Viewer, entry: Written) -> bool:
    by = _kind(entry).edited_by
    if by == "participants" and entry.closed_at is not None:  # what all write ends with the conversation
        return _runs(viewer, entry)
    below = by in _EDIT_AS and viewer.at_least(_EDIT_AS[by], entry.space)
    return _wrote_too(viewer, entry) or below or (by == "editors" and _runs(viewer, entry))


def _tidies(viewer: Viewer, entry: Written) -> bool:
    return _wrote(viewer, entry) or _runs(viewer, entry)


def _gives(reaction: str) -> Rule:
    def rule(viewer: Viewer, entry: Written) -> bool:
        mine = viewer.wrote(entry) or any(each.id == viewer.person for each in entry.writers)
        return not mine and reaction in _kind(entry).reactions and _takes_part(viewer, entry)

    return rule


def _replies(viewer: Viewer, entry: Written) -> bool:
    return entry.closed_at is None and _takes_part(viewer, entry)


def _leads(viewer: Viewer, entry: Written) -> bool:
    """Of what heads a conversation: says where that goes, and when it ends."""
    return _kind(entry).alone and (_runs(viewer, entry) or _wrote_too(viewer, entry))


def _accepts(viewer: Viewer, entry: Written) -> bool:
    """Asked of the question, not of the answer."""
    return _kind(entry).accepts and _tidies(viewer, entry)


def _tends(viewer: Viewer, entry: Written) -> bool:
    return _kind(entry).tended and _edits(viewer, entry)


def _stages(viewer: Viewer, entry: Written) -> bool:
    """What was said of a passage is settled by any member, and by whoever said it."""
    said = bool(_kind(entry).under) and (_wrote(viewer, entry) or viewer.at_least("member", entry.space))
    return bool(_kind(entry).stages) and (said or _runs(viewer, entry) or _tends(viewer, entry))


def _restores(viewer: Viewer, entry: Written) -> bool:
    """What whoever runs the space threw away, its author does not bring back alone."""
    return _runs(viewer, entry) or (_wrote(viewer, entry) and entry.trashed_by == entry.author.id)


def _writes_with(viewer: Viewer, entry: Written) -> bool:
    """Names others as writers; whoever is named may take themselves off, whatever they may else."""
    return _kind(entry).alone and (_edits(viewer, entry) or any(each.id == viewer.person for each in entry.writers))


def _hides(viewer: Viewer, entry: Written) -> bool:
    """At a time that is said now."""
    return _kind(entry).planned and _tidies(viewer, entry)


def _host(viewer: Viewer, space: Placed) -> bool:
    """Of a space that has ended as well: somebody must be able to open it again."""
    return viewer.role_in(space) == "host" or (viewer.admin and space.access == "open")


def _joins(viewer: Viewer, space: Placed) -> bool:
    return viewer.colleague and space.access == "open" and space.id not in viewer.roles and space.id not in viewer.ended


def _asks(viewer: Viewer, space: Placed) -> bool:
    return (
        viewer.colleague and space.access == "closed" and space.id not in viewer.roles and space.id not in viewer.ended
    )


def _shares(viewer: Viewer, _: object) -> bool:
    """Whether there is a space to write something new in."""
    return viewer.colleague or any(RANK[role] >= RANK["member"] for role in viewer.roles.values())


OF_ENTRY: dict[str, Rule] = {
    "reply": _replies,
    "choose": _takes_part,
    "annotate": lambda viewer, entry: _kind(entry).annotated and _replies(viewer, entry),
    "summarize": lambda viewer, entry: _kind(entry).alone and _replies(viewer, entry),
    "suggest": lambda viewer, entry: _kind(entry).improved and _takes_part(viewer, entry),
    **dict.fromkeys(("edit", "revert", "tag", "adopt", "decline", "agree", "uncredit"), _edits),
    "place": lambda viewer, entry: _kind(entry).tree and _edits(viewer, entry),
    **dict.fromkeys(("trash", "end_poll"), _tidies),
    "write_with": _writes_with,
    "series": lambda viewer, entry: _kind(entry).serial and _edits(viewer, entry),
    "hide": _hides,
    "restore": _restores,
    **dict.fromkeys(("redact", "identify"), lambda viewer, entry: _host(viewer, entry.space)),  # not its author
    "move": lambda viewer, entry: _kind(entry).alone and _tidies(viewer, entry),
    "carry_out": _runs,  # what others wrote in a room that is not open, to another
    "gather": lambda viewer, entry: _shares(viewer, None),  # into a page that one may edit
    "turn": lambda viewer, entry: bool(_kind(entry).turns_into) and _tidies(viewer, entry),
    **dict.fromkeys(("close", "split"), _leads),
    "merge": lambda viewer, entry: bool(_kind(entry).joins) and _leads(viewer, entry),
    "pin": lambda viewer, entry: _kind(entry).alone and _runs(viewer, entry),
    **dict.fromkeys(("accept", "put_to"), _accepts),
    "stage": _stages,
    **dict.fromkeys(("tend", "verify"), _tends),
    "translate": lambda viewer, entry: _kind(entry).translated and _edits(viewer, entry),
    "outdate": _wrote_too,
    "feature": _is_named,
    "quote": lambda viewer, entry: viewer.signed_in and _shares(viewer, None),
    **{name: _gives(name) for name in ("recommend", "helped", "vote")},
    **dict.fromkeys(("watch", "read"), lambda viewer, entry: viewer.signed_in),
}
RULES: dict[str, Rule] = {
    **OF_ENTRY,
    # of a space
    "post": lambda viewer, space: viewer.at_least("member", space),
    "join": _joins,
    "ask": _asks,
    "leave": lambda viewer, space: space.id in viewer.roles,
    "host": _host,
    # of the house
    "write": lambda viewer, _: True,
    "share": _shares,
    **dict.fromkeys(("open_space", "describe"), lambda viewer, _: viewer.colleague),
    "administer": lambda viewer, _: viewer.admin,
}
