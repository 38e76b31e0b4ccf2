"""When the house was read for a snapshot that is kept, and since when it is to be made anew; and what was put where others may not
read it is found by what was done to it."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE snapshot ADD COLUMN read_at BIGINT",
        "ALTER TABLE snapshot ADD COLUMN again BIGINT",
        "CREATE INDEX event_taken ON event (id) WHERE verb IN ('trash', 'move')",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP INDEX event_taken",
        "ALTER TABLE snapshot DROP COLUMN again",
        "ALTER TABLE snapshot DROP COLUMN read_at",
    )
