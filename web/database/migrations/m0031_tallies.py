"""How many recommends and votes an entry came with, from where nobody who gave them is known here."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE tally (
            id {_KEY[engine]},
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            name VARCHAR(16) NOT NULL,
            many INTEGER NOT NULL,
            UNIQUE (entry, name))""",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE tally",)
