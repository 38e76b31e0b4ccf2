"""Credit that is kept with a draft or taken off, how much of whose words stands in a page, and the tags of a space."""

from __future__ import annotations

GENTLE = True
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgres": "BIGINT PRIMARY KEY"}
# What somebody says of another word for a tag is said of the tag, unless they say something of that already.
_MEANS = "FROM synonym y JOIN tag t ON t.id = y.tag WHERE y.name = skill.topic"
_SAID = f"EXISTS (SELECT 1 FROM skill o WHERE o.person = skill.person AND o.id <> skill.id AND o.topic = (SELECT t.name {_MEANS}))"
_SAME = (
    f"EXISTS (SELECT 1 FROM skill o JOIN synonym n ON n.name = o.topic WHERE o.person = skill.person AND o.id > skill.id "
    f"AND n.tag = (SELECT y.tag {_MEANS}))"
)


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE draft ADD COLUMN also TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE draft ADD COLUMN under TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE gathered ADD COLUMN dropped_at BIGINT",
        "ALTER TABLE gathered ADD COLUMN changed_at BIGINT",
        "CREATE INDEX gathered_changed_at ON gathered (changed_at) WHERE changed_at IS NOT NULL",
        "ALTER TABLE space ADD COLUMN tags TEXT NOT NULL DEFAULT ''",
        f"""CREATE TABLE surviving (
            id {_KEY[engine]},
            entry BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
            person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            words INTEGER NOT NULL,
            revision BIGINT NOT NULL,
            at BIGINT NOT NULL)""",
        "CREATE UNIQUE INDEX surviving_entry ON surviving (entry, person)",
        "CREATE INDEX surviving_person ON surviving (person)",
        f"DELETE FROM skill WHERE {_SAID} AND EXISTS (SELECT 1 {_MEANS})",
        f"DELETE FROM skill WHERE {_SAME}",
        f"UPDATE skill SET topic = (SELECT t.name {_MEANS}) WHERE EXISTS (SELECT 1 {_MEANS})",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP TABLE surviving",
        "ALTER TABLE space DROP COLUMN tags",
        "DROP INDEX gathered_changed_at",
        "ALTER TABLE gathered DROP COLUMN changed_at",
        "ALTER TABLE gathered DROP COLUMN dropped_at",
        "ALTER TABLE draft DROP COLUMN under",
        "ALTER TABLE draft DROP COLUMN also",
    )
