"""What is said of a passage has a sort, and is open until it is settled; and what has lost its passage, or doubts it, is found."""

from __future__ import annotations


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE entry ADD COLUMN sort VARCHAR(16)",
        "ALTER TABLE entry ADD COLUMN lost_in BIGINT",
        "ALTER TABLE entry ADD COLUMN lost_at INTEGER",
        "UPDATE entry SET stage = 'open' WHERE kind = 'annotation' AND stage IS NULL",
        "CREATE INDEX entry_lost ON entry (active_at DESC, id DESC) WHERE quote IS NOT NULL AND anchor IS NULL",
        "CREATE INDEX entry_sort ON entry (active_at DESC, id DESC) WHERE sort IS NOT NULL",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP INDEX entry_sort",
        "DROP INDEX entry_lost",
        "UPDATE entry SET stage = NULL WHERE kind = 'annotation'",
        "ALTER TABLE entry DROP COLUMN lost_at",
        "ALTER TABLE entry DROP COLUMN lost_in",
        "ALTER TABLE entry DROP COLUMN sort",
    )
