"""What queries give: values that templates and the API read. Nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from web.entries.leading import Picture, opening
from web.kinds import KINDS, Kind

WORDS_A_MINUTE = 200


class Face(msgspec.Struct, frozen=True):
    """A person as shown beside what they wrote."""

    id: int
    handle: str
    name: str


class Place(msgspec.Struct, frozen=True):
    """A space as shown beside what is in it."""

    id: int
    slug: str
    name: str
    access: str
    public: bool = False


class Entry(msgspec.Struct, frozen=True):
    """An entry that the viewer may read (or, where `trashed_at` is set, could before). `closed_at`: since when its conversation takes no more replies."""

    id: int
    kind: str
    space: Place
    author: Face
    parent: int | None
    root: int
    revision: int
    title: str
    slug: str
    body: str
    lead: str
    lang: str | None
    created_at: int
    updated_at: int
    active_at: int
    url: str | None
    quote: str | None
    anchor: int | None
    sort: str | None
    stage: str | None
    accepted: int | None
    position: int
    replies: int
    annotations: int
    recommend: int
    helped: int
    vote: int
    watchers: int
    revisions: int
    trashed_at: int | None
    trashed_by: int | None
    trash_reason: str
    hide_at: int | None
    excerpt: str
    words: int | None
    closed_at: int | None = None
    pinned_at: int | None = None
    writers: tuple[Face, ...] = ()

    @property
    def by(self) -> tuple[Face, ...]:
        """Everybody who is named as having written it."""
        return (self.author, *self.writers)

    @property
    def is_a(self) -> Kind:
        return KINDS[self.kind]

    @property
    def minutes(self) -> int | None:
        """How long it takes to read, where that is said of its kind."""
        return None if self.words is None else max(1, round(self.words / WORDS_A_MINUTE))

    @property
    def picture(self) -> Picture | None:
        """What the text begins with, where that stands over it."""
        return opening(self.body) if self.is_a.told else None

    @property
    def edited(self) -> bool:
        return self.revisions > 1

    @property
    def unanswered(self) -> bool:
        """It asks something, and nothing has settled it."""
        return self.is_a.accepts and self.accepted is None

    @property
    def settled(self) -> bool:
        """It was said of a passage, and that has come to its end."""
        return bool(self.is_a.under and self.is_a.stages) and self.stage == self.is_a.stages[-1]

    def count(self, reaction: str) -> int:
        """How many have given that reaction."""
        return getattr(self, reaction)


class Ref(msgspec.Struct, frozen=True):
    """Just enough of an entry to link to it; of one that is `gone` into the bin, not what it was called. `embeds`: it
    shows what it links to."""

    id: int
    kind: str
    slug: str
    title: str
    root: int
    excerpt: str = ""
    gone: bool = False
    embeds: bool = False

    @property
    def is_a(self) -> Kind:
        return KINDS[self.kind]


class Redacted(msgspec.Struct, frozen=True):
    """That a text was taken away for good: when (ms), by whom (a person's id; None where that is not told), and why."""

    at: int
    by: int | None
    reason: str


class Step(msgspec.Struct, frozen=True):
    """One line of a history: a text without its words. `size` is its length in characters, and `grew` how many more that are than in the
    one before (`before`, the last of those that were not taken away; None for the first)."""

    id: int
    author: Face
    summary: str
    minor: bool
    merged: bool
    created_at: int
    size: int
    before: int | None
    grew: int
    redacted: Redacted | None
    accepted_by: int | None = None
    correction: bool = False


class Revision(msgspec.Struct, frozen=True):
    """One text in an entry's history; `size` is its length in characters. One that was `redacted` says nothing any more."""

    id: int
    entry: int
    author: Face
    base: int | None
    title: str
    body: str
    lead: str
    url: str | None
    lang: str | None
    tags: str
    summary: str
    minor: bool
    merged: bool
    created_at: int
    size: int
    redacted: Redacted | None = None
    accepted_by: int | None = None


class Tag(msgspec.Struct, frozen=True):
    """A tag as it is spelled, with how many entries that the viewer may read carry it."""

    id: int
    name: str
    title: str
    entries: int = 0
    about: str = ""


class Branch(msgspec.Struct, frozen=True):
    """A page in the tree of a space, `depth` levels down."""

    ref: Ref
    depth: int


class Happening(msgspec.Struct, frozen=True):
    """Something somebody did to an entry the viewer may read."""

    id: int
    verb: str
    actor: Face
    note: str
    revision: int | None
    created_at: int


class Tending(msgspec.Struct, frozen=True):
    """How an entry is looked after: by whom (`owner`; None: by the hosts of its space), and whether somebody said so (`given`); that it is
    gone through `every` so many months (0: never), next by a day, `2026-12-31`, and whether that has come (`due`); who did last, and how
    many `changes` there were since; and what to read `instead` of one that is retired."""

    owner: Face | None
    given: bool
    every: int
    review_by: str
    due: bool
    verified: Happening | None
    changes: int
    instead: Ref | None


class Attachment(msgspec.Struct, frozen=True):
    """A file; sizes in bytes and pixels. `hash` says where its bytes lie; `unread`: what stands in it is still to be read for the
    search; `wrong`: why that could not be done, a word of `web.contents`."""

    id: int
    entry: int | None
    author: Face
    hash: str
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    alt: str
    created_at: int
    unread: bool = False
    wrong: str = ""

    @property
    def is_picture(self) -> bool:
        return self.width is not None


class Change(msgspec.Struct, frozen=True):
    """A text that was written or changed: the revision `id` of an entry that the viewer may read. `before`: the revision that it changed, none
    for the first; `current`: the one that stands now. `under`: the title of what heads the conversation; `lang` is the entry's."""

    id: int
    entry: Ref
    space: Place
    author: Face
    under: str
    lang: str | None
    summary: str
    minor: bool
    merged: bool
    created_at: int
    before: int | None
    current: int


class Wording(msgspec.Struct, frozen=True):
    """What a revision says; the tags as they were typed."""

    title: str
    tags: str
    body: str
    lead: str


class Links(msgspec.Struct, frozen=True):
    """What the links in some entries' texts lead to, as far as the viewer may follow them.

    `entries` is keyed by (entry, as written); `by_id` holds the same targets by their id. `pictures`: how wide and how high each file is
    that is one, by its id.
    """

    entries: Mapping[tuple[int, str], Ref]
    by_id: Mapping[int, Ref]
    people: Mapping[str, Face]
    pictures: Mapping[int, tuple[int, int]] = {}


def face(row: Mapping[str, Any], prefix: str = "author") -> Face:
    return Face(row[prefix], row[f"{prefix}_handle"], row[f"{prefix}_name"])


def ref(row: Mapping[str, Any]) -> Ref:
    return Ref(
        row["id"], row["kind"], row["slug"], row["title"], row["root"], row.get("excerpt") or "", bool(row.get("gone")), bool(row.get("embeds")),
    )  # fmt: skip


_PLAIN = tuple(name for name in Entry.__struct_fields__ if name not in {"space", "author", "excerpt", "writers"})


def entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        space=Place(row["space"], row["space_slug"], row["space_name"], row["space_access"], bool(row["space_public"])),
        author=face(row),
        excerpt=row["excerpt"] or "",
        writers=_writers(row["crew"]) if row["crew"] else (),
        **{name: row[name] for name in _PLAIN},
    )


def as_row(entry: Entry) -> Entry:
    """As a list shows it: of its text, no more than the picture that what is told begins with."""
    return entry if entry.is_a.told else msgspec.structs.replace(entry, body="")


def _writers(crew: str) -> tuple[Face, ...]:
    """In the order in which they were named."""
    named = sorted((int(number), face) for number, _, face in (each.partition(" ") for each in crew.split("\n")))
    return tuple(Face(int(id), handle, name) for id, handle, name in (face.split(" ", 2) for _, face in named))


def change(row: Mapping[str, Any]) -> Change:
    names = ("under", "lang", "summary", "created_at", "before", "current")
    return Change(
        id=row["revision"], entry=ref(row), author=face(row), minor=bool(row["minor"]), merged=bool(row["merged"]),
        space=Place(row["space"], row["space_slug"], row["space_name"], row["space_access"], bool(row["space_public"])),
        **{name: row[name] for name in names},
    )  # fmt: skip


def revision(row: Mapping[str, Any]) -> Revision:
    names = ("id", "entry", "base", "title", "body", "lead", "url", "lang", "tags", "summary", "created_at", "size")
    return Revision(
        author=face(row), minor=bool(row["minor"]), merged=bool(row["merged"]), redacted=redacted(row), accepted_by=row["accepted_by"],
        **{name: row[name] for name in names},
    )  # fmt: skip


def redacted(row: Mapping[str, Any]) -> Redacted | None:
    if row["redacted_at"] is None:
        return None
    return Redacted(row["redacted_at"], row["redacted_by"], row["redact_reason"])


def step(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> Step:
    """`before`: the row of the last text before it that was not taken away."""
    gone = redacted(row)
    return Step(
        id=row["id"], author=face(row), summary=row["summary"], minor=bool(row["minor"]), merged=bool(row["merged"]),
        created_at=row["created_at"], size=row["size"], before=before["id"] if before else None,
        grew=row["size"] - (before["size"] if before else 0), redacted=gone, accepted_by=row["accepted_by"], correction=bool(row["correction"]),
    )  # fmt: skip
