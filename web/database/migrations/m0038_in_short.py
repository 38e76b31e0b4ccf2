"""What says in short what a conversation has come to is found from its head; whether somebody reads conversations by time; the lists that
they have saved; and how far they have come in each."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}
_PERSON = "person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE"
_COUNTED = {
    "sqlite": "CREATE TRIGGER rights_person_by_time AFTER UPDATE OF by_time ON person BEGIN UPDATE rights SET changes = changes + 1; END",
    "postgres": (
        "CREATE TRIGGER rights_changed_by_time AFTER UPDATE OF by_time ON person FOR EACH STATEMENT EXECUTE FUNCTION rights_changed()"
    ),
}
_COUNTED_NO_MORE = {
    "sqlite": "DROP TRIGGER rights_person_by_time",
    "postgres": "DROP TRIGGER rights_changed_by_time ON person",
}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "CREATE INDEX entry_summary ON entry (parent) WHERE kind = 'summary'",
        "ALTER TABLE person ADD COLUMN by_time BOOLEAN NOT NULL DEFAULT FALSE",
        _COUNTED[engine],
        f"""CREATE TABLE tab (
            id {_KEY[engine]}, {_PERSON},
            name VARCHAR(60) NOT NULL,
            kind VARCHAR(16),
            space BIGINT REFERENCES space (id) ON DELETE CASCADE,
            tag VARCHAR(50),
            author BIGINT REFERENCES person (id) ON DELETE CASCADE,
            followed BOOLEAN NOT NULL DEFAULT FALSE,
            unanswered BOOLEAN NOT NULL DEFAULT FALSE,
            position INTEGER NOT NULL DEFAULT 0,
            created_at BIGINT NOT NULL)""",
        "CREATE INDEX tab_person ON tab (person, position, id)",
        "CREATE INDEX tab_space ON tab (space) WHERE space IS NOT NULL",
        "CREATE INDEX tab_author ON tab (author) WHERE author IS NOT NULL",
        f"""CREATE TABLE caught_up (
            id {_KEY[engine]}, {_PERSON},
            list BIGINT NOT NULL,
            opened_at BIGINT NOT NULL,
            reached_at BIGINT NOT NULL,
            before_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX caught_up_person ON caught_up (person, list)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP TABLE caught_up",
        "DROP TABLE tab",
        _COUNTED_NO_MORE[engine],
        "ALTER TABLE person DROP COLUMN by_time",
        "DROP INDEX entry_summary",
    )
