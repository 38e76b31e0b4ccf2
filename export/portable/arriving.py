"""A folder becomes a house: read in order, checked against itself, and added in one transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from export.portable import places
from export.portable.attaching import Kept, attached, attached_before
from export.portable.fitting import Fitting
from export.portable.forms import Names, Wrong, read
from export.portable.records import (
    ATTACHMENT,
    CURRENT,
    DRAFT,
    ENTRY,
    FILE_VERSION,
    FORMAT,
    HOUSE,
    LINES,
    PART,
    PERSON,
    RECORDS,
    REVISION,
    SPACE,
    SYNONYM,
    TAG,
    Record,
)  # fmt: skip
from export.portable.unfolding import Broken, Text, Where, lines, names_in, text
from web.database import bulk, new_id
from web.entries.derived import series_key
from web.entries.rebuilding import COUNTING, derived
from web.entries.trails import Lead
from web.errors import NotDone
from web.facts import HOUSE as EVERYBODYS
from web.kinds import KINDS
from web.storage import Storage

_BATCH, _NEEDED = 2000, ("url", "quote")
_DERIVED = {
    "entry_text": ("id", "title", "body", "stems"),
    "tagging": ("id", "entry", "tag", "title", "in_text", "active_at"),
    "link": ("id", "entry", *Lead._fields),
}
_COLUMNS = {
    each.table: (*each.columns, *more)
    for each, more in (
        *((each, ()) for each in RECORDS if each not in (HOUSE, ENTRY, ATTACHMENT, FILE_VERSION, PART)),
        (HOUSE, ("id",)), (ENTRY, ("title_key", "slug")), (PART, ("series_key",)), (ATTACHMENT, Kept._fields), (FILE_VERSION, Kept._fields),
    )
} | _DERIVED  # fmt: skip
_AROUND = bulk.Around(
    empty="SELECT 1 FROM person UNION ALL SELECT 1 FROM entry UNION ALL SELECT 1 FROM space WHERE id <> 1 LIMIT 1",
    first=("DELETE FROM house", "DELETE FROM space"),
    # The last one tells every process that the house is another one now.
    last=(*COUNTING, "UPDATE house SET settled = settled"),
)
OCCUPIED = "Somebody lives here already: a house is brought into an empty one. Nothing was imported."
_STANDS = {"redacted_at": None, "redacted_by": None, "redact_reason": ""}
Progress = Callable[[int, int], None]
Row = dict[str, Any]


class Arrived(msgspec.Struct, frozen=True):
    """What came of it."""

    entries: int
    texts: int
    people: int
    spaces: int
    attachments: int
    seconds: float

    def counts(self) -> dict[str, object]:
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]

    def sentence(self) -> str:
        return (
            f"{self.entries} entries in {self.texts} texts, {self.people} people, {self.spaces} spaces and {self.attachments} attachments "
            f"have moved in, in {self.seconds:.1f} s. Nobody has a password yet: `dugnad person password HANDLE` gives one."
        )


async def read_house(
    folder: Path, address: str, files: Storage, progress: Progress = lambda done, known: None
) -> Arrived:
    """Brings the house in the folder into the migrated, empty database at `address`, which the caller does not have open: all of it or
    nothing, but for the bytes of attachments, which are kept first. Raises NotDone and Unavailable."""
    began = time.monotonic()
    arriving = _Arriving(folder, await asyncio.to_thread(names_in, folder), progress)
    await asyncio.to_thread(arriving.read_names)
    kept = await attached(folder, arriving.names_below(f"{places.FILES}/"), files)
    kept |= await attached_before(folder, arriving.names_below(f"{places.VERSIONS}/"), files, kept)
    columns = {table: ", ".join(names) for table, names in _COLUMNS.items()}
    try:
        await bulk.load(address, columns, arriving.batches(kept), _AROUND)
    except bulk.NotEmpty:
        raise NotDone(OCCUPIED) from None
    except (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as wrong:
        raise NotDone(f"The folder does not fit together: {wrong}. Nothing was imported.") from wrong
    counted, seconds = arriving.counted, round(time.monotonic() - began, 3)
    return Arrived(
        counted["entry"], counted["revision"], counted["person"], counted["space"], counted["attachment"], seconds
    )


class _Arriving:
    """`counted`: the rows of each table."""

    def __init__(self, folder: Path, found: list[str], progress: Progress) -> None:
        self._folder, self._found, self._progress = folder, found, progress
        self._names, self._fitting = Names(), Fitting()
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._derived = 0
        self.counted: dict[str, int] = defaultdict(int)

    def names_below(self, start: str) -> list[str]:
        return [name for name in self._found if name.startswith(start)]

    def read_names(self) -> None:
        """Whom, where and about what the rest is. Raises Broken, and NotDone for what is no house."""
        if places.HOUSE not in self._found:
            raise NotDone(f"{self._folder} is not a house: there is no {places.HOUSE} in it.")
        house = self._of_our_format(text(self._folder, places.HOUSE))
        for name in (each for each in self.names_below(f"{places.PEOPLE}/") if each.endswith(places.MARKDOWN)):
            person = self._read_text(PERSON, text(self._folder, name))
            self._names.add("person", person["id"], person["handle"])
        self._add("house", {**self._checked(HOUSE, house.where, house.front), "id": 1})
        for name in self.names_below(f"{places.SPACES}/"):
            if name.count("/") == 2 and name.endswith(f"/{places.SPACE}"):
                self._read_space(text(self._folder, name))
        if EVERYBODYS not in self._names.ids["space"]:
            row = {"id": 1, "slug": EVERYBODYS, "name": "Dugnad", "access": "open", "public": False, "nameless": False}
            self._names.add("space", 1, EVERYBODYS)
            self._add("space", {**row, "created_at": 0, "ends_at": None, "welcome": None, "tags": "", "about": ""})
        if places.TAGS in self._found:
            self._read_lines(places.TAGS)

    def _of_our_format(self, said: Text) -> Text:
        version = said.front.pop("dugnad", "")
        said.front.pop("audience", None)
        if version != str(FORMAT):
            raise said.where.broken(
                "dugnad", f"this must be {FORMAT}: other folders are of a newer Dugnad, or of something else."
            )
        return said

    def _read_space(self, said: Text) -> None:
        space = self._read_text(SPACE, said)
        if space["public"] and space["access"] != "open":
            raise said.where.broken("public", "what is not open is not public either.")
        self._names.add("space", space["id"], space["slug"])

    # All of it.

    def batches(self, kept: dict[str, Kept]) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
        """Raises NotDone."""
        done, many = 0, sum(self._what(name) is ENTRY for name in self._found)
        # Whoever wrote what an attachment is of may be who sent it.
        for name in sorted(self._found, key=lambda name: (ATTACHMENT, FILE_VERSION).count(self._what(name) or HOUSE)):
            what = self._what(name)
            if what is ENTRY:
                self._read_entry(text(self._folder, name))
                done += 1
                self._progress(done, many)
            elif what is ATTACHMENT:
                self._read_attachment(text(self._folder, name), kept[name])
            elif what is FILE_VERSION:
                self._read_version(text(self._folder, name), kept[name])
            elif what is DRAFT:
                self._read_text(DRAFT, text(self._folder, name))
            elif name.endswith(places.LINES) and name != places.TAGS and not name.startswith(f"{places.FILES}/"):
                self._read_lines(name)
            if len(self._rows.get("entry", ())) >= _BATCH or len(self._rows.get("event", ())) >= 5 * _BATCH:
                yield self._taken()
        self._fitting.check()
        self._note_what_nobody_has()
        yield self._taken()

    def _what(self, name: str) -> Record | None:
        """Of which table a text is. Raises NotDone for what is nothing of a house."""
        top, *rest = name.split("/")
        markdown = name.endswith(places.MARKDOWN)
        if top == places.FILES and rest:
            return ATTACHMENT if markdown and len(rest) == 1 else None
        if top == places.VERSIONS and rest:
            return FILE_VERSION if markdown and len(rest) == 2 else None
        if name == places.HOUSE or name.endswith(places.LINES) or (top == places.PEOPLE and markdown):
            return None
        if top == places.DRAFTS and markdown:
            return DRAFT
        if top == places.SPACES and markdown and len(rest) > 1:
            return None if rest[1:] == [places.SPACE] else ENTRY
        raise NotDone(f"{name} is nothing of a house. Take it out of the folder. Nothing was imported.")

    def _taken(self) -> dict[str, list[tuple[Any, ...]]]:
        taken, self._rows = self._rows, {}
        return taken

    def _add(self, table: str, row: Row) -> None:
        self.counted[table] += 1
        self._rows.setdefault(table, []).append(tuple(row[column] for column in _COLUMNS[table]))

    # One of it.

    def _checked(self, record: Record, where: Where, said: Mapping[str, Any]) -> Row:
        try:
            return read(record, said, self._names)
        except Wrong as wrong:
            raise where.broken(wrong.key, wrong.why) from None

    def _checked_text(self, record: Record, said: Text) -> Row:
        """What is its text, if anything is, stands as the text."""
        key = next((each.key for each in record.fields if each.form == "body"), "")
        return self._checked(record, said.where, {**said.front, key: said.body})

    def _read_text(self, record: Record, said: Text) -> Row:
        row = self._checked_text(record, said)
        self._fitting.add(record, row, said.where.broken)
        self._add(record.table, row)
        return row

    def _read_attachment(self, said: Text, kept: Kept) -> None:
        row = self._checked_text(ATTACHMENT, said)
        self._fitting.add(ATTACHMENT, row, said.where.broken)
        row["author"] = row["author"] or self._fitting.author_of(row["entry"])
        if row["author"] is None:
            raise said.where.broken("author", "this is missing.")
        self._add("attachment", {**row, **kept._asdict()})

    def _read_version(self, said: Text, kept: Kept) -> None:
        row = self._checked_text(FILE_VERSION, said)
        if said.where.path != places.of_version(row["file"], row["id"]):
            raise said.where.broken("file", "this stands somewhere else.")
        self._fitting.add(FILE_VERSION, row, said.where.broken)
        self._fitting.need("attachment", row["file"], lambda why: said.where.broken("file", why))
        self._add("file_version", {**row, **kept._asdict()})

    def _read_lines(self, name: str) -> None:
        for number, said in lines(self._folder, name):
            record = LINES.get(str(said.pop("what", "")))
            if record is None:
                raise Broken(name, number, f"what: this must be one of {', '.join(LINES)}.")
            try:
                row = read(record, said, self._names)
            except Wrong as wrong:
                raise Broken(name, number, str(wrong)) from None
            self._fitting.add(record, row, lambda key, why, number=number: Broken(name, number, f"{key}: {why}"))  # type: ignore[misc]
            if record is TAG:
                self._names.add("tag", row["id"], row["name"])
            elif record is SYNONYM:
                self._names.ids["tag"][row["name"]] = row["tag"]
            elif record is PART:
                row["series_key"] = series_key(row["series"])
            self._add(record.table, row)

    def _read_entry(self, said: Text) -> None:
        leads = said.front.pop("links", {})
        now = {field.key: said.front.pop(field.key) for field in CURRENT.fields if field.key in said.front}
        entry = self._checked_text(ENTRY, said)
        kind = KINDS[entry["kind"]]
        entry["root"] = entry["root"] or (entry["id"] if kind.alone else 0)
        for key in _NEEDED:
            if key in kind.required and not entry[key]:
                raise said.where.broken(key, "this is missing.")
        if kind.tended:
            entry["stage"] = entry["stage"] or kind.stages[0]
        if kind.under and kind.stages:  # in a folder of before, nothing was said of it
            entry["stage"] = entry["stage"] or kind.stages[0]
        if entry["sort"] and entry["sort"] not in kind.sorts:
            raise said.where.broken("sort", "it can be none of that sort.")
        if (entry["stage"] or "") not in (kind.stages or ("",)):
            raise said.where.broken(
                "stage", f"this must be one of {', '.join(kind.stages)}." if kind.stages else "it has none."
            )
        current = self._checked(CURRENT, said.where, now)
        revision = {
            **{name: entry[name] for name in ("title", "body", "lead", "url", "lang")}, **current, "id": entry["revision"],
            "entry": entry["id"], "author": current["author"] or entry["author"], "folded": False, **_STANDS,
            "created_at": entry["updated_at"] if current["created_at"] is None else current["created_at"],
        }  # fmt: skip
        self._fitting.add(ENTRY, entry, said.where.broken)
        self._fitting.add(REVISION, revision, said.where.broken)
        self._add("revision", revision)
        made = derived(entry["title"], entry["body"], current["tags"], self._leads(said, leads))
        self._add("entry", {**entry, "title_key": made.title_key, "slug": made.slug})
        self._add("entry_text", {"id": entry["id"], "title": entry["title"], "body": made.plain, "stems": made.stems})
        tags = {self._tag(name, entry): each for name, each in reversed(made.tags.items())}
        for tag, (title, in_text) in sorted(tags.items()):
            row = {"id": self._next(), "entry": entry["id"], "tag": tag, "title": title, "in_text": in_text}
            self._add("tagging", {**row, "active_at": entry["active_at"]})
        for lead in made.leads:
            self._add("link", {"id": self._next(), "entry": entry["id"], **lead._asdict()})

    def _next(self) -> int:
        """Nothing but the order of these numbers is looked at, and whatever is written later has greater ones."""
        self._derived += 1
        return self._derived

    def _tag(self, name: str, entry: Row) -> int:
        """Somebody may have written a new one into a file."""
        if name not in self._names.ids["tag"]:
            self._names.add("tag", new_id(), name)
            self._add(
                "tag",
                {"id": self._names.ids["tag"][name], "name": name, "about": "", "created_at": entry["created_at"]},
            )
        return self._names.ids["tag"][name]

    def _leads(self, said: Text, given: Any) -> dict[str, Lead]:
        if not isinstance(given, dict):
            raise said.where.broken("links", "these must be what is written, each with where it leads.")
        return {written: self._lead(said, written, to) for written, to in given.items()}

    def _lead(self, said: Text, written: str, to: Any) -> Lead:
        to, where = to if isinstance(to, str) else "", said.where
        if to[:1] == "@" and to[1:] in self._names.ids["person"]:
            return Lead(written, person=self._names.ids["person"][to[1:]])
        for start, column, table in (("/e/", "target", "entry"), ("/files/", "attachment", "attachment")):
            number = to.removeprefix(start)
            if to.startswith(start) and number.isascii() and number.isdigit() and len(number) < 17:
                self._fitting.need(table, int(number), lambda why: where.broken("links", why))
                found: dict[str, Any] = {column: int(number)}
                return Lead(written, **found)
        raise said.where.broken(
            "links", f"{to[:60]!r} is neither /e/NUMBER, /files/NUMBER nor the @handle of somebody here."
        )

    def _note_what_nobody_has(self) -> None:
        """Of what somebody wrote into the folder by hand, that it was written."""
        for id, author, verb, space, at in self._fitting.unnoted():
            said = {
                "id": new_id(),
                "verb": verb,
                "actor": author,
                "entry": id,
                "space": space,
                "note": "",
                "created_at": at,
            }
            self._add("event", dict.fromkeys(_COLUMNS["event"], None) | said)
