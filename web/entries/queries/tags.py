"""Tags: the words that entries share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from web.database import SQL, in_list, row, rows
from web.entries import rows as shapes
from web.entries.queries.links import REF
from web.entries.rows import Ref, Tag
from web.errors import there
from web.facts import HOUSE
from web.kinds import TEMPLATE_TAGS
from web.policy import Viewer, visible_to


async def tags_of(ids: Sequence[int]) -> dict[int, tuple[Tag, ...]]:
    """The tags on entries that were read already."""
    if not ids:
        return {}
    found = await rows(
        "SELECT g.entry, tag.id, tag.name, g.title FROM tagging g JOIN tag ON tag.id = g.tag "
        "WHERE g.entry IN {} ORDER BY tag.name",
        in_list(ids),
    )
    tags: dict[int, list[Tag]] = defaultdict(list)
    for each in found:
        tags[each["entry"]].append(Tag(each["id"], each["name"], each["title"]))
    return {id: tuple(each) for id, each in tags.items()}


async def form_tags(id: int) -> str:
    """The tags given in the form (not those written in the text), as typed there."""
    found = await rows(
        "SELECT g.title FROM tagging g WHERE g.entry = {} AND NOT g.in_text ORDER BY g.id",
        id,
    )
    return " ".join(each["title"] for each in found)


async def typed_tags(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The same of many that were read already."""
    found = await rows(
        "SELECT g.entry, g.title FROM tagging g WHERE g.entry IN {} AND NOT g.in_text ORDER BY g.id", in_list(ids)
    )
    tags: dict[int, list[str]] = defaultdict(list)
    for each in found:
        tags[each["entry"]].append(each["title"])
    return {id: tuple(each) for id, each in tags.items()}


# Nobody reads how many there are beyond some number, and counting them takes the longer the larger the house is.
MANY, SOME = 200, 20
_TAGS = (
    "SELECT * FROM (SELECT tag.id, tag.name, "
    "(SELECT g.title FROM tagging g JOIN entry e ON e.id = g.entry WHERE g.tag = tag.id AND {} "
    "ORDER BY g.active_at DESC, g.entry DESC LIMIT 1) AS title, "
    "(SELECT count(*) FROM (SELECT 1 AS one FROM tagging g JOIN entry e ON e.id = g.entry WHERE g.tag = tag.id AND {} "
    "LIMIT {}) AS counted) AS entries, tag.about FROM tag WHERE {}) AS known WHERE title IS NOT NULL "
)


def _tags(viewer: Viewer, which: SQL, most: int) -> SQL:
    """Those on something that the viewer may read, as the latest of it spells them, counted up to one more than `most`."""
    seen = visible_to(viewer)
    return SQL(_TAGS, seen, seen, most + 1, which)


async def tags(viewer: Viewer, limit: int = 1000) -> tuple[Tag, ...]:
    """Tags on something that the viewer may read, by name; counted up to one more than SOME."""
    found = await rows("{} ORDER BY name LIMIT {}", _tags(viewer, SQL("1 = 1"), SOME), limit)
    return tuple(Tag(**each) for each in found)


async def tag(viewer: Viewer, name: str) -> Tag:
    """Counted up to one more than MANY. Raises NotThere, also when nothing the viewer may read carries it."""
    found = await row("{}", _tags(viewer, SQL("tag.name = {}", name), MANY))
    found = there(found)
    return Tag(**found)


async def is_used(viewer: Viewer, id: int) -> bool:
    """Whether something that the viewer may read carries a tag."""
    used = "SELECT 1 FROM tagging g JOIN entry e ON e.id = g.entry WHERE g.tag = {} AND {} LIMIT 1"
    return bool(await rows(used, id, visible_to(viewer)))


class Meaning(NamedTuple):
    """The `name` of a tag, and the `others` that mean it as well."""

    name: str
    others: tuple[str, ...]


async def meaning(name: str) -> Meaning:
    """The tag that is meant by a word, which may be another name of it, or of none."""
    found = await rows(
        "SELECT y.name, t.name AS tag FROM synonym y JOIN tag t ON t.id = y.tag "
        "WHERE y.name = {} OR y.tag = (SELECT id FROM tag WHERE name = {}) ORDER BY y.name",
        name, name,
    )  # fmt: skip
    meant = next((each["tag"] for each in found if each["name"] == name), name)
    return Meaning(meant, tuple(each["name"] for each in found if each["tag"] == meant))


async def tags_like(viewer: Viewer, start: str, limit: int = 8) -> tuple[Tag, ...]:
    """For completion: tags that begin so, the most used first; counted up to one more than SOME."""
    begins = SQL("tag.name >= {} AND tag.name < {}", start, start + "\U0010ffff")
    found = await rows("{} ORDER BY entries DESC, name LIMIT {}", _tags(viewer, begins, SOME), limit)
    return tuple(Tag(**each) for each in found)


async def templates(viewer: Viewer, kind: str, space: str = "", limit: int = 30) -> tuple[Ref, ...]:
    """The entries of a kind that are templates for others, the latest active first. In a space (its slug): those of its own first, then those of
    the space that is everybody's; those of others are for others."""
    own = "CASE WHEN s.slug = {} THEN 1 ELSE 0 END"
    found = await rows(
        f"SELECT DISTINCT {REF}, g.active_at, {own} AS own FROM tag JOIN tagging g ON g.tag = tag.id JOIN entry e ON e.id = g.entry "
        "JOIN space s ON s.id = e.space LEFT JOIN entry_text t ON t.id = e.id WHERE tag.name IN {} AND e.kind = {} AND {} AND {} "
        "ORDER BY own DESC, g.active_at DESC, e.id DESC LIMIT {}",
        space, in_list(TEMPLATE_TAGS), kind, SQL("s.slug IN ({}, {})", space, HOUSE) if space else SQL("1 = 1"), visible_to(viewer), limit,
    )  # fmt: skip
    return tuple(map(shapes.ref, found))
