"""A text in another language than the one that it was translated from, and with which of its texts it is up to date."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE translation (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            source BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            revision BIGINT NOT NULL)""",
        "CREATE INDEX translation_source ON translation (source)",
        "ALTER TABLE draft ADD COLUMN translates BIGINT REFERENCES entry (id) ON DELETE SET NULL",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE draft DROP COLUMN translates", "DROP TABLE translation")
