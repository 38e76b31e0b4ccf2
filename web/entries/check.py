"""Whether the data fits together: each fault as a sentence. Reads everything, changes nothing."""

from __future__ import annotations

import hashlib

from web.database import engine_type, rows
from web.errors import NotThere
from web.kinds import KINDS, REACTIONS
from web.storage import Storage, fetch

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
            f"SELECT e.id FROM entry e WHERE e.{name} <> (SELECT count(*) FROM reaction r WHERE r.entry = e.id AND r.name = '{name}') "
            f"+ (SELECT coalesce(sum(y.many), 0) FROM tally y WHERE y.entry = e.id AND y.name = '{name}')"
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


async def faults(files: Storage) -> list[str]:
    """Everything found; an empty list is good. Raises Unavailable."""
    found = [sentence.format(**each) for sentence, sql in _FAULTS.items() for each in await rows(sql)]
    return [*found, *await _kinds(), *await _engine(), *await _files(files)]


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


async def _files(files: Storage) -> list[str]:
    kept = await rows("SELECT hash FROM attachment UNION SELECT hash FROM file_version ORDER BY hash")
    return [fault for each in kept if (fault := await _file(files, each["hash"]))]


async def _file(files: Storage, digest: str) -> str:
    seen = hashlib.sha256()
    try:
        async for piece in (await fetch(files, digest)).pieces:
            seen.update(piece)
    except NotThere:
        return f"the file {digest} is not there"
    return "" if seen.hexdigest() == digest else f"the file {digest} is not what was kept"
