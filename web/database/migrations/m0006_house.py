"""What the house has settled about itself. Its name is that of the space that is everybody's."""

from __future__ import annotations

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE house (
            id {_KEY[engine]}, language VARCHAR(8), settled BOOLEAN NOT NULL DEFAULT FALSE, CHECK (id = 1))""",
        # Where people live already, nobody needs to be told how to begin.
        "INSERT INTO house (id, settled) SELECT 1, EXISTS (SELECT 1 FROM person)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE house",)
