"""Of each migration from now on it is noted whether the version before can work beside it."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE migration ADD COLUMN gentle BOOLEAN NOT NULL DEFAULT FALSE",)


def backwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE migration DROP COLUMN gentle",)
