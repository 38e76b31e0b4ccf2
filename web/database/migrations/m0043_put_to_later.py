"""Whether what is begun is put to those who know about its tags once it is shared."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE draft ADD COLUMN put_to TEXT NOT NULL DEFAULT ''",)


def backwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE draft DROP COLUMN put_to",)
