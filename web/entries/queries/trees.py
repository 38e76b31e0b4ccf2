"""The tree of pages: what stands above and below, and what would change for whom if some of it went elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from web.database import SQL, in_list, row, rows
from web.entries import rows as shapes
from web.entries.queries.links import PLAIN_REF
from web.entries.queries.lists import SELECT, TREES
from web.entries.rows import Branch, Entry, Face
from web.errors import Invalid
from web.people.queries import readers_of
from web.policy import Placed, Viewer, people_known_to, visible_to

T = TypeVar("T")
MOST_BELOW = 2000
_PLACED = f"{PLAIN_REF}, e.parent, e.position"
_NAMED = 8


class Shift(msgspec.Struct, frozen=True):
    """What changes when entries go to another space. pages: how many, of which the viewer may not move `held`. replies: what was written under
    them. texts: how many link to them from elsewhere, of which those in `cut` are read by people who could not follow. gains, loses: how many can
    read them then, and not any more; the first of them by name."""

    pages: int
    held: int
    replies: int
    texts: int
    cut: int
    gains: int
    loses: int
    gain: tuple[Face, ...]
    lose: tuple[Face, ...]


async def tree(viewer: Viewer, space: int, limit: int = 5000) -> tuple[Branch, ...]:
    """The pages of a space, in reading order. A page whose parent the viewer cannot see stands at the top. Where there are
    more than `limit`, only those at the top, and as many."""
    pages = SQL("e.space = {} AND e.kind IN {}", space, in_list(TREES))
    some = SQL("(SELECT count(*) FROM (SELECT 1 AS one FROM entry e WHERE {} LIMIT {}) AS pages)", pages, limit + 1)
    found = await rows(
        f"SELECT {_PLACED} FROM entry e WHERE {{}} <= {{}} AND {{}} AND {{}} ORDER BY e.position, e.title, e.id",
        some, limit, pages, visible_to(viewer),
    ) or await rows(
        f"SELECT {_PLACED} FROM entry e WHERE {{}} AND e.parent IS NULL AND {{}} ORDER BY e.position, e.id LIMIT {{}}",
        pages, visible_to(viewer), limit,
    )  # fmt: skip
    return _branches(found, None)


async def standing(viewer: Viewer, space: int, under: int | None = None, *, most: int) -> tuple[Branch, ...]:
    """All pages of a space, or one and all that stand under it there, in reading order. Raises Invalid when the space has more than `most`."""
    found = await rows(
        f"SELECT {_PLACED} FROM entry e WHERE e.space = {{}} AND e.kind IN {{}} AND {{}} LIMIT {{}}",
        space, in_list(TREES), visible_to(viewer), most + 1,
    )  # fmt: skip
    if len(found) > most:
        raise Invalid("space", "There are more than %(most)d pages here: that is too much for one file.", most=most)
    # Whether å comes before ø is not left to the database.
    return _branches(sorted(found, key=lambda each: (each["position"], each["title"], each["id"])), under)


def _branches(found: Sequence[dict[str, Any]], top: int | None) -> tuple[Branch, ...]:
    here = {each["id"] for each in found}
    under: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for each in found:
        under[each["parent"] if each["parent"] in here else None].append(each)
    first = under[None] if top is None else [each for each in found if each["id"] == top]
    return tuple(Branch(shapes.ref(each), depth) for each, depth in _walk(under, first, lambda each: each["id"]))


def _walk(
    under: Mapping[int | None, Sequence[T]], top: Sequence[T], id_of: Callable[[T], int]
) -> Iterator[tuple[T, int]]:
    """In reading order, each with how many steps down it stands."""
    waiting = [(each, 0) for each in reversed(top)]
    while waiting:
        each, depth = waiting.pop()
        yield each, depth
        waiting.extend((child, depth + 1) for child in reversed(under[id_of(each)]))


async def below(viewer: Viewer, id: int) -> tuple[Entry, ...]:
    """All pages under one, those above before those under them; what is in the bin is not among them, nor what stands under that."""
    found = await rows(
        "WITH RECURSIVE down(id, depth) AS (SELECT id, 1 FROM entry WHERE parent = {} AND kind IN {} AND trashed_at IS NULL UNION ALL "
        "SELECT e.id, down.depth + 1 FROM entry e JOIN down ON e.parent = down.id WHERE e.kind IN {} AND e.trashed_at IS NULL "
        "AND down.depth < 50) "
        "SELECT id FROM down ORDER BY depth, id LIMIT {}",
        id, in_list(TREES), in_list(TREES), MOST_BELOW,
    )  # fmt: skip
    order = {each["id"]: place for place, each in enumerate(found)}
    there = await rows(SELECT + "e.id IN {} AND {}", in_list(order), visible_to(viewer))
    return tuple(sorted(map(shapes.entry, there), key=lambda each: order[each.id]))


async def branch(viewer: Viewer, entry: Entry) -> tuple[tuple[Entry, int], ...]:
    """A page and all pages under it, in reading order; each with how many steps down it stands."""
    under: dict[int | None, list[Entry]] = defaultdict(list)
    for each in sorted(await below(viewer, entry.id), key=lambda each: (each.position, each.title, each.id)):
        under[each.parent].append(each)
    return tuple(_walk(under, [entry], lambda each: each.id))


async def shift(viewer: Viewer, entries: Sequence[Entry], space: Placed) -> Shift:
    """What moving these from where they are to `space` would change."""
    ids = in_list(each.id for each in entries)
    linking = "FROM link l JOIN entry e ON e.id = l.entry WHERE l.target IN {} AND e.root NOT IN {} AND {}"
    texts = await row(
        f"SELECT count(DISTINCT l.entry) AS texts, count(DISTINCT CASE WHEN e.space <> {{}} AND {{}} THEN l.entry END) AS cut {linking}",
        space.id, SQL("1 = 1" if space.access != "open" else "1 = 0"), ids, ids, visible_to(viewer),
    ) or {}  # fmt: skip
    here, there = readers_of(entries[0].space), readers_of(space)
    gains, gain = await these_and_not_those(viewer, there, here)
    loses, lose = await these_and_not_those(viewer, here, there)
    return Shift(
        len(entries), sum(not viewer.may("move", each) for each in entries), sum(each.replies for each in entries),
        texts["texts"], texts["cut"], gains, loses, gain, lose,
    )  # fmt: skip


async def these_and_not_those(viewer: Viewer, which: SQL, but: SQL) -> tuple[int, tuple[Face, ...]]:
    """How many of those whom the viewer knows are these and not those, and the first of them."""
    found = await rows(
        "SELECT p.id, p.handle, p.name, count(*) OVER () AS many FROM person p WHERE p.active AND {} AND NOT {} AND {} "
        "ORDER BY p.name, p.id LIMIT {}",
        which, but, people_known_to(viewer), _NAMED,
    )  # fmt: skip
    return (found[0]["many"] if found else 0), tuple(Face(each["id"], each["handle"], each["name"]) for each in found)
