"""How something helped somebody, in a few words; and answers that hold no more."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE reaction ADD COLUMN note VARCHAR(200) NOT NULL DEFAULT ''",
        "ALTER TABLE reaction ADD COLUMN noted_at BIGINT",
        "CREATE INDEX reaction_noted ON reaction (entry) WHERE noted_at IS NOT NULL",
        f"""CREATE TABLE outdated (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            why TEXT NOT NULL DEFAULT '',
            instead BIGINT REFERENCES entry (id) ON DELETE SET NULL,
            person BIGINT NOT NULL REFERENCES person (id),
            created_at BIGINT NOT NULL)""",
        "CREATE INDEX outdated_instead ON outdated (instead) WHERE instead IS NOT NULL",
        "CREATE INDEX outdated_person ON outdated (person)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP TABLE outdated",
        "DROP INDEX reaction_noted",
        "ALTER TABLE reaction DROP COLUMN noted_at",
        "ALTER TABLE reaction DROP COLUMN note",
    )
