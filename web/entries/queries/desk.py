"""What stands on somebody's own page besides what they wrote: how much that is, what they have put on top, and for what others have thanked them."""

from __future__ import annotations

from typing import NamedTuple

from web.database import SQL, rows, value
from web.entries import rows as shapes
from web.entries.queries.links import PLAIN_REF
from web.entries.rows import Face, Ref
from web.kinds import KINDS
from web.policy import Viewer, visible_to

# Nobody reads how many there are beyond some number, and counting them takes the longer the larger the house is.
LATEST, _SOME = 1000, 20
_REF = f"{PLAIN_REF}, substr(t.body, 1, 200) AS said"


async def thanked(id: int, by: int) -> bool:
    """Whether an entry names somebody else than whoever wrote it, who can read it or not."""
    return bool(
        await value("SELECT 1 FROM link WHERE entry = {} AND person IS NOT NULL AND person <> {} LIMIT 1", id, by)
    )


class Desk(NamedTuple):
    """`written`: how many entries of each kind, of the LATEST; `featured`, the latest first; `thanks`, with who wrote them."""

    written: dict[str, int]
    featured: tuple[Ref, ...]
    thanks: tuple[tuple[Ref, Face], ...]


async def desk(viewer: Viewer, person: int) -> Desk:
    """As far as the viewer may read it."""
    seen = visible_to(viewer)
    found = await rows(
        "SELECT * FROM ({}) AS chosen UNION ALL SELECT * FROM ({}) AS thanks UNION ALL SELECT * FROM ({}) AS written",
        SQL(
            f"SELECT 'featured' AS what, {_REF}, a.id AS author, a.handle AS author_handle, a.name AS author_name, k.id AS place FROM featured k "
            "JOIN entry e ON e.id = k.entry JOIN person a ON a.id = e.author LEFT JOIN entry_text t ON t.id = e.id "
            "WHERE k.person = {} AND {} ORDER BY k.id DESC LIMIT {}",
            person, seen, _SOME,
        ),
        SQL(
            f"SELECT 'thanks' AS what, {_REF}, a.id AS author, a.handle AS author_handle, a.name AS author_name, l.id AS place FROM link l "
            "JOIN entry e ON e.id = l.entry JOIN person a ON a.id = e.author LEFT JOIN entry_text t ON t.id = e.id "
            "WHERE l.person = {} AND e.sort = 'thanks' AND e.root = e.id AND e.author <> {} AND {} ORDER BY l.id DESC LIMIT {}",
            person, person, seen, _SOME,
        ),
        SQL(
            "SELECT 'written' AS what, 0 AS id, kind, '' AS slug, '' AS title, 0 AS root, '' AS said, 0 AS author, '' AS author_handle, '' AS author_name, "
            "count(*) AS place FROM (SELECT e.kind FROM entry e WHERE e.author = {} AND {} ORDER BY e.created_at DESC, e.id DESC LIMIT {}) AS latest "
            "GROUP BY kind",
            person, seen, LATEST,
        ),
    )  # fmt: skip
    found.sort(key=lambda each: -each["place"])
    written = {each["kind"]: each["place"] for each in found if each["what"] == "written"}
    featured = tuple(shapes.ref(each | {"excerpt": each["said"]}) for each in found if each["what"] == "featured")
    thanks = tuple(
        (shapes.ref(each | {"excerpt": each["said"]}), shapes.face(each)) for each in found if each["what"] == "thanks"
    )
    return Desk({kind: written[kind] for kind in KINDS if kind in written}, featured, thanks)


async def is_featured(viewer: Viewer, id: int) -> bool:
    return bool(await value("SELECT 1 FROM featured WHERE person = {} AND entry = {}", viewer.person or 0, id))
