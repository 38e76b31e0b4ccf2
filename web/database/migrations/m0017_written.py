"""What was written in a month is found without looking at all that was."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return ("CREATE INDEX entry_written ON entry (created_at, id)",)


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP INDEX entry_written",)
