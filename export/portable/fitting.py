"""Whether all that was read fits together: nothing is there twice, and whatever is named is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from export.portable.records import ATTACHMENT, ENTRY, EVENT, Record
from web import words
from web.errors import NotDone
from web.kinds import KINDS
from web.templating import EVENT_NOTES

Row = dict[str, Any]
# Makes the error, of the key and of why.
Refusal = Callable[[str, str], NotDone]


class _Placed(NamedTuple):
    """Where an entry stands."""

    root: int
    parent: int | None
    space: int
    kind: str
    author: int
    created_at: int
    accepted: int | None
    refused: Refusal


class Fitting:
    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], set[Any]] = {}
        self._entries: dict[int, _Placed] = {}
        self._attachments: set[int] = set()
        self._needed: dict[tuple[str, int], Callable[[str], NotDone]] = {}
        self._noted: set[int] = set()
        self._grounded: set[int | None] = set()  # what is known not to stand under itself

    def add(self, record: Record, row: Row, refused: Refusal) -> None:
        """Raises what `refused` makes for what is there already."""
        for columns in record.alone:
            value = tuple(row[column] for column in columns)
            seen = self._seen.setdefault((record.table, *columns), set())
            if value in seen:
                raise refused(columns[0], "this is there twice.")
            if value != (None,):
                seen.add(value)
        for field in record.fields:
            if field.form in ("entry", "event", "choice") and row[field.column] is not None and record is not ENTRY:
                self.need(field.form, row[field.column], lambda why, key=field.key: refused(key, why))  # type: ignore[misc]
        if record is ENTRY:
            self._entries[row["id"]] = _Placed(
                row["root"], row["parent"], row["space"], row["kind"], row["author"], row["created_at"], row["accepted"], refused
            )  # fmt: skip
        elif record is ATTACHMENT:
            self._attachments.add(row["id"])
        elif record is EVENT and row["entry"] is not None:
            if row["verb"] not in words.VERBS:
                raise refused("verb", f"this must be one of {', '.join(words.VERBS)}.")
            table, many, _ = EVENT_NOTES.get(row["verb"], ("VERBS", 0, True))
            if many and not getattr(words, table).keys() >= {*row["note"].split(" ")[:many]}:
                raise refused("note", "this says nothing that is known here.")
            self._noted.add(row["entry"])

    def need(self, table: str, id: int, refused: Callable[[str], NotDone]) -> None:
        """It may still come."""
        if not self._there(table, id):
            self._needed.setdefault((table, id), refused)

    def _there(self, table: str, id: int) -> bool:
        if table in ("event", "choice"):
            return (id,) in self._seen.get((table, "id"), ())
        return id in (self._entries if table == "entry" else self._attachments)

    def check(self) -> None:
        """When all has been read. Raises what is wrong."""
        for (table, id), refused in self._needed.items():
            if not self._there(table, id):
                raise refused(f"{id} is not in this folder.")
        for id, entry in self._entries.items():
            self._check_place(id, entry)

    def _check_place(self, id: int, entry: _Placed) -> None:
        root, alone = self._entries.get(entry.root), KINDS[entry.kind].alone
        if root is None or root.root != entry.root or (entry.root == id) is not alone:
            raise entry.refused("root", "this heads no conversation in this folder, or what stands alone has one.")
        if root.space != entry.space:
            raise entry.refused("space", "this is another space than that of the conversation.")
        if entry.accepted is not None and getattr(self._entries.get(entry.accepted), "root", None) != id:
            raise entry.refused("accepted", "this was not written under it.")
        if entry.parent is None:
            return
        parent = self._entries.get(entry.parent)
        if parent is None or parent.space != entry.space or (not alone and parent.root != entry.root):
            raise entry.refused("parent", "this is not in this folder, or stands somewhere else.")
        above: set[int | None] = {id}
        here: int | None = entry.parent
        while here is not None and here in self._entries and here not in self._grounded:
            if here in above:
                raise entry.refused("parent", "nothing stands under itself.")
            above.add(here)
            here = self._entries[here].parent
        self._grounded |= above

    def author_of(self, entry: int | None) -> int | None:
        found = self._entries.get(entry or 0)
        return found.author if found else None

    def unnoted(self) -> Iterator[tuple[int, int, str, int, int]]:
        """What nothing happened to: its id, author, verb, space and time (ms)."""
        for id, entry in self._entries.items():
            if id not in self._noted:
                yield id, entry.author, KINDS[entry.kind].verb, entry.space, entry.created_at
