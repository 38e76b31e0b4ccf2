"""Where pages stood in their tree until they were put elsewhere. A program of the version before notes nothing, and what it
moves seems to have stood there always."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "CREATE TABLE stood (id BIGINT PRIMARY KEY, entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE, "
        "parent BIGINT, position INTEGER NOT NULL, until BIGINT NOT NULL)",
        "CREATE INDEX stood_until ON stood (until, entry)",
        "CREATE INDEX stood_entry ON stood (entry)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE stood",)
