"""The tree of pages: what stands above and below, and what would change for whom if some of it went elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from web.database import SQL, in_list, now, row, rows
from web.entries import rows as shapes
from web.entries.queries.lists import SELECT, TREES
from web.entries.rows import Entry, Face
from web.policy import Placed, Viewer, people_known_to, visible_to

MOST_BELOW = 2000
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
    for each in await below(viewer, entry.id):
        under[each.parent].append(each)
    waiting, found = [(entry, 0)], []
    while waiting:
        each, depth = waiting.pop()
        found.append((each, depth))
        children = sorted(under[each.id], key=lambda child: (child.position, child.title, child.id), reverse=True)
        waiting += [(child, depth + 1) for child in children]
    return tuple(found)


async def shift(viewer: Viewer, entries: Sequence[Entry], space: Placed) -> Shift:
    """What moving these from where they are to `space` would change."""
    ids = in_list(each.id for each in entries)
    linking = "FROM link l JOIN entry e ON e.id = l.entry WHERE l.target IN {} AND e.root NOT IN {} AND {}"
    texts = await row(
        f"SELECT count(DISTINCT l.entry) AS texts, count(DISTINCT CASE WHEN e.space <> {{}} AND {{}} THEN l.entry END) AS cut {linking}",
        space.id, SQL("1 = 1" if space.access != "open" else "1 = 0"), ids, ids, visible_to(viewer),
    ) or {}  # fmt: skip
    here, there = _readers(entries[0].space), _readers(space)
    gains, gain = await _people(viewer, there, here)
    loses, lose = await _people(viewer, here, there)
    return Shift(
        len(entries), sum(not viewer.may("move", each) for each in entries), sum(each.replies for each in entries),
        texts["texts"], texts["cut"], gains, loses, gain, lose,
    )  # fmt: skip


def _readers(space: Placed) -> SQL:
    """A condition on people `p`: they read what is in that space."""
    belongs = "EXISTS (SELECT 1 FROM membership m WHERE m.person = p.id AND m.space = {} AND (m.until IS NULL OR m.until > {}))"
    return SQL(f"({belongs} OR {{}})", space.id, now(), SQL("NOT p.guest" if space.access == "open" else "1 = 0"))


async def _people(viewer: Viewer, which: SQL, but: SQL) -> tuple[int, tuple[Face, ...]]:
    """How many of those whom the viewer knows are these and not those, and the first of them."""
    found = await rows(
        "SELECT p.id, p.handle, p.name, count(*) OVER () AS many FROM person p WHERE p.active AND {} AND NOT {} AND {} "
        "ORDER BY p.name, p.id LIMIT {}",
        which, but, people_known_to(viewer), _NAMED,
    )  # fmt: skip
    return (found[0]["many"] if found else 0), tuple(Face(each["id"], each["handle"], each["name"]) for each in found)
