"""What administrators do to editions, and to the snapshots that are kept. Each verb is one transaction and asks by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from web import checks
from web.database import execute, in_one_transaction, insert, new_id, now
from web.entries.events import record
from web.errors import Invalid
from web.people import queries as people
from web.policy import Viewer
from web.publishing import queries
from web.publishing.formats import FORMATS
from web.publishing.rhythm import RHYTHMS, next_time
from web.words import LANGUAGES

_MOST_KEPT = 1000
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
# Names that no file system finds odd, one below the other; none is hidden, and none leads up.
_FOLDER = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,60}(?:/(?!$)|$)){1,6}")


@dataclass(frozen=True)
class Wanted:
    """An edition as it was typed. `audience`: public, everyone, space:SLUG or person:HANDLE. `place`: one of `places`, which are
    all that may be published to; empty for the house alone."""

    name: str
    audience: str
    spaces: Iterable[str]
    language: str
    history: bool
    strict: bool
    format: str
    rhythm: str
    clock: str
    weekday: str
    keep: str
    days: str
    months: str
    place: str
    folder: str
    places: tuple[str, ...] = ()


@in_one_transaction
async def add(viewer: Viewer, wanted: Wanted, zone: tzinfo) -> int:
    """Gives its id. Raises Invalid."""
    viewer.must("administer")
    id, columns = new_id(), await _columns(viewer, wanted, zone)
    await _must_be_free(wanted, columns, None)
    await insert("edition", id=id, created_at=now(), **columns)
    await record(viewer, "add_edition", space=columns["space"], note=columns["name"])
    return id


@in_one_transaction
async def change(viewer: Viewer, id: int, wanted: Wanted, zone: tzinfo) -> None:
    """From now on it is published in the name of whoever changed it. Raises NotThere and Invalid."""
    viewer.must("administer")
    await queries.edition(viewer, id)
    columns = await _columns(viewer, wanted, zone)
    await _must_be_free(wanted, columns, id)
    places = ", ".join(f"{name} = {{}}" for name in columns)
    await execute(
        f"UPDATE edition SET {places}, tries = 0, failed = '', wrong = '' WHERE id = {{}}", *columns.values(), id
    )
    await record(viewer, "change_edition", space=columns["space"], note=columns["name"])


async def _columns(viewer: Viewer, wanted: Wanted, zone: tzinfo) -> dict[str, Any]:
    """Raises Invalid. Whoever has it made must be one of those that it is for: else they could read by it what they may not."""
    audience, space, person = await _audience(viewer, wanted.audience)
    rhythm = checks.one_of("rhythm", wanted.rhythm, RHYTHMS)
    minute, weekday = _minute(wanted.clock), checks.integer("weekday", wanted.weekday or "0", 0, 6) or 0
    made = {
        "name": checks.name("name", wanted.name), "audience": audience, "space": space, "person": person,
        "spaces": await _spaces(viewer, wanted.spaces), "language": checks.one_of("language", wanted.language, LANGUAGES),
        "history": wanted.history, "strict": wanted.strict, "format": checks.one_of("format", wanted.format, tuple(FORMATS)),
        "rhythm": rhythm, "minute": minute, "weekday": weekday, "owner": viewer.me,
        "next_at": next_time(rhythm, minute, weekday, now(), zone),
    }  # fmt: skip
    made |= {
        name: checks.integer(name, getattr(wanted, name), 0, _MOST_KEPT) or 0 for name in ("keep", "days", "months")
    }
    return made | _place(wanted)


async def _audience(viewer: Viewer, named: str) -> tuple[str, int | None, int | None]:
    what, _, which = named.partition(":")
    mine = {space.slug: space.id for space in viewer.spaces}
    if named in ("public", "everyone") and viewer.colleague:
        return named, None, None
    if what == "person" and which == viewer.handle:
        return what, None, viewer.me
    if what == "space" and which in mine and viewer.colleague:
        return what, mine[which], None
    raise Invalid("audience", "Choose whom it is for: yourself, a space that you belong to, everybody, or the world.")


async def _spaces(viewer: Viewer, slugs: Iterable[str]) -> str:
    known = {space.slug for space in await people.spaces(viewer) if space.readable}
    if not known.issuperset(slugs):
        raise Invalid("spaces", "One of these spaces is not there. Choose again.")
    return " ".join(sorted(slugs))


def _minute(clock: str) -> int:
    """Of the day; at night, when nothing is typed."""
    found = _CLOCK.fullmatch(clock.strip() or "02:00")
    if not found:
        raise Invalid("clock", "Write the time as in 02:30.")
    return int(found[1]) * 60 + int(found[2])


def _place(wanted: Wanted) -> dict[str, str]:
    if not wanted.place:
        return {"place": "", "folder": ""}
    checks.one_of("place", wanted.place, wanted.places)
    folder = checks.line("folder", wanted.folder, 200).strip("/")
    if folder and (not _FOLDER.fullmatch(folder) or ".." in folder):
        raise Invalid(
            "folder", "Use the letters a to z, digits, dots and hyphens; with / between the names of folders."
        )
    if not folder and wanted.place.startswith("/"):
        raise Invalid("folder", "Name a folder in there; it is made if need be.")
    return {"place": wanted.place, "folder": folder}


async def _must_be_free(wanted: Wanted, columns: dict[str, Any], id: int | None) -> None:
    """No two go to one place, and none into another's: each takes away there what is not in it."""
    if not columns["place"]:
        return
    here = f"{columns['place']}/{columns['folder']}".rstrip("/") + "/"
    for other, taken in (await queries.taken_places()).items():
        theirs = f"{taken}/"
        if other != id and (theirs.startswith(here) or here.startswith(theirs)):
            raise Invalid("folder", "Another edition is published there, or inside of it. Choose another folder.")


@in_one_transaction
async def make_now(viewer: Viewer, id: int) -> None:
    """Raises NotThere."""
    viewer.must("administer")
    edition = await queries.edition(viewer, id)
    await execute("UPDATE edition SET next_at = {}, tries = 0 WHERE id = {} AND run IS NULL", now(), id)
    await record(viewer, "make_snapshot", space=edition.space_id, note=edition.name)


@in_one_transaction
async def drop(viewer: Viewer, id: int, *, back: bool = False) -> None:
    """Throws an edition away with all that is kept of it, or takes it back. What it has published elsewhere stays there.
    Raises NotThere."""
    viewer.must("administer")
    if back:
        await execute("UPDATE edition SET dropped_at = NULL WHERE id = {}", id)
    edition = await queries.edition(viewer, id)
    if not back:
        await execute("UPDATE edition SET dropped_at = {} WHERE id = {}", now(), id)
    await record(viewer, "take_back_edition" if back else "drop_edition", space=edition.space_id, note=edition.name)


@in_one_transaction
async def drop_kept(viewer: Viewer, id: int, *, back: bool = False) -> None:
    """The same for a snapshot that is kept."""
    viewer.must("administer")
    if back:
        await execute("UPDATE snapshot SET dropped_at = NULL WHERE id = {} AND made_at > 0 AND dropped_at > 0", id)
    kept = await queries.kept_one(viewer, id)
    if not back:
        await execute("UPDATE snapshot SET dropped_at = {} WHERE id = {}", now(), id)
    await record(viewer, "take_back_snapshot" if back else "drop_snapshot", note=kept.name)
