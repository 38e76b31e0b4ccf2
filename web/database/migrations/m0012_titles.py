"""Titles stand in the order of their signs, whatever language a PostgreSQL is set to; SQLite has them so already."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    if engine == "sqlite":
        return ()
    return ("CREATE INDEX entry_title_signs ON entry (title_key COLLATE \"C\", id) WHERE title_key <> ''",)


def backwards(engine: str) -> tuple[str, ...]:
    return () if engine == "sqlite" else ("DROP INDEX entry_title_signs",)
