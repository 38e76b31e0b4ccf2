"""Questions that are asked without one's name: where, by whom they are written, and who is behind them."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}
_CHANGES = ("INSERT", "DELETE")


def _counted(engine: str) -> tuple[str, ...]:
    """What somebody wrote without their name is known with who they are: it is counted like that."""
    if engine == "sqlite":
        return tuple(
            f"CREATE TRIGGER rights_asker_{change.lower()} AFTER {change} ON asker BEGIN UPDATE rights SET changes = changes + 1; END"
            for change in _CHANGES
        )
    return (
        f"CREATE TRIGGER rights_changed AFTER {' OR '.join(_CHANGES)} ON asker FOR EACH STATEMENT EXECUTE FUNCTION rights_changed()",
    )


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE space ADD COLUMN nameless BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE house ADD COLUMN stand_in BIGINT",
        "ALTER TABLE draft ADD COLUMN nameless TEXT NOT NULL DEFAULT ''",
        f"""CREATE TABLE asker (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE)""",
        "CREATE INDEX asker_person ON asker (person)",
        *_counted(engine),
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP TABLE asker",
        "ALTER TABLE draft DROP COLUMN nameless",
        "ALTER TABLE house DROP COLUMN stand_in",
        "ALTER TABLE space DROP COLUMN nameless",
    )
