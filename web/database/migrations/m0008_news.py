"""PostgreSQL tells every process that listens when anybody has done anything; SQLite is looked at, which costs nothing."""

from __future__ import annotations

GENTLE = True

_FORWARDS = {
    "sqlite": (),
    "postgres": (
        """CREATE FUNCTION event_told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_notify('dugnad', ''); RETURN NULL; END $$""",
        "CREATE TRIGGER event_told AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION event_told()",
    ),
}
_BACKWARDS = {"sqlite": (), "postgres": ("DROP TRIGGER event_told ON event", "DROP FUNCTION event_told")}


def forwards(engine: str) -> tuple[str, ...]:
    return _FORWARDS[engine]


def backwards(engine: str) -> tuple[str, ...]:
    return _BACKWARDS[engine]
