"""Every read of entries. Each takes the viewer, and what the viewer may not read is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from piccolo.querystring import QueryString as SQL

from web.database import in_list, join_and, row, rows, value
from web.entries import rows as shapes
from web.entries.rows import Branch, Entry, Face, Happening, Ref, Revision, Tag
from web.errors import NotThere
from web.kinds import KINDS
from web.policy import Viewer, deny_unless, people_known_to, readable_spaces, trashed_for, visible_to

PAGE_SIZE = 30
CONVERSATION_SIZE = 100

COLUMNS = """
    e.id, e.kind, e.space, e.author, e.parent, e.root, e.revision, e.title, e.slug, e.body, e.lang, e.created_at,
    e.updated_at, e.active_at, e.url, e.quote, e.anchor, e.stage, e.accepted, e.position, e.replies, e.annotations,
    e.recommend, e.helped, e.vote, e.watchers, e.revisions, e.touched, e.trashed_at, e.trashed_by, e.trash_reason,
    a.handle AS author_handle, a.name AS author_name,
    s.slug AS space_slug, s.name AS space_name, s.access AS space_access, s.public AS space_public,
    substr(t.body, 1, 400) AS excerpt
"""
TABLES = "entry e JOIN person a ON a.id = e.author JOIN space s ON s.id = e.space LEFT JOIN entry_text t ON t.id = e.id"
_SELECT = f"SELECT {COLUMNS} FROM {TABLES} WHERE "
_PLAIN_REF = "e.id, e.kind, e.slug, e.title, e.root"
_REF = f"{_PLAIN_REF}, substr(t.body, 1, 120) AS excerpt"
_REF_TABLES = "entry e LEFT JOIN entry_text t ON t.id = e.id"

TREES = tuple(kind.name for kind in KINDS.values() if kind.tree)
ALONE = tuple(kind.name for kind in KINDS.values() if kind.alone)
EVERY = tuple(KINDS)

@dataclass(frozen=True)
class Filter:
    """Which entries to list; what is empty does not narrow. Names are ids, but for kinds."""

    kinds: tuple[str, ...] = ALONE
    space: int | None = None
    author: int | None = None
    tag: str | None = None
    followed_by: int | None = None
    unanswered: bool = False


@dataclass(frozen=True)
class Cursor:
    """A place in a list that is sorted by a time, then by id, both falling."""

    time: int
    id: int

    def __str__(self) -> str:
        return f"{self.time}-{self.id}"

    @classmethod
    def read(cls, text: str | None) -> Cursor | None:
        """Raises NotThere when the text was not made by a cursor."""
        if not text:
            return None
        parts = text.split("-")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
            raise NotThere
        return cls(int(parts[0]), int(parts[1]))


@dataclass(frozen=True)
class Listed:
    """One page of a list, and the cursor to the next one, if there is more."""

    items: tuple[Entry, ...]
    older: Cursor | None


# One entry.


async def entry(viewer: Viewer, id: int) -> Entry:
    """Raises NotThere."""
    found = await row(_SELECT + "e.id = {} AND {}", id, visible_to(viewer))
    deny_unless(found)
    return shapes.entry(found)


async def trashed(viewer: Viewer, id: int) -> Entry:
    """An entry in the bin that the viewer could read before. Raises NotThere."""
    found = await row(_SELECT + "e.id = {} AND {}", id, trashed_for(viewer))
    deny_unless(found)
    return shapes.entry(found)


async def entries(viewer: Viewer, ids: Iterable[int]) -> dict[int, Entry]:
    found = await rows(_SELECT + "e.id IN {} AND {}", in_list(ids), visible_to(viewer))
    return {each["id"]: shapes.entry(each) for each in found}


async def face(id: int | None) -> Face | None:
    found = await row("SELECT id, handle, name FROM person WHERE id = {}", id) if id else None
    return Face(found["id"], found["handle"], found["name"]) if found else None


# Lists.


async def stream(viewer: Viewer, which: Filter, older: Cursor | None = None, limit: int = PAGE_SIZE) -> Listed:
    """Conversations, the latest active first."""
    return await _listed("active_at", _narrowed(viewer, which), older, limit)


async def written(viewer: Viewer, which: Filter, older: Cursor | None = None, limit: int = PAGE_SIZE) -> Listed:
    """Entries, the latest written first."""
    return await _listed("created_at", _narrowed(viewer, which), older, limit)


async def bin_of(viewer: Viewer, older: Cursor | None = None, limit: int = PAGE_SIZE) -> Listed:
    """What the viewer wrote or threw away, and what lies in the bin of spaces they run; the latest first."""
    run = [id for id, role in viewer.roles.items() if role in ("host", "editor")]
    mine = SQL("(e.author = {} OR e.trashed_by = {} OR e.space IN {})", viewer.person, viewer.person, in_list(run))
    return await _listed("trashed_at", join_and(trashed_for(viewer), mine), older, limit)


def _narrowed(viewer: Viewer, which: Filter) -> SQL:
    conditions = [visible_to(viewer), SQL("e.kind IN {}", in_list(which.kinds))]
    if which.space is not None:
        conditions.append(SQL("e.space = {}", which.space))
    if which.author is not None:
        conditions.append(SQL("e.author = {}", which.author))
    if which.tag is not None:
        conditions.append(
            SQL("e.id IN (SELECT g.entry FROM tagging g JOIN tag ON tag.id = g.tag WHERE tag.name = {})", which.tag)
        )
    if which.followed_by is not None:
        conditions.append(_followed(which.followed_by))
    if which.unanswered:
        conditions.append(SQL("e.accepted IS NULL AND e.replies = 0"))
    return join_and(*conditions)


def _followed(person: int) -> SQL:
    watches = "SELECT {} FROM watch WHERE person = {{}} AND level = 'all' AND {} IS NOT NULL"
    either = " OR ".join(
        (
            f"e.id IN ({watches.format('entry', 'entry')})",
            f"e.space IN ({watches.format('space', 'space')})",
            f"e.author IN ({watches.format('whom', 'whom')})",
            f"e.id IN (SELECT entry FROM tagging WHERE tag IN ({watches.format('tag', 'tag')}))",
        )
    )
    muted = "SELECT entry FROM watch WHERE person = {} AND level = 'muted' AND entry IS NOT NULL"
    return SQL(f"(({either}) AND e.id NOT IN ({muted}))", *[person] * 5)


async def _listed(by: str, where: SQL, older: Cursor | None, limit: int) -> Listed:
    if older is not None:
        after = SQL(f"(e.{by} < {{}} OR (e.{by} = {{}} AND e.id < {{}}))", older.time, older.time, older.id)
        where = join_and(where, after)
    found = await rows(_SELECT + f"{{}} ORDER BY e.{by} DESC, e.id DESC LIMIT {{}}", where, limit + 1)
    items = tuple(shapes.entry(each) for each in found[:limit])
    more = len(found) > limit
    return Listed(items, Cursor(getattr(items[-1], by), items[-1].id) if more else None)


# Conversations.


async def replies(viewer: Viewer, root: int, after: int = 0, limit: int = CONVERSATION_SIZE) -> tuple[Entry, ...]:
    """What was written under `root`, oldest first, from the one after the id `after`; one more than `limit`
    when there is more."""
    found = await rows(
        _SELECT + "e.root = {} AND e.id <> e.root AND e.id > {} AND {} ORDER BY e.id LIMIT {}",
        root, after, visible_to(viewer), limit + 1,
    )  # fmt: skip
    return tuple(shapes.entry(each) for each in found)


async def my_reactions(viewer: Viewer, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """What the viewer has given to these entries."""
    if not viewer.signed_in or not ids:
        return {}
    found = await rows("SELECT entry, name FROM reaction WHERE person = {} AND entry IN {}", viewer.person, in_list(ids))
    given: dict[int, set[str]] = defaultdict(set)
    for each in found:
        given[each["entry"]].add(each["name"])
    return {id: frozenset(names) for id, names in given.items()}


async def my_watches(viewer: Viewer, ids: Sequence[int]) -> dict[int, str]:
    """The level at which the viewer watches each of these entries."""
    if not viewer.signed_in or not ids:
        return {}
    found = await rows("SELECT entry, level FROM watch WHERE person = {} AND entry IN {}", viewer.person, in_list(ids))
    return {each["entry"]: each["level"] for each in found}


async def happenings(viewer: Viewer, id: int, limit: int = 50) -> tuple[Happening, ...]:
    """What happened to an entry, the latest first."""
    found = await rows(
        "SELECT v.id, v.verb, v.note, v.revision, v.created_at, v.actor, p.handle AS actor_handle, p.name AS actor_name "
        "FROM event v JOIN entry e ON e.id = v.entry JOIN person p ON p.id = v.actor "
        "WHERE v.entry = {} AND {} ORDER BY v.id DESC LIMIT {}",
        id, visible_to(viewer), limit,
    )  # fmt: skip
    return tuple(
        Happening(v["id"], v["verb"], shapes.face(v, "actor"), v["note"], v["revision"], v["created_at"]) for v in found
    )


# History.

_REVISION = (
    "SELECT r.id, r.entry, r.author, r.base, r.title, r.body, r.url, r.tags, r.summary, r.minor, r.merged, "
    "r.created_at, length(r.body) AS size, p.handle AS author_handle, p.name AS author_name "
    "FROM revision r JOIN entry e ON e.id = r.entry JOIN person p ON p.id = r.author WHERE "
)


async def revisions(viewer: Viewer, id: int, before: int | None = None, limit: int = 100) -> tuple[Revision, ...]:
    """An entry's texts, the latest first; folded ones are left out."""
    older = SQL("r.id < {}", before) if before else SQL("1 = 1")
    found = await rows(
        _REVISION + "r.entry = {} AND NOT r.folded AND {} AND {} ORDER BY r.id DESC LIMIT {}",
        id, visible_to(viewer), older, limit,
    )  # fmt: skip
    return tuple(shapes.revision(each) for each in found)


async def revision(viewer: Viewer, entry: int, id: int) -> Revision:
    """One text of that entry, folded or not. Raises NotThere, also when it is another entry's."""
    found = await row(_REVISION + "r.id = {} AND r.entry = {} AND {}", id, entry, visible_to(viewer))
    deny_unless(found)
    return shapes.revision(found)


# Links.


async def links(viewer: Viewer, ids: Sequence[int]) -> shapes.Links:
    """Where the links in these entries' texts lead, as far as the viewer may follow them: three queries."""
    if not ids:
        return shapes.Links({}, {}, {}, {})
    found = await rows(
        f"SELECT l.entry AS source, l.written, {_REF} FROM link l JOIN entry e ON e.id = l.target "
        "LEFT JOIN entry_text t ON t.id = e.id WHERE l.entry IN {} AND {}",
        in_list(ids), visible_to(viewer),
    )  # fmt: skip
    people = await rows(
        "SELECT DISTINCT p.id, p.handle, p.name FROM link l JOIN person p ON p.id = l.person WHERE l.entry IN {} AND {}",
        in_list(ids), people_known_to(viewer),
    )  # fmt: skip
    files = await rows(
        "SELECT DISTINCT f.id, f.name FROM link l JOIN attachment f ON f.id = l.attachment JOIN entry e ON e.id = f.entry "
        "WHERE l.entry IN {} AND {}",
        in_list(ids), visible_to(viewer),
    )  # fmt: skip
    return shapes.Links(
        {(each["source"], each["written"]): shapes.ref(each) for each in found},
        {each["id"]: shapes.ref(each) for each in found},
        {each["handle"]: Face(each["id"], each["handle"], each["name"]) for each in people},
        {each["id"]: each["name"] for each in files},
    )


async def backlinks(viewer: Viewer, id: int, limit: int = 50) -> tuple[Ref, ...]:
    """What links to an entry, the latest active first."""
    found = await rows(
        f"SELECT DISTINCT {_REF}, e.active_at FROM link l JOIN entry e ON e.id = l.entry "
        "LEFT JOIN entry_text t ON t.id = e.id WHERE l.target = {} AND e.id <> {} AND {} "
        "ORDER BY e.active_at DESC LIMIT {}",
        id, id, visible_to(viewer), limit,
    )  # fmt: skip
    return tuple(shapes.ref(each) for each in found)


async def named(viewer: Viewer, key: str, space: int | None = None) -> Ref | None:
    """The entry that a wiki link means: by title, in `space` before elsewhere, what stands in a tree first."""
    found = await row(
        f"SELECT {_REF} FROM {_REF_TABLES} WHERE e.title_key = {{}} AND e.kind IN {{}} AND {{}} "
        "ORDER BY CASE WHEN e.space = {} THEN 0 ELSE 1 END, CASE WHEN e.kind IN {} THEN 0 ELSE 1 END, e.id LIMIT 1",
        key, in_list(ALONE), visible_to(viewer), space or 0, in_list(TREES),
    )  # fmt: skip
    return shapes.ref(found) if found else None


# Trees.


async def tree(viewer: Viewer, space: int, limit: int = 5000) -> tuple[Branch, ...]:
    """The pages of a space, in reading order. A page whose parent the viewer cannot see stands at the top."""
    found = await rows(
        f"SELECT {_PLAIN_REF}, e.parent, e.position FROM entry e "
        "WHERE e.space = {} AND e.kind IN {} AND {} ORDER BY e.position, e.title, e.id LIMIT {}",
        space, in_list(TREES), visible_to(viewer), limit,
    )  # fmt: skip
    here = {each["id"] for each in found}
    under: dict[int | None, list[dict]] = defaultdict(list)
    for each in found:
        under[each["parent"] if each["parent"] in here else None].append(each)
    return tuple(_walk(under))


def _walk(under: dict[int | None, list[dict]]) -> Iterable[Branch]:
    stack = [(each, 0) for each in reversed(under[None])]
    while stack:
        each, depth = stack.pop()
        yield Branch(shapes.ref(each), each["parent"], each["position"], depth)
        stack.extend((child, depth + 1) for child in reversed(under[each["id"]]))


async def children(viewer: Viewer, id: int) -> tuple[Ref, ...]:
    """The pages right under a page, in order."""
    found = await rows(
        f"SELECT {_REF} FROM {_REF_TABLES} WHERE e.parent = {{}} AND e.kind IN {{}} AND {{}} "
        "ORDER BY e.position, e.title, e.id",
        id, in_list(TREES), visible_to(viewer),
    )  # fmt: skip
    return tuple(shapes.ref(each) for each in found)


async def trail(viewer: Viewer, id: int) -> tuple[Ref, ...]:
    """What an entry stands under, from the top down, without itself."""
    found = await rows(
        "WITH RECURSIVE up(id, parent, depth) AS ("
        "SELECT id, parent, 0 FROM entry WHERE id = {} UNION ALL "
        "SELECT e.id, e.parent, up.depth + 1 FROM entry e JOIN up ON e.id = up.parent WHERE up.depth < 50) "
        f"SELECT {_REF}, up.depth FROM up JOIN entry e ON e.id = up.id LEFT JOIN entry_text t ON t.id = e.id "
        "WHERE up.depth > 0 AND {} ORDER BY up.depth DESC",
        id, visible_to(viewer),
    )  # fmt: skip
    return tuple(shapes.ref(each) for each in found)


# Tags.


async def tags_of(ids: Sequence[int]) -> dict[int, tuple[Tag, ...]]:
    """The tags on entries that were read already."""
    if not ids:
        return {}
    found = await rows(
        "SELECT g.entry, tag.id, tag.name, tag.title FROM tagging g JOIN tag ON tag.id = g.tag "
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
        "SELECT tag.title FROM tagging g JOIN tag ON tag.id = g.tag WHERE g.entry = {} AND NOT g.in_text ORDER BY g.id",
        id,
    )
    return " ".join(each["title"] for each in found)


_TAGS = (
    "SELECT tag.id, tag.name, tag.title, tag.about, count(*) AS entries FROM tag "
    "JOIN tagging g ON g.tag = tag.id JOIN entry e ON e.id = g.entry WHERE {} AND {} "
    "GROUP BY tag.id, tag.name, tag.title, tag.about "
)


async def tags(viewer: Viewer, limit: int = 1000) -> tuple[Tag, ...]:
    """Tags on something that the viewer may read, by name."""
    found = await rows(_TAGS + "ORDER BY tag.name LIMIT {}", visible_to(viewer), SQL("1 = 1"), limit)
    return tuple(Tag(**each) for each in found)


async def tag(viewer: Viewer, name: str) -> Tag:
    """Raises NotThere, also when nothing the viewer may read carries it."""
    found = await row(_TAGS, visible_to(viewer), SQL("tag.name = {}", name))
    deny_unless(found)
    return Tag(**found)


async def tags_like(viewer: Viewer, start: str, limit: int = 8) -> tuple[Tag, ...]:
    """For completion: tags that begin so, the most used first."""
    begins = SQL("tag.name >= {} AND tag.name < {}", start, start + "\U0010ffff")
    found = await rows(_TAGS + "ORDER BY entries DESC, tag.name LIMIT {}", visible_to(viewer), begins, limit)
    return tuple(Tag(**each) for each in found)


async def titles_like(viewer: Viewer, start: str, limit: int = 8) -> tuple[tuple[Ref, str], ...]:
    """For completion: titled entries that begin so, each with its space's slug."""
    found = await rows(
        f"SELECT {_REF}, s.slug AS space_slug FROM {_REF_TABLES} JOIN space s ON s.id = e.space "
        "WHERE e.title_key >= {} AND e.title_key < {} AND e.kind IN {} AND {} ORDER BY e.title_key LIMIT {}",
        start, start + "\U0010ffff", in_list(ALONE), visible_to(viewer), limit,
    )  # fmt: skip
    return tuple((shapes.ref(each), each["space_slug"]) for each in found)


async def written_by(viewer: Viewer, person: int) -> dict[str, int]:
    """How many entries of each kind a person wrote that the viewer may read."""
    found = await rows(
        "SELECT e.kind, count(*) AS n FROM entry e WHERE e.author = {} AND {} GROUP BY e.kind", person, visible_to(viewer)
    )
    return {each["kind"]: each["n"] for each in found}


async def readable(viewer: Viewer, space: int) -> bool:
    """Whether what is in that space may be read."""
    return bool(await value("SELECT 1 FROM space WHERE id = {} AND {}", space, readable_spaces(viewer)))
