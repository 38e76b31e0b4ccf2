"""Entry is the spine: everything social or structural stands on it once. Times are milliseconds since 1970, UTC."""

from __future__ import annotations

from typing import Any

from piccolo.columns import BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Varchar
from piccolo.table import Table

from web.people.tables import Person, Space


class Entry(Table, tablename="entry"):
    """Anything anybody wrote.

    `root` is the entry that heads the conversation (itself, for what stands alone); `space` stands on
    every child too, so that what may be read is one WHERE. `revision` is the current Revision.
    `active_at` is when something last happened in the conversation. `buried` is set on everything
    under a root that is in the bin.
    """

    id = BigInt(primary_key=True, default=None)
    kind = Varchar(length=16)
    space = ForeignKey(Space, on_delete=OnDelete.restrict, null=False)
    author = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    parent: Any = ForeignKey("self", on_delete=OnDelete.restrict, null=True, default=None)
    root = BigInt()
    revision = BigInt()
    title = Text(default="")
    title_key = Text(default="", help_text="The title as wiki links find it: folded.")
    slug = Varchar(length=80, default="")
    body = Text(default="")
    lead = Text(default="", help_text="What lists say of it instead of how it begins.")
    lang = Varchar(length=8, null=True, default=None)
    created_at = BigInt(default=0)
    updated_at = BigInt(default=0)
    active_at = BigInt(default=0)

    url = Text(null=True, default=None, help_text="The web address that a bookmark keeps.")
    quote = Text(null=True, default=None, help_text="The passage that an annotation is about.")
    anchor = Integer(null=True, default=None, help_text="Where the passage starts, in code points of the plain text.")
    lost_in = BigInt(null=True, default=None, help_text="The revision in which a passage that is gone stood last.")
    lost_at = Integer(null=True, default=None, help_text="And where.")
    sort = Varchar(length=16, null=True, default=None, help_text="What an annotation is said to be.")
    stage = Varchar(length=16, null=True, default=None)
    accepted = BigInt(null=True, default=None, help_text="The accepted reply.")
    position = Integer(default=0, help_text="Order among siblings in the tree.")

    replies = Integer(default=0)
    annotations = Integer(default=0)
    recommend = Integer(default=0)
    helped = Integer(default=0)
    vote = Integer(default=0)
    watchers = Integer(default=0)
    revisions = Integer(default=1)

    trashed_at = BigInt(null=True, default=None)
    trashed_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None)
    trash_reason = Text(default="")
    buried = Boolean(default=False)
    hide_at = BigInt(null=True, default=None, help_text="When it goes into the bin by itself.")
    hide_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None, help_text="Who said so.")


class Revision(Table, tablename="revision"):
    """A text of an entry, the current one included; never changed. `folded` ones were followed at
    once by another of the same hand and are left out of the history, but can still be a save's base. Of one that was
    redacted, nothing is left but when, by whom and why. `accepted_by`: who let it in, where its author suggested it."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    author = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    base = BigInt(null=True, default=None)
    title = Text(default="")
    body = Text(default="")
    lead = Text(default="")
    url = Text(null=True, default=None)
    lang = Varchar(length=8, null=True, default=None)
    tags = Text(default="", help_text="The tags given in the form, separated by blanks.")
    summary = Varchar(length=300, default="")
    minor = Boolean(default=False)
    merged = Boolean(default=False)
    folded = Boolean(default=False)
    created_at = BigInt(default=0)
    redacted_at = BigInt(null=True, default=None)
    redacted_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None)
    redact_reason = Text(default="")
    accepted_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None)
    correction = Boolean(default=False, help_text="What was wrong is its summary, and told under the text.")


class Suggestion(Table, tablename="suggestion"):
    """A change that somebody would make to an entry, based on the revision `base`. Nobody but its author and those who may edit the
    entry reads it, so it is no entry: it is in no list, no search, no count and no copy.

    `outcome` is none while it waits, then adopted, partly, declined, withdrawn, or gone (with the text it was based on). `revision` is
    the text that came of it, by its author; `further` what whoever accepted it made of that.
    """

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    author = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    base = BigInt()
    title = Text(default="")
    body = Text(default="")
    summary = Varchar(length=300, default="")
    created_at = BigInt(default=0)
    outcome = Varchar(length=16, null=True, default=None)
    decided_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None)
    decided_at = BigInt(null=True, default=None)
    reason = Text(default="")
    revision = BigInt(null=True, default=None)
    further = BigInt(null=True, default=None)


class Event(Table, tablename="event"):
    """Somebody did something. Feeds, notifications and audit are queries of this, never a second record."""

    id = BigInt(primary_key=True, default=None)
    verb = Varchar(length=24)
    actor = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=True, default=None)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    revision = BigInt(null=True, default=None)
    note = Text(default="")
    created_at = BigInt(default=0)


class Stood(Table, tablename="stood"):
    """Where a page stood in its tree, until (ms) it came to stand elsewhere. Its space and its kind are in the events."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    parent = BigInt(null=True, default=None)
    position = Integer()
    until = BigInt()


class Tending(Table, tablename="tending"):
    """Who answers for a page, and when it is gone through again; of one that has no such row, its author and a year after it was
    changed last. `id` is the entry's. `verified` is the event of the last time that somebody said it is right."""

    id = BigInt(primary_key=True, default=None)
    owner = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None)
    every = Integer(default=12, help_text="In months; 0 for never.")
    review_by = Varchar(length=10, null=True, default=None, help_text="A day, as 2026-12-31.")
    verified = BigInt(null=True, default=None)
    instead = BigInt(null=True, default=None, help_text="The entry to read instead of one that is retired.")


class Part(Table, tablename="part"):
    """That an entry is a part of a series: of the one in its space whose name has that key. `id` is the entry's."""

    id = BigInt(primary_key=True, default=None)
    series = Varchar(length=60)
    series_key = Varchar(length=60)
    number = Integer(null=True, default=None, help_text="Its place, where that is not by date.")


class Writer(Table, tablename="writer"):
    """Who is named as a writer of an entry besides its author, and may edit it as they may."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    person = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    added_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None)
    created_at = BigInt(default=0)


class Translation(Table, tablename="translation"):
    """That an entry (`id`) was translated from another, and is up to date with that `revision` of it."""

    id = BigInt(primary_key=True, default=None)
    source = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    revision = BigInt()


class Reading(Table, tablename="reading"):
    """How many people have read an entry in a month, `2026-12`: each counts once a day, and nobody is named."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    month = Varchar(length=7)
    readers = Integer(default=0)


class Tag(Table, tablename="tag"):
    """A word that entries share, folded to lower case."""

    id = BigInt(primary_key=True, default=None)
    name = Varchar(length=50, unique=True)
    about = Text(default="")
    created_at = BigInt(default=0)


class Tagging(Table, tablename="tagging"):
    """A tag on an entry, and how it is spelled there: from the form, or (`in_text`) written as #tag in its body."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    tag = ForeignKey(Tag, on_delete=OnDelete.cascade, null=False)
    title = Varchar(length=50)
    in_text = Boolean(default=False)


class Link(Table, tablename="link"):
    """From an entry's text to an entry, a person, an attachment, the web, or a page not written yet.
    `written` is what stands in the text (`Onboarding`, `space/Onboarding`, `/e/42`, an address);
    exactly one of target, person, attachment, url is set, or none for a page not written yet.
    """

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    written = Text()
    target = ForeignKey(Entry, on_delete=OnDelete.set_null, null=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    attachment = BigInt(null=True, default=None)
    url = Text(null=True, default=None)
    embeds = Boolean(default=False, help_text="Whether what it leads to is shown in the text.")


class Watch(Table, tablename="watch"):
    """A subscription to an entry, a space, a tag or a person. Level is all or muted."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=True, default=None)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=True, default=None)
    tag = ForeignKey(Tag, on_delete=OnDelete.cascade, null=True, default=None)
    whom = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    level = Varchar(length=8, default="all")
    created_at = BigInt(default=0)


class Attachment(Table, tablename="attachment"):
    """A file. Its bytes lie under `hash` in the data folder; who may read it follows its entry,
    or its uploader alone while no saved text uses it."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.set_null, null=True, default=None)
    author = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    hash = Varchar(length=64)
    name = Varchar(length=200)
    media_type = Varchar(length=100)
    size = BigInt()
    width = Integer(null=True, default=None)
    height = Integer(null=True, default=None)
    alt = Text(default="")
    created_at = BigInt(default=0)
    unread = Boolean(default=True, help_text="Whether what stands in it is still to be read for the search.")
    begun_at = BigInt(null=True, default=None, help_text="When that was begun last.")
    trashed_at = BigInt(null=True, default=None)
    trashed_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=True, default=None)


class FileVersion(Table, tablename="file_version"):
    """What a file was and is, once there is more than one; the last is the file as its attachment has it. Never changed."""

    id = BigInt(primary_key=True, default=None)
    file = ForeignKey(Attachment, on_delete=OnDelete.cascade, null=False)
    author = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    hash = Varchar(length=64)
    media_type = Varchar(length=100)
    size = BigInt()
    width = Integer(null=True, default=None)
    height = Integer(null=True, default=None)
    note = Varchar(length=300, default="")
    created_at = BigInt(default=0)


class FileText(Table, tablename="file_text"):
    """What search reads of a file: its name, and the text that stands in it, as it could be read; `wrong`: why it could not. `id` is
    the attachment's. Made anew at any time."""

    id = BigInt(primary_key=True, default=None)
    name = Text(default="")
    body = Text(default="")
    stems = Text(default="")
    wrong = Varchar(length=16, default="")


class EntryText(Table, tablename="entry_text"):
    """What search reads: an entry's title, plain text and stems. Rebuilt from the entry at any time."""

    id = BigInt(primary_key=True, default=None)
    title = Text(default="")
    body = Text(default="")
    stems = Text(default="")


class Imported(Table, tablename="imported"):
    """Where an entry was imported from: the file's path in its folder, and a digest of what was made of it."""

    id = BigInt(primary_key=True, default=None)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=False)
    path = Text(help_text="Relative to the imported folder, with forward slashes.")
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    digest = Varchar(length=64, help_text="SHA-256 of what the last import saved.")
    created_at = BigInt(default=0)


class Draft(Table, tablename="draft"):
    """What somebody has begun to write: something new, or (`entry`, based on the revision `base`) a change. Theirs alone.
    `share_at`: when it is shared by itself, unless that `failed` (why); it goes into the bin at `hide_at`."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    kind = Varchar(length=16)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=True, default=None)
    base = BigInt(null=True, default=None)
    space = Varchar(length=60, default="", help_text="The slug, as chosen in the form.")
    parent = ForeignKey(Entry, on_delete=OnDelete.set_null, null=True, default=None)
    title = Text(default="")
    body = Text(default="")
    lead = Text(default="")
    url = Text(default="")
    quote = Text(default="")
    tags = Text(default="")
    lang = Varchar(length=8, null=True, default=None)
    summary = Text(default="")
    created_at = BigInt(default=0)
    updated_at = BigInt(default=0)
    dropped_at = BigInt(null=True, default=None)
    share_at = BigInt(null=True, default=None)
    hide_at = BigInt(null=True, default=None)
    failed = Varchar(length=16, default="")
    series = Text(default="")
    translates: Any = ForeignKey(Entry, on_delete=OnDelete.set_null, null=True, default=None)
    choices = Text(default="", help_text="Of a poll, as typed: a line for each.")
    several = Text(default="")
    until = Text(default="", help_text="The last day of it, as typed.")
    sort = Text(default="")
    also = Text(default="", help_text="The ids of what was said that is in it.")
    under = Text(default="")
    nameless = Text(default="", help_text="That it is to be asked without a name, as ticked.")
    put_to = Text(default="", help_text="Whether those who know about its tags are told once it is shared, as chosen.")


TABLES = (
    Entry, Revision, Suggestion, Event, Stood, Tending, Part, Writer, Translation, Reading, Tag, Tagging, Link, Watch, Attachment, FileVersion, FileText, EntryText, Imported, Draft,
)  # fmt: skip
