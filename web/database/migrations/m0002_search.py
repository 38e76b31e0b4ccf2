"""Full-text search over entry_text: FTS5 in SQLite, tsvector in PostgreSQL."""

from __future__ import annotations

_FORWARDS = {
    "sqlite": (
        """CREATE VIRTUAL TABLE entry_index USING fts5(title, body, stems, content='entry_text', content_rowid='id',
            tokenize="unicode61 remove_diacritics 0", prefix='2 3')""",
        "CREATE VIRTUAL TABLE entry_words USING fts5vocab(entry_index, 'row')",
        """CREATE TRIGGER entry_text_insert AFTER INSERT ON entry_text BEGIN
            INSERT INTO entry_index (rowid, title, body, stems) VALUES (new.id, new.title, new.body, new.stems); END""",
        """CREATE TRIGGER entry_text_delete AFTER DELETE ON entry_text BEGIN
            INSERT INTO entry_index (entry_index, rowid, title, body, stems)
            VALUES ('delete', old.id, old.title, old.body, old.stems); END""",
        """CREATE TRIGGER entry_text_update AFTER UPDATE ON entry_text BEGIN
            INSERT INTO entry_index (entry_index, rowid, title, body, stems)
            VALUES ('delete', old.id, old.title, old.body, old.stems);
            INSERT INTO entry_index (rowid, title, body, stems) VALUES (new.id, new.title, new.body, new.stems); END""",
        "INSERT INTO entry_index (entry_index) VALUES ('rebuild')",
    ),
    # A tsvector holds at most a megabyte: the texts are cut well before.
    "postgres": (
        """ALTER TABLE entry_text ADD COLUMN words tsvector GENERATED ALWAYS AS (
            setweight(to_tsvector('simple', left(title, 1000)), 'A') ||
            setweight(to_tsvector('simple', left(body, 150000)), 'B') ||
            setweight(to_tsvector('simple', left(stems, 150000)), 'C')) STORED""",
        "CREATE INDEX entry_text_words ON entry_text USING gin (words)",
    ),
}
_BACKWARDS = {
    "sqlite": (
        "DROP TRIGGER entry_text_insert", "DROP TRIGGER entry_text_delete", "DROP TRIGGER entry_text_update",
        "DROP TABLE entry_words", "DROP TABLE entry_index",
    ),
    "postgres": ("ALTER TABLE entry_text DROP COLUMN words",),
}  # fmt: skip


def forwards(engine: str) -> tuple[str, ...]:
    return _FORWARDS[engine]


def backwards(engine: str) -> tuple[str, ...]:
    return _BACKWARDS[engine]
