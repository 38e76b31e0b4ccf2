"""What somebody is told of: which reasons they have muted, what goes to them by mail and when; and keys to feeds."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}
_PERSON = "person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE"


def forwards(engine: str) -> tuple[str, ...]:
    triggers = (
        tuple(
            f"CREATE TRIGGER rights_feed_key_{change.lower()} AFTER {change} ON feed_key BEGIN "
            "UPDATE rights SET changes = changes + 1; END"
            for change in ("UPDATE", "DELETE")
        )
        if engine == "sqlite"
        else (
            "CREATE TRIGGER rights_changed AFTER UPDATE OR DELETE ON feed_key FOR EACH STATEMENT EXECUTE FUNCTION rights_changed()",
        )
    )
    return (
        f"""CREATE TABLE mute (
            id {_KEY[engine]}, {_PERSON},
            reason VARCHAR(16) NOT NULL, thing BIGINT NOT NULL, created_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX mute_person ON mute (person, reason, thing)",
        f"""CREATE TABLE correspondence (
            id {_KEY[engine]} REFERENCES person (id) ON DELETE CASCADE,
            rhythm VARCHAR(8) NOT NULL DEFAULT 'soon', most INTEGER NOT NULL DEFAULT 20,
            quiet_from VARCHAR(5) NOT NULL DEFAULT '', quiet_until VARCHAR(5) NOT NULL DEFAULT '',
            told_at BIGINT NOT NULL DEFAULT 0,
            due_at BIGINT, written_at BIGINT NOT NULL DEFAULT 0)""",
        "CREATE INDEX correspondence_due ON correspondence (due_at) WHERE due_at IS NOT NULL",
        f"CREATE TABLE told (id {_KEY[engine]}, event BIGINT NOT NULL)",
        "INSERT INTO told (id, event) SELECT 1, COALESCE(max(id), 0) FROM event",
        "CREATE INDEX watch_of_space ON watch (space) WHERE space IS NOT NULL",
        "CREATE INDEX watch_of_tag ON watch (tag) WHERE tag IS NOT NULL",
        "CREATE INDEX watch_of_whom ON watch (whom) WHERE whom IS NOT NULL",
        "ALTER TABLE letter ADD COLUMN person BIGINT REFERENCES person (id) ON DELETE CASCADE",
        f"""CREATE TABLE feed_key (
            id {_KEY[engine]}, token_hash VARCHAR(64) NOT NULL UNIQUE, {_PERSON},
            name VARCHAR(120) NOT NULL DEFAULT '', created_at BIGINT NOT NULL, seen_at BIGINT)""",
        "CREATE INDEX feed_key_person ON feed_key (person)",
        *triggers,
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP TABLE feed_key",
        "ALTER TABLE letter DROP COLUMN person",
        "DROP INDEX watch_of_whom",
        "DROP INDEX watch_of_tag",
        "DROP INDEX watch_of_space",
        "DROP TABLE told",
        "DROP TABLE correspondence",
        "DROP TABLE mute",
    )
