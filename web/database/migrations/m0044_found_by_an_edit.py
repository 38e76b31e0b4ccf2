"""Which new text of an entry a search that somebody follows has found."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE search_hit ADD COLUMN revision BIGINT",
        "CREATE INDEX search_hit_since ON search_hit (search, COALESCE(revision, entry))",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP INDEX search_hit_since", "ALTER TABLE search_hit DROP COLUMN revision")
