"""What stands in files, for the search: read when there is time for it, a few at a time, each in a process of its own."""

from __future__ import annotations

import asyncio
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any

from web.aside import begun
from web.contents import WORDS, has_text
from web.contents.__main__ import SECONDS
from web.database import execute, in_one_transaction, now, rows
from web.entries.stems import stems
from web.errors import NotThere
from web.storage import Storage, fetch

# So many are taken at once, and are somebody else's to read after so long (ms).
_AT_ONCE, _LONG = 10, 10 * 60_000
_PATIENCE = SECONDS + 10
_READERS = ThreadPoolExecutor(1, "reader")


@dataclass(frozen=True)
class _Text:
    """`wrong`: one of WORDS, or nothing."""

    body: str = ""
    wrong: str = ""


async def read_due(files: Storage) -> int:
    """All files that were not read yet, the latest sent first; gives how many. Several processes may do it at once."""
    done = 0
    while taken := await _taken():
        read = [(each, await _text(files, each)) for each in taken]
        await _keep(
            [(each, text, await asyncio.to_thread(stems, f"{each['name']}\n{text.body}")) for each, text in read]
        )
        done += len(taken)
    return done


async def _taken() -> list[dict[str, Any]]:
    """Where nothing waits, as nearly always, nothing is written."""
    waiting = "SELECT id FROM attachment WHERE unread AND (begun_at IS NULL OR begun_at < {}) ORDER BY id DESC LIMIT {}"
    if not await rows(waiting, now() - _LONG, 1):
        return []
    return await rows(
        f"UPDATE attachment SET begun_at = {{}} WHERE id IN ({waiting}) RETURNING id, hash, name, media_type",
        now(), now() - _LONG, _AT_ONCE,
    )  # fmt: skip


@in_one_transaction
async def _keep(read: list[tuple[dict[str, Any], _Text, str]]) -> None:
    """Of what has another version by now, nothing."""
    for each, text, stemmed in read:
        there = await rows(
            "UPDATE attachment SET unread = {}, begun_at = NULL WHERE id = {} AND hash = {} RETURNING id",
            False, each["id"], each["hash"],
        )  # fmt: skip
        if there:
            await execute(
                "INSERT INTO file_text (id, name, body, stems, wrong) VALUES ({}, {}, {}, {}, {}) ON CONFLICT (id) DO UPDATE SET "
                "name = excluded.name, body = excluded.body, stems = excluded.stems, wrong = excluded.wrong",
                each["id"], each["name"], text.body, stemmed, text.wrong,
            )  # fmt: skip


async def _text(files: Storage, file: dict[str, Any]) -> _Text:
    if not has_text(file["media_type"]):
        return _Text(wrong="none")
    with TemporaryFile() as original:
        try:
            async for piece in (await fetch(files, file["hash"])).pieces:
                original.write(piece)
        except NotThere:
            return _Text(wrong="gone")
        original.seek(0)
        return await _read_aside(original, file["media_type"])


async def _read_aside(file: IO[bytes], media_type: str) -> _Text:
    """It is ended when it takes too long."""
    file.flush()
    process = begun("web.contents", media_type, stdin=file)
    try:
        told, _ = await asyncio.get_running_loop().run_in_executor(_READERS, process.communicate, None, _PATIENCE)
    except subprocess.TimeoutExpired:
        return _Text(wrong="large")
    finally:
        if process.poll() is None:
            process.kill()
    why, _, body = told.decode("utf-8", "replace").partition("\n")
    if process.returncode or why not in ("", *WORDS):
        return _Text(wrong="large")
    return _Text(body, why)
