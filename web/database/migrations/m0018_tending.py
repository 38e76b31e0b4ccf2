"""Who answers for a page, by when somebody is to go through it again, who did last, and how many read it; who is writing in it, and what is shown in it."""

from __future__ import annotations

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE tending (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            owner BIGINT REFERENCES person (id),
            every INTEGER NOT NULL DEFAULT 12,
            review_by VARCHAR(10),
            verified BIGINT REFERENCES event (id) ON DELETE SET NULL,
            instead BIGINT REFERENCES entry (id) ON DELETE SET NULL)""",
        "CREATE INDEX tending_review_by ON tending (review_by, id) WHERE review_by IS NOT NULL",
        "CREATE INDEX tending_owner ON tending (owner) WHERE owner IS NOT NULL",
        "CREATE INDEX tending_verified ON tending (verified) WHERE verified IS NOT NULL",
        "CREATE INDEX tending_instead ON tending (instead) WHERE instead IS NOT NULL",
        f"""CREATE TABLE reading (
            id {_KEY[engine]},
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            month VARCHAR(7) NOT NULL,
            readers INTEGER NOT NULL DEFAULT 0)""",
        "CREATE UNIQUE INDEX reading_month ON reading (entry, month)",
        "CREATE INDEX reading_since ON reading (month)",
        "CREATE INDEX draft_entry ON draft (entry, updated_at) WHERE entry IS NOT NULL",
        "ALTER TABLE link ADD COLUMN embeds BOOLEAN NOT NULL DEFAULT FALSE",
        "UPDATE entry SET stage = 'current' WHERE kind = 'page'",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "UPDATE entry SET stage = NULL WHERE kind = 'page'",
        "DELETE FROM link WHERE written = '[list]'",
        "ALTER TABLE link DROP COLUMN embeds",
        "DROP INDEX draft_entry",
        "DROP TABLE reading",
        "DROP TABLE tending",
    )
