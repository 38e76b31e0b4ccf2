"""Times are milliseconds, as the database keeps them: how many of them make what people count in."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

MINUTE = 60 * 1000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def end_of(day: str) -> int:
    """The last moment of a day, `2026-01-31`, from midnight to midnight UTC. Raises ValueError."""
    return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * 1000 + DAY - 1


def day_of(ms: int) -> str:
    """`2026-01-31`, UTC."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d}"


def months_after(day: str, months: int) -> str:
    """The day so many months after a day, both `2026-01-31`; the month's last, where it is shorter."""
    start = datetime.strptime(day, "%Y-%m-%d")
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return f"{year:04}-{month + 1:02}-{min(start.day, monthrange(year, month + 1)[1]):02}"


def instant(written: str) -> int:
    """A moment as ISO 8601 has it, `2026-01-31T14:30:05.123` (UTC), in milliseconds since 1970. Raises ValueError."""
    return round(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp() * 1000)


def iso(instant: int) -> str:
    """The other way round."""
    return datetime.fromtimestamp(instant / 1000, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


def zone_named(name: str) -> tzinfo:
    """Raises KeyError for what is no time zone, or none that this machine knows."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (OSError, ValueError) as wrong:
        raise KeyError(name) from wrong
