"""What somebody would not be told, whom what was done may concern, answers by mail, the lists that somebody looks through, and the searches that they follow. Times are milliseconds since 1970, UTC."""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, ForeignKey, Integer, OnDelete, Varchar
from piccolo.table import Table

from web.entries.tables import Entry
from web.people.tables import Person, Space


class Mute(Table, tablename="mute"):
    """A reason for which somebody would not be told any more: its word, and the entry, space, tag or person that it is about."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    reason = Varchar(length=16)
    thing = BigInt()
    created_at = BigInt(default=0)


class Told(Table, tablename="told"):
    """One row: the last event of which it is noted whom it may concern."""

    id = BigInt(primary_key=True, default=1)
    event = BigInt(default=0)


class ReplyAddress(Table, tablename="reply_address"):
    """That somebody answers in a conversation by mail, until then. The address is made of the number and the house's secret."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    expires_at = BigInt()
    refused_at = BigInt(null=True, default=None, help_text="When its owner was told why an answer was not taken.")


class Received(Table, tablename="received"):
    """A letter that was taken in, so that it is once; only a digest of its number is kept."""

    id = BigInt(primary_key=True, default=None)
    digest = Varchar(length=64, unique=True)
    created_at = BigInt(default=0)


class Tab(Table, tablename="tab"):
    """A list that somebody has saved, beside the stream: what is in it has that kind, space, tag and author, as far as each is said; `followed`,
    and nobody has answered it yet. `tag`: its name, whether or not anything has it."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    name = Varchar(length=60)
    kind = Varchar(length=16, null=True, default=None)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=True, default=None)
    tag = Varchar(length=50, null=True, default=None)
    author = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    followed = Boolean(default=False)
    unanswered = Boolean(default=False)
    position = Integer(default=0)
    created_at = BigInt(default=0)


class CaughtUp(Table, tablename="caught_up"):
    """How far somebody has come in a list: a tab (its id), the stream (0), what they follow (1), or the spaces that they were made host of (2). All of it that was new when they opened it
    at `reached_at` (ms) was before them; `before_at` is the same of the time before that; `opened_at`: when they saw its beginning last."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    list = BigInt()
    opened_at = BigInt()
    reached_at = BigInt()
    before_at = BigInt()


class FollowedSearch(Table, tablename="followed_search"):
    """What somebody searches for again and again, as they typed it. `upto`: the last text that it was looked for in, by its id; `looked_at`: when."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    words = Varchar(length=300)
    upto = BigInt(default=0)
    looked_at = BigInt(default=0)
    created_at = BigInt(default=0)


class SearchHit(Table, tablename="search_hit"):
    """An entry that is found by a search that somebody follows, and was written since they do; or changed, so that only its text of that `revision`
    is found so."""

    id = BigInt(primary_key=True, default=None)
    search = ForeignKey(FollowedSearch, on_delete=OnDelete.cascade, null=False)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    revision = BigInt(null=True, default=None)


TABLES = (Mute, Told, ReplyAddress, Received, Tab, CaughtUp, FollowedSearch, SearchHit)
