"""When a space comes to an end, and the page that whoever comes in reads first."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE space ADD COLUMN ends_at BIGINT",
        "ALTER TABLE space ADD COLUMN welcome BIGINT REFERENCES entry (id) ON DELETE SET NULL",
        "CREATE INDEX space_ends_at ON space (ends_at) WHERE ends_at IS NOT NULL",
        "CREATE INDEX space_welcome ON space (welcome) WHERE welcome IS NOT NULL",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP INDEX space_welcome",
        "DROP INDEX space_ends_at",
        "ALTER TABLE space DROP COLUMN welcome",
        "ALTER TABLE space DROP COLUMN ends_at",
    )
