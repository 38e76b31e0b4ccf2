"""What is published by itself, and the snapshots that are kept."""

from __future__ import annotations

GENTLE = True

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}
_FOR = """audience VARCHAR(8) NOT NULL, space BIGINT REFERENCES space (id) ON DELETE CASCADE,
            person BIGINT REFERENCES person (id) ON DELETE CASCADE"""


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE edition (
            id {_KEY[engine]}, name VARCHAR(120) NOT NULL, {_FOR}, spaces TEXT NOT NULL DEFAULT '', language VARCHAR(8) NOT NULL,
            history BOOLEAN NOT NULL DEFAULT FALSE, strict BOOLEAN NOT NULL DEFAULT FALSE, format VARCHAR(16) NOT NULL,
            rhythm VARCHAR(8) NOT NULL DEFAULT '', minute INTEGER NOT NULL DEFAULT 0, weekday INTEGER NOT NULL DEFAULT 0,
            keep INTEGER NOT NULL DEFAULT 0, days INTEGER NOT NULL DEFAULT 0, months INTEGER NOT NULL DEFAULT 0,
            place TEXT NOT NULL DEFAULT '', folder TEXT NOT NULL DEFAULT '',
            owner BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE, created_at BIGINT NOT NULL,
            next_at BIGINT, run BIGINT, begun_at BIGINT, seen_at BIGINT, done INTEGER NOT NULL DEFAULT 0,
            known INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, looked_at BIGINT,
            failed VARCHAR(16) NOT NULL DEFAULT '', wrong TEXT NOT NULL DEFAULT '', dropped_at BIGINT)""",
        "CREATE INDEX edition_next ON edition (next_at) WHERE next_at IS NOT NULL",
        f"""CREATE TABLE snapshot (
            id {_KEY[engine]}, edition BIGINT NOT NULL REFERENCES edition (id) ON DELETE CASCADE, {_FOR},
            made_at BIGINT NOT NULL, as_of BIGINT NOT NULL, ending VARCHAR(16) NOT NULL, sha256 VARCHAR(64) NOT NULL,
            size BIGINT NOT NULL, pages INTEGER NOT NULL, added INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0,
            gone INTEGER NOT NULL DEFAULT 0, signed BOOLEAN NOT NULL DEFAULT FALSE, manifest VARCHAR(64) NOT NULL,
            dropped_at BIGINT)""",
        "CREATE INDEX snapshot_edition ON snapshot (edition, id)",
        f"""CREATE TABLE snapshot_space (
            id {_KEY[engine]}, snapshot BIGINT NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE, space BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX snapshot_space_of ON snapshot_space (snapshot, space)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE snapshot_space", "DROP TABLE snapshot", "DROP TABLE edition")
