"""A draft of an annotation knows the passage it is about."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE draft ADD COLUMN quote TEXT NOT NULL DEFAULT ''",)


def backwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE draft DROP COLUMN quote",)
