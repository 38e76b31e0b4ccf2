"""Every conversation as files: a text for each entry, and beside what heads it the story of all of it. Of the texts, only some are
ever held at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

from export.portable import places
from export.portable.desk import Desk, Row, batches, columns
from export.portable.records import (
    BALLOT,
    CHOICE,
    CURRENT,
    ENTRY,
    EVENT,
    FEATURED,
    FURTHEST,
    GATHERED,
    IMPORTED,
    OUTDATED,
    PART,
    POLL,
    REACTION,
    READING,
    REVISION,
    STOOD,
    SUGGESTION,
    TALK,
    TALLY,
    TENDING,
    TRANSLATION,
    WATCH,
    WENT,
    WRITER,
    Record,
)
from web import twins
from web.database import SQL, in_list, rows, value
from web.entries import events
from web.entries.nameless import asked_in
from web.entries.queries import TREES

# Conversations that are read together, and texts that are held at once.
_TOGETHER, _TEXTS, _ASKED = 200, 50, 5000
Progress = Callable[[int, int], None]
# Who said that it is right goes with what they said.
_TENDED = (
    "SELECT y.id, y.id AS entry, y.owner, y.every, y.review_by, y.instead, "
    "CASE WHEN EXISTS (SELECT 1 FROM person p WHERE p.id = v.actor AND {}) THEN y.verified END AS verified "
    "FROM tending y JOIN entry e ON e.id = y.id LEFT JOIN event v ON v.id = y.verified WHERE {}"
)
# On top of another space it is nobody's business.
_TALKED = (
    "SELECT k.id, k.id AS entry, k.closed_at, CASE WHEN k.pinned_in = e.space THEN k.pinned_in END AS pinned_in, "
    "CASE WHEN k.pinned_in = e.space THEN k.pinned_at END AS pinned_at FROM talk k JOIN entry e ON e.id = k.id WHERE {}"
)
# Where what is said of an entry leads to another.
_LEADS = {"tending": "instead", "translation": "source", "went": "source", "gathered": "source", "outdated": "instead"}
# When it happened, as ids say it, of which table, and all of it but long texts.
_Told = tuple[int, str, Record, Row]


def _plain(of: str) -> str:
    """What is somebody's of an entry, but for where it would say who asked without their name."""
    return f"NOT {asked_in(f'{of}.person', 'e.root')}"


class Conversations:
    """`as_of`: when (ms) something last happened in them."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._reach = desk, desk.reach
        self._pages: dict[int, Row] = {}
        self.as_of = 0

    async def write(self, progress: Progress) -> None:
        pages = await rows(
            "SELECT e.id, e.parent, e.title, e.created_at FROM entry e WHERE e.kind IN {} AND {}",
            in_list(TREES), self._reach.entries,
        )  # fmt: skip
        self._pages = {each["id"]: each for each in pages}
        where = places.Places(self._pages, self._desk.names.called["space"])
        many = await value("SELECT count(*) FROM entry e WHERE {}", self._reach.entries)
        heads = SQL("SELECT e.id FROM entry e WHERE e.root = e.id AND {}", self._reach.entries)
        async for batch in batches(heads, "e.id", _TOGETHER):
            await self._write_batch([each["id"] for each in batch], where)
            progress(self._desk.counted["entry"], many)

    async def _write_batch(self, heads: list[int], where: places.Places) -> None:
        seen = SQL("e.root IN {} AND {}", in_list(heads), self._reach.entries)
        found = await rows(f"SELECT {columns(ENTRY, 'e', 'body')} FROM entry e WHERE {{}} ORDER BY e.root, e.id", seen)
        entries = {each["id"]: each for each in found}
        self.as_of = max([self.as_of, *(max(each["updated_at"], each["active_at"]) for each in found)])
        talks: dict[int, list[Row]] = defaultdict(list)
        for each in found:
            each["parent"] = each["parent"] if each["parent"] in entries or each["parent"] in self._pages else None
            each["accepted"] = each["accepted"] if each["accepted"] in entries else None
            talks[each["root"]].append(each)
        current, leads, told = await self._current(seen), await self._leads(seen), await self._told(seen, entries)
        for head, talk in talks.items():
            place = where.of(entries[head])
            for start in range(0, len(talk), _TEXTS):
                await self._write_texts(talk[start : start + _TEXTS], place, current, leads)
            await self._write_story(place, sorted(told[head], key=itemgetter(0, 1)))

    # What is known of them.

    async def _current(self, seen: SQL) -> dict[int, Row]:
        found = await rows(
            f"SELECT e.id AS of_entry, {columns(CURRENT, 'r')} FROM entry e JOIN revision r ON r.id = e.revision WHERE {{}}",
            seen,
        )
        return {each["of_entry"]: each for each in found}

    async def _leads(self, seen: SQL) -> dict[int, dict[str, str]]:
        """What in a text leads where: to another entry, to somebody, to a file."""
        found = await rows(
            "SELECT l.entry, l.written, l.target, l.person, l.attachment FROM link l JOIN entry e ON e.id = l.entry "
            "WHERE l.url IS NULL AND {}",
            seen,
        )
        known = await self._seen({each["target"] for each in found})
        leads: dict[int, dict[str, str]] = defaultdict(dict)
        for each in sorted(found, key=itemgetter("written")):
            if each["target"] in known:
                leads[each["entry"]][each["written"]] = f"/e/{each['target']}"
            elif handle := self._desk.names.called["person"].get(each["person"]):
                leads[each["entry"]][each["written"]] = f"@{handle}"
            elif each["attachment"] in self._desk.attachments:
                leads[each["entry"]][each["written"]] = f"/files/{each['attachment']}"
        return leads

    async def _seen(self, ids: set[int | None]) -> set[int]:
        asked = sorted(id for id in ids if id is not None)
        found: set[int] = set()
        for start in range(0, len(asked), _ASKED):
            some = in_list(asked[start : start + _ASKED])
            told = await rows("SELECT e.id FROM entry e WHERE e.id IN {} AND {}", some, self._reach.entries)
            found.update(each["id"] for each in told)
        return found

    async def _told(self, seen: SQL, entries: Mapping[int, Row]) -> dict[int, list[_Told]]:
        """By what heads the conversation, without the older texts themselves."""
        reach = self._reach
        acts = SQL("{} AND (v.person IS NULL OR v.person IN (SELECT p.id FROM person p WHERE {}))", seen, reach.people)
        older = SQL(f"{{}} AND r.id <> e.revision{'' if reach.whole else ' AND NOT r.folded'}", seen)
        light = columns(REVISION, "r", "title", "body")
        asked = [
            (
                EVENT,
                "SELECT v.* FROM event v JOIN entry e ON e.id = v.entry WHERE {}",
                acts if reach.whole else SQL("{} AND {}", acts, events.told()),
            ),
            (TENDING, "{}", SQL(_TENDED, reach.people, seen)),
            (PART, "SELECT p.*, p.id AS entry FROM part p JOIN entry e ON e.id = p.id WHERE {}", seen),
            (TALK, "{}", SQL(_TALKED, seen)),
            (
                WENT,
                "SELECT w.*, w.id AS entry FROM went w JOIN entry e ON e.id = w.id JOIN person p ON p.id = w.person WHERE {}",
                SQL("{} AND {}", seen, reach.people),
            ),
            (
                GATHERED,
                "SELECT g.*, g.page AS entry FROM gathered g JOIN entry e ON e.id = g.page JOIN person p ON p.id = g.person WHERE {}",
                SQL("{} AND {}", seen, reach.people),
            ),
            (
                OUTDATED,
                "SELECT x.*, x.id AS entry FROM outdated x JOIN entry e ON e.id = x.id JOIN person p ON p.id = x.person WHERE {}",
                SQL("{} AND {}", seen, reach.people),
            ),
            (
                WRITER,
                "SELECT w.* FROM writer w JOIN entry e ON e.id = w.entry JOIN person p ON p.id = w.person WHERE {}",
                SQL("{} AND {}", seen, reach.people),
            ),
            (TRANSLATION, "SELECT v.*, v.id AS entry FROM translation v JOIN entry e ON e.id = v.id WHERE {}", seen),
            (POLL, "SELECT q.*, q.id AS entry FROM poll q JOIN entry e ON e.id = q.id WHERE {}", seen),
            (CHOICE, "SELECT c.* FROM choice c JOIN entry e ON e.id = c.entry WHERE {}", seen),
            (
                FEATURED,
                "SELECT k.* FROM featured k JOIN entry e ON e.id = k.entry JOIN person p ON p.id = k.person WHERE {}",
                SQL("{} AND {}", seen, reach.people),
            ),
            (REACTION, "SELECT n.* FROM reaction n JOIN entry e ON e.id = n.entry WHERE {}", seen),
            (TALLY, "SELECT y.* FROM tally y JOIN entry e ON e.id = y.entry WHERE {}", seen),
        ]
        if reach.older:
            asked.append((REVISION, f"SELECT {light} FROM revision r JOIN entry e ON e.id = r.entry WHERE {{}}", older))
        if reach.whole:
            asked.append((SUGGESTION, "SELECT g.* FROM suggestion g JOIN entry e ON e.id = g.entry WHERE {}", seen))
            asked.append(
                (BALLOT, f"SELECT b.* FROM ballot b JOIN entry e ON e.id = b.entry WHERE {{}} AND {_plain('b')}", seen)
            )
            asked.append((STOOD, "SELECT o.* FROM stood o JOIN entry e ON e.id = o.entry WHERE {}", seen))
            asked.append((READING, "SELECT g.* FROM reading g JOIN entry e ON e.id = g.entry WHERE {}", seen))
            asked.append(
                (
                    FURTHEST,
                    f"SELECT f.* FROM furthest f JOIN entry e ON e.id = f.entry WHERE {{}} AND {_plain('f')}",
                    seen,
                )
            )
            asked.append(
                (WATCH, f"SELECT w.* FROM watch w JOIN entry e ON e.id = w.entry WHERE {{}} AND {_plain('w')}", seen)
            )
            asked.append((IMPORTED, "SELECT i.* FROM imported i JOIN entry e ON e.id = i.entry WHERE {}", seen))
        told: dict[int, list[_Told]] = defaultdict(list)
        for record, statement, condition in asked:
            found = await rows(statement, condition)
            leads = _LEADS.get(record.table, "")
            known = await self._seen({each[leads] for each in found}) if leads else set()
            talks = await self._seen({each["talk"] for each in found}) if record is GATHERED else set()
            for each in found:
                if leads and each[leads] not in known:
                    each[leads] = None
                if record in (TRANSLATION, WENT, GATHERED) and each["source"] is None:
                    continue
                entry = entries[each["entry"]]
                if record is GATHERED and each["talk"] not in talks:
                    each["talk"] = None
                if record is EVENT and not reach.whole:
                    each |= self._as_they_know_it(each, entry)
                told[entry["root"]].append((each["id"], record.table, record, each))
        return told

    def _as_they_know_it(self, event: Row, entry: Row) -> Row:
        """In which space it was when that happened may be nobody's business, and older texts may not be here."""
        here = self._reach.older or event["revision"] == entry["revision"]
        return {"space": entry["space"], "revision": event["revision"] if here else None}

    # Files.

    async def _write_texts(
        self, entries: Sequence[Row], place: str, current: Mapping[int, Row], leads: Mapping[int, dict[str, str]]
    ) -> None:
        found = await rows("SELECT id, body FROM entry WHERE id IN {}", in_list(each["id"] for each in entries))
        bodies = {each["id"]: each["body"] for each in found}
        for each in entries:
            front = self._front(each, current[each["id"]])
            if front is None:
                continue
            if leads.get(each["id"]):
                front["links"] = leads[each["id"]]
            name = place if each["id"] == each["root"] else places.under(place, each)
            self._desk.filing.put(f"{name}{places.MARKDOWN}", twins.written(front, bodies[each["id"]]))

    def _front(self, entry: Row, current: Row) -> Row | None:
        """What goes without saying is left out: by whom the text is, and of when, if both are those of the entry."""
        root = None if entry["root"] == entry["id"] else entry["root"]
        author = None if current["author"] == entry["author"] else current["author"]
        saved = None if current["created_at"] == entry["updated_at"] else current["created_at"]
        said = self._desk.said(ENTRY, {**entry, "root": root, "body": ""})
        now = self._desk.said(CURRENT, {**current, "author": author, "created_at": saved})
        return {**said, **now} if said is not None and now is not None else None

    async def _write_story(self, place: str, told: Sequence[_Told]) -> None:
        with self._desk.filing.open(f"{place}{places.LINES}") as file:
            for start in range(0, len(told), _TEXTS):
                some = told[start : start + _TEXTS]
                texts = await _texts([each["id"] for _, _, record, each in some if record is REVISION])
                for id, _, record, each in some:
                    line = self._desk.line(record, {**each, **texts[id]} if record is REVISION else each)
                    file.write(line)


async def _texts(revisions: Sequence[int]) -> dict[int, Row]:
    if not revisions:
        return {}
    found = await rows("SELECT id, title, body FROM revision WHERE id IN {}", in_list(revisions))
    return {each["id"]: each for each in found}
