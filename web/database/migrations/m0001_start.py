"""Everything that the content model stands on, and the house's own space."""

from __future__ import annotations

# What differs between the engines stands in braces: a key that we give ourselves, and a reference to one.
_TABLES = (
    """CREATE TABLE person (
        id {key}, handle VARCHAR(40) NOT NULL UNIQUE, name VARCHAR(120) NOT NULL, email VARCHAR(254) UNIQUE,
        password TEXT, about TEXT NOT NULL DEFAULT '', language VARCHAR(8), admin BOOLEAN NOT NULL DEFAULT FALSE,
        guest BOOLEAN NOT NULL DEFAULT FALSE, active BOOLEAN NOT NULL DEFAULT TRUE,
        created_at BIGINT NOT NULL DEFAULT 0, touched INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE space (
        id {key}, slug VARCHAR(60) NOT NULL UNIQUE, name VARCHAR(120) NOT NULL, about TEXT NOT NULL DEFAULT '',
        access VARCHAR(8) NOT NULL DEFAULT 'open', public BOOLEAN NOT NULL DEFAULT FALSE,
        members INTEGER NOT NULL DEFAULT 0, created_at BIGINT NOT NULL DEFAULT 0, touched INTEGER NOT NULL DEFAULT 0,
        CHECK (access IN ('open', 'closed', 'secret')), CHECK (access = 'open' OR NOT public))""",
    """CREATE TABLE membership (
        id {key}, person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        space BIGINT NOT NULL REFERENCES space (id) ON DELETE CASCADE, role VARCHAR(8) NOT NULL DEFAULT 'member',
        until BIGINT, created_at BIGINT NOT NULL DEFAULT 0, UNIQUE (person, space))""",
    "CREATE INDEX membership_space ON membership (space)",
    """CREATE TABLE join_request (
        id {key}, person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        space BIGINT NOT NULL REFERENCES space (id) ON DELETE CASCADE, why TEXT NOT NULL DEFAULT '',
        created_at BIGINT NOT NULL DEFAULT 0, UNIQUE (person, space))""",
    "CREATE INDEX join_request_space ON join_request (space)",
    """CREATE TABLE invitation (
        id {key}, token_hash VARCHAR(64) NOT NULL UNIQUE, email VARCHAR(254),
        space BIGINT REFERENCES space (id) ON DELETE CASCADE, role VARCHAR(8) NOT NULL DEFAULT 'member',
        guest BOOLEAN NOT NULL DEFAULT FALSE, invited_by BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        created_at BIGINT NOT NULL DEFAULT 0, expires_at BIGINT NOT NULL DEFAULT 0, used_at BIGINT)""",
    """CREATE TABLE session (
        id {key}, token_hash VARCHAR(64) NOT NULL UNIQUE,
        person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE, agent VARCHAR(200) NOT NULL DEFAULT '',
        created_at BIGINT NOT NULL DEFAULT 0, seen_at BIGINT NOT NULL DEFAULT 0)""",
    "CREATE INDEX session_person ON session (person)",
    """CREATE TABLE token (
        id {key}, token_hash VARCHAR(64) NOT NULL UNIQUE,
        person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE, name VARCHAR(120) NOT NULL DEFAULT '',
        created_at BIGINT NOT NULL DEFAULT 0, seen_at BIGINT)""",
    "CREATE INDEX token_person ON token (person)",
    """CREATE TABLE attempt (
        id {key}, key VARCHAR(200) NOT NULL UNIQUE, count INTEGER NOT NULL DEFAULT 0, until BIGINT NOT NULL DEFAULT 0)""",
    """CREATE TABLE entry (
        id {key}, kind VARCHAR(16) NOT NULL, space BIGINT NOT NULL REFERENCES space (id),
        author BIGINT NOT NULL REFERENCES person (id), parent BIGINT REFERENCES entry (id), root BIGINT NOT NULL,
        revision BIGINT NOT NULL, title TEXT NOT NULL DEFAULT '', title_key TEXT NOT NULL DEFAULT '',
        slug VARCHAR(80) NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '', lang VARCHAR(8),
        created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, active_at BIGINT NOT NULL,
        url TEXT, quote TEXT, anchor INTEGER, stage VARCHAR(16), accepted BIGINT, position INTEGER NOT NULL DEFAULT 0,
        replies INTEGER NOT NULL DEFAULT 0, annotations INTEGER NOT NULL DEFAULT 0,
        recommend INTEGER NOT NULL DEFAULT 0, helped INTEGER NOT NULL DEFAULT 0, vote INTEGER NOT NULL DEFAULT 0,
        watchers INTEGER NOT NULL DEFAULT 0, revisions INTEGER NOT NULL DEFAULT 1, touched INTEGER NOT NULL DEFAULT 0,
        trashed_at BIGINT, trashed_by BIGINT REFERENCES person (id), trash_reason TEXT NOT NULL DEFAULT '',
        buried BOOLEAN NOT NULL DEFAULT FALSE)""",
    "CREATE INDEX entry_active ON entry (active_at DESC, id DESC)",
    "CREATE INDEX entry_kind_active ON entry (kind, active_at DESC, id DESC)",
    "CREATE INDEX entry_space_active ON entry (space, active_at DESC, id DESC)",
    "CREATE INDEX entry_author ON entry (author, created_at DESC, id DESC)",
    "CREATE INDEX entry_root ON entry (root, id)",
    "CREATE INDEX entry_parent ON entry (parent) WHERE parent IS NOT NULL",
    "CREATE INDEX entry_title_key ON entry (title_key) WHERE title_key <> ''",
    "CREATE INDEX entry_trashed ON entry (trashed_at DESC, id DESC) WHERE trashed_at IS NOT NULL",
    """CREATE TABLE revision (
        id {key}, entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
        author BIGINT NOT NULL REFERENCES person (id), base BIGINT, title TEXT NOT NULL DEFAULT '',
        body TEXT NOT NULL DEFAULT '', url TEXT, tags TEXT NOT NULL DEFAULT '', summary VARCHAR(300) NOT NULL DEFAULT '',
        minor BOOLEAN NOT NULL DEFAULT FALSE, merged BOOLEAN NOT NULL DEFAULT FALSE, folded BOOLEAN NOT NULL DEFAULT FALSE,
        created_at BIGINT NOT NULL)""",
    "CREATE INDEX revision_entry ON revision (entry, id)",
    """CREATE TABLE event (
        id {key}, verb VARCHAR(24) NOT NULL, actor BIGINT NOT NULL REFERENCES person (id),
        entry BIGINT REFERENCES entry (id) ON DELETE CASCADE, space BIGINT REFERENCES space (id) ON DELETE CASCADE,
        person BIGINT REFERENCES person (id) ON DELETE CASCADE, revision BIGINT, note TEXT NOT NULL DEFAULT '',
        created_at BIGINT NOT NULL)""",
    "CREATE INDEX event_entry ON event (entry, id)",
    "CREATE INDEX event_actor ON event (actor, id)",
    "CREATE INDEX event_person ON event (person, id) WHERE person IS NOT NULL",
    """CREATE TABLE reaction (
        id {key}, entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
        person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE, name VARCHAR(16) NOT NULL,
        created_at BIGINT NOT NULL, UNIQUE (entry, person, name))""",
    "CREATE INDEX reaction_person ON reaction (person, entry)",
    """CREATE TABLE tag (
        id {key}, name VARCHAR(50) NOT NULL UNIQUE, title VARCHAR(50) NOT NULL, about TEXT NOT NULL DEFAULT '',
        created_at BIGINT NOT NULL DEFAULT 0, touched INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE tagging (
        id {key}, entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
        tag BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE, in_text BOOLEAN NOT NULL DEFAULT FALSE,
        UNIQUE (entry, tag))""",
    "CREATE INDEX tagging_tag ON tagging (tag, entry)",
    """CREATE TABLE link (
        id {key}, entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE, written TEXT NOT NULL,
        target BIGINT REFERENCES entry (id) ON DELETE SET NULL, person BIGINT REFERENCES person (id) ON DELETE CASCADE,
        attachment BIGINT, url TEXT)""",
    "CREATE INDEX link_entry ON link (entry)",
    "CREATE INDEX link_target ON link (target) WHERE target IS NOT NULL",
    "CREATE INDEX link_person ON link (person) WHERE person IS NOT NULL",
    "CREATE INDEX link_attachment ON link (attachment) WHERE attachment IS NOT NULL",
    """CREATE INDEX link_wanted ON link (written)
        WHERE target IS NULL AND person IS NULL AND attachment IS NULL AND url IS NULL""",
    """CREATE TABLE watch (
        id {key}, person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        entry BIGINT REFERENCES entry (id) ON DELETE CASCADE, space BIGINT REFERENCES space (id) ON DELETE CASCADE,
        tag BIGINT REFERENCES tag (id) ON DELETE CASCADE, whom BIGINT REFERENCES person (id) ON DELETE CASCADE,
        level VARCHAR(8) NOT NULL DEFAULT 'all', created_at BIGINT NOT NULL)""",
    "CREATE UNIQUE INDEX watch_entry ON watch (person, entry) WHERE entry IS NOT NULL",
    "CREATE UNIQUE INDEX watch_space ON watch (person, space) WHERE space IS NOT NULL",
    "CREATE UNIQUE INDEX watch_tag ON watch (person, tag) WHERE tag IS NOT NULL",
    "CREATE UNIQUE INDEX watch_whom ON watch (person, whom) WHERE whom IS NOT NULL",
    "CREATE INDEX watch_of_entry ON watch (entry) WHERE entry IS NOT NULL",
    """CREATE TABLE attachment (
        id {key}, entry BIGINT REFERENCES entry (id) ON DELETE SET NULL,
        author BIGINT NOT NULL REFERENCES person (id), hash VARCHAR(64) NOT NULL, name VARCHAR(200) NOT NULL,
        media_type VARCHAR(100) NOT NULL, size BIGINT NOT NULL, width INTEGER, height INTEGER,
        alt TEXT NOT NULL DEFAULT '', created_at BIGINT NOT NULL)""",
    "CREATE INDEX attachment_entry ON attachment (entry)",
    "CREATE INDEX attachment_author ON attachment (author, id)",
    """CREATE TABLE entry_text (
        id {key} REFERENCES entry (id) ON DELETE CASCADE, title TEXT NOT NULL DEFAULT '',
        body TEXT NOT NULL DEFAULT '', stems TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE imported (
        id {key}, space BIGINT NOT NULL REFERENCES space (id) ON DELETE CASCADE, path TEXT NOT NULL,
        entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE, digest VARCHAR(64) NOT NULL,
        created_at BIGINT NOT NULL, UNIQUE (space, path))""",
    "INSERT INTO space (id, slug, name, access) VALUES (1, 'house', 'Dugnad', 'open')",
)
_NAMES = (
    "imported", "entry_text", "attachment", "watch", "link", "tagging", "tag", "reaction", "event", "revision", "entry",
    "attempt", "token", "session", "invitation", "join_request", "membership", "space", "person",
)  # fmt: skip
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}


def forwards(engine: str) -> tuple[str, ...]:
    return tuple(statement.replace("{key}", _KEY[engine]) for statement in _TABLES)


def backwards(engine: str) -> tuple[str, ...]:
    return tuple(f"DROP TABLE {name}" for name in _NAMES)
