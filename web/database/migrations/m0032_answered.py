"""Answers by mail: the addresses that letters are answered to, what was received, and addresses that letters come back from."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE reply_address (
            id {_KEY[engine]},
            person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            expires_at BIGINT NOT NULL, refused_at BIGINT)""",
        "CREATE UNIQUE INDEX reply_address_person ON reply_address (person, entry)",
        "CREATE INDEX reply_address_entry ON reply_address (entry)",
        f"CREATE TABLE received (id {_KEY[engine]}, digest VARCHAR(64) NOT NULL UNIQUE, created_at BIGINT NOT NULL)",
        "ALTER TABLE correspondence ADD COLUMN failing_at BIGINT",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE correspondence DROP COLUMN failing_at",
        "DROP TABLE received",
        "DROP TABLE reply_address",
    )
