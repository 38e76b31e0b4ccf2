"""When something was written, as people write it in front of a text."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime

from web.times import DAY

_BY_YEAR = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_BY_DAY = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")


def months_first(dates: Iterable[str]) -> bool | None:
    """Whether 04/07/2025 is in April, told by those dates that can only be read in one way; None when none can, or
    when they disagree."""
    pairs = [(int(found[1]), int(found[3])) for each in dates if (found := _slashed(each))]
    day, month = any(first > 12 for first, _ in pairs), any(second > 12 for _, second in pairs)
    return month if day != month else None


def moment(written: str, month_first: bool | None) -> int | None:
    """A date, or a date and a time (UTC when it does not say where), in milliseconds; None when it is not one
    for sure, is older than 1970, or is still to come."""
    if (found := _BY_YEAR.match(written)) is not None:
        whole = _iso(written)
        return whole if whole is not None else _day(int(found[1]), int(found[2]), int(found[3]))
    if (found := _BY_DAY.match(written)) is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    turned = found[2] == "/" and month_first
    if found[2] == "/" and month_first is None and first != second:
        return None
    return _day(year, first, second) if turned else _day(year, second, first)


def _slashed(written: str) -> re.Match[str] | None:
    found = _BY_DAY.match(written)
    return found if found and found[2] == "/" else None


def _iso(written: str) -> int | None:
    try:
        when = datetime.fromisoformat(written)
    except ValueError:
        return None
    return _milliseconds(when if when.tzinfo else when.replace(tzinfo=UTC))


def _day(year: int, month: int, day: int) -> int | None:
    try:
        at = date(year, month, day)
    except ValueError:
        return None
    return _milliseconds(datetime(at.year, at.month, at.day, tzinfo=UTC))


def _milliseconds(when: datetime) -> int | None:
    try:
        at = int(when.timestamp() * 1000)
    except (OverflowError, ValueError):
        return None
    now = int(time.time() * 1000)
    return min(at, now) if 0 < at < now + DAY else None  # somewhere it is tomorrow already
