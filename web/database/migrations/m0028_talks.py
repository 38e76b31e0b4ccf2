"""Which conversations are closed, and which stand first in their space; out of which conversation one came; and how far somebody has read."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE talk (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            closed_at BIGINT,
            pinned_in BIGINT REFERENCES space (id) ON DELETE SET NULL,
            pinned_at BIGINT)""",
        "CREATE INDEX talk_pinned ON talk (pinned_in, id) WHERE pinned_in IS NOT NULL",
        f"""CREATE TABLE went (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            source BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            kind VARCHAR(16) NOT NULL,
            person BIGINT NOT NULL REFERENCES person (id),
            created_at BIGINT NOT NULL)""",
        "CREATE INDEX went_source ON went (source, id)",
        f"""CREATE TABLE furthest (
            id {_KEY[engine]},
            person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            upto BIGINT NOT NULL,
            was BIGINT,
            was_at BIGINT,
            read_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX furthest_person ON furthest (person, entry)",
        "CREATE INDEX furthest_entry ON furthest (entry)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE furthest", "DROP TABLE went", "DROP TABLE talk")
