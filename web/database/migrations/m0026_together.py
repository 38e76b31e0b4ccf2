"""Of which series an entry is a part, who wrote it besides its author, and which changes to it were corrections."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE part (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            series VARCHAR(60) NOT NULL,
            series_key VARCHAR(60) NOT NULL,
            number INTEGER)""",
        "CREATE INDEX part_series ON part (series_key, id)",
        "ALTER TABLE draft ADD COLUMN series TEXT NOT NULL DEFAULT ''",
        f"""CREATE TABLE writer (
            id {_KEY[engine]},
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            person BIGINT NOT NULL REFERENCES person (id),
            added_by BIGINT REFERENCES person (id),
            created_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX writer_entry ON writer (entry, person)",
        "CREATE INDEX writer_person ON writer (person, entry)",
        "CREATE INDEX suggestion_decided ON suggestion (id) WHERE outcome IN ('adopted', 'partly', 'declined')",
        "ALTER TABLE revision ADD COLUMN correction BOOLEAN NOT NULL DEFAULT FALSE",
        "CREATE INDEX revision_correction ON revision (entry, id) WHERE correction",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP INDEX revision_correction",
        "ALTER TABLE revision DROP COLUMN correction",
        "DROP INDEX suggestion_decided",
        "DROP TABLE writer",
        "ALTER TABLE draft DROP COLUMN series",
        "DROP TABLE part",
    )
