"""Times are milliseconds, as the database keeps them: how many of them make what people count in."""

from __future__ import annotations

from datetime import UTC, datetime

MINUTE = 60 * 1000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def end_of(day: str) -> int:
    """The last moment of a day, `2026-01-31`, from midnight to midnight UTC. Raises ValueError."""
    return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * 1000 + DAY - 1
