"""What people say of themselves: what they can be asked about, and that they are away."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE skill (
            id {_KEY[engine]},
            person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            topic VARCHAR(50) NOT NULL,
            says VARCHAR(8) NOT NULL,
            instead BIGINT REFERENCES person (id) ON DELETE SET NULL,
            created_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX skill_person ON skill (person, topic)",
        "CREATE INDEX skill_topic ON skill (topic, person)",
        "CREATE INDEX skill_instead ON skill (instead) WHERE instead IS NOT NULL",
        "ALTER TABLE person ADD COLUMN away_until BIGINT",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE person DROP COLUMN away_until", "DROP TABLE skill")
