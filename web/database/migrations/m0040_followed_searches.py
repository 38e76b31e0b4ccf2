"""Searches that somebody follows, and what was found for them since."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE followed_search (
            id {_KEY[engine]},
            person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            words VARCHAR(300) NOT NULL,
            upto BIGINT NOT NULL DEFAULT 0,
            looked_at BIGINT NOT NULL DEFAULT 0,
            created_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX followed_search_person ON followed_search (person, words)",
        "CREATE INDEX followed_search_looked ON followed_search (looked_at, id)",
        f"""CREATE TABLE search_hit (
            id {_KEY[engine]},
            search BIGINT NOT NULL REFERENCES followed_search (id) ON DELETE CASCADE,
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE)""",
        "CREATE UNIQUE INDEX search_hit_search ON search_hit (search, entry)",
        "CREATE INDEX search_hit_entry ON search_hit (entry)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("DROP TABLE search_hit", "DROP TABLE followed_search")
