"""Mail that waits to be sent, and links to choose a new password by."""

from __future__ import annotations

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE letter (
            id {_KEY[engine]}, address VARCHAR(254) NOT NULL, language VARCHAR(8), about VARCHAR(16) NOT NULL,
            secret TEXT NOT NULL DEFAULT '', writer BIGINT REFERENCES person (id) ON DELETE CASCADE,
            space BIGINT REFERENCES space (id) ON DELETE CASCADE, created_at BIGINT NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0, next_at BIGINT NOT NULL, sent_at BIGINT, wrong TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX letter_next ON letter (next_at) WHERE sent_at IS NULL",
        f"""CREATE TABLE password_reset (
            id {_KEY[engine]}, token_hash VARCHAR(64) NOT NULL UNIQUE,
            person BIGINT REFERENCES person (id) ON DELETE CASCADE, expires_at BIGINT NOT NULL)""",
        "CREATE INDEX password_reset_person ON password_reset (person)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE password_reset", "DROP TABLE letter")
