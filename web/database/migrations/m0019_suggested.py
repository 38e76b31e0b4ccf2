"""Changes that somebody suggests to a text, what became of each, and who accepted a text that another wrote."""

from __future__ import annotations

GENTLE = True

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"CREATE TABLE suggestion (id {_KEY[engine]}, entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE, "
        "author BIGINT NOT NULL REFERENCES person (id), base BIGINT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, "
        "summary VARCHAR(300) NOT NULL, created_at BIGINT NOT NULL, outcome VARCHAR(16), decided_by BIGINT REFERENCES person (id), "
        "decided_at BIGINT, reason TEXT NOT NULL DEFAULT '', revision BIGINT, further BIGINT)",
        "CREATE INDEX suggestion_entry ON suggestion (entry, id)",
        "CREATE INDEX suggestion_author ON suggestion (author, id)",
        "CREATE INDEX suggestion_open ON suggestion (id) WHERE outcome IS NULL",
        "ALTER TABLE revision ADD COLUMN accepted_by BIGINT REFERENCES person (id)",
        "CREATE INDEX revision_author ON revision (author, entry)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP INDEX revision_author", "ALTER TABLE revision DROP COLUMN accepted_by", "DROP TABLE suggestion")
