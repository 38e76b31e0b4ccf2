"""A revision also says which language its text is in, so that merging and going back know it."""

from __future__ import annotations


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE revision ADD COLUMN lang VARCHAR(8)",
        "UPDATE revision SET lang = (SELECT lang FROM entry WHERE entry.id = revision.entry)",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return ("ALTER TABLE revision DROP COLUMN lang",)
