"""Changes that somebody suggests to a text, what became of each, and who accepted a text that another wrote."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "CREATE TABLE suggestion (id BIGINT PRIMARY KEY, entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE, "
        "author BIGINT NOT NULL REFERENCES person (id), base BIGINT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, "
        "summary VARCHAR(300) NOT NULL, created_at BIGINT NOT NULL, outcome VARCHAR(16), decided_by BIGINT REFERENCES person (id), "
        "decided_at BIGINT, reason TEXT NOT NULL DEFAULT '', revision BIGINT, further BIGINT)",
        "CREATE INDEX suggestion_entry ON suggestion (entry, id)",
        "CREATE INDEX suggestion_author ON suggestion (author, id)",
        "CREATE INDEX suggestion_open ON suggestion (id) WHERE outcome IS NULL",
        "ALTER TABLE revision ADD COLUMN accepted_by BIGINT REFERENCES person (id)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE revision DROP COLUMN accepted_by", "DROP TABLE suggestion")
