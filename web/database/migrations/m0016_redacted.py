"""A text in a history that was taken away for good: when, by whom and why. What else it said is not there any more."""

from __future__ import annotations

GENTLE = True


def forwards(engine: str) -> tuple[str, ...]:
    return (
        "ALTER TABLE revision ADD COLUMN redacted_at BIGINT",
        "ALTER TABLE revision ADD COLUMN redacted_by BIGINT REFERENCES person (id)",
        "ALTER TABLE revision ADD COLUMN redact_reason TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX event_redacted ON event (id) WHERE verb = 'redact'",
    )


def backwards(engine: str) -> tuple[str, ...]:
    return (
        "DROP INDEX event_redacted",
        "ALTER TABLE revision DROP COLUMN redact_reason",
        "ALTER TABLE revision DROP COLUMN redacted_by",
        "ALTER TABLE revision DROP COLUMN redacted_at",
    )
