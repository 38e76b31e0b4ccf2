"""Editions, which say what is published when and for whom; and the snapshots of them that are kept."""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Varchar
from piccolo.table import Table

from web.people.tables import Person, Space


class Edition(Table, tablename="edition"):
    """What is to be published, for whom, how often and where to; and how far the run of it is, while there is one."""

    id = BigInt(primary_key=True, default=None)
    name = Varchar(length=120)
    audience = Varchar(length=8, help_text="public, everyone, space (that one) or person (that one).")
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    spaces = Text(default="", help_text="The slugs of the only ones that it is of, between blanks; all, for none.")
    language = Varchar(length=8)
    history = Boolean(default=False)
    strict = Boolean(default=False)
    format = Varchar(length=16)
    rhythm = Varchar(length=8, default="", help_text="hour, day, week, or empty: only when somebody asks for it.")
    minute = Integer(default=0, help_text="Of the hour, or of the day.")
    weekday = Integer(default=0, help_text="Monday is 0.")
    keep = Integer(default=0)
    days = Integer(default=0)
    months = Integer(default=0)
    place = Text(default="", help_text="One of those in the settings; empty, when it only lies in the house.")
    folder = Text(default="", help_text="Below the place.")
    owner = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    created_at = BigInt(default=0)
    next_at = BigInt(null=True, default=None, help_text="When it is due; it stays so until a run has ended in order.")
    run = BigInt(null=True, default=None, help_text="Whoever has this number makes it just now.")
    begun_at = BigInt(null=True, default=None)
    seen_at = BigInt(null=True, default=None, help_text="When the run last said that it is alive.")
    done = Integer(default=0)
    known = Integer(default=0)
    tries = Integer(default=0)
    looked_at = BigInt(null=True, default=None, help_text="When what is published was last known to be right.")
    failed = Varchar(length=16, default="", help_text="Why the last run ended without a snapshot, in a word.")
    wrong = Text(default="", help_text="What it said, for whoever looks after it.")
    dropped_at = BigInt(null=True, default=None)


class Kept(Table, tablename="snapshot"):
    """A snapshot that is kept, as one file on the shelf. For whom it is does not change with its edition."""

    id = BigInt(primary_key=True, default=None)
    edition = ForeignKey(Edition, on_delete=OnDelete.cascade, null=False)
    audience = Varchar(length=8)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    made_at = BigInt()
    as_of = BigInt(help_text="When something last happened in it.")
    ending = Varchar(length=16)
    sha256 = Varchar(length=64)
    size = BigInt()
    pages = Integer()
    added = Integer(default=0)
    changed = Integer(default=0)
    gone = Integer(default=0)
    signed = Boolean(default=False)
    manifest = Varchar(length=64, help_text="The sum of its manifest: the same for the same snapshot.")
    dropped_at = BigInt(null=True, default=None)
    read_at = BigInt(null=True, default=None, help_text="When the house began to be read for it.")
    again = BigInt(null=True, default=None, help_text="Since when it is to be made anew; until it is, nobody gets it.")


class Holds(Table, tablename="snapshot_space"):
    """A space that a kept snapshot has something of: who may not read it any more may not have the snapshot."""

    id = BigInt(primary_key=True, default=None)
    snapshot = ForeignKey(Kept, on_delete=OnDelete.cascade, null=False)
    space = BigInt()


TABLES = (Edition, Kept, Holds)
