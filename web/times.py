"""Times are milliseconds, as the database keeps them: how many of them make what people count in."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

MINUTE = 60 * 1000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def zone_named(name: str) -> tzinfo:
    """Raises KeyError for what is no time zone, or none that this machine knows."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (OSError, ValueError) as wrong:
        raise KeyError(name) from wrong
