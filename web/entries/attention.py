"""What somebody would not be told, whom what was done may concern, and answers by mail. Times are milliseconds since 1970, UTC."""

from __future__ import annotations

from piccolo.columns import BigInt, ForeignKey, OnDelete, Varchar
from piccolo.table import Table

from web.entries.tables import Entry
from web.people.tables import Person


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


TABLES = (Mute, Told, ReplyAddress, Received)
