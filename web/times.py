"""Times are milliseconds, as the database keeps them: how many of them make what people count in."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = 60 * 1000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@lru_cache(1000)
def end_of(day: str) -> int:
    """The last moment of a day, `2026-01-31`, from midnight to midnight UTC. Raises ValueError."""
    return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * 1000 + DAY - 1


def start_of(day: str) -> int:
    """Its first moment, UTC. Raises ValueError."""
    return end_of(day) - DAY + 1


def day_of(ms: int) -> str:
    """`2026-01-31`, UTC."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d}"


@lru_cache(1000)
def months_after(day: str, months: int) -> str:
    """The day so many months after a day, both `2026-01-31`; the month's last, where it is shorter."""
    start = datetime.strptime(day, "%Y-%m-%d")
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return f"{year:04}-{month + 1:02}-{min(start.day, monthrange(year, month + 1)[1]):02}"


_SPANS = {"day": 0, "dag": 0, "week": 7, "uke": 7, "month": 31, "måned": 31, "year": 366, "år": 366}


def last_day(written: str, today: str) -> str | None:
    """The last day of a day, a month or a year (`2026-01-31`, `2026-01`, `2026`), or of the one that is called by its word (`month`,
    `måned`) and has `today` in it; None for what is none of these."""
    day = datetime.strptime(today, "%Y-%m-%d")
    if (span := _SPANS.get(written)) is not None:
        if span == 7:
            return f"{day + timedelta(days=6 - day.weekday()):%Y-%m-%d}"
        written = today[: {0: 10, 31: 7, 366: 4}[span]]
    try:
        match written.split("-"):
            case [year]:
                return f"{datetime(int(year), 12, 31):%Y-%m-%d}"
            case [year, month]:
                return f"{datetime(int(year), int(month), monthrange(int(year), int(month))[1]):%Y-%m-%d}"
            case _:
                return f"{datetime.strptime(written, '%Y-%m-%d'):%Y-%m-%d}"
    except (ValueError, OverflowError):
        return None


def instant(written: str) -> int:
    """A moment as ISO 8601 has it, `2026-01-31T14:30:05.123` (UTC), in milliseconds since 1970. Raises ValueError."""
    return round(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp() * 1000)


def iso(instant: int) -> str:
    """The other way round."""
    return datetime.fromtimestamp(instant / 1000, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


def on_the_clock(ms: int, zone: tzinfo) -> str:
    """`2026-01-31T14:30`, as a form has it, in that zone."""
    return f"{datetime.fromtimestamp(ms / 1000, zone):%Y-%m-%dT%H:%M}"


def zone_named(name: str) -> tzinfo:
    """Raises KeyError for what is no time zone, or none that this machine knows."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (OSError, ValueError) as wrong:
        raise KeyError(name) from wrong
