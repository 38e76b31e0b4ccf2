"""Tags, and other ways to count what somebody wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from piccolo.querystring import QueryString as SQL

from web.database import in_list, row, rows, value
from web.entries.rows import Tag
from web.policy import Viewer, readable_spaces, there, visible_to


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


_TAGS = (
    "SELECT tag.id, tag.name, min(g.title) AS title, tag.about, count(*) AS entries FROM tag "
    "JOIN tagging g ON g.tag = tag.id JOIN entry e ON e.id = g.entry WHERE {} AND {} "
    "GROUP BY tag.id, tag.name, tag.about "
)


async def tags(viewer: Viewer, limit: int = 1000) -> tuple[Tag, ...]:
    """Tags on something that the viewer may read, by name."""
    found = await rows(_TAGS + "ORDER BY tag.name LIMIT {}", visible_to(viewer), SQL("1 = 1"), limit)
    return tuple(Tag(**each) for each in found)


async def tag(viewer: Viewer, name: str) -> Tag:
    """Raises NotThere, also when nothing the viewer may read carries it."""
    found = await row(_TAGS, visible_to(viewer), SQL("tag.name = {}", name))
    found = there(found)
    return Tag(**found)


async def tags_like(viewer: Viewer, start: str, limit: int = 8) -> tuple[Tag, ...]:
    """For completion: tags that begin so, the most used first."""
    begins = SQL("tag.name >= {} AND tag.name < {}", start, start + "\U0010ffff")
    found = await rows(_TAGS + "ORDER BY entries DESC, tag.name LIMIT {}", visible_to(viewer), begins, limit)
    return tuple(Tag(**each) for each in found)


async def written_by(viewer: Viewer, person: int) -> dict[str, int]:
    """How many entries of each kind a person wrote that the viewer may read."""
    found = await rows(
        "SELECT e.kind, count(*) AS n FROM entry e WHERE e.author = {} AND {} GROUP BY e.kind",
        person,
        visible_to(viewer),
    )
    return {each["kind"]: each["n"] for each in found}


async def readable(viewer: Viewer, space: int) -> bool:
    """Whether what is in that space may be read."""
    return bool(await value("SELECT 1 FROM space WHERE id = {} AND {}", space, readable_spaces(viewer)))
