"""A revision says which language its text is in, so that merging and going back know it. And how a tag is spelled stands
on the entry that carries it: the spelling of one that the viewer cannot read is nobody's business."""

from __future__ import annotations


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE revision ADD COLUMN lang VARCHAR(8)",
        "UPDATE revision SET lang = (SELECT lang FROM entry WHERE entry.id = revision.entry)",
        "ALTER TABLE tagging ADD COLUMN title VARCHAR(50) NOT NULL DEFAULT ''",
        "UPDATE tagging SET title = (SELECT title FROM tag WHERE tag.id = tagging.tag)",
        "ALTER TABLE tag DROP COLUMN title",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE tag ADD COLUMN title VARCHAR(50) NOT NULL DEFAULT ''",
        "UPDATE tag SET title = COALESCE((SELECT min(title) FROM tagging WHERE tagging.tag = tag.id), name)",
        "ALTER TABLE tagging DROP COLUMN title",
        "ALTER TABLE revision DROP COLUMN lang",
    )
