"""The house's letters: written in the same transaction as what they tell of, and taken from here when they are sent."""

from __future__ import annotations

import msgspec

from web.database import execute, in_one_transaction, insert, new_id, now, row, rows
from web.times import DAY

# After each failure it waits twice as long: for almost three days in all.
_TRIES = 12
_KEPT = 30 * DAY


class Letter(msgspec.Struct, frozen=True):
    """One that is to go now. `by` and `space` are names; `person` is whom it tells of what is new."""

    id: int
    address: str
    language: str | None
    about: str
    secret: str
    by: str | None
    space: str | None
    person: int | None = None


async def write(
    about: str, address: str, secret: str, language: str | None, writer: int | None = None, space: int | None = None,
    person: int | None = None,
) -> None:  # fmt: skip
    """Puts a letter where it waits to be sent; one without an address goes nowhere. Old ones go."""
    at = now()
    await execute("DELETE FROM letter WHERE created_at < {}", at - _KEPT)
    await insert(
        "letter", id=new_id(), address=address, language=language, about=about, secret=secret if address else "", writer=writer,
        space=space, person=person, created_at=at, next_at=at, sent_at=None if address else at,
    )  # fmt: skip


@in_one_transaction
async def take() -> Letter | None:
    """The one that has waited longest. Nobody else is given it before its next try; None when none is due."""
    at = now()
    taken = await row(
        "UPDATE letter SET tries = tries + 1, next_at = CAST({} AS BIGINT) + 60000 * (1 << tries) WHERE sent_at IS NULL AND next_at <= {} "
        "AND id = (SELECT id FROM letter WHERE sent_at IS NULL AND next_at <= {} AND tries < {} ORDER BY next_at, id LIMIT 1) "
        "RETURNING id",
        at, at, at, _TRIES,
    )  # fmt: skip
    if not taken:
        return None
    found = await row(
        'SELECT l.id, l.address, l.language, l.about, l.secret, p.name AS "by", s.name AS space, l.person FROM letter l '
        "LEFT JOIN person p ON p.id = l.writer LEFT JOIN space s ON s.id = l.space WHERE l.id = {}",
        taken["id"],
    )
    return Letter(**found) if found else None


async def sent(id: int) -> None:
    """It is on its way: its secret is nobody's business here any more."""
    await execute("UPDATE letter SET sent_at = {}, secret = '', wrong = '' WHERE id = {}", now(), id)


async def failed(id: int, wrong: str) -> bool:
    """It is tried again later; gives whether that was the last time."""
    found = await row("UPDATE letter SET wrong = {} WHERE id = {} RETURNING tries", wrong[:500], id)
    if given_up := bool(found and found["tries"] >= _TRIES):
        await execute("UPDATE letter SET secret = '' WHERE id = {}", id)
    return given_up


class Waiting(msgspec.Struct, frozen=True):
    """One that has not gone yet, as whoever runs the house may see it: not what opens a door."""

    id: int
    address: str
    about: str
    created_at: int
    tries: int
    next_at: int
    wrong: str

    @property
    def given_up(self) -> bool:
        return self.tries >= _TRIES


async def waiting(limit: int = 500) -> tuple[Waiting, ...]:
    """The oldest first."""
    found = await rows(
        "SELECT id, address, about, created_at, tries, next_at, wrong FROM letter WHERE sent_at IS NULL ORDER BY id LIMIT {}",
        limit,
    )
    return tuple(Waiting(**each) for each in found)


async def try_again() -> int:
    """All that wait are due at once, also what was given up and opens no door that has been closed since. Gives how many."""
    again = await rows(
        "UPDATE letter SET tries = 0, next_at = {} WHERE sent_at IS NULL AND (secret <> '' OR person IS NOT NULL) RETURNING id",
        now(),
    )
    return len(again)
