"""What earlier imports into a space left: which entry came from which file, and which files are attached already."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from web.database import SQL, execute, in_list, new_id, now, rows, value
from web.entries import actions
from web.entries.actions import Fields
from web.entries.actions.fields import checked
from web.entries.actions.steps import revise
from web.entries.tables import Imported
from web.imports.tree import Page
from web.kinds import KINDS
from web.policy import Viewer, visible_to

_STANDING = "SELECT id, title, body FROM entry WHERE id IN {} AND trashed_at IS NULL"


# Before the path of what did not come from a folder.
ELSEWHERE = ("mediawiki:", "git:", "stackexchange:", "discourse:", "mastodon:", "yammer:")


async def imported(space: int) -> dict[str, Imported]:
    """What came from folders, by path. What was imported and then deleted for good is forgotten."""
    found = await _known(SQL("space = {}", space))
    return {path: each for path, each in found.items() if not path.startswith(ELSEWHERE)}


async def imported_under(space: int, prefix: str, paths: Sequence[str] | None = None) -> dict[str, Imported]:
    """What came from elsewhere, by path without the prefix: all of it, or only these."""
    which = SQL("path >= {} AND path < {}", prefix, prefix + "\U0010ffff")
    if paths is not None:
        which = SQL("path IN {}", in_list(prefix + path for path in paths))
    found = await _known(SQL("space = {} AND {}", space, which))
    return {path.removeprefix(prefix): each for path, each in found.items()}


async def entries_under(space: int, prefix: str) -> dict[str, int]:
    """The same, of however much, but only which entry each became."""
    found = await rows(
        "SELECT path, entry FROM imported WHERE space = {} AND path >= {} AND path < {}",
        space,
        prefix,
        prefix + "\U0010ffff",
    )
    return {each["path"].removeprefix(prefix): each["entry"] for each in found}


async def read_again(known: Imported) -> Imported:
    return next(iter((await _known(SQL("id = {}", known.id))).values()))


async def _known(which: SQL) -> dict[str, Imported]:
    found = await rows("SELECT id, space, path, entry, digest, created_at FROM imported WHERE {}", which)
    return {each["path"]: Imported(**each) for each in found}


async def standing(space: int, known: Iterable[Imported]) -> dict[int, int]:
    """Of what came in before and stands in the space: which text it has, by the ids of the entries. What is in the bin, or was taken elsewhere, is
    not there."""
    found = await rows(
        "SELECT id, revision FROM entry WHERE id IN {} AND space = {} AND trashed_at IS NULL",
        in_list(each.entry for each in known), space,
    )  # fmt: skip
    return {each["id"]: each["revision"] for each in found}


async def save_over(viewer: Viewer, known: Imported, fields: Fields, digest: str) -> None:
    """What came in before comes as another text: what colleagues made of it meanwhile is merged with that. Raises Conflict."""
    base = await base_of(known)
    saved = await actions.edit(viewer, known.entry, fields, base)
    at = await keep_aside(viewer, known.entry, base, fields) if saved.merged else await saved_at(known.entry)
    await claim(viewer, known.entry, fields.body)
    await remember_again(known, digest, at)


async def came_from(space: int, path: str) -> int | None:
    """The entry that was made of that file."""
    found: int | None = await value("SELECT entry FROM imported WHERE space = {} AND path = {}", space, path)
    return found


async def gone(known: dict[str, Imported], folder: Path) -> list[Page]:
    """The pages, as they stand here now, whose files are no longer in the folder."""
    missing = {path: each.entry for path, each in known.items() if not (folder / path).exists()}
    found = {each["id"]: each for each in await rows(_STANDING, in_list(missing.values()))}
    return [
        Page(path, found[id]["body"], title=found[id]["title"], gone=True)
        for path, id in missing.items()
        if id in found
    ]


async def attached(viewer: Viewer, space: int) -> dict[tuple[str, str], int]:
    """The attachments in a space, and those of the viewer's that nothing uses yet, by hash and name."""
    found = await rows(
        "SELECT f.id, f.hash, f.name FROM attachment f LEFT JOIN entry e ON e.id = f.entry "
        "WHERE f.trashed_at IS NULL AND ((e.space = {} AND {}) OR (f.entry IS NULL AND f.author = {})) ORDER BY f.id DESC",
        space, visible_to(viewer), viewer.person,
    )  # fmt: skip
    return {(each["hash"], each["name"]): each["id"] for each in found}


async def claim(viewer: Viewer, entry: int, body: str) -> None:
    """Files that a body names belong to it, also those in HTML that is shown as text."""
    ids = [int(id) for id in re.findall(r"/files/(\d{1,16})/", body)]
    await execute(
        "UPDATE attachment SET entry = {} WHERE entry IS NULL AND author = {} AND id IN {}",
        entry,
        viewer.person,
        in_list(ids),
    )


async def places(space: int) -> dict[int, tuple[int | None, int]]:
    """Where the space's entries stand now: what each stands under, and its current revision."""
    found = await rows("SELECT id, parent, revision FROM entry WHERE space = {} AND trashed_at IS NULL", space)
    return {each["id"]: (each["parent"], each["revision"]) for each in found}


def digest(fields: Fields, parent: int | None) -> str:
    """Of what an import would save."""
    whole = [fields.title, fields.body, fields.tags, fields.lang, parent]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=True).encode()).hexdigest()


async def remember(space: int, path: str, entry: int, digest: str) -> None:
    await execute(
        "INSERT INTO imported (id, space, path, entry, digest, created_at) VALUES ({}, {}, {}, {}, {}, {})",
        new_id(), space, path, entry, digest, await saved_at(entry),
    )  # fmt: skip


async def remember_again(known: Imported, digest: str, at: int) -> None:
    """`at` is when the text was saved that the next import is based on."""
    await execute("UPDATE imported SET digest = {}, created_at = {} WHERE id = {}", digest, at, known.id)


async def keep_aside(viewer: Viewer, entry: int, base: int | None, fields: Fields) -> int:
    """Keeps what an import brought apart from what it was merged to, for the next one to be based on. Gives its time."""
    id, at = new_id(), now()
    kind = KINDS[await value("SELECT kind FROM entry WHERE id = {}", entry)]
    await revise(viewer, entry, id, base, checked(kind, fields), at)
    await execute("UPDATE revision SET folded = {} WHERE id = {}", True, id)
    return at


async def written(entry: int, at: int) -> None:
    """When the text was written, before it came here; what happened here keeps its own times."""
    await execute("UPDATE entry SET created_at = {} WHERE id = {}", at, entry)


async def saved_at(entry: int) -> int:
    sql = "SELECT r.created_at FROM entry e JOIN revision r ON r.id = e.revision WHERE e.id = {}"
    return int(await value(sql, entry) or now())


async def base_of(known: Imported) -> int | None:
    """The revision that the last import saved."""
    sql = "SELECT id FROM revision WHERE entry = {} AND created_at <= {} AND NOT merged ORDER BY created_at DESC, id DESC LIMIT 1"
    found = await value(sql, known.entry, known.created_at)
    return int(found) if found is not None else None
