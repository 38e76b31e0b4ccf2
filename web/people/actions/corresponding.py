"""What people say of the letters that tell them what is new: how often, how much at a time, and when not."""

from __future__ import annotations

import re

from web import checks
from web.database import execute, in_one_transaction, now
from web.errors import Invalid
from web.policy import Viewer

RHYTHMS = ("soon", "daily", "weekly", "monthly", "never")
MOST_IN_A_LETTER = 100
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


@in_one_transaction
async def correspond(viewer: Viewer, rhythm: str, most: object, quiet_from: str, quiet_until: str) -> None:
    """`most`: things in one letter. Between the two times of a day, on the clocks of the house, nothing is sent; where neither is said, at any."""
    viewer.must("write")
    rhythm = checks.one_of("rhythm", rhythm, RHYTHMS)
    number = checks.integer("most", most, 1, MOST_IN_A_LETTER) or 20
    quiet_from, quiet_until = _clock("quiet_from", quiet_from), _clock("quiet_until", quiet_until)
    if bool(quiet_from) != bool(quiet_until):
        raise Invalid("quiet_until" if quiet_from else "quiet_from", "Say both times, or neither.")
    if quiet_from and quiet_from == quiet_until:
        raise Invalid("quiet_until", "That would be the whole day. To get no letters, choose never.")
    await execute(
        "INSERT INTO correspondence (id, rhythm, most, quiet_from, quiet_until, told_at) VALUES ({}, {}, {}, {}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET rhythm = excluded.rhythm, most = excluded.most, quiet_from = excluded.quiet_from, "
        "quiet_until = excluded.quiet_until, failing_at = NULL, "
        # What was not told while nothing was to be told is not told all at once.
        "told_at = CASE WHEN correspondence.rhythm = 'never' THEN excluded.told_at ELSE correspondence.told_at END, "
        "due_at = CASE WHEN excluded.rhythm = 'never' OR correspondence.due_at IS NULL THEN NULL ELSE 0 END",
        viewer.me, rhythm, number, quiet_from, quiet_until, now(),
    )  # fmt: skip


def _clock(field: str, typed: str) -> str:
    tidy = checks.line(field, typed, 8)[:5]
    if tidy and not _CLOCK.fullmatch(tidy):
        raise Invalid(field, "Write the time as in 22:00.")
    return tidy


@in_one_transaction
async def unsubscribe(person: int) -> None:
    """No letter tells that person of anything any more, and those that wait do not go either; they say so themselves, or whoever has a letter to them."""
    await execute(
        "INSERT INTO correspondence (id, rhythm, told_at) VALUES ({}, 'never', {}) "
        "ON CONFLICT (id) DO UPDATE SET rhythm = 'never', due_at = NULL",
        person, now(),
    )  # fmt: skip
