"""What is known of conversations besides what was written: closed, pinned, taken out of another, put into a page, what helped and what holds no
more, and how far somebody has read; and how much of whose words stands in a page."""

from __future__ import annotations

from piccolo.columns import BigInt, ForeignKey, Integer, OnDelete, Text, Varchar
from piccolo.table import Table

from web.entries.tables import Entry
from web.people.tables import Person, Space


class Talk(Table, tablename="talk"):
    """That a conversation takes no more replies, and that it stands first in a space, for as long as it is in that one. `id` is the entry's
    that heads it; who did it, and why, is in the events."""

    id = BigInt(primary_key=True, default=None)
    closed_at = BigInt(null=True, default=None)
    pinned_in = ForeignKey(Space, on_delete=OnDelete.set_null, null=True, default=None)
    pinned_at = BigInt(null=True, default=None)


class Asker(Table, tablename="asker"):
    """Who is behind an entry (`id`) that the stand-in wrote. Read by nobody but them, and by whoever runs the space when they ask; in no copy and
    no folder."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)


class Went(Table, tablename="went"):
    """That an entry (`id`) was of another kind, in the conversation `source`: one that heads its own now was split off from it; one whose source
    is itself headed its own, and was put into another."""

    id = BigInt(primary_key=True, default=None)
    source = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    kind = Varchar(length=16)
    person = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    created_at = BigInt(default=0)


class Furthest(Table, tablename="furthest"):
    """How far somebody has read a conversation: to what has the id `upto`, and until when (`read_at`, ms) what was done in it; and before all
    was marked as read (`was`, 0 for never; `was_at`), so that it can be undone."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    upto = BigInt()
    was = BigInt(null=True, default=None)
    was_at = BigInt(null=True, default=None)
    read_at = BigInt(default=0)


class Gathered(Table, tablename="gathered"):
    """That what was said in an entry (`source`, of the conversation `talk` then) stands on a page, in the section with that heading, whose fragment is
    `anchor`. The revisions are those with which somebody has last seen that both fit."""

    id = BigInt(primary_key=True, default=None)
    page = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    page_revision = BigInt()
    section = Text(default="")
    anchor = Text(default="")
    source = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    source_revision = BigInt()
    talk = ForeignKey(Entry, on_delete=OnDelete.set_null, null=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    created_at = BigInt(default=0)
    dropped_at = BigInt(null=True, default=None, help_text="When somebody took that off.")
    changed_at = BigInt(null=True, default=None, help_text="When either side was last changed.")


class Surviving(Table, tablename="surviving"):
    """How many words of a page are somebody's, as it stood in the `revision`, and when (ms) they brought the last of them. Made of its history."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    words = Integer()
    revision = BigInt()
    at = BigInt()


class Reaction(Table, tablename="reaction"):
    """One person's recommend, helped or vote on one entry; what they say of it with that, and when they said so last."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    name = Varchar(length=16)
    created_at = BigInt(default=0)
    note = Varchar(length=200, default="")
    noted_at = BigInt(null=True, default=None)


class Outdated(Table, tablename="outdated"):
    """That an answer (`id`) holds no more: who said so, why, and which answer of the same question to read instead."""

    id = BigInt(primary_key=True, default=None)
    why = Text(default="")
    instead = ForeignKey(Entry, on_delete=OnDelete.set_null, null=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    created_at = BigInt(default=0)


TABLES = (Talk, Asker, Went, Furthest, Gathered, Surviving, Reaction, Outdated)
