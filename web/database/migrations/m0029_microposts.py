"""What a short text has besides its words: a poll, what stands behind a link in it, a place on somebody's page; and what tags are called otherwise."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}
_TYPED = ("choices", "several", "until", "sort")


def forwards(engine: str) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE poll (
            id {_KEY[engine]} REFERENCES entry (id) ON DELETE CASCADE,
            several BOOLEAN NOT NULL DEFAULT FALSE,
            until BIGINT NOT NULL,
            ended_at BIGINT,
            voters INTEGER NOT NULL DEFAULT 0)""",
        f"""CREATE TABLE choice (
            id {_KEY[engine]},
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            words VARCHAR(80) NOT NULL,
            votes INTEGER NOT NULL DEFAULT 0)""",
        "CREATE INDEX choice_entry ON choice (entry, id)",
        f"""CREATE TABLE ballot (
            id {_KEY[engine]},
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            choice BIGINT NOT NULL REFERENCES choice (id) ON DELETE CASCADE,
            person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            created_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX ballot_entry ON ballot (entry, person, choice)",
        *(f"ALTER TABLE draft ADD COLUMN {name} TEXT NOT NULL DEFAULT ''" for name in _TYPED),
        f"""CREATE TABLE preview (
            id {_KEY[engine]},
            url TEXT NOT NULL,
            title TEXT NOT NULL DEFAULT '',
            about TEXT NOT NULL DEFAULT '',
            site TEXT NOT NULL DEFAULT '',
            expires_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX preview_url ON preview (url)",
        f"""CREATE TABLE synonym (
            id {_KEY[engine]},
            name VARCHAR(50) NOT NULL,
            tag BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
            created_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX synonym_name ON synonym (name)",
        "CREATE INDEX synonym_tag ON synonym (tag)",
        f"""CREATE TABLE featured (
            id {_KEY[engine]},
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            created_at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX featured_person ON featured (person, entry)",
        "CREATE INDEX featured_entry ON featured (entry)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        *(f"DROP TABLE {table}" for table in ("featured", "synonym", "preview")),
        *(f"ALTER TABLE draft DROP COLUMN {name}" for name in reversed(_TYPED)),
        *(f"DROP TABLE {table}" for table in ("ballot", "choice", "poll")),
    )
