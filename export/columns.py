"""What a house of then has of each table: which columns."""

from __future__ import annotations

ENTRY = (
    "id", "kind", "space", "author", "parent", "root", "revision", "title", "title_key", "slug", "body", "lead", "lang", "created_at",
    "updated_at", "active_at", "url", "quote", "anchor", "sort", "stage", "accepted", "position", "replies", "annotations", "recommend",
    "helped", "vote", "watchers", "revisions",
)  # fmt: skip
# With the column that says of which entry each is.
OF_ENTRIES = {
    "revision": (
        "entry",
        (
            "id", "entry", "author", "base", "title", "body", "lead", "url", "lang", "tags", "summary", "minor", "merged", "folded", "created_at",
            "redacted_at", "redacted_by", "redact_reason", "accepted_by", "correction",
        ),
    ),
    "event": ("entry", ("id", "verb", "actor", "entry", "space", "person", "revision", "note", "created_at")),
    "writer": ("entry", ("id", "entry", "person", "added_by", "created_at")),
    "entry_text": ("id", ("id", "title", "body", "stems")),
    "tagging": ("entry", ("id", "entry", "tag", "title", "in_text", "active_at")),
    "link": ("entry", ("id", "entry", "written", "target", "person", "attachment", "url", "embeds")),
}  # fmt: skip
# What follows from a text: of one that has changed since, it is made again.
DERIVED = ("entry_text", "tagging", "link")
OF_HOUSE = {
    "house": ("id", "language", "settled", "stand_in"),
    "person": ("id", "handle", "name", "about", "language", "admin", "guest", "active", "created_at"),
    "space": ("id", "slug", "name", "about", "access", "public", "members", "created_at"),
    "membership": ("id", "person", "space", "role", "until", "created_at"),
    "tag": ("id", "name", "about", "created_at"),
    "attachment": ("id", "entry", "author", "hash", "name", "media_type", "size", "width", "height", "alt", "created_at"),
}  # fmt: skip
PART = ("id", "series", "series_key", "number")
TALK = ("id", "closed_at", "pinned_in", "pinned_at")
WENT = ("id", "source", "kind", "person", "created_at")
GATHERED = (
    "id",
    "page",
    "page_revision",
    "section",
    "anchor",
    "source",
    "source_revision",
    "talk",
    "person",
    "created_at",
)
REACTION = ("id", "entry", "person", "name", "created_at", "note", "noted_at")
OUTDATED = ("id", "why", "instead", "person", "created_at")
TRANSLATION = ("id", "source", "revision")
TENDING = ("id", "owner", "every", "review_by", "verified", "instead")
POLL = ("id", "several", "until", "ended_at", "voters")
CHOICE = ("id", "entry", "words", "votes")
FEATURED = ("id", "entry", "person", "created_at")
COLUMNS = {
    table: ", ".join(columns)
    for table, columns in (
        *OF_HOUSE.items(),
        ("entry", ENTRY),
        ("tending", TENDING),
        ("part", PART),
        ("translation", TRANSLATION),
        ("poll", POLL),
        ("choice", CHOICE),
        ("featured", FEATURED),
        ("talk", TALK),
        ("went", WENT),
        ("gathered", GATHERED),
        ("reaction", REACTION),
        ("outdated", OUTDATED),
        *((table, each[1]) for table, each in OF_ENTRIES.items()),
    )
}
