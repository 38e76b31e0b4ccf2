"""What lists say of an article, where its author said it."""

from __future__ import annotations

GENTLE = True
_TABLES = ("entry", "revision", "draft")


def forwards(engine: str) -> tuple[str, ...]:
    return tuple(f"ALTER TABLE {table} ADD COLUMN lead TEXT NOT NULL DEFAULT ''" for table in _TABLES)


def backwards(engine: str) -> tuple[str, ...]:
    return tuple(f"ALTER TABLE {table} DROP COLUMN lead" for table in _TABLES)
