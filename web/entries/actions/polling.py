"""Polls: asking those who read an entry to choose, choosing, and ending one before its time."""

from __future__ import annotations

from collections.abc import Sequence

from web import checks
from web.database import execute, in_one_transaction, new_id, now, row, rows, values
from web.entries.actions.fields import Fields
from web.entries.actions.steps import held
from web.entries.events import record
from web.errors import Invalid
from web.kinds import Kind
from web.policy import Viewer
from web.times import DAY, day_of

FEWEST, MOST_CHOICES = 2, 10
_USUALLY, _LONGEST = 7 * DAY, 366 * DAY


def asked(what: Kind, fields: Fields) -> tuple[tuple[str, ...], int | None]:
    """What can be chosen, and until when (ms); nothing where there is no poll. Raises Invalid."""
    choices = checked_choices(fields.choices) if what.polled else ()
    return choices, checked_until(fields.until) if choices else None


def checked_choices(typed: str) -> tuple[str, ...]:
    """What can be chosen, a line for each; nothing where there is no poll. Raises Invalid."""
    lines = [checks.line("choices", each, 2000) for each in checks.text("choices", typed).split("\n")]
    lines = [each for each in lines if each]
    for each in lines:
        if len(each) > checks.LONGEST["choice"]:
            raise Invalid(
                "choices", "Each choice has at most %(longest)d characters.", longest=checks.LONGEST["choice"]
            )
        checks.needed("choices", each)
    if lines and not FEWEST <= len(lines) <= MOST_CHOICES:
        raise Invalid("choices", "A poll has from two to ten choices: write one on each line.")
    if len({each.casefold() for each in lines}) < len(lines):
        raise Invalid("choices", "Two of the choices say the same.")
    return tuple(lines)


def checked_until(typed: str) -> int | None:
    """The last moment (ms) of a day to come, or None when nothing is typed. Raises Invalid."""
    until = checks.until("until", typed)
    if until is not None and not now() < until < now() + _LONGEST:
        raise Invalid("until", "Choose a day from today on, at most a year away.")
    return until


async def begin(id: int, choices: Sequence[str], until: int | None, *, several: bool) -> None:
    """In the transaction of whoever writes the entry."""
    usually = checks.until("until", day_of(now() + _USUALLY))
    await execute("INSERT INTO poll (id, several, until) VALUES ({}, {}, {})", id, several, until or usually)
    asked = values((new_id(), id, each) for each in choices)
    await execute("INSERT INTO choice (id, entry, words) VALUES {}", asked)


@in_one_transaction
async def choose(viewer: Viewer, id: int, chosen: Sequence[int], *, undo: bool = False) -> None:
    """This and nothing else is what the viewer chooses in the poll of an entry; with `undo`, nothing any more. That is no event: who chose is
    told to nobody."""
    entry = await held(viewer, id)
    viewer.must("choose", entry)
    poll = await _open_poll(id)
    known = {each["id"] for each in await rows("SELECT id FROM choice WHERE entry = {}", id)}
    chosen = () if undo else tuple(dict.fromkeys(chosen))
    if not undo and not chosen:
        raise Invalid("choice", "Choose something first.")
    if not known.issuperset(chosen):
        raise Invalid("choice", "That cannot be chosen here.")
    if len(chosen) > 1 and not poll["several"]:
        raise Invalid("choice", "Choose one of them.")
    await execute("DELETE FROM ballot WHERE entry = {} AND person = {}", id, viewer.person)
    if chosen:
        cast = values((new_id(), id, each, viewer.person, now()) for each in chosen)
        await execute("INSERT INTO ballot (id, entry, choice, person, created_at) VALUES {}", cast)
    await _count(id)


async def _open_poll(id: int) -> dict:
    poll = await row("SELECT several, until, ended_at FROM poll WHERE id = {}", id)
    if poll is None:
        raise Invalid("choice", "Nothing is asked here.")
    if poll["ended_at"] is not None or poll["until"] <= now():
        raise Invalid("choice", "This poll has ended.")
    return poll


async def _count(id: int) -> None:
    await execute(
        "UPDATE choice SET votes = (SELECT count(*) FROM ballot b WHERE b.entry = {} AND b.choice = choice.id) WHERE entry = {}",
        id, id,
    )  # fmt: skip
    voters = "UPDATE poll SET voters = (SELECT count(DISTINCT b.person) FROM ballot b WHERE b.entry = {}) WHERE id = {}"
    await execute(voters, id, id)


@in_one_transaction
async def end_poll(viewer: Viewer, id: int, *, undo: bool = False) -> None:
    """Ends the poll of an entry now; or opens it again, as long as its time has not come."""
    entry = await held(viewer, id)
    viewer.must("end_poll", entry)
    poll = await row("SELECT until, ended_at FROM poll WHERE id = {}", id)
    if poll is None:
        raise Invalid("choice", "Nothing is asked here.")
    if poll["until"] <= now():
        raise Invalid("choice", "This poll has ended.")
    if (poll["ended_at"] is None) is undo:
        return
    await execute("UPDATE poll SET ended_at = {} WHERE id = {}", None if undo else now(), id)
    await record(viewer, "end_poll", entry=id, note="undo" if undo else "")
