"""How many reactions entries came with, from where they were imported."""

from __future__ import annotations

from piccolo.columns import BigInt, ForeignKey, Integer, OnDelete, Varchar
from piccolo.table import Table

from web.entries.tables import Entry


class Tally(Table, tablename="tally"):
    """How many recommends, helpeds or votes an entry came with, from where it was imported: nobody who gave them is known here. They
    count with those that were given here."""

    id = BigInt(primary_key=True, default=None)
    entry = ForeignKey(Entry, on_delete=OnDelete.cascade, null=False)
    name = Varchar(length=16)
    many = Integer()
