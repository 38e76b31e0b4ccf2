"""What stands on somebody's own page besides what they wrote: what they have put on top, and for what others have thanked them."""

from __future__ import annotations

from web.database import SQL, rows, value
from web.entries import rows as shapes
from web.entries.queries.links import PLAIN_REF
from web.entries.rows import Face, Ref
from web.policy import Viewer, visible_to

_SOME = 20
_REF = f"{PLAIN_REF}, substr(t.body, 1, 200) AS said"


async def thanked(id: int, by: int) -> bool:
    """Whether an entry names somebody else than whoever wrote it, who can read it or not."""
    return bool(
        await value("SELECT 1 FROM link WHERE entry = {} AND person IS NOT NULL AND person <> {} LIMIT 1", id, by)
    )


async def desk(viewer: Viewer, person: int) -> tuple[tuple[Ref, ...], tuple[tuple[Ref, Face], ...]]:
    """What somebody has put on top, the latest first, and what thanks them, with who wrote it; as far as the viewer may read it."""
    seen = visible_to(viewer)
    found = await rows(
        "SELECT * FROM ({}) AS chosen UNION ALL SELECT * FROM ({}) AS thanks",
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
    )  # fmt: skip
    found.sort(key=lambda each: -each["place"])
    featured = tuple(shapes.ref(each | {"excerpt": each["said"]}) for each in found if each["what"] == "featured")
    return featured, tuple(
        (shapes.ref(each | {"excerpt": each["said"]}), shapes.face(each)) for each in found if each["what"] == "thanks"
    )


async def is_featured(viewer: Viewer, id: int) -> bool:
    return bool(await value("SELECT 1 FROM featured WHERE person = {} AND entry = {}", viewer.person or 0, id))
