"""How entries hang together: links, titles, and what stands right above and below each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from web.database import SQL, in_list, row, rows, value
from web.entries import rows as shapes
from web.entries.beside import Around
from web.entries.queries.lists import ALONE, TREES
from web.entries.queries.series import parts_around, series
from web.entries.queries.translating import NONE, translation, translations
from web.entries.rows import Face, Ref
from web.policy import Viewer, file_visible_to, people_known_to, trashed_for, visible_to

PLAIN_REF = "e.id, e.kind, e.slug, e.title, e.root"
REF = f"{PLAIN_REF}, substr(t.body, 1, 120) AS excerpt"
_REF_TABLES = "entry e LEFT JOIN entry_text t ON t.id = e.id"


async def links(viewer: Viewer, ids: Sequence[int]) -> shapes.Links:
    """Where the links in these entries' texts lead, as far as the viewer may follow them: what is in the bin, to who put it there."""
    if not ids:
        return shapes.Links({}, {}, {})
    found = await rows(
        f"SELECT l.entry AS source, l.written, NULL AS handle, {REF}, 0 AS gone, 0 AS width, 0 AS height FROM link l JOIN entry e ON e.id = l.target "
        "LEFT JOIN entry_text t ON t.id = e.id WHERE l.entry IN {} AND {} UNION ALL "
        "SELECT l.entry, l.written, NULL, e.id, e.kind, '', '', e.root, '', 1, 0, 0 FROM link l JOIN entry e ON e.id = l.target "
        "WHERE l.entry IN {} AND {} UNION ALL "
        "SELECT DISTINCT 0, '', p.handle, p.id, '', '', p.name, 0, '', 0, 0, 0 FROM link l JOIN person p ON p.id = l.person "
        "WHERE l.entry IN {} AND {} UNION ALL "
        "SELECT DISTINCT 0, '', NULL, f.id, '', '', '', 0, '', 0, f.width, f.height FROM link l JOIN attachment f ON f.id = l.attachment "
        "WHERE l.entry IN {} AND f.width IS NOT NULL AND {}",
        in_list(ids), visible_to(viewer), in_list(ids), trashed_for(viewer), in_list(ids), people_known_to(viewer),
        in_list(ids), file_visible_to(viewer),
    )  # fmt: skip
    entries = [each for each in found if each["handle"] is None and not each["width"]]
    return shapes.Links(
        {(each["source"], each["written"]): shapes.ref(each) for each in entries},
        {each["id"]: shapes.ref(each) for each in entries},
        {each["handle"]: Face(each["id"], each["handle"], each["title"]) for each in found if each["handle"]},
        {each["id"]: (each["width"], each["height"]) for each in found if each["width"]},
    )


async def leads(viewer: Viewer, titles: Sequence[str], handles: Sequence[str]) -> shapes.Links:
    """Where the links in a text that is not saved yet would lead, by title and by handle; its id is 0."""
    if not titles and not handles:
        return shapes.Links({}, {}, {})
    found = await rows(
        f"SELECT e.title_key AS written, NULL AS handle, {REF} FROM {_REF_TABLES} WHERE e.title_key IN {{}} AND e.title_key <> '' "
        "AND e.kind IN {} AND {} UNION ALL "
        "SELECT '', p.handle, p.id, '', '', p.name, 0, '' FROM person p WHERE p.handle IN {} AND p.active AND {}",
        in_list(titles or [""]), in_list(ALONE), visible_to(viewer), in_list(handles or [""]), people_known_to(viewer),
    )  # fmt: skip
    return shapes.Links(
        {(0, each["written"]): shapes.ref(each) for each in found if each["handle"] is None},
        {},
        {each["handle"]: Face(each["id"], each["handle"], each["title"]) for each in found if each["handle"]},
    )


def _backlinks(viewer: Viewer, id: int, limit: int) -> SQL:
    return SQL(
        f"SELECT {REF}, max(CASE WHEN l.embeds THEN 1 ELSE 0 END) AS embeds, -e.active_at AS place FROM link l JOIN entry e ON e.id = l.entry "
        "LEFT JOIN entry_text t ON t.id = e.id WHERE l.target = {} AND e.id <> {} AND {} GROUP BY e.id, t.id ORDER BY place, e.title, e.id LIMIT {}",
        id, id, visible_to(viewer), limit,
    )  # fmt: skip


async def backlinks(viewer: Viewer, id: int, limit: int = 50) -> tuple[Ref, ...]:
    """What links to an entry, the latest active first."""
    return tuple(shapes.ref(each) for each in await rows("{}", _backlinks(viewer, id, limit)))


_BY_NAME = "l.target = {} AND l.entry <> {} AND (l.written NOT LIKE '/e/%' OR e.body LIKE {}) AND {}"


def _by_name(viewer: Viewer, id: int) -> SQL:
    """A condition on the links `l` of the entries `e`: they say what the entry is called, in a wiki link or in an address."""
    return SQL(_BY_NAME, id, id, f"%/{id}/%", visible_to(viewer))


async def called_by(viewer: Viewer, id: int, limit: int = 1000) -> int:
    """How many texts link to an entry by what it is called; at most `limit`."""
    some = "SELECT DISTINCT l.entry FROM link l JOIN entry e ON e.id = l.entry WHERE {} LIMIT {}"
    return int(await value(f"SELECT count(*) FROM ({some}) AS texts", _by_name(viewer, id), limit))


async def miscalled_by(viewer: Viewer, entry: shapes.Entry, key: str, address: str) -> dict[int, frozenset[str]]:
    """The texts that link to an entry by what it is called no more, by their ids, the latest first: which of their wiki links
    do, as they are kept. `key`: of the title that it has; `address`: the one that it has."""
    right = in_list((key, f"{entry.space.slug}/{key}"))
    found = await rows(
        "SELECT l.entry, l.written FROM link l JOIN entry e ON e.id = l.entry WHERE {} AND l.written NOT IN {} "
        "AND (l.written NOT LIKE '/e/%' OR e.body NOT LIKE {}) ORDER BY l.entry DESC",
        _by_name(viewer, entry.id), right, f"%{address}%",
    )  # fmt: skip
    keys: dict[int, set[str]] = defaultdict(set)
    for each in found:
        keys[each["entry"]].add(each["written"])
    return {id: frozenset(key for key in keys[id] if not key.startswith("/e/")) for id in keys}


async def named_in_links(viewer: Viewer, ids: Sequence[int]) -> tuple[int, ...]:
    """Those of them that some text links to by title."""
    found = await rows(
        "SELECT DISTINCT l.target FROM link l JOIN entry e ON e.id = l.entry WHERE l.target IN {} AND l.written NOT LIKE '/e/%' "
        "AND {} ORDER BY l.target",
        in_list(ids), visible_to(viewer),
    )  # fmt: skip
    return tuple(each["target"] for each in found)


async def former_titles(viewer: Viewer, id: int) -> frozenset[str]:
    """What an entry was called, in its texts up to now."""
    found = await rows(
        "SELECT DISTINCT r.title FROM revision r JOIN entry e ON e.id = r.entry WHERE r.entry = {} AND r.title <> e.title "
        "AND r.redacted_at IS NULL AND {}",
        id, visible_to(viewer),
    )  # fmt: skip
    return frozenset(each["title"] for each in found)


async def named(viewer: Viewer, key: str, space: int | None = None, *, alone: bool = False) -> Ref | None:
    """The entry that a wiki link means: by title, in `space` before elsewhere (or there alone), what stands in a tree
    first."""
    here = SQL("e.space = {}", space or 0)
    found = await row(
        f"SELECT {REF} FROM {_REF_TABLES} WHERE e.title_key = {{}} AND e.title_key <> '' AND e.kind IN {{}} AND {{}} AND {{}} "
        "ORDER BY CASE WHEN {} THEN 0 ELSE 1 END, CASE WHEN e.kind IN {} THEN 0 ELSE 1 END, e.id LIMIT 1",
        key, in_list(ALONE), visible_to(viewer), here if alone else SQL("1 = 1"), here, in_list(TREES),
    )  # fmt: skip
    return shapes.ref(found) if found else None


async def titles_like(viewer: Viewer, start: str, limit: int = 8) -> tuple[tuple[Ref, str], ...]:
    """For completion: titled entries that begin so, each with its space's name."""
    found = await rows(
        f"SELECT {REF}, s.name AS space_name FROM {_REF_TABLES} JOIN space s ON s.id = e.space "
        "WHERE e.title_key >= {} AND e.title_key < {} AND e.title_key <> '' AND e.kind IN {} AND {} ORDER BY e.title_key LIMIT {}",
        start, start + "\U0010ffff", in_list(ALONE), visible_to(viewer), limit,
    )  # fmt: skip
    return tuple((shapes.ref(each), each["space_name"]) for each in found)


def _children(viewer: Viewer, id: int) -> SQL:
    return SQL(
        f"SELECT {REF}, 0 AS embeds, e.position AS place FROM {_REF_TABLES} WHERE e.parent = {{}} AND e.kind IN {{}} AND {{}} "
        "ORDER BY place, e.title, e.id",
        id, in_list(TREES), visible_to(viewer),
    )  # fmt: skip


async def children(viewer: Viewer, id: int) -> tuple[Ref, ...]:
    """The pages right under a page, in order."""
    return tuple(shapes.ref(each) for each in await rows("{}", _children(viewer, id)))


def _trail(viewer: Viewer, id: int) -> SQL:
    return SQL(
        "WITH RECURSIVE up(id, parent, depth) AS ("
        "SELECT id, parent, 0 FROM entry WHERE id = {} UNION ALL "
        "SELECT e.id, e.parent, up.depth + 1 FROM entry e JOIN up ON e.id = up.parent WHERE up.depth < 50) "
        # Told that they are few, SQLite does not go through all entries first to see which of them these may be.
        f"SELECT {REF}, 0 AS embeds, -up.depth AS place FROM (SELECT id, depth FROM up WHERE depth > 0 LIMIT 50) AS up "
        "JOIN entry e ON e.id = up.id LEFT JOIN entry_text t ON t.id = e.id WHERE {} ORDER BY place",
        id, visible_to(viewer),
    )  # fmt: skip


async def trail(viewer: Viewer, id: int) -> tuple[Ref, ...]:
    """What an entry stands under, from the top down, without itself."""
    return tuple(shapes.ref(each) for each in await rows("{}", _trail(viewer, id)))


def _files(viewer: Viewer, id: int, limit: int) -> SQL:
    return SQL(
        "SELECT f.id, '' AS kind, '' AS slug, f.name AS title, 0 AS root, '' AS excerpt, 0 AS embeds, min(l.id) AS place FROM link l "
        "JOIN attachment f ON f.id = l.attachment WHERE l.entry = {} AND {} GROUP BY f.id, f.name ORDER BY place LIMIT {}",
        id, file_visible_to(viewer), limit,
    )  # fmt: skip


async def around(viewer: Viewer, id: int, limit: int = 50) -> Around:
    """What an entry stands under, what stands right under it, what links to it, the files in it, its series and its translations: all that its
    page shows beside it."""
    found = await rows(
        f"SELECT 'above' AS what, x.*, {NONE} FROM ({{}}) x UNION ALL SELECT 'below', x.*, {NONE} FROM ({{}}) x UNION ALL "
        f"SELECT 'linking', x.*, {NONE} FROM ({{}}) x UNION ALL SELECT 'file', x.*, {NONE} FROM ({{}}) x UNION ALL "
        f"SELECT 'part', x.*, {NONE} FROM ({{}}) x UNION ALL {{}}",
        _trail(viewer, id), _children(viewer, id), _backlinks(viewer, id, limit), _files(viewer, id, limit),
        parts_around(viewer, id), translations(viewer, id),
    )  # fmt: skip
    found.sort(key=lambda each: (each["place"], each["title"], each["id"]))
    return Around(
        source=next((translation(each) for each in found if each["what"] == "source"), None),
        translations=tuple(translation(each) for each in found if each["what"] == "translation"),
        **{
            what: tuple(shapes.ref(each) for each in found if each["what"] == what)
            for what in ("above", "below", "linking")
        },
        series=series(id, [each for each in found if each["what"] == "part"]),
        files=tuple((each["title"], each["id"]) for each in found if each["what"] == "file"),
    )
