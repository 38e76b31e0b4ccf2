"""Times are milliseconds, as the database keeps them: how many of them make what people count in."""

from __future__ import annotations

MINUTE = 60 * 1000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
