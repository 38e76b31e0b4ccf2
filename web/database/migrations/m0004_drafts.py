"""What somebody has begun to write and not shared yet."""

from __future__ import annotations

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE draft (
            id {_KEY[engine]}, person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            kind VARCHAR(16) NOT NULL, entry BIGINT REFERENCES entry (id) ON DELETE CASCADE, base BIGINT,
            space VARCHAR(60) NOT NULL DEFAULT '', parent BIGINT REFERENCES entry (id) ON DELETE SET NULL,
            title TEXT NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '', url TEXT NOT NULL DEFAULT '',
            tags TEXT NOT NULL DEFAULT '', lang VARCHAR(8), summary TEXT NOT NULL DEFAULT '',
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, dropped_at BIGINT)""",
        "CREATE INDEX draft_person ON draft (person, updated_at DESC)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE draft",)
