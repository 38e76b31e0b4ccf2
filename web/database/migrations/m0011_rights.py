"""Who somebody is, what they belong to and what the house is called changes seldom: it is counted, so that nobody reads it
anew because somebody wrote something."""

from __future__ import annotations

GENTLE = True

_PERSON = "UPDATE OF handle, name, admin, guest, language, active"
_CHANGES = {
    "person": ("INSERT", _PERSON, "DELETE"),
    "membership": ("INSERT", "UPDATE", "DELETE"),
    "space": ("UPDATE", "DELETE"),
    "session": ("UPDATE", "DELETE"),
    "token": ("UPDATE", "DELETE"),
    "house": ("UPDATE",),
}


def _sqlite() -> tuple[str, ...]:
    triggers = (
        f"CREATE TRIGGER rights_{table}_{change.split()[0].lower()} AFTER {change} ON {table} BEGIN "
        "UPDATE rights SET changes = changes + 1; END"
        for table, changes in _CHANGES.items()
        for change in changes
    )
    return (
        "CREATE TABLE rights (slot INTEGER PRIMARY KEY, changes BIGINT NOT NULL)",
        "INSERT INTO rights (slot, changes) VALUES (0, 0)",
        *triggers,
    )


def _postgres() -> tuple[str, ...]:
    """Who changes these at once counts in different rows, and waits for nobody; together they grow whoever is done first."""
    triggers = (
        f"CREATE TRIGGER rights_changed AFTER {' OR '.join(changes)} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION rights_changed()"
        for table, changes in _CHANGES.items()
    )
    return (
        "CREATE TABLE rights (slot INTEGER PRIMARY KEY, changes BIGINT NOT NULL)",
        """CREATE FUNCTION rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO rights (slot, changes) VALUES (pg_backend_pid() % 64, 1)
            ON CONFLICT (slot) DO UPDATE SET changes = rights.changes + 1; RETURN NULL; END $$""",
        *triggers,
    )


def forwards(engine: str) -> tuple[str, ...]:
    return _sqlite() if engine == "sqlite" else _postgres()


def backwards(engine: str) -> tuple[str, ...]:
    if engine == "sqlite":
        dropped = [
            f"DROP TRIGGER rights_{table}_{change.split()[0].lower()}"
            for table, changes in _CHANGES.items()
            for change in changes
        ]
    else:
        dropped = [*(f"DROP TRIGGER rights_changed ON {table}" for table in _CHANGES), "DROP FUNCTION rights_changed"]
    return (*dropped, "DROP TABLE rights")
