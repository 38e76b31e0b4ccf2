"""Whether the data fits together: each fault as a sentence. Reads everything, changes nothing."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from web.database import engine_type, rows
from web.entries.attachments import stored
from web.kinds import KINDS, REACTIONS

# Each statement gives the ids of what is wrong in the way its sentence says.
_FAULTS = {
    "entry {id} has no current revision": (
        "SELECT e.id FROM entry e LEFT JOIN revision r ON r.id = e.revision AND r.entry = e.id WHERE r.id IS NULL"
    ),
    "the text of entry {id} is not that of its current revision": (
        "SELECT e.id FROM entry e JOIN revision r ON r.id = e.revision WHERE r.body <> e.body OR r.title <> e.title"
    ),
    "entry {id} stands in another space than its conversation": (
        "SELECT e.id FROM entry e JOIN entry t ON t.id = e.root WHERE e.space <> t.space"
    ),
    "the root of entry {id} is not there": (
        "SELECT e.id FROM entry e LEFT JOIN entry t ON t.id = e.root WHERE t.id IS NULL"
    ),
    "entry {id} is missing from search": (
        "SELECT e.id FROM entry e LEFT JOIN entry_text t ON t.id = e.id WHERE t.id IS NULL"
    ),
    **{
        f"entry {{id}} counts {name} wrongly": (
            f"SELECT e.id FROM entry e WHERE e.{name} <> (SELECT count(*) FROM reaction r WHERE r.entry = e.id AND r.name = '{name}')"
        )
        for name in REACTIONS
    },
    "nothing was ever noted about entry {id}": (
        "SELECT e.id FROM entry e WHERE NOT EXISTS (SELECT 1 FROM event v WHERE v.entry = e.id)"
    ),
    "space {id} counts its members wrongly": (
        "SELECT s.id FROM space s WHERE s.members <> (SELECT count(*) FROM membership m WHERE m.space = s.id)"
    ),
}


async def faults(data: Path) -> list[str]:
    """Everything found; an empty list is good. `data` is the folder that holds the attachments."""
    found = [sentence.format(**each) for sentence, sql in _FAULTS.items() for each in await rows(sql)]
    return [*found, *await _kinds(), *await _engine(), *await _files(data)]


async def _kinds() -> list[str]:
    there = await rows("SELECT kind, min(id) AS id FROM entry GROUP BY kind")
    return [
        f"entry {each['id']} is of a kind that is not known: {each['kind']}"
        for each in there
        if each["kind"] not in KINDS
    ]


async def _engine() -> list[str]:
    """What the engine itself can say."""
    if engine_type() != "sqlite":
        return []
    said = [str(next(iter(each.values()))) for each in await rows("PRAGMA integrity_check")]
    broken = await rows("PRAGMA foreign_key_check")
    return [line for line in said if line != "ok"] + [f"a row of {each['table']} points nowhere" for each in broken]


async def _files(data: Path) -> list[str]:
    kept = await rows("SELECT DISTINCT hash FROM attachment ORDER BY hash")
    return [fault for each in kept if (fault := await asyncio.to_thread(_file, data, each["hash"]))]


def _file(data: Path, digest: str) -> str:
    path = stored(data, digest)
    if not path.is_file():
        return f"the file {digest} is not there"
    with path.open("rb") as file:
        intact = hashlib.file_digest(file, "sha256").hexdigest() == digest
    return "" if intact else f"the file {digest} is not what was kept"
