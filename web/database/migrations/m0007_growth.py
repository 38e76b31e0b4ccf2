"""What a house of a million entries needs so that its pages cost what those of a small one do: indexes of titles and of
names, of where a page stands in its tree, and of what last happened under a tag. Triggers keep them, so that a program of
the version before can write beside this one."""

from __future__ import annotations

GENTLE = True

_WORDS = "tokenize=\"unicode61 remove_diacritics 0\", prefix='1 2 3'"


def _index_of(name: str, table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """A full-text index in SQLite of some columns of a table, kept by triggers."""
    listed = ", ".join(columns)
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("new", "old"))
    insert = f"INSERT INTO {name} (rowid, {listed}) VALUES (new.id, {new});"
    delete = f"INSERT INTO {name} ({name}, rowid, {listed}) VALUES ('delete', old.id, {old});"
    return (
        f"CREATE VIRTUAL TABLE {name} USING fts5({listed}, content='{table}', content_rowid='id', {_WORDS})",
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN {insert} END",
        f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} BEGIN {delete} END",
        f"CREATE TRIGGER {name}_update AFTER UPDATE OF {listed} ON {table} BEGIN {delete} {insert} END",
        f"INSERT INTO {name} ({name}) VALUES ('rebuild')",
    )


def _no_index(name: str) -> tuple[str, ...]:
    return (*(f"DROP TRIGGER {name}_{when}" for when in ("insert", "delete", "update")), f"DROP TABLE {name}")


_BOTH = (
    "CREATE INDEX entry_place ON entry (space, kind, parent, position)",
    "ALTER TABLE tagging ADD COLUMN active_at BIGINT NOT NULL DEFAULT 0",
    "UPDATE tagging SET active_at = (SELECT active_at FROM entry WHERE entry.id = tagging.entry)",
    "CREATE INDEX tagging_active ON tagging (tag, active_at DESC, entry DESC)",
    "DROP INDEX tagging_tag",
    "DROP INDEX entry_author",
    # With all that counting what somebody wrote looks at.
    "CREATE INDEX entry_author ON entry (author, created_at DESC, id DESC, kind, space, trashed_at, buried)",
)
_FORWARDS = {
    "sqlite": (
        *_BOTH,
        """CREATE TRIGGER entry_active AFTER UPDATE OF active_at ON entry BEGIN
            UPDATE tagging SET active_at = new.active_at WHERE entry = new.id; END""",
        """CREATE TRIGGER tagging_active AFTER INSERT ON tagging BEGIN
            UPDATE tagging SET active_at = (SELECT active_at FROM entry WHERE id = new.entry) WHERE id = new.id; END""",
        *_index_of("title_index", "entry_text", ("title",)),
        *_index_of("person_index", "person", ("handle", "name")),
    ),
    "postgres": (
        *_BOTH,
        """CREATE FUNCTION entry_active() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            UPDATE tagging SET active_at = new.active_at WHERE entry = new.id; RETURN NULL; END $$""",
        """CREATE TRIGGER entry_active AFTER UPDATE OF active_at ON entry FOR EACH ROW
            WHEN (new.active_at <> old.active_at) EXECUTE FUNCTION entry_active()""",
        """CREATE FUNCTION tagging_active() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            new.active_at = (SELECT active_at FROM entry WHERE id = new.entry); RETURN new; END $$""",
        """CREATE TRIGGER tagging_active BEFORE INSERT ON tagging FOR EACH ROW EXECUTE FUNCTION tagging_active()""",
        """ALTER TABLE entry_text ADD COLUMN title_words tsvector
            GENERATED ALWAYS AS (to_tsvector('simple', left(title, 1000))) STORED""",
        "CREATE INDEX entry_text_title_words ON entry_text USING gin (title_words)",
        """ALTER TABLE person ADD COLUMN words tsvector
            GENERATED ALWAYS AS (to_tsvector('simple', handle || ' ' || name)) STORED""",
        "CREATE INDEX person_words ON person USING gin (words)",
    ),
}
_BACKWARDS = {
    "sqlite": (
        *_no_index("person_index"),
        *_no_index("title_index"),
        "DROP TRIGGER tagging_active",
        "DROP TRIGGER entry_active",
    ),
    "postgres": (
        "ALTER TABLE person DROP COLUMN words",
        "ALTER TABLE entry_text DROP COLUMN title_words",
        "DROP TRIGGER tagging_active ON tagging",
        "DROP FUNCTION tagging_active",
        "DROP TRIGGER entry_active ON entry",
        "DROP FUNCTION entry_active",
    ),
}


def forwards(engine: str) -> tuple[str, ...]:
    return _FORWARDS[engine]


def backwards(engine: str) -> tuple[str, ...]:
    return (
        *_BACKWARDS[engine],
        "CREATE INDEX tagging_tag ON tagging (tag, entry)",
        "DROP INDEX tagging_active",
        "ALTER TABLE tagging DROP COLUMN active_at",
        "DROP INDEX entry_place",
        "DROP INDEX entry_author",
        "CREATE INDEX entry_author ON entry (author, created_at DESC, id DESC)",
    )
