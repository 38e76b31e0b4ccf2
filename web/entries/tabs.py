"""The lists that somebody keeps beside the stream: what narrows each down, what it is called, and in which order they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from web import checks, text
from web.database import execute, for_update, in_one_transaction, insert, new_id, now, rows
from web.entries import rows as shapes
from web.entries.queries import ALONE, Filter
from web.entries.rows import Face
from web.errors import Invalid, there
from web.kinds import KINDS
from web.policy import Viewer, people_known_to, readable_spaces

# The lists in which it is said how far somebody has come, besides their own: those by their ids.
STREAM, FOLLOWED, NONE = 0, 1, -1
MOST_TABS, LONGEST_NAME = 12, 60


@dataclass(frozen=True)
class Tab:
    """`space` (slug and name) and `author` are none where the viewer may know of them no more, though `narrowed` goes by them."""

    narrowed: Filter
    id: int = 0
    name: str = ""
    space: tuple[str, str] | None = None
    author: Face | None = None
    position: int = 0

    @property
    def kind(self) -> str:
        return "" if self.narrowed.kinds == ALONE else self.narrowed.kinds[0]

    @property
    def said(self) -> dict[str, str]:
        """What narrows it down, as it is typed and stands in an address."""
        typed = {
            "kind": self.kind, "space": self.space[0] if self.space else "", "tag": self.narrowed.tag or "",
            "by": self.author.handle if self.author else "", "followed": "true" if self.narrowed.followed_by else "",
            "unanswered": "true" if self.narrowed.unanswered else "",
        }  # fmt: skip
        return {name: each for name, each in typed.items() if each}

    @property
    def lost(self) -> bool:
        """Something that it goes by is not for the viewer to know of any more."""
        return (self.narrowed.space is not None and not self.space) or (
            self.narrowed.author is not None and not self.author
        )


async def tabs(viewer: Viewer) -> tuple[Tab, ...]:
    """The viewer's own, in their order."""
    found = await rows(
        "SELECT k.id, k.name, k.kind, k.space, k.tag, k.author, k.followed, k.unanswered, k.position, s.slug, s.name AS space_name, "
        "p.handle AS author_handle, p.name AS author_name FROM tab k "
        "LEFT JOIN space s ON s.id = k.space AND s.id IN (SELECT id FROM space WHERE id = k.space AND {}) "
        "LEFT JOIN person p ON p.id = k.author AND {} WHERE k.person = {} ORDER BY k.position, k.id",
        readable_spaces(viewer), people_known_to(viewer), viewer.me,
    )  # fmt: skip
    return tuple(_tab(viewer, each) for each in found)


def _tab(viewer: Viewer, found: Mapping[str, Any]) -> Tab:
    narrowed = Filter(
        kinds=(found["kind"],) if found["kind"] in ALONE else ALONE, space=found["space"], author=found["author"], tag=found["tag"],
        followed_by=viewer.person if found["followed"] else None, unanswered=bool(found["unanswered"]),
    )  # fmt: skip
    return Tab(
        narrowed, found["id"], found["name"], (found["slug"], found["space_name"]) if found["slug"] else None,
        shapes.face(found) if found["author_handle"] else None, found["position"],
    )  # fmt: skip


def of(mine: Sequence[Tab], id: int) -> Tab:
    """Raises NotThere."""
    return there(next((each for each in mine if each.id == id), None))


async def read(viewer: Viewer, said: Mapping[str, str]) -> Tab:
    """What somebody typed. Raises Invalid for what is not there, or not for them to know of."""
    kind = said.get("kind", "")
    if kind and not (kind in KINDS and KINDS[kind].alone):
        raise Invalid("kind", "Choose one of these.")
    slug = checks.line("space", said.get("space", ""), 200)
    handle = checks.line("by", said.get("by", ""), 200).removeprefix("@").lower()
    tag = text.tag_name(checks.line("tag", said.get("tag", ""), 200).replace(" ", "-"))
    named = await rows(
        "SELECT 'space' AS what, s.id, s.slug AS handle, s.name FROM space s WHERE s.slug = {} AND s.id IN (SELECT id FROM space WHERE {}) UNION ALL "
        "SELECT 'by', p.id, p.handle, p.name FROM person p WHERE p.handle = {} AND {}",
        slug, readable_spaces(viewer), handle, people_known_to(viewer),
    ) if slug or handle else []  # fmt: skip
    found = {each["what"]: each for each in named}
    if slug and "space" not in found:
        raise Invalid("space", "There is no such space, or it is not for you to read.")
    if handle and "by" not in found:
        raise Invalid("by", "Nobody here goes by that name. Write it as in @kari.")
    space, by = found.get("space"), found.get("by")
    narrowed = Filter(
        kinds=(kind,) if kind else ALONE, space=space["id"] if space else None, author=by["id"] if by else None, tag=tag or None,
        followed_by=viewer.me if said.get("followed") == "true" else None, unanswered=said.get("unanswered") == "true",
    )  # fmt: skip
    return Tab(
        narrowed,
        space=(space["handle"], space["name"]) if space else None,
        author=Face(by["id"], by["handle"], by["name"]) if by else None,
    )


@in_one_transaction
async def save(viewer: Viewer, name: object, said: Mapping[str, str], position: int | None = None) -> int:
    """Keeps it under that name, last or at a place, and gives its id."""
    viewer.must("write")
    called = checks.needed("name", checks.line("name", name, LONGEST_NAME))
    tab = await read(viewer, said)
    if not tab.said:
        raise Invalid("name", "Narrow the stream down first: without that, it is the stream.")
    await rows("SELECT id FROM person WHERE id = {} " + for_update(), viewer.me)  # two at once are not one too many
    mine = await tabs(viewer)
    if len(mine) >= MOST_TABS:
        raise Invalid("name", "You have %(most)d of them already. Remove one first.", most=MOST_TABS)
    id, which = new_id(), tab.narrowed
    await insert(
        "tab", id=id, person=viewer.me, name=called, kind=tab.kind or None, space=which.space, tag=which.tag, author=which.author,
        followed=which.followed_by is not None, unanswered=which.unanswered, position=len(mine), created_at=now(),
    )  # fmt: skip
    if position is not None:
        await _ordered([*mine[:position], replace(tab, id=id), *mine[position:]])
    return id


@in_one_transaction
async def rename(viewer: Viewer, id: int, name: object) -> None:
    viewer.must("write")
    of(await tabs(viewer), id)
    called = checks.needed("name", checks.line("name", name, LONGEST_NAME))
    await execute("UPDATE tab SET name = {} WHERE id = {} AND person = {}", called, id, viewer.me)


@in_one_transaction
async def place(viewer: Viewer, id: int, by: int) -> None:
    """Moves it so many places on among the viewer's own, or back."""
    viewer.must("write")
    mine = list(await tabs(viewer))
    at = mine.index(of(mine, id))
    mine.insert(max(0, at + by), mine.pop(at))
    await _ordered(mine)


async def _ordered(mine: Sequence[Tab]) -> None:
    for number, each in enumerate(mine):
        await execute("UPDATE tab SET position = {} WHERE id = {}", number, each.id)


@in_one_transaction
async def remove(viewer: Viewer, id: int) -> tuple[Tab, int]:
    """Gives what it was, and its place, for whoever wants it back."""
    viewer.must("write")
    mine = await tabs(viewer)
    tab = of(mine, id)
    await execute("DELETE FROM tab WHERE id = {} AND person = {}", id, viewer.me)
    await execute("DELETE FROM caught_up WHERE person = {} AND list = {}", viewer.me, id)
    return tab, mine.index(tab)
