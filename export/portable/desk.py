"""Where what the house holds becomes files: a row is said, and put where it belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from export.portable.filing import Filing
from export.portable.forms import Names, written
from export.portable.reach import Reach
from export.portable.records import Record
from web import twins
from web.database import SQL, rows

_AT_ONCE = 1000
Row = dict[str, Any]


class Desk:
    """`counted`: how many rows of each table were said. `attachments`: those that come along, by their ids."""

    def __init__(self, filing: Filing, reach: Reach) -> None:
        self.filing, self.reach, self.names = filing, reach, Names()
        self.attachments: set[int] = set()
        self.counted: dict[str, int] = defaultdict(int)

    def said(self, record: Record, of: Mapping[str, Any]) -> Row | None:
        """None for what names somebody or something that is not known."""
        said = written(record, of, self.names, whole=self.reach.whole)
        self.counted[record.table] += said is not None
        return said

    def put(self, name: str, record: Record, of: Mapping[str, Any]) -> None:
        """As a file, with what is its text, if anything is, as the text."""
        if (said := self.said(record, of)) is not None:
            key = next((field.key for field in record.fields if field.form == "body"), "")
            front = {name: value for name, value in said.items() if name != key}
            self.filing.put(name, twins.written(front, said.get(key, "")))

    def line(self, record: Record, of: Mapping[str, Any]) -> bytes:
        """Empty for what names somebody or something that is not known."""
        said = self.said(record, of)
        return msgspec.json.encode({"what": record.table, **said}) + b"\n" if said is not None else b""


def columns(record: Record, alias: str, *without: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in record.columns if column not in without)


async def batches(statement: SQL, key: str, size: int = _AT_ONCE) -> AsyncIterator[list[Row]]:
    """Its rows, some at a time. The statement ends in a condition and gives `id`, which `key` is there."""
    after = -1
    while found := await rows(f"{{}} AND {key} > {{}} ORDER BY {key} LIMIT {{}}", statement, after, size):
        yield found
        after = found[-1]["id"]


async def each_of(statement: SQL, key: str) -> AsyncIterator[Row]:
    async for batch in batches(statement, key):
        for each in batch:
            yield each
