"""Every read of editions and of kept snapshots. Each takes the viewer, but for those of whoever makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.database import SQL, row, rows, value
from web.errors import there
from web.policy import Viewer, readable_spaces
from web.publishing.rights import covered_by, open_to
from web.publishing.rows import Edition, Kept

PAGE_SIZE = 30
_KEPT = (
    "k.id, k.edition, e.name, k.audience, s.name AS space, p.name AS person, k.made_at, k.as_of, k.ending, k.sha256, k.size, k.pages, "
    "k.added, k.changed, k.gone, k.signed, k.dropped_at FROM snapshot k JOIN edition e ON e.id = k.edition "
    "LEFT JOIN space s ON s.id = k.space LEFT JOIN person p ON p.id = k.person"
)
_EDITION = (
    "SELECT e.id, e.name, e.audience, e.space AS space_id, s.name AS space, s.slug, e.person AS person_id, p.name AS person, p.handle, "
    "e.spaces, e.language, e.history, e.strict, e.format, e.rhythm, e.minute, e.weekday, e.keep, e.days, e.months, e.place, e.folder, "
    "e.owner AS owner_id, o.name AS owner, e.next_at, e.run, e.begun_at, e.seen_at, e.done, e.known, e.tries, e.looked_at, e.failed, "
    "e.wrong, k.id AS last_id, k.made_at AS last_made_at, k.size AS last_size, k.pages AS last_pages, k.manifest AS last_manifest, "
    "(SELECT count(*) FROM snapshot WHERE edition = e.id AND dropped_at IS NULL AND again IS NOT NULL) AS again "
    "FROM edition e LEFT JOIN space s ON s.id = e.space LEFT JOIN person p ON p.id = e.person JOIN person o ON o.id = e.owner "
    "LEFT JOIN snapshot k ON k.id = (SELECT max(id) FROM snapshot WHERE edition = e.id AND dropped_at IS NULL) "
    "WHERE e.dropped_at IS NULL AND {}"
)


def _kept(found: Mapping[str, Any]) -> Kept:
    return Kept(**{**found, "signed": bool(found["signed"])})


def _edition(found: Mapping[str, Any]) -> Edition:
    return Edition(**{**found, "history": bool(found["history"]), "strict": bool(found["strict"])})


# Kept snapshots.


async def kept(viewer: Viewer, before: int | None = None) -> tuple[Kept, ...]:
    """Those that the viewer may have, the latest first; the ones `before` that id. One more than a page, when there are more."""
    older = SQL("k.id < {}", before) if before is not None else SQL("1 = 1")
    found = await rows(
        f"SELECT {_KEPT} WHERE e.dropped_at IS NULL AND {{}} AND {{}} ORDER BY k.id DESC LIMIT {{}}",
        older, open_to(viewer), PAGE_SIZE + 1,
    )  # fmt: skip
    return tuple(_kept(each) for each in found)


async def kept_one(viewer: Viewer, id: int) -> Kept:
    """Raises NotThere, also when it is for others."""
    return _kept(
        there(await row(f"SELECT {_KEPT} WHERE e.dropped_at IS NULL AND k.id = {{}} AND {{}}", id, open_to(viewer)))
    )


# Editions: for administrators, those that they may read themselves.


async def editions(viewer: Viewer) -> tuple[Edition, ...]:
    """By name."""
    found = await rows(f"{_EDITION} ORDER BY e.name, e.id", _looked_after_by(viewer))
    return tuple(_edition(each) for each in found)


async def edition(viewer: Viewer, id: int) -> Edition:
    """Raises NotThere."""
    return _edition(there(await row(_EDITION, SQL("e.id = {} AND {}", id, _looked_after_by(viewer)))))


def _looked_after_by(viewer: Viewer) -> SQL:
    return SQL("({} AND {})", SQL("1 = 1" if viewer.admin else "1 = 0"), covered_by(viewer, "e"))


async def may_order(viewer: Viewer, id: int) -> bool:
    """Whether an edition is one that the viewer may have made, today."""
    asked = "SELECT 1 FROM edition e WHERE e.id = {} AND {}"
    return bool(await value(asked, id, _looked_after_by(viewer)))


# For whoever makes them.


async def being_made(run: int) -> Edition:
    """The edition that a run is of. Raises NotThere when somebody else has taken it over, or nobody wants it any more."""
    return _edition(there(await row(_EDITION, SQL("e.run = {}", run))))


async def spaces_of(viewer: Viewer) -> set[int]:
    """The ids of all that a snapshot for this viewer has something of."""
    return {each["id"] for each in await rows("SELECT id FROM space WHERE {}", readable_spaces(viewer))}


async def taken_places() -> dict[int, str]:
    """Where editions publish to, by their ids; whoever looks after them."""
    found = await rows("SELECT id, place, folder FROM edition WHERE dropped_at IS NULL AND place <> ''")
    return {each["id"]: f"{each['place']}/{each['folder']}".rstrip("/") for each in found}
