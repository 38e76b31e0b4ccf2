"""What the API takes and gives. Fields that are not here are refused: nobody becomes an author by writing so."""

from __future__ import annotations

import msgspec

from web import urls, words
from web.entries.carried import Carried
from web.entries.rows import Attachment as AttachmentRow
from web.entries.rows import Entry as EntryRow
from web.entries.rows import Revision as RevisionRow
from web.entries.rows import Tag as TagRow
from web.people.rows import Member as MemberRow
from web.people.rows import Person as PersonRow
from web.people.rows import Space as SpaceRow
from web.routes.api.polls import Poll, poll


class Entry(msgspec.Struct, frozen=True):
    """An entry. `url` is the address that a bookmark keeps; `address` is the entry's own. Times are ISO 8601, UTC."""

    id: int
    kind: str
    space: str
    author: str
    title: str
    body: str
    lead: str
    url: str | None
    quote: str | None
    anchor: int | None
    sort: str | None
    parent: int | None
    root: int
    revision: int
    revisions: int
    lang: str | None
    stage: str | None
    accepted: int | None
    tags: list[str]
    replies: int
    annotations: int
    recommend: int
    helped: int
    vote: int
    watchers: int
    created_at: str
    updated_at: str
    active_at: str
    address: str
    permalink: str
    poll: Poll | None = None


class Entries(msgspec.Struct, frozen=True):
    """A page of a list; `next` is the cursor to the following one."""

    items: list[Entry]
    next: str | None


class Hit(msgspec.Struct, frozen=True):
    """Something found; `snippet` is HTML with the words marked."""

    entry: Entry
    snippet: str


class Hits(msgspec.Struct, frozen=True):
    items: list[Hit]
    next: str | None


class Revision(msgspec.Struct, frozen=True):
    id: int
    entry: int
    author: str
    base: int | None
    title: str
    body: str
    lead: str
    url: str | None
    lang: str | None
    tags: list[str]
    summary: str
    minor: bool
    merged: bool
    created_at: str
    redacted_at: str | None
    redact_reason: str


class Revisions(msgspec.Struct, frozen=True):
    items: list[Revision]
    next: str | None


class Space(msgspec.Struct, frozen=True):
    slug: str
    name: str
    about: str
    access: str
    public: bool
    members: int
    address: str


class Spaces(msgspec.Struct, frozen=True):
    items: list[Space]
    next: str | None = None


class Person(msgspec.Struct, frozen=True):
    handle: str
    name: str
    about: str
    guest: bool
    active: bool
    address: str


class People(msgspec.Struct, frozen=True):
    items: list[Person]
    next: str | None = None


class Member(msgspec.Struct, frozen=True):
    handle: str
    name: str
    role: str
    until: str | None = None


class Members(msgspec.Struct, frozen=True):
    items: list[Member]
    next: str | None = None


class Tag(msgspec.Struct, frozen=True):
    name: str
    title: str
    entries: int
    address: str


class Tags(msgspec.Struct, frozen=True):
    items: list[Tag]
    next: str | None = None


class Attachment(msgspec.Struct, frozen=True):
    id: int
    entry: int | None
    author: str
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    alt: str
    url: str


class Attachments(msgspec.Struct, frozen=True):
    items: list[Attachment]
    next: str | None = None


# What is sent.


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing."""


class Post(Sent, frozen=True):
    kind: str
    space: str | None = None
    title: str = ""
    body: str = ""
    parent: int | None = None
    url: str | None = None
    tags: list[str] | str = ""
    quote: str | None = None
    anchor: int | None = None
    sort: str | None = None
    lang: str | None = None
    lead: str = ""
    choices: list[str] = []
    several: bool = False
    until: str = ""
    nameless: bool = False


class Edit(Sent, frozen=True):
    """A new text, based on `revision`. What is left out stays as it is. `mend`: a new title is also written in the texts that link to it."""

    revision: int
    title: str | None = None
    body: str | None = None
    lead: str | None = None
    url: str | None = None
    tags: list[str] | str | None = None
    lang: str | None = None
    summary: str = ""
    minor: bool = False
    correction: bool = False
    mend: bool = False


class Reply(Sent, frozen=True):
    body: str
    tags: list[str] | str = ""


class Annotate(Sent, frozen=True):
    quote: str
    body: str = ""
    anchor: int | None = None
    sort: str | None = None
    tags: list[str] | str = ""


class Revert(Sent, frozen=True):
    """The text that comes back. With `undo`: the one whose change is taken back, while what came later is kept; 409 where that cannot be done."""

    revision: int
    summary: str = ""
    undo: bool = False


class Redact(Sent, frozen=True):
    revision: int
    reason: str = ""


class SetTags(Sent, frozen=True):
    tags: list[str] | str


class Trash(Sent, frozen=True):
    reason: str = ""


class Move(Sent, frozen=True):
    """`below`: with all pages under it, which stay otherwise, one level up."""

    space: str
    below: bool = False


class Turn(Sent, frozen=True):
    kind: str
    title: str = ""


class Put(Sent, frozen=True):
    """Under which page (null: at the top), and before which of those there (null: last)."""

    parent: int | None = None
    before: int | None = None


class Accept(Sent, frozen=True):
    """The reply that settled it; null takes it back."""

    reply: int | None = None


class Stage(Sent, frozen=True):
    stage: str
    note: str = ""


class Undone(Sent, frozen=True):
    """`undo` takes it back."""

    undo: bool = False


class Watch(Sent, frozen=True):
    """`all`, `muted` or `none`."""

    level: str = "all"


class NewSpace(Sent, frozen=True):
    slug: str
    name: str
    access: str = "open"
    about: str = ""


class SetRole(Sent, frozen=True):
    """host, editor, member or guest, until the end of a day (`2026-12-31`, UTC) or, with null, for good; without a role they
    are shown out."""

    handle: str
    role: str | None = "member"
    until: str | None = None


def entry(each: EntryRow, tags: tuple[TagRow, ...], origin: str, carried: Carried | None = None) -> Entry:
    """`origin` is where the house is on the web, without a slash at the end."""
    same = (
        "id", "kind", "title", "body", "lead", "url", "quote", "anchor", "sort", "parent", "root", "revision", "revisions", "lang", "stage",
        "accepted", "replies", "annotations", "recommend", "helped", "vote", "watchers",
    )  # fmt: skip
    return Entry(
        space=each.space.slug, author=each.author.handle, tags=[tag.title for tag in tags],
        created_at=words.iso(each.created_at), updated_at=words.iso(each.updated_at), active_at=words.iso(each.active_at),
        address=origin + urls.url_of(each), permalink=origin + urls.permalink(each),
        poll=poll(carried.poll) if carried and carried.poll else None,
        **{name: getattr(each, name) for name in same},
    )  # fmt: skip


def revision(each: RevisionRow) -> Revision:
    same = ("id", "entry", "base", "title", "body", "lead", "url", "lang", "summary", "minor", "merged")
    return Revision(
        author=each.author.handle, tags=each.tags.split(), created_at=words.iso(each.created_at),
        redacted_at=words.iso(each.redacted.at) if each.redacted else None,
        redact_reason=each.redacted.reason if each.redacted else "",
        **{name: getattr(each, name) for name in same},
    )  # fmt: skip


def space(each: SpaceRow, origin: str) -> Space:
    return Space(each.slug, each.name, each.about, each.access, each.public, each.members, origin + urls.url_of(each))


def person(each: PersonRow, origin: str) -> Person:
    return Person(each.handle, each.name, each.about, each.guest, each.active, origin + urls.url_of(each))


def member(each: MemberRow) -> Member:
    return Member(each.person.handle, each.person.name, each.role, words.iso(each.until) if each.until else None)


def tag(each: TagRow, origin: str) -> Tag:
    return Tag(each.name, each.title, each.entries, origin + urls.url_of(each))


def attachment(each: AttachmentRow, origin: str) -> Attachment:
    same = ("id", "entry", "name", "media_type", "size", "width", "height", "alt")
    url = origin + urls.file_url(each.id, each.name)
    return Attachment(author=each.author.handle, url=url, **{name: getattr(each, name) for name in same})
