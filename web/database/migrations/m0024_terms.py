"""Which entries say what a word means is known in memory: that one was written, changed or taken out is counted like a change of rights."""

from __future__ import annotations

GENTLE = True

_TERM = "EXISTS (SELECT 1 FROM tag WHERE id = {row}.tag AND name IN ('term', 'begrep'))"
_TURNS = (("insert", "new"), ("delete", "old"))


def _sqlite() -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER terms_{turn} AFTER {turn.upper()} ON tagging WHEN {_TERM.format(row=row)} BEGIN "
        "UPDATE rights SET changes = changes + 1; END"
        for turn, row in _TURNS
    )


def _postgres() -> tuple[str, ...]:
    counted = (
        "INSERT INTO rights (slot, changes) VALUES (pg_backend_pid() % 64, 1) "
        "ON CONFLICT (slot) DO UPDATE SET changes = rights.changes + 1;"
    )
    functions = (
        f"CREATE FUNCTION terms_{turn}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_TERM.format(row=row)} THEN {counted} END IF; RETURN NULL; END $$"
        for turn, row in _TURNS
    )
    triggers = (
        f"CREATE TRIGGER terms_{turn} AFTER {turn.upper()} ON tagging FOR EACH ROW EXECUTE FUNCTION terms_{turn}()"
        for turn, _ in _TURNS
    )
    return (*functions, *triggers)


def forwards(engine: str) -> tuple[str, ...]:
    return _sqlite() if engine == "sqlite" else _postgres()


def backwards(engine: str) -> tuple[str, ...]:
    if engine == "sqlite":
        return tuple(f"DROP TRIGGER terms_{turn}" for turn, _ in _TURNS)
    dropped = (f"DROP TRIGGER terms_{turn} ON tagging" for turn, _ in _TURNS)
    return (*dropped, *(f"DROP FUNCTION terms_{turn}" for turn, _ in _TURNS))
