"""What was said in a conversation and stands on a page now."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE gathered (
            id {_KEY[engine]},
            page BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            page_revision BIGINT NOT NULL,
            section TEXT NOT NULL DEFAULT '',
            anchor TEXT NOT NULL DEFAULT '',
            source BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            source_revision BIGINT NOT NULL,
            talk BIGINT REFERENCES entry (id) ON DELETE SET NULL,
            person BIGINT NOT NULL REFERENCES person (id),
            created_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX gathered_page ON gathered (page, source)",
        "CREATE INDEX gathered_source ON gathered (source)",
        "CREATE INDEX gathered_talk ON gathered (talk)",
        "CREATE INDEX gathered_person ON gathered (person)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE gathered",)
