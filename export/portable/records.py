"""What of the house stands in the folder, and how it is called there: each column that travels is named here once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FORMAT = 1
NEEDED = object()
MOST = 2**53  # the first number that is no id


@dataclass(frozen=True)
class Field:
    """A column, and its key in the folder.

    form: how it is written, a word of `forms.FORMS`. default: what nothing means; NEEDED: something must be said.
    longest: in characters. whole: not for an audience.
    """

    column: str
    key: str
    form: str = "text"
    default: Any = None
    longest: int = 0
    whole: bool = False


@dataclass(frozen=True)
class Record:
    """`alone`: the columns that no two have the same values in. whole: not for an audience."""

    table: str
    fields: tuple[Field, ...]
    alone: tuple[tuple[str, ...], ...] = (("id",),)
    whole: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.column for field in self.fields)


_ID = Field("id", "id", "id", NEEDED)
_CREATED = Field("created_at", "created", "time", NEEDED)
_PERSON = Field("person", "person", "person", NEEDED)
_OF_ENTRY = Field("entry", "entry", "entry", NEEDED)

HOUSE = Record(
    "house",
    (
        Field("language", "language", "language"), Field("settled", "settled", "flag", False),
        Field("stand_in", "stand_in", "person", whole=True),
    ),
    (),
)  # fmt: skip
PERSON = Record(
    "person",
    (
        Field("handle", "handle", "handle", NEEDED), Field("name", "name", "line", NEEDED, 120), _ID,
        Field("email", "email", "email", whole=True), Field("language", "language", "language", whole=True),
        Field("admin", "admin", "flag", False), Field("guest", "guest", "flag", False),
        Field("active", "active", "flag", True), Field("away_until", "away_until", "time", whole=True), _CREATED,
        Field("by_time", "by_time", "flag", False, whole=True), Field("about", "about", "body", ""),
    ),
    (("id",), ("handle",), ("email",)),
)  # fmt: skip
SKILL = Record(
    "skill",
    (
        _ID, _PERSON, Field("topic", "topic", "tag_name", NEEDED), Field("says", "says", "says", NEEDED),
        Field("instead", "instead", "person"), _CREATED,
    ),
    (("id",), ("person", "topic")),
    whole=True,
)  # fmt: skip
TAB = Record(
    "tab",
    (
        _ID, _PERSON, Field("name", "name", "line", NEEDED, 60), Field("kind", "kind", "kind"), Field("space", "space", "space"),
        Field("tag", "tag", "tag_name"), Field("author", "author", "person"), Field("followed", "followed", "flag", False),
        Field("unanswered", "unanswered", "flag", False), Field("position", "position", "number", 0), _CREATED,
    ),
    whole=True,
)  # fmt: skip
FOLLOWED_SEARCH = Record(
    "followed_search", (_ID, _PERSON, Field("words", "words", "line", NEEDED, 300), _CREATED), whole=True
)
SPACE = Record(
    "space",
    (
        Field("slug", "slug", "slug", NEEDED), Field("name", "name", "line", NEEDED, 120), _ID,
        Field("access", "access", "access", NEEDED), Field("public", "public", "flag", False), _CREATED,
        Field("ends_at", "ends", "time", whole=True), Field("welcome", "welcome", "entry", whole=True), Field("tags", "tags", "text", "", whole=True),
        Field("nameless", "nameless", "flag", False, whole=True), Field("about", "about", "body", ""),
    ),
    (("id",), ("slug",)),
)  # fmt: skip
# What heads the file of an entry, besides what CURRENT says. `root` and `saved` are left out where they say nothing new.
ENTRY = Record(
    "entry",
    (
        Field("title", "title", "line", ""), Field("kind", "kind", "kind", NEEDED), _ID,
        Field("space", "space", "space", NEEDED), Field("author", "author", "person", NEEDED), _CREATED,
        Field("updated_at", "updated", "time", NEEDED), Field("active_at", "active", "time", NEEDED),
        Field("revision", "revision", "id", NEEDED), Field("parent", "parent", "entry"), Field("root", "root", "entry"),
        Field("position", "position", "number", 0), Field("url", "url", "address"), Field("quote", "quote"),
        Field("anchor", "anchor", "number"), Field("lost_in", "lost_in", "id", whole=True), Field("lost_at", "lost_at", "number", whole=True),
        Field("sort", "sort", "word"), Field("stage", "stage", "word"), Field("accepted", "accepted", "entry"),
        Field("lang", "lang", "language"), Field("trashed_at", "trashed", "time"),
        Field("trashed_by", "trashed_by", "person"), Field("trash_reason", "trash_reason", "line", ""),
        Field("hide_at", "hide_at", "time", whole=True), Field("hide_by", "hide_by", "person", whole=True),
        Field("lead", "lead", "line", "", 300), Field("body", "body", "body", ""),
    ),
)  # fmt: skip
CURRENT = Record(
    "revision",
    (
        Field("tags", "tags", "tags", ""), Field("author", "editor", "person"), Field("created_at", "saved", "time"),
        Field("base", "base", "id"), Field("summary", "summary", "line", "", 300),
        Field("minor", "minor", "flag", False), Field("merged", "merged", "flag", False),
        Field("correction", "correction", "flag", False), Field("accepted_by", "accepted_by", "person", whole=True),
    ),
    (),
)  # fmt: skip
REVISION = Record(
    "revision",
    (
        _ID, _OF_ENTRY, Field("author", "author", "person", NEEDED), _CREATED, Field("base", "base", "id"),
        Field("title", "title", "line", ""), Field("tags", "tags", "text", ""), Field("url", "url", "address"),
        Field("lang", "lang", "language"), Field("summary", "summary", "line", "", 300),
        Field("minor", "minor", "flag", False), Field("merged", "merged", "flag", False),
        Field("correction", "correction", "flag", False), Field("folded", "folded", "flag", False), Field("redacted_at", "redacted", "time"),
        Field("redacted_by", "redacted_by", "person", whole=True), Field("redact_reason", "redact_reason", "line", ""),
        Field("accepted_by", "accepted_by", "person", whole=True),
        Field("lead", "lead", "line", "", 300), Field("body", "body", "text", ""),
    ),
)  # fmt: skip
SUGGESTION = Record(
    "suggestion",
    (
        _ID, _OF_ENTRY, Field("author", "author", "person", NEEDED), _CREATED, Field("base", "base", "id", NEEDED),
        Field("title", "title", "line", ""), Field("summary", "summary", "line", "", 300), Field("outcome", "outcome", "outcome"),
        Field("decided_by", "decided_by", "person"), Field("decided_at", "decided", "time"), Field("reason", "reason", "line", ""),
        Field("revision", "revision", "id"), Field("further", "further", "id"), Field("body", "body", "text", ""),
    ),
    whole=True,
)  # fmt: skip
EVENT = Record(
    "event",
    (
        _ID, Field("verb", "verb", "word", NEEDED), Field("actor", "actor", "person", NEEDED),
        Field("entry", "entry", "entry"), Field("space", "space", "space"), Field("person", "person", "person"),
        Field("revision", "revision", "id"), Field("note", "note", "text", ""), _CREATED,
    ),
)  # fmt: skip
REACTION = Record(
    "reaction",
    (
        _ID, _OF_ENTRY, _PERSON, Field("name", "name", "reaction", NEEDED), _CREATED, Field("note", "note", "line", "", 200),
        Field("noted_at", "noted", "time"),
    ),
    (("id",), ("entry", "person", "name")),
)  # fmt: skip
TALLY = Record(
    "tally",
    (_ID, _OF_ENTRY, Field("name", "name", "reaction", NEEDED), Field("many", "many", "number", NEEDED)),
    (("id",), ("entry", "name")),
)
STOOD = Record(
    "stood",
    (
        _ID, _OF_ENTRY, Field("parent", "parent", "id"), Field("position", "position", "number", 0),
        Field("until", "until", "time", NEEDED),
    ),
    whole=True,
)  # fmt: skip
TENDING = Record(
    "tending",
    (
        Field("id", "entry", "entry", NEEDED), Field("owner", "owner", "person"), Field("every", "every", "every", 12),
        Field("review_by", "review_by", "day"), Field("verified", "verified", "event"), Field("instead", "instead", "entry"),
    ),
)  # fmt: skip
PART = Record(
    "part",
    (
        Field("id", "entry", "entry", NEEDED), Field("series", "series", "series", NEEDED, 60), Field("number", "number", "number"),
    ),
)  # fmt: skip
TALK = Record(
    "talk",
    (
        Field("id", "entry", "entry", NEEDED), Field("closed_at", "closed", "time"), Field("pinned_in", "pinned_in", "space"),
        Field("pinned_at", "pinned", "time"),
    ),
)  # fmt: skip
WENT = Record(
    "went",
    (
        Field("id", "entry", "entry", NEEDED), Field("source", "source", "entry", NEEDED), Field("kind", "kind", "kind", NEEDED), _PERSON, _CREATED,
    ),
)  # fmt: skip
GATHERED = Record(
    "gathered",
    (
        _ID, Field("page", "page", "entry", NEEDED), Field("page_revision", "page_revision", "id", NEEDED), Field("section", "section", "text", ""),
        Field("anchor", "anchor", "text", ""), Field("source", "source", "entry", NEEDED), Field("source_revision", "source_revision", "id", NEEDED),
        Field("talk", "talk", "entry"), _PERSON, _CREATED, Field("dropped_at", "dropped", "time"),
    ),
    (("id",), ("page", "source")),
)  # fmt: skip
OUTDATED = Record(
    "outdated",
    (
        Field("id", "entry", "entry", NEEDED), Field("why", "why", "line", NEEDED), Field("instead", "instead", "entry"), _PERSON, _CREATED,
    ),
)  # fmt: skip
FURTHEST = Record(
    "furthest",
    (
        _ID, _PERSON, _OF_ENTRY, Field("upto", "upto", "id", NEEDED), Field("was", "was", "id"), Field("was_at", "was_at", "time"),
        Field("read_at", "read", "time", NEEDED),
    ),
    (("id",), ("person", "entry")),
    whole=True,
)  # fmt: skip
WRITER = Record(
    "writer",
    (_ID, _OF_ENTRY, _PERSON, Field("added_by", "added_by", "person", whole=True), _CREATED),
    (("id",), ("entry", "person")),
)
TRANSLATION = Record(
    "translation",
    (
        Field("id", "entry", "entry", NEEDED), Field("source", "source", "entry", NEEDED), Field("revision", "revision", "id", NEEDED),
    ),
)  # fmt: skip
POLL = Record(
    "poll",
    (
        Field("id", "entry", "entry", NEEDED), Field("several", "several", "flag", False), Field("until", "until", "time", NEEDED),
        Field("ended_at", "ended", "time"), Field("voters", "voters", "number", 0),
    ),
)  # fmt: skip
CHOICE = Record(
    "choice", (_ID, _OF_ENTRY, Field("words", "words", "line", NEEDED, 80), Field("votes", "votes", "number", 0))
)
BALLOT = Record(
    "ballot",
    (_ID, _OF_ENTRY, Field("choice", "choice", "choice", NEEDED), _PERSON, _CREATED),
    (("id",), ("entry", "person", "choice")),
    whole=True,
)
FEATURED = Record("featured", (_ID, _OF_ENTRY, _PERSON, _CREATED), (("id",), ("entry", "person")))
READING = Record(
    "reading",
    (_ID, _OF_ENTRY, Field("month", "month", "month", NEEDED), Field("readers", "readers", "number", 0)),
    (("id",), ("entry", "month")),
    whole=True,
)
WATCH = Record(
    "watch",
    (
        _ID, _PERSON, Field("entry", "entry", "entry"), Field("space", "space", "space"), Field("tag", "tag", "tag"),
        Field("whom", "whom", "person"), Field("level", "level", "level", "all"), _CREATED,
    ),
    (("id",), ("person", "entry", "space", "tag", "whom")),
    whole=True,
)  # fmt: skip
MEMBERSHIP = Record(
    "membership",
    (
        _ID, Field("space", "space", "space", NEEDED), _PERSON, Field("role", "role", "role", NEEDED),
        Field("until", "until", "time"), _CREATED,
    ),
    (("id",), ("person", "space")),
)  # fmt: skip
JOIN_REQUEST = Record(
    "join_request",
    (_ID, Field("space", "space", "space", NEEDED), _PERSON, Field("why", "why", "text", ""), _CREATED),
    (("id",), ("person", "space")),
    whole=True,
)
TAG = Record(
    "tag",
    (Field("name", "name", "tag_name", NEEDED), _ID, Field("about", "about", "text", ""), _CREATED),
    (("id",), ("name",)),
)
SYNONYM = Record(
    "synonym",
    (Field("name", "name", "tag_name", NEEDED), _ID, Field("tag", "tag", "tag", NEEDED), _CREATED),
    (("id",), ("name",)),
    whole=True,
)
ATTACHMENT = Record(
    "attachment",
    (
        Field("name", "name", "file_name", NEEDED, 200), _ID, Field("entry", "entry", "entry"),
        Field("author", "author", "person"), _CREATED, Field("trashed_at", "trashed", "time", whole=True),
        Field("trashed_by", "trashed_by", "person", whole=True), Field("alt", "alt", "body", ""),
    ),
)  # fmt: skip
FILE_VERSION = Record(
    "file_version",
    (
        _ID, Field("file", "file", "id", NEEDED), Field("author", "author", "person", NEEDED), _CREATED,
        Field("note", "note", "body", "", 300),
    ),
    whole=True,
)  # fmt: skip
IMPORTED = Record(
    "imported",
    (
        _ID, _OF_ENTRY, Field("space", "space", "space", NEEDED), Field("path", "path", "text", NEEDED),
        Field("digest", "digest", "text", NEEDED, 64), _CREATED,
    ),
    (("id",), ("space", "path")),
    whole=True,
)  # fmt: skip
DRAFT = Record(
    "draft",
    (
        Field("title", "title", "text", ""), Field("kind", "kind", "kind", NEEDED), _ID, _PERSON,
        Field("entry", "entry", "entry"), Field("base", "base", "id"), Field("space", "space", "text", "", 60),
        Field("parent", "parent", "entry"), Field("url", "url", "text", ""), Field("quote", "quote", "text", ""),
        Field("tags", "tags", "text", ""), Field("lang", "lang", "language"), Field("summary", "summary", "text", ""),
        _CREATED, Field("updated_at", "updated", "time", NEEDED), Field("dropped_at", "dropped", "time"),
        Field("share_at", "share_at", "time"), Field("hide_at", "hide_at", "time"), Field("failed", "failed", "word", ""),
        Field("series", "series", "text", "", 60), Field("translates", "translates", "entry"),
        Field("choices", "choices", "text", "", 2000), Field("several", "several", "text", "", 5), Field("until", "until", "text", "", 10),
        Field("sort", "sort", "text", "", 16), Field("also", "also", "text", ""), Field("under", "under", "text", "", 200),
        Field("nameless", "nameless", "text", "", 5), Field("put_to", "put_to", "text", "", 5),
        Field("lead", "lead", "text", "", 300), Field("body", "body", "body", ""),
    ),
    whole=True,
)  # fmt: skip
RECORDS = (
    HOUSE, PERSON, SKILL, TAB, FOLLOWED_SEARCH, SPACE, ENTRY, REVISION, SUGGESTION, EVENT, REACTION, TALLY, STOOD, TENDING, PART, TALK, WENT, GATHERED, OUTDATED, WRITER, TRANSLATION, POLL, CHOICE, BALLOT, FEATURED, READING, FURTHEST, WATCH, MEMBERSHIP, JOIN_REQUEST, TAG, SYNONYM, ATTACHMENT, FILE_VERSION, IMPORTED, DRAFT,
)  # fmt: skip
# What is written as lines, by the word that each begins with.
LINES = {
    each.table: each
    for each in (
        REVISION, SUGGESTION, EVENT, REACTION, TALLY, STOOD, TENDING, PART, TALK, WENT, GATHERED, OUTDATED, WRITER, TRANSLATION, POLL, CHOICE, BALLOT, FEATURED, READING, FURTHEST, WATCH, MEMBERSHIP, JOIN_REQUEST, SKILL, TAB, FOLLOWED_SEARCH, TAG, SYNONYM, IMPORTED,
    )
}  # fmt: skip
