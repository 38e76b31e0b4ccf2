"""Questions asked without one's name: who does what in them stands there as done by the stand-in, a person who is nobody.

Nothing is hidden when it is read. What is written is written by the stand-in, and so all that tells of it says so by itself; who is
behind it is kept apart, and told to whoever runs the space when they ask, which is noted.
"""

from __future__ import annotations

from dataclasses import replace

from web import text
from web.database import SQL, execute, in_list, insert, new_id, now, row, value, values
from web.entries.rows import Face
from web.errors import Invalid
from web.policy import Viewer
from web.words import N_, catalogue, choose

_NOBODY = N_("A colleague")
_TELLS = N_("You asked here without your name, and this would carry it.")
RUNS = N_(
    "You asked here without your name, and only those who run the space do this: it would tell that you are one of them. Leave it to another one."
)


def asked_in(person: str, root: str) -> str:
    """A condition: that person asked without their name in the conversation with that head, or in the one that it was taken out of. The
    person is a column, or a place; the head is a column."""
    source = f"SELECT s.root FROM went y JOIN entry s ON s.id = y.source WHERE y.id = {root}"
    return f"EXISTS (SELECT 1 FROM asker a JOIN entry o ON o.id = a.id WHERE a.person = {person} AND o.root IN ({root}, ({source})))"


def signed(viewer: Viewer, entry: int) -> SQL:
    """As whom the viewer does something to an entry: as the stand-in in a conversation in which they asked without their name, but for what
    they wrote there with it. Found where it is done, in the same transaction: nobody's name stands where it should not because somebody
    knew too little of what was a moment ago."""
    me = viewer.person or 0
    return SQL(
        "(SELECT CASE WHEN t.author = {} THEN {} ELSE {} END FROM entry t WHERE t.id = {})",
        me, _named(me), _as_they_speak(me, "t.root"), entry,
    )  # fmt: skip


async def signs(viewer: Viewer, entry: int) -> int:
    """The same, found at once."""
    return int(await value("SELECT {} AS person", signed(viewer, entry)) or 0)


async def speaks(viewer: Viewer, root: int) -> int:
    """As whom the viewer says something new in the conversation with that head, whoever wrote that."""
    spoken = _as_they_speak(viewer.person or 0, "t.id")
    return int(await value("SELECT {} AS person FROM entry t WHERE t.id = {}", spoken, root) or 0)


def _as_they_speak(person: int, root: str) -> SQL:
    """As whom somebody says something new in the conversation with that head."""
    asked = f"CASE WHEN {asked_in('{}', root)} THEN (SELECT stand_in FROM house) ELSE {{}} END"
    return SQL(asked, person, _named(person))


def _named(person: int) -> SQL:
    return SQL("CAST({} AS BIGINT)", person)


async def must_not_tell(viewer: Viewer, entry: int, field: str = "body", why: str = _TELLS) -> None:
    """Raises Invalid where the viewer's name would stand on what is done."""
    if await signs(viewer, entry) != viewer.person:
        raise Invalid(field, why)


def by_others(viewer: Viewer, by: str = "v.actor", entry: str = "e") -> SQL:
    """A condition on who did something to an entry: not the viewer, neither with their name nor without."""
    others = SQL(f"{by} <> {{}}", viewer.person or 0)
    return SQL("({} AND NOT {})", others, _as_nobody(viewer, by, entry)) if viewer.asked else others


def done_to(viewer: Viewer) -> SQL:
    """A condition on an event `v` and its entry `e`: it was done to the viewer, or to the stand-in for them."""
    mine = SQL("v.person = {}", viewer.person or 0)
    return SQL("({} OR {})", mine, _as_nobody(viewer, "v.person", "e")) if viewer.asked else mine


def _as_nobody(viewer: Viewer, person: str, entry: str) -> SQL:
    """The person is the stand-in, and the viewer who is behind it there. Said by what they wrote: nothing is asked of each row."""
    mine = in_list(sorted(viewer.asked))
    there = SQL(f"({entry}.root IN {{}} OR {entry}.id IN {{}})", mine, mine)
    return SQL(f"({person} = {{}} AND {{}})", viewer.stand_in or 0, there)


def given_by(viewer: Viewer) -> SQL:
    """A condition on a reaction `r`: the viewer gave it, with their name or without."""
    mine = SQL("r.person = {}", viewer.person or 0)
    if not viewer.asked:
        return mine
    there = f"SELECT 1 FROM entry t WHERE t.id = r.entry AND {asked_in('{}', 't.root')}"
    without = f"(r.person = {{}} AND EXISTS ({there}))"
    return SQL(f"({{}} OR {without})", mine, viewer.stand_in or 0, viewer.person or 0)


# Asking.


async def stand_in() -> int:
    """The person who is nobody, in the transaction of whoever writes as them first: cannot sign in, and is told nothing."""
    house = await row("SELECT stand_in, language FROM house") or {}
    if house.get("stand_in"):
        return int(house["stand_in"])
    name = _called(house.get("language"))
    handle, number = text.slug(name), 1
    while await value("SELECT 1 FROM person WHERE handle = {}", handle):
        number += 1
        handle = f"{text.slug(name)}-{number}"
    id = new_id()
    await insert("person", id=id, handle=handle, name=name, active=False, created_at=now())
    await execute("UPDATE house SET stand_in = {} WHERE stand_in IS NULL", id)
    return id


def _called(language: str | None) -> str:
    return catalogue(choose(language)).gettext(_NOBODY)


async def nobody() -> Face:
    """As whom that is shown; before anybody has asked so, as whom it will be."""
    found = await row("SELECT p.id, p.handle, p.name FROM house h JOIN person p ON p.id = h.stand_in")
    name = _called(await value("SELECT language FROM house")) if found is None else ""
    return Face(**found) if found else Face(0, text.slug(name), name)


async def keep(viewer: Viewer, entry: int) -> None:
    """That it is the viewer's, written by the stand-in."""
    await execute("INSERT INTO asker (id, person) VALUES {}", values([(entry, viewer.me)]))


def having_asked(viewer: Viewer, entry: int) -> Viewer:
    """The viewer from then on: who they are was read before they wrote it."""
    return replace(viewer, asked=viewer.asked | {entry})


async def must_be_asked_so(space: int) -> None:
    """Raises Invalid where the hosts do not let anybody."""
    if not await value("SELECT 1 FROM space WHERE id = {} AND nameless AND access = 'open'", space):
        raise Invalid("nameless", "In this space one asks with one's name. Choose another one, or take the tick away.")


async def asked_by_others(viewer: Viewer, root: int) -> bool:
    """Whether somebody else did in that conversation."""
    others = "SELECT 1 FROM entry o JOIN asker a ON a.id = o.id WHERE o.root = {} AND a.person <> {} LIMIT 1"
    return bool(await value(others, root, viewer.me))


async def asker(entry: int) -> Face | None:
    """Who is behind it."""
    found = await row(
        "SELECT p.id, p.handle, p.name FROM asker a JOIN person p ON p.id = a.person WHERE a.id = {}", entry
    )
    return Face(**found) if found else None
