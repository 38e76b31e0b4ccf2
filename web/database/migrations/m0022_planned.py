"""When something begun is to be shared, and when something shared is to go out of sight; until which time, and why it was not."""

from __future__ import annotations

GENTLE = True
_COLUMNS = {
    "draft": ("share_at BIGINT", "hide_at BIGINT", "failed VARCHAR(16) NOT NULL DEFAULT ''"),
    "entry": ("hide_at BIGINT", "hide_by BIGINT REFERENCES person (id)"),
}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        *(f"ALTER TABLE {table} ADD COLUMN {column}" for table, columns in _COLUMNS.items() for column in columns),
        "CREATE INDEX draft_share_at ON draft (share_at, id) WHERE share_at IS NOT NULL",
        "CREATE INDEX entry_hide_at ON entry (hide_at, id) WHERE hide_at IS NOT NULL",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP INDEX entry_hide_at",
        "DROP INDEX draft_share_at",
        *(
            f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}"
            for table, columns in _COLUMNS.items()
            for column in reversed(columns)
        ),
    )
