"""Runs: who makes an edition just now, how far they are, and what came of it.

One is taken by an UPDATE that no two can win, and says every now and then that it is alive. What says nothing for a while has been
ended by force, and is begun again. What a run keeps has its row before its file, so that nothing lies on the shelf that nobody knows of.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import tzinfo
from pathlib import Path

import msgspec

from web.database import SQL, execute, in_list, in_one_transaction, insert, new_id, now, row, rows, value
from web.publishing.rhythm import next_time, staying
from web.publishing.rows import DEAD, Edition, whom
from web.storage import Shelf
from web.times import DAY, MINUTE

# How often one may be begun until it is left to its next time, and how long what may pass waits before it is tried again.
TRIES, _AGAIN = 3, 5 * MINUTE
# What was thrown away by hand can be taken back for so long.
_KEPT_DROPPED = DAY
_LONGEST = 2000
# Why a run ended without a snapshot (`words.FAILED`), where that may pass by itself.
_PASSES = ("place", "ended")


class Made(msgspec.Struct, frozen=True):
    """What a run has to keep; the table says what each is."""

    id: int
    as_of: int
    ending: str
    sha256: str
    size: int
    pages: int
    added: int
    changed: int
    gone: int
    signed: bool
    manifest: str
    read_at: int


# Taking one.


async def is_due() -> bool:
    """Whether `take` may find something."""
    return bool(await value("SELECT 1 FROM edition WHERE {} LIMIT 1", _free(now())))


def _free(at: int) -> SQL:
    """A condition on an edition: it is due, and nobody alive makes it or another one."""
    return SQL(
        "(dropped_at IS NULL AND next_at <= {} AND (run IS NULL OR seen_at < {}) AND NOT EXISTS "
        "(SELECT 1 FROM edition o WHERE o.run IS NOT NULL AND o.seen_at >= {} AND o.dropped_at IS NULL))",
        at, at - DEAD, at - DEAD,
    )  # fmt: skip


async def take(zone: tzinfo) -> int | None:
    """The number of a run of what has waited longest; None when nothing is due, or something is being made: the house makes
    one after the other."""
    while found := await _taken():
        if found["tries"] <= TRIES:
            return int(found["run"])
        await failed(found["run"], "ended", "", zone)
    return None


@in_one_transaction
async def _taken() -> dict[str, int] | None:
    at = now()
    return await row(
        "UPDATE edition SET run = {}, begun_at = {}, seen_at = {}, done = 0, known = 0, tries = tries + 1 "
        "WHERE {} AND id = (SELECT id FROM edition WHERE {} ORDER BY next_at, id LIMIT 1) RETURNING run, tries",
        new_id(), at, at, _free(at), _free(at),
    )  # fmt: skip


async def alive(run: int, done: int, known: int) -> bool:
    """Says so, and how many pages of how many are done; false when somebody else has taken it over, or nobody wants it any more."""
    said = "UPDATE edition SET seen_at = {}, done = {}, known = {} WHERE run = {} AND dropped_at IS NULL RETURNING id"
    return bool(await rows(said, now(), done, known, run))


async def let_go(run: int) -> None:
    """Whoever had it was asked to stop: another begins it again, and that was no try."""
    await execute("UPDATE edition SET run = NULL, tries = tries - 1 WHERE run = {}", run)


async def broke_off(run: int) -> None:
    """Whoever had it is not there any more. If it is done already, it stays so."""
    await execute("UPDATE edition SET run = NULL WHERE run = {}", run)


# Ending it.


@in_one_transaction
async def failed(run: int, why: str, wrong: str, zone: tzinfo) -> None:
    """Without a snapshot. `why` is one of `words.FAILED`; `wrong` is for whoever looks after it."""
    found = await row("SELECT rhythm, minute, weekday, tries FROM edition WHERE run = {}", run)
    if found is None:
        return
    tries, at = found.pop("tries"), now()
    soon = why in _PASSES and tries < TRIES
    await execute(
        "UPDATE edition SET run = NULL, next_at = {}, tries = {}, failed = {}, wrong = {} WHERE run = {}",
        at + _AGAIN if soon else next_time(**found, after=at, zone=zone), tries if soon else 0, why, wrong[:_LONGEST], run,
    )  # fmt: skip


@in_one_transaction
async def reserve(edition: Edition, made: Made, spaces: Iterable[int]) -> None:
    """Before it is put on the shelf. `spaces` are all that it has something of. Nobody is given it until the run is `done`."""
    await insert(
        "snapshot", **msgspec.to_builtins(made), edition=edition.id, audience=edition.audience, space=edition.space_id,
        person=edition.person_id, made_at=0, dropped_at=now(),
    )  # fmt: skip
    await _holds(made.id, spaces)


async def _holds(snapshot: int, spaces: Iterable[int]) -> None:
    for space in sorted(spaces):
        await insert("snapshot_space", id=new_id(), snapshot=snapshot, space=space)


class Waiting(msgspec.Struct, frozen=True):
    """What is kept and is to be made anew, as everything stood `as_of` (ms)."""

    id: int
    as_of: int
    ending: str
    audience: str
    name: str | None

    @property
    def whom(self) -> str:
        return whom(self.audience, self.name)


async def waiting(edition: int) -> list[Waiting]:
    """Of that edition, the latest first."""
    found = await rows(
        "SELECT k.id, k.as_of, k.ending, k.audience, COALESCE(s.slug, p.handle) AS name FROM snapshot k LEFT JOIN space s ON s.id = k.space "
        "LEFT JOIN person p ON p.id = k.person WHERE k.edition = {} AND k.dropped_at IS NULL AND k.again IS NOT NULL ORDER BY k.id DESC",
        edition,
    )
    return [Waiting(**each) for each in found]


@in_one_transaction
async def made_anew(made: Made, spaces: Iterable[int]) -> None:
    """In the place of what was kept under that id; how much it had changed since the one before stays."""
    columns = msgspec.to_builtins(made)
    for name in ("id", "added", "changed", "gone"):
        del columns[name]
    places = ", ".join(f"{name} = {{}}" for name in columns)
    await execute(f"UPDATE snapshot SET {places} WHERE id = {{}}", *columns.values(), made.id)
    # What should not be in it since it was read waits on.
    await execute("UPDATE snapshot SET again = NULL WHERE id = {} AND again <= {}", made.id, made.read_at)
    await execute("DELETE FROM snapshot_space WHERE snapshot = {}", made.id)
    await _holds(made.id, spaces)


@in_one_transaction
async def done(run: int, zone: tzinfo, kept: int | None = None, wrong: str = "") -> bool:
    """In order: with a snapshot to keep, or without one when nothing has changed. `wrong`: why an older one could not be made anew.
    False when it is somebody else's by now."""
    found = await row(
        "SELECT id, rhythm, minute, weekday, keep, days, months FROM edition WHERE run = {} AND dropped_at IS NULL", run
    )
    if found is None:
        return False
    at = now()
    due = next_time(found["rhythm"], found["minute"], found["weekday"], at, zone)
    if not wrong and await waiting(found["id"]):
        due = at
    ended = (
        "UPDATE edition SET run = NULL, tries = 0, failed = {}, wrong = {}, looked_at = {}, next_at = {} WHERE run = {}"
    )
    await execute(ended, "anew" if wrong else "", wrong[:_LONGEST], at, due, run)
    await execute("UPDATE snapshot SET made_at = {}, dropped_at = NULL WHERE id = {}", at, kept or 0)
    there = await rows("SELECT id, made_at FROM snapshot WHERE edition = {} AND dropped_at IS NULL", found["id"])
    made = {each["id"]: each["made_at"] for each in there}
    going = made.keys() - staying(made, found["keep"], found["days"], found["months"], zone)
    await execute("UPDATE snapshot SET dropped_at = 0 WHERE id IN {}", in_list(going))
    return True


# What is not wanted any more.


async def tidy(shelf: Shelf, folders: Path) -> None:
    """Takes away what was thrown away long enough ago: files, rows, and what editions have in `folders`, by their ids."""
    before = now() - _KEPT_DROPPED
    going = await rows(
        "SELECT k.id, k.ending FROM snapshot k JOIN edition e ON e.id = k.edition WHERE k.dropped_at < {} OR e.dropped_at < {}",
        before, before,
    )  # fmt: skip
    for each in going:
        await shelf.drop(f"{each['id']}{each['ending']}")
        await execute("DELETE FROM snapshot WHERE id = {}", each["id"])
    for each in await rows("SELECT id FROM edition WHERE dropped_at < {}", before):
        shutil.rmtree(folders / str(each["id"]), ignore_errors=True)
        await execute("DELETE FROM edition WHERE id = {}", each["id"])
