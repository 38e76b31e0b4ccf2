"""Files have versions, can be thrown away, and are found by what stands in them."""

from __future__ import annotations

GENTLE = True

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}
_INDEX = {
    "sqlite": (
        """CREATE VIRTUAL TABLE file_index USING fts5(name, body, stems, content='file_text', content_rowid='id',
            tokenize="unicode61 remove_diacritics 0", prefix='2 3')""",
        """CREATE TRIGGER file_text_insert AFTER INSERT ON file_text BEGIN
            INSERT INTO file_index (rowid, name, body, stems) VALUES (new.id, new.name, new.body, new.stems); END""",
        """CREATE TRIGGER file_text_delete AFTER DELETE ON file_text BEGIN
            INSERT INTO file_index (file_index, rowid, name, body, stems)
            VALUES ('delete', old.id, old.name, old.body, old.stems); END""",
        """CREATE TRIGGER file_text_update AFTER UPDATE ON file_text BEGIN
            INSERT INTO file_index (file_index, rowid, name, body, stems)
            VALUES ('delete', old.id, old.name, old.body, old.stems);
            INSERT INTO file_index (rowid, name, body, stems) VALUES (new.id, new.name, new.body, new.stems); END""",
    ),
    # Cut as in m0002.
    "postgres": (
        """ALTER TABLE file_text ADD COLUMN words tsvector GENERATED ALWAYS AS (
            setweight(to_tsvector('simple', left(name, 1000)), 'A') ||
            setweight(to_tsvector('simple', left(body, 150000)), 'B') ||
            setweight(to_tsvector('simple', left(stems, 150000)), 'C')) STORED""",
        "CREATE INDEX file_text_words ON file_text USING gin (words)",
    ),
}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"CREATE TABLE file_version (id {_KEY[engine]}, file BIGINT NOT NULL REFERENCES attachment (id) ON DELETE CASCADE, "
        "author BIGINT NOT NULL REFERENCES person (id), hash VARCHAR(64) NOT NULL, media_type VARCHAR(100) NOT NULL, "
        "size BIGINT NOT NULL, width INTEGER, height INTEGER, note VARCHAR(300) NOT NULL, created_at BIGINT NOT NULL)",
        "CREATE INDEX file_version_file ON file_version (file, id)",
        "CREATE INDEX file_version_author ON file_version (author)",
        f"CREATE TABLE file_text (id {_KEY[engine]} REFERENCES attachment (id) ON DELETE CASCADE, name TEXT NOT NULL, "
        "body TEXT NOT NULL, stems TEXT NOT NULL, wrong VARCHAR(16) NOT NULL)",
        *_INDEX[engine],
        "ALTER TABLE attachment ADD COLUMN unread BOOLEAN NOT NULL DEFAULT TRUE",
        "ALTER TABLE attachment ADD COLUMN begun_at BIGINT",
        "ALTER TABLE attachment ADD COLUMN trashed_at BIGINT",
        "ALTER TABLE attachment ADD COLUMN trashed_by BIGINT REFERENCES person (id)",
        "CREATE INDEX attachment_unread ON attachment (id) WHERE unread",
        "CREATE INDEX attachment_trashed ON attachment (trashed_by, id) WHERE trashed_at IS NOT NULL",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP INDEX attachment_trashed",
        "DROP INDEX attachment_unread",
        *(f"ALTER TABLE attachment DROP COLUMN {name}" for name in ("trashed_by", "trashed_at", "begun_at", "unread")),
        *(("DROP TABLE file_index",) if engine == "sqlite" else ()),
        "DROP TABLE file_text",
        "DROP TABLE file_version",
    )
