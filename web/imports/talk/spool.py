"""All that was said, aside on the disk: in the order in which it is written here, whatever order it came in, and however much it is."""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, NamedTuple

import msgspec

from web.database import id_then, now
from web.errors import NotDone
from web.imports.talk.said import Note, Older, Said

_TABLES = """
    PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768; PRAGMA temp_store=FILE;
    CREATE TABLE said (ref TEXT PRIMARY KEY, n INTEGER NOT NULL, above TEXT NOT NULL, alone TEXT NOT NULL, kind TEXT NOT NULL, sort TEXT NOT NULL,
        at INTEGER NOT NULL, accepts TEXT NOT NULL, title TEXT NOT NULL, told BLOB NOT NULL, head TEXT, level INTEGER, entry INTEGER, place INTEGER,
        stands INTEGER NOT NULL DEFAULT 1);
    CREATE TABLE older (ref TEXT NOT NULL, n INTEGER NOT NULL, told BLOB NOT NULL, PRIMARY KEY (ref, n));
    CREATE TABLE part (ref TEXT NOT NULL, at INTEGER NOT NULL, number INTEGER NOT NULL, mark TEXT NOT NULL, told BLOB NOT NULL);
    CREATE TABLE passed (ref TEXT PRIMARY KEY, above TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE called (name TEXT PRIMARY KEY, ref TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE fact (about TEXT NOT NULL, ref TEXT NOT NULL, said TEXT NOT NULL, more TEXT NOT NULL DEFAULT '');
"""
_DEEPEST = 10_000
_MOST_REMARKS = 10_000


class Save(msgspec.Struct, frozen=True, array_like=True):
    """A moment at which somebody changed parts of a text, by their names."""

    at: int
    who: tuple[str, ...]
    summary: str
    parts: dict[str, str]


class Place(NamedTuple):
    """Something that was said, and where it comes to stand: `above` and `head` are entries."""

    said: Said
    entry: int
    above: int | None
    head: int | None
    level: int


class Spool:
    """Gone when it is closed, or when this process ends, however it does. `left`: how many of what stay where they are, and why;
    `missing`: how many cannot come in although they should. `remarks` say what of it did not come as it was."""

    def __init__(self) -> None:
        self.db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self.db.executescript(_TABLES)
        self.left: Counter[str] = Counter()
        self.remarks: list[tuple[str, str, str]] = []
        self.missing = self.unlisted = 0
        self._n = 0

    def close(self) -> None:
        self.db.close()

    # While it is read.

    def add(self, said: Said) -> None:
        """Of two that are called the same, the first. Raises NotDone when the disk is full."""
        try:
            self._add(said)
        except UnicodeEncodeError:
            self._add(msgspec.convert(_written(msgspec.to_builtins(said)), Said))

    def _add(self, said: Said) -> None:
        self._n += 1
        at = min(max(said.at, 1), now())
        told = zlib.compress(msgspec.msgpack.encode(said if at == said.at else msgspec.structs.replace(said, at=at)), 1)
        self._write(
            "INSERT OR IGNORE INTO said (ref, n, above, alone, kind, sort, at, accepts, title, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (said.ref, self._n, said.above, said.alone, said.kind, said.sort, at, said.accepts, said.title, told),
        )  # fmt: skip
        for name in said.also:
            self._write("INSERT OR IGNORE INTO called VALUES (?, ?)", (name, said.ref))

    def add_older(self, ref: str, n: int, text: Older) -> None:
        text = msgspec.structs.replace(text, at=min(max(text.at, 1), now()))
        self._write(
            "INSERT OR REPLACE INTO older VALUES (?, ?, ?)", (ref, n, zlib.compress(msgspec.msgpack.encode(text), 1))
        )

    def add_part(self, ref: str, number: int, mark: str, save: Save) -> None:
        """`mark`: what those that were saved at once have in common."""
        self._write(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?)",
            (ref, save.at, number, mark, zlib.compress(msgspec.msgpack.encode(save), 1)),
        )

    def saves(self) -> Iterator[tuple[str, list[Save]]]:
        """Of each that was told in parts, all that was saved, in the order of time."""
        self.db.execute("CREATE INDEX part_ref ON part (ref, at, number)")
        refs = self.db.execute("SELECT DISTINCT p.ref FROM part p JOIN said s ON s.ref = p.ref").fetchall()
        for (ref,) in refs:
            made: dict[str, Save] = {}
            for mark, told in self.db.execute("SELECT mark, told FROM part WHERE ref = ? ORDER BY at, number", (ref,)):
                save = msgspec.msgpack.decode(zlib.decompress(told), type=Save)
                if mark in made:
                    made[mark].parts.update(save.parts)
                else:
                    made[mark] = save
            yield ref, list(made.values())

    def passed_by(self, ref: str, above: str) -> None:
        """It does not come in; what was said to it is said to what it was said to."""
        self._write("INSERT OR IGNORE INTO passed VALUES (?, ?)", (ref, above))

    def fact(self, about: str, ref: str, said: str, more: str = "") -> None:
        """Something about what was said, that is told apart from it."""
        self._write("INSERT INTO fact VALUES (?, ?, ?, ?)", (about, ref, said, more))

    def leave(self, what: str, many: int = 1) -> None:
        self.left[what] += many

    def lose(self, ref: str, what: str, detail: str) -> None:
        self.missing += 1
        self.remark(ref, what, detail)

    def remark(self, ref: str, what: str, detail: str) -> None:
        if len(self.remarks) < _MOST_REMARKS:
            self.remarks.append((ref, what, detail))
        else:
            self.unlisted += 1

    def _write(self, sql: str, row: tuple[object, ...]) -> None:
        try:
            self.db.execute(sql, row)
        except sqlite3.OperationalError as wrong:
            raise NotDone(
                f"It does not fit on the disk where it is laid aside (SQLITE_TMPDIR says where): {wrong}. Nothing was imported."
            ) from wrong

    # Asked for when all of it is there.

    def settle(self) -> int:
        """Puts everything in its place; what has none is lost. Gives how much there was to place."""
        db = self.db
        for what in ("said (above)", "said (accepts)", "fact (ref, about)"):
            db.execute(f"CREATE INDEX {what.replace(' (', '_').replace(', ', '_').rstrip(')')} ON {what}")
        every = self.count()
        for _ in range(50):
            moved = db.execute(
                "UPDATE said SET above = (SELECT p.above FROM passed p WHERE p.ref = said.above) WHERE above <> '' "
                "AND above NOT IN (SELECT ref FROM said) AND above IN (SELECT ref FROM passed)"
            ).rowcount
            if not moved:
                break
        db.execute(
            "UPDATE said SET above = '', kind = alone WHERE alone <> '' AND (above = '' OR above = ref OR above NOT IN (SELECT ref FROM said))"
        )
        db.execute("UPDATE said SET level = 0, head = ref WHERE above = ''")
        db.execute("CREATE INDEX said_level ON said (level)")
        for level in range(_DEEPEST):
            if not db.execute(
                "UPDATE said SET level = ?, head = (SELECT a.head FROM said a WHERE a.ref = said.above) "
                "WHERE +level IS NULL AND above IN (SELECT ref FROM said WHERE level = ?)",
                (level + 1, level),
            ).rowcount:
                break
        for ref, sort in db.execute("SELECT ref, sort FROM said WHERE level IS NULL ORDER BY n").fetchall():
            self.lose(ref, "not imported", f"What it was said to is not there ({sort}).")
        db.execute("DELETE FROM said WHERE level IS NULL")
        db.execute("CREATE INDEX said_place ON said (place)")
        return every

    def number(self, known: Mapping[str, int], taken: Set[int]) -> Iterator[list[int]]:
        """Gives each its entry, but those that are `taken`; the same again, whenever it is asked. Those that are not known yet are told, some at
        a time."""
        last = 0
        cursor = self.db.execute("SELECT ref, at FROM said ORDER BY at, n")
        self.db.execute("CREATE TEMP TABLE IF NOT EXISTS numbered (ref TEXT PRIMARY KEY, entry INTEGER NOT NULL)")
        self.db.execute("DELETE FROM numbered")
        while found := cursor.fetchmany(5000):
            made = []
            for ref, at in found:
                last = max(id_then(at, zlib.crc32(ref.encode())), last + 1)
                while last in taken:
                    last += 1
                made.append((ref, known.get(ref, last)))
            self.db.executemany("INSERT INTO numbered VALUES (?, ?)", made)
            yield [entry for ref, entry in made if ref not in known]

    def plan(self) -> None:
        """Those of one conversation are written one after the other."""
        self.db.execute("BEGIN")
        self.db.execute("UPDATE said SET entry = (SELECT m.entry FROM numbered m WHERE m.ref = said.ref)")
        places = self.db.execute(
            "SELECT s.ref FROM said s JOIN said h ON h.ref = s.head ORDER BY h.at, h.n, s.level, s.at, s.n"
        ).fetchall()
        self.db.executemany(
            "UPDATE said SET place = ? WHERE ref = ?", ((place, ref) for place, (ref,) in enumerate(places))
        )
        self.db.execute("COMMIT")

    def places(self, many: int) -> Iterator[list[Place]]:
        """All of it, some at a time: what something is said to comes before it."""
        after = -1
        asking = (
            "SELECT s.told, s.kind, s.entry, a.entry, h.entry, s.level, s.place FROM said s LEFT JOIN said a ON a.ref = s.above AND s.level > 0 "
            "JOIN said h ON h.ref = s.head WHERE s.place > ? ORDER BY s.place LIMIT ?"
        )
        while found := self.db.execute(asking, (after, many)).fetchall():
            yield [
                Place(_with_kind(told, kind), entry, above, head if level else None, level)
                for told, kind, entry, above, head, level, _ in found
            ]
            after = found[-1][-1]

    def older(self, ref: str) -> list[Older]:
        found = self.db.execute("SELECT told FROM older WHERE ref = ? ORDER BY n", (ref,)).fetchall()
        return [msgspec.msgpack.decode(zlib.decompress(told), type=Older) for (told,) in found]

    def notes(self, ref: str) -> list[Note]:
        found = self.db.execute(
            "SELECT said, more FROM fact WHERE ref = ? AND about = 'note' ORDER BY said, more", (ref,)
        )
        return [Note(said, more) for said, more in found.fetchall()]

    def told(self, about: str, ref: str) -> str:
        found = self.db.execute("SELECT said FROM fact WHERE ref = ? AND about = ? LIMIT 1", (ref, about)).fetchone()
        return found[0] if found else ""

    def has(self, ref: str) -> bool:
        return self.db.execute("SELECT 1 FROM said WHERE ref = ?", (ref,)).fetchone() is not None

    def entry_of(self, ref: str) -> tuple[int, str] | None:
        """Its entry, and its title."""
        found = self.db.execute("SELECT entry, title FROM said WHERE ref = ?", (ref,)).fetchone()
        if found is None:
            led = self.db.execute("SELECT ref FROM called WHERE name = ?", (ref,)).fetchone()
            return self.entry_of(led[0]) if led and led[0] != ref else None
        return found[0], found[1]

    def settled_by(self, answer: str) -> str:
        """What this answer settled, if anything: its ref."""
        asked = "SELECT q.ref FROM said q JOIN said a ON a.above = q.ref WHERE q.accepts = ? AND a.ref = ?"
        found = self.db.execute(asked, (answer, answer)).fetchone()
        return found[0] if found else ""

    def does_not_stand(self, refs: Iterable[str]) -> None:
        self.db.executemany("UPDATE said SET stands = 0 WHERE ref = ?", ((ref,) for ref in refs))

    def stands(self, ref: str) -> bool:
        found = self.db.execute("SELECT stands FROM said WHERE ref = ?", (ref,)).fetchone()
        return bool(found and found[0])

    def above(self, ref: str) -> str:
        found = self.db.execute("SELECT above FROM said WHERE ref = ?", (ref,)).fetchone()
        return found[0] if found else ""

    def count(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM said").fetchone()[0])


def _written(value: Any) -> Any:
    """Without halves of signs, which JSON may have and no text can."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return [_written(each) for each in value] if isinstance(value, list | tuple) else value


def _with_kind(told: bytes, kind: str) -> Said:
    said = msgspec.msgpack.decode(zlib.decompress(told), type=Said)
    return said if said.kind == kind else msgspec.structs.replace(said, kind=kind)
