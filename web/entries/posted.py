"""What a post has besides its words: a poll, what stands behind its link, a place on somebody's page; and other words for its tags."""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Varchar
from piccolo.table import Table

from web.entries.tables import Entry, Tag
from web.people.tables import Person


class Poll(Table, tablename="poll"):
    """That an entry (`id`) asks those who read it to choose, until a time (ms) or until it was ended before that."""

    id = BigInt(primary_key=True, default=None)
    several = Boolean(default=False, help_text="Whether one may choose more than one.")
    until = BigInt()
    ended_at = BigInt(null=True, default=None)
    voters = Integer(default=0)


class Choice(Table, tablename="choice"):
    """What can be chosen in a poll, in the order of the ids."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    words = Varchar(length=80)
    votes = Integer(default=0)


class Ballot(Table, tablename="ballot"):
    """What somebody chose. Nobody but them is told, so it is no event either."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    choice = ForeignKey(Choice, on_delete=OnDelete.cascade, null=False)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    created_at = BigInt(default=0)


class Preview(Table, tablename="preview"):
    """What a page on the web says of itself, or (without a title) that it says nothing; asked again when that has expired. Made anew at
    any time."""

    id = BigInt(primary_key=True, default=None)
    url = Text()
    title = Text(default="")
    about = Text(default="")
    site = Text(default="")
    expires_at = BigInt()


class Featured(Table, tablename="featured"):
    """That somebody has put an entry on top of their own page."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    created_at = BigInt(default=0)


class Synonym(Table, tablename="synonym"):
    """Another word for a tag: whoever writes it means that one."""

    id = BigInt(primary_key=True, default=None)
    name = Varchar(length=50, unique=True)
    tag = ForeignKey(Tag, on_delete=OnDelete.cascade, null=False)
    created_at = BigInt(default=0)


TABLES = (Poll, Choice, Ballot, Preview, Featured, Synonym)
