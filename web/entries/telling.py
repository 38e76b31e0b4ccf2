"""Who is told by mail of what has happened, and when.

Every few seconds an open house looks at what was done since it last looked, and notes whom that may concern. A first letter goes soon; what comes
then is told together, half a day later at the earliest, or in a digest. What stands in a letter is read when it is sent: by the rights
of that moment, and without what was read meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, tzinfo

from web.database import SQL, execute, for_update, in_list, in_one_transaction, now, row, rows, value
from web.database.ids import id_at, id_time
from web.entries import queries
from web.entries.queries.gathering import OWNER
from web.people import queries as people
from web.people.actions import letters
from web.times import DAY, HOUR, MINUTE

# So long one can take back what one did, or read it before it is told of; and what was written at once by another process is there by then.
SETTLES = 3 * MINUTE
_PAUSE = 12 * HOUR
LATELY = 2 * DAY
_DIGEST_AT = 7
_EVENTS, _PEOPLE = 500, 50


async def tell_due(zone: tzinfo, *, first: Callable[[], Awaitable[None]] | None = None) -> int:
    """Gives how many letters were written. `first` is done before any is."""
    await _stir()
    await _reckon(zone)
    return await _write(first)


async def _stir() -> None:
    """Notes whom it may concern what was done: nothing is said yet of whether it does."""
    settled = id_at(now() - SETTLES, 0)
    newest = await value("SELECT max(id) FROM event WHERE id < {}", settled) or 0
    if newest > (await value("SELECT event FROM told WHERE id = 1") or 0):
        await _note(newest)


@in_one_transaction
async def _note(newest: int) -> None:
    last = await value("SELECT event FROM told WHERE id = 1 " + for_update())
    last = max(last or 0, id_at(now() - LATELY, 0))  # a house that moved in has a past that is no news
    found = await rows("SELECT id FROM event WHERE id > {} AND id <= {} ORDER BY id LIMIT {}", last, newest, _EVENTS)
    if not found:
        await execute("UPDATE told SET event = {} WHERE id = 1", newest)
        return
    batch = in_list([each["id"] for each in found])
    of = "FROM event v JOIN entry e ON e.id = v.entry"
    await concern(SQL(
        "SELECT v.person AS person FROM event v WHERE v.id IN {} AND v.person IS NOT NULL "
        f"UNION SELECT w.person {of} JOIN watch w ON w.entry = e.root AND w.level = 'all' WHERE v.id IN {{}} "
        f"UNION SELECT w.person {of} JOIN watch w ON w.space = e.space AND w.level = 'all' WHERE v.id IN {{}} "
        f"UNION SELECT w.person {of} JOIN watch w ON w.whom = v.actor AND w.level = 'all' WHERE v.id IN {{}} "
        f"UNION SELECT w.person {of} JOIN tagging g ON g.entry = e.root JOIN watch w ON w.tag = g.tag AND w.level = 'all' WHERE v.id IN {{}} "
        f"UNION SELECT {OWNER} FROM event v JOIN gathered g ON g.source = v.entry JOIN entry y ON y.id = g.page WHERE v.id IN {{}} AND v.revision IS NOT NULL "
        f"UNION SELECT {OWNER} FROM event v JOIN gathered g ON g.page = v.entry JOIN entry y ON y.id = g.source WHERE v.id IN {{}} AND v.revision IS NOT NULL",
        *[batch] * 7,
    ), id_time(found[0]["id"]) - 1)  # fmt: skip
    await execute("UPDATE told SET event = {} WHERE id = 1", found[-1]["id"])


async def concern(people: SQL, since: int) -> None:
    """Something that was done since then (ms) concerns these, in a column `person`."""
    await execute(
        "INSERT INTO correspondence (id, told_at, due_at) SELECT p.id, {}, 0 FROM ({}) c JOIN person p ON p.id = c.person "
        "WHERE p.active AND p.email IS NOT NULL "
        "ON CONFLICT (id) DO UPDATE SET due_at = 0 WHERE correspondence.due_at IS NULL AND correspondence.rhythm <> 'never' "
        "AND correspondence.failing_at IS NULL",
        since, people,
    )  # fmt: skip


@in_one_transaction
async def _reckon(zone: tzinfo) -> None:
    found = await rows(
        "SELECT id, rhythm, quiet_from, quiet_until, written_at FROM correspondence WHERE due_at = 0 LIMIT {}", _EVENTS
    )
    for each in found:
        due = due_at(each["rhythm"], now(), each["written_at"], (each["quiet_from"], each["quiet_until"]), zone)
        await execute("UPDATE correspondence SET due_at = {} WHERE id = {} AND due_at = 0", due, each["id"])


def due_at(rhythm: str, at: int, written_at: int, quiet: tuple[str, str], zone: tzinfo) -> int:
    """When what happened by `at` (ms) is told to somebody whose last letter was written at `written_at`, and who hears nothing between two times
    of a day on the clocks of `zone`."""
    if rhythm == "soon":
        return _after_quiet(max(at, written_at + _PAUSE if written_at else 0), quiet, zone)
    then = datetime.fromtimestamp(at / 1000, zone)
    day = then.replace(hour=_DIGEST_AT, minute=0, second=0, microsecond=0)
    if rhythm == "monthly":
        day = (
            (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            if then >= day.replace(day=1)
            else day.replace(day=1)
        )
    else:
        if then >= day:
            day += timedelta(days=1)
        while rhythm == "weekly" and day.weekday():
            day += timedelta(days=1)
    return _after_quiet(int(day.timestamp() * 1000), quiet, zone)


def _after_quiet(at: int, quiet: tuple[str, str], zone: tzinfo) -> int:
    start, end = quiet
    then = datetime.fromtimestamp(at / 1000, zone)
    clock = f"{then:%H:%M}"
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not (start and end and inside):
        return at
    hour, minute = map(int, end.split(":"))
    ends = then.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if ends <= then:
        ends += timedelta(days=1)
    return int(ends.timestamp() * 1000)


async def _write(first: Callable[[], Awaitable[None]] | None) -> int:
    due = await rows(
        "SELECT id FROM correspondence WHERE due_at > 0 AND due_at <= {} ORDER BY due_at LIMIT {}", now(), _PEOPLE
    )
    if due and first:
        await first()
    return sum([await _write_to(each["id"]) for each in due])


@in_one_transaction
async def _write_to(person: int) -> bool:
    """Of several processes that come at once, one writes it."""
    taken = await row(
        "UPDATE correspondence SET due_at = NULL WHERE id = {} AND due_at > 0 AND due_at <= {} RETURNING told_at",
        person, now(),
    )  # fmt: skip
    if not taken:
        return False
    found = await row("SELECT email, language FROM person WHERE id = {} AND active AND email IS NOT NULL", person)
    viewer = await people.viewer(person)
    if not found or not viewer.signed_in:
        return False
    after, until = taken["told_at"], now() - SETTLES
    if not await queries.notifications(
        viewer, after=after, until=until, unread=True, limit=1
    ) and not await queries.handed(viewer, after=after, until=until, unread=True):
        return False
    await execute("UPDATE correspondence SET written_at = {} WHERE id = {}", now(), person)
    await letters.write("news", found["email"], "", found["language"], person=person)
    return True


async def told(person: int, until: int) -> None:
    """A letter that told of what was done until then (ms) is on its way."""
    await execute("UPDATE correspondence SET told_at = {} WHERE id = {} AND told_at < {}", until, person, until)
