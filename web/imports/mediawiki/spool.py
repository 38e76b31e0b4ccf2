"""All that a dump holds, aside on the disk: there its texts can be asked for by page and in the order of time, however many there are."""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from web.database import now
from web.errors import NotDone
from web.imports.mediawiki.dump import Head, Revision
from web.imports.mediawiki.names import MAIN, Name, Names

_TABLES = """
    PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768; PRAGMA temp_store=FILE;
    CREATE TABLE page (id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, space INTEGER NOT NULL, whole TEXT NOT NULL, bare TEXT NOT NULL,
        leads TEXT NOT NULL DEFAULT '', only_leads INTEGER NOT NULL DEFAULT 0, target INTEGER, title TEXT NOT NULL DEFAULT '',
        key TEXT NOT NULL DEFAULT '', alone INTEGER NOT NULL DEFAULT 1, parent INTEGER, entry INTEGER, stands INTEGER NOT NULL DEFAULT 1);
    CREATE TABLE text (page INTEGER NOT NULL, at INTEGER NOT NULL, rid INTEGER NOT NULL, leads TEXT NOT NULL, told BLOB NOT NULL,
        PRIMARY KEY (page, rid)) WITHOUT ROWID;
    CREATE TABLE called (page INTEGER NOT NULL, until INTEGER NOT NULL, title TEXT NOT NULL);
    CREATE TABLE lost (name TEXT NOT NULL, detail TEXT NOT NULL);
"""
_WORDS = {
    "redirect",
    "omdirigering",
    "omdiriger",
    "weiterleitung",
    "redirection",
    "redirección",
    "redirecionamento",
    "rinvia",
    "doorverwijzing",
    "patrz",
    "ohjaus",
    "uudelleenohjaus",
    "tilvísun",
    "suuna",
}
_LEADING = re.compile(r"\s*#\s*(\w+)\s*:?\s*\[\[:?([^\[\]|#]+)[^\[\]]*\]\]", re.IGNORECASE)
_MOVED_WITHIN = 2000


class Page(NamedTuple):
    """A page of the wiki. `leads`: the title to which it only leads; `alone`: no other page has a title that means the same here."""

    id: int
    ref: str
    name: Name
    title: str
    parent: int | None
    entry: int
    leads: str


class Spool:
    """Gone when it is closed, or when this process ends, however it does."""

    def __init__(self, names: Names) -> None:
        self.names = names
        # An empty name: a file that is taken away from its folder as soon as it is there.
        self.db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self.db.executescript(_TABLES)
        self._words = set(_WORDS)
        self._rid = 0
        self._last: tuple[str, int] = ("", 0)
        self.texts = 0
        self.page_of = lru_cache(50_000)(self._page_of)

    def close(self) -> None:
        self.db.close()

    def add(self, head: Head, revision: Revision) -> None:
        """Raises NotDone when the disk is full."""
        try:
            self._add(head, revision)
        except sqlite3.OperationalError as wrong:
            raise NotDone(
                f"The dump does not fit on the disk where it is laid aside (SQLITE_TMPDIR says where): {wrong}. Nothing was imported."
            ) from wrong

    def _add(self, head: Head, revision: Revision) -> None:
        page = self._page(head)
        self._rid += 1
        rid = int(revision.id) if revision.id.isdecimal() and len(revision.id) < 18 else -self._rid
        at = _moment(revision.timestamp)
        if at is None:
            self.report(
                head.title,
                f"Revision {revision.id or '?'} does not say when it was made; it stands after the one before.",
            )
            at = int(self.db.execute("SELECT max(at) FROM text WHERE page = ?", (page,)).fetchone()[0] or 1000) + 1
        leads = self._leads(head, revision.text or "")
        told = zlib.compress(msgspec.msgpack.encode(revision), 1)
        changed = self.db.execute(
            "INSERT INTO text VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (page, at, rid, leads, told)
        ).rowcount
        self.texts += changed

    def _page(self, head: Head) -> int:
        name = self._name(head)
        ref = head.id if head.id.isdecimal() else f"={name.whole}"
        if self._last[0] == ref + name.whole:
            return self._last[1]
        self.db.execute(
            "INSERT INTO page (ref, space, whole, bare) VALUES (?, ?, ?, ?) ON CONFLICT (ref) DO UPDATE SET space = excluded.space, "
            "whole = excluded.whole, bare = excluded.bare",
            (ref, name.space, name.whole, name.bare),
        )
        id = self.db.execute("SELECT id FROM page WHERE ref = ?", (ref,)).fetchone()[0]
        self.db.execute(
            "UPDATE page SET leads = ? WHERE id = ?",
            (self.names.name(head.redirect).whole if head.redirect else "", id),
        )
        self._last = (ref + name.whole, id)
        return int(id)

    def _name(self, head: Head) -> Name:
        """By its number: the words before a colon may be of no namespace, or of another."""
        name = self.names.name(head.title)
        if name.space != head.space:
            if head.space != MAIN and self.names.word(head.space):
                bare = head.title.partition(":")[2] or head.title
                return Name(
                    head.space,
                    " ".join(bare.replace("_", " ").split()),
                    f"{self.names.word(head.space)}:{' '.join(bare.split())}",
                )
            whole = " ".join(head.title.replace("_", " ").split())
            return Name(head.space, whole, whole)
        return name

    def _leads(self, head: Head, text: str) -> str:
        found = _LEADING.match(text[:1000])
        if found is None:
            return ""
        if head.redirect:
            self._words.add(found[1].casefold())
        return self.names.name(found[2]).whole if found[1].casefold() in self._words else ""

    def report(self, name: str, detail: str) -> None:
        self.db.execute("INSERT INTO lost VALUES (?, ?)", (name[:200], detail))

    # Asked for when all of it is there.

    def settle(self) -> None:
        """Which pages only lead to others, and where; what those were called before."""
        self.db.executescript("CREATE INDEX text_at ON text (page, at, rid); CREATE INDEX page_whole ON page (whole)")
        self.db.execute(
            "UPDATE page SET leads = (SELECT t.leads FROM text t WHERE t.page = page.id ORDER BY t.at DESC, t.rid DESC LIMIT 1) WHERE leads = ''"
        )
        self.db.execute(
            "UPDATE page SET only_leads = 1 WHERE leads <> '' AND NOT EXISTS (SELECT 1 FROM text t WHERE t.page = page.id AND t.leads = '')"
        )
        for id, leads in self.db.execute("SELECT id, leads FROM page WHERE leads <> ''").fetchall():
            self.db.execute("UPDATE page SET target = ? WHERE id = ?", (self._end_of(id, leads), id))
        # What leads nowhere is a page that says so.
        self.db.execute("UPDATE page SET only_leads = 0 WHERE target IS NULL")
        moved = self.db.execute(
            "SELECT p.target, min(t.at), p.whole FROM page p JOIN text t ON t.page = p.id WHERE p.only_leads = 1 GROUP BY p.id"
        ).fetchall()
        for target, at, whole in moved:
            at_once = "SELECT 1 FROM text WHERE page = ? AND at BETWEEN ? AND ? AND at > (SELECT min(at) FROM text WHERE page = ?)"
            if self.db.execute(at_once, (target, at - _MOVED_WITHIN, at + _MOVED_WITHIN, target)).fetchone():
                self.db.execute("INSERT INTO called VALUES (?, ?, ?)", (target, at - _MOVED_WITHIN, whole))
        self.db.execute("CREATE INDEX called_page ON called (page, until)")

    def _end_of(self, id: int, leads: str) -> int | None:
        seen = {id}
        for _ in range(10):
            found = self.db.execute(
                "SELECT id, leads, only_leads FROM page WHERE whole = ? ORDER BY leads <> '', id LIMIT 1", (leads,)
            ).fetchone()
            if found is None or found[0] in seen:
                return None
            if not found[2]:
                return int(found[0])
            seen.add(found[0])
            leads = found[1]
        return None

    def _page_of(self, whole: str) -> tuple[int, str, bool, int] | None:
        """What a title means, through whatever leads on: the page, its title here, whether that means it alone, and its entry."""
        found = self.db.execute(
            "SELECT coalesce(p.target, p.id) FROM page p WHERE p.whole = ? ORDER BY p.only_leads, p.id LIMIT 1",
            (whole,),
        ).fetchone()
        if found is None:
            return None
        row = self.db.execute("SELECT id, title, alone, entry FROM page WHERE id = ?", found).fetchone()
        return (row[0], row[1], bool(row[2]), row[3]) if row else None

    def pages(self) -> Iterator[Page]:
        """Those that become something, what stands above others first."""
        after = ""
        last = 0
        while found := self.db.execute(
            "SELECT id, ref, space, whole, bare, title, parent, entry, leads FROM page WHERE only_leads = 0 AND (whole, id) > (?, ?) "
            "ORDER BY whole, id LIMIT 500",
            (after, last),
        ).fetchall():
            for id, ref, space, whole, bare, title, parent, entry, leads in found:
                yield Page(id, ref, Name(space, bare, whole), title, parent, entry or 0, leads)
            after, last = found[-1][3], found[-1][0]

    def revisions(self, page: int) -> Iterator[tuple[int, str, Revision]]:
        """A page's texts in the order of time: when (ms), what it was called then (empty: as now), and the text."""
        called = self.db.execute("SELECT until, title FROM called WHERE page = ? ORDER BY until", (page,)).fetchall()
        for at, told in self.db.execute("SELECT at, told FROM text WHERE page = ? ORDER BY at, rid", (page,)):
            title = next((title for until, title in called if at < until), "")
            yield at, title, msgspec.msgpack.decode(zlib.decompress(told), type=Revision)

    def last(self, page: int) -> list[tuple[int, str, Revision]]:
        """The last of them, if there is any."""
        found = self.db.execute(
            "SELECT at, told FROM text WHERE page = ? ORDER BY at DESC, rid DESC LIMIT 1", (page,)
        ).fetchall()
        return [(at, "", msgspec.msgpack.decode(zlib.decompress(told), type=Revision)) for at, told in found]

    def names_for(self, page: int) -> list[str]:
        """The titles that only lead to a page."""
        return [
            each[0] for each in self.db.execute("SELECT whole FROM page WHERE target = ? AND only_leads = 1", (page,))
        ]

    def count(self, what: str) -> int:
        return int(self.db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def _moment(said: str) -> int | None:
    with suppress(ValueError, OverflowError):
        at = datetime.fromisoformat(said.strip().replace("Z", "+00:00"))
        moment = int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
        # What was written tomorrow would stand over all that is written today, here and in every history.
        if 0 < moment <= now():
            return moment
    return None
