"""Of which series an entry is a part."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE part (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            series VARCHAR(60) NOT NULL,
            series_key VARCHAR(60) NOT NULL,
            number INTEGER)""",
        "CREATE INDEX part_series ON part (series_key, id)",
        "ALTER TABLE draft ADD COLUMN series TEXT NOT NULL DEFAULT ''",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE draft DROP COLUMN series", "DROP TABLE part")
