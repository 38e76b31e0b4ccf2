"""The house as it stood at a moment, as a small house of its own: what its audience may read today, and was there then.

Whatever makes a snapshot of today makes one of then, unchanged. What depends on texts and was not kept is made again, from the texts of then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from export.audience import Snapshot
from export.columns import (
    CHOICE,
    COLUMNS,
    DERIVED,
    ENTRY,
    OF_ENTRIES,
    OF_HOUSE,
    OUTDATED,
    POLL,
    TALK,
    TENDING,
    TRANSLATION,
)
from export.headed import as_they_were_called
from export.leaks import Secrets, hidden_from
from web.database import (
    SQL,
    bulk,
    close_database,
    execute,
    in_list,
    in_one_transaction,
    now,
    open_database,
    rows,
    value,
)
from web.database.migrate import migrate
from web.entries import passages, queries, trails
from web.entries.derived import title_key
from web.entries.events import QUIET
from web.entries.rebuilding import COUNTING_BELOW
from web.errors import NotDone
from web.opening import TABLES, opened
from web.people.queries import HOUSE
from web.policy import Viewer, file_visible_to, listed_for, people_known_to, readable_spaces, visible_to
from web.settings import Settings
from web.times import DAY, end_of, instant

Row = dict[str, Any]


@dataclass
class _Later:
    """What is done when all is there. `other`: the ids of what had another text. `annotated`: those of them with annotations, and
    their text of today. `titles`: what has had which title, by then. `lifted`: what stood under something that is not there."""

    other: list[int] = field(default_factory=list)
    annotated: dict[int, str] = field(default_factory=dict)
    titles: dict[str, list[int]] = field(default_factory=dict)
    lifted: dict[int, int | None] = field(default_factory=dict)

    def had(self, entry: int, written: str) -> bool:
        """Whether a link as it is written led there by then."""
        return written.startswith("/e/") or any(entry in self.titles.get(key, ()) for key in _keys(written))


def _keys(written: str) -> tuple[str, str]:
    """What may be a title in it."""
    return written, written.partition("/")[2]


def moment_of(day: str) -> int:
    """The last moment (ms) of a day that has begun, `2026-01-31`; or a moment in it, `2026-01-31T14:30`, with seconds if need be. UTC.
    Raises NotDone."""
    try:
        moment = end_of(day) if "T" not in day else instant(day)
    except ValueError:
        raise NotDone(f"{day} is no day: write it as 2026-01-31, or with the time as 2026-01-31T14:30.") from None
    if moment - DAY >= now():
        raise NotDone(f"{day} has not come yet.")
    return moment


@asynccontextmanager
async def past_house(settings: Settings, snapshot: Snapshot) -> AsyncIterator[tuple[Settings, Secrets]]:
    """The house at the moment of the snapshot, open, with its settings, and what nobody may read of it today. Nothing is open before
    or after; files stay where they are. Raises NotDone for an audience that is not there."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="then-", dir=settings.data) as folder:
        then = replace(settings, database=f"sqlite:///{folder}/house.sqlite")
        await _built(then)
        later = _Later()
        async with opened(settings):
            viewer = await snapshot.viewer()
            hidden = await hidden_from(viewer, settings.mail_to)
            await bulk.load(then.database, COLUMNS, _one_by_one(_copied(viewer, snapshot.moment, later)))
        async with opened(then):
            await _settle(await snapshot.viewer(), later)
            yield then, hidden


async def _built(then: Settings) -> None:
    await open_database(then.database, TABLES)
    try:
        await migrate()
        # What a new house has, the other one has too.
        for table in ("membership", "space", "house"):
            await execute(f"DELETE FROM {table}")
    finally:
        await close_database()


def _one_by_one(batches: AsyncIterator[bulk.Batch]) -> Iterator[bulk.Batch]:
    """For whoever takes them in a thread."""
    loop = asyncio.get_running_loop()

    async def following() -> bulk.Batch | None:
        return await anext(batches, None)

    def taken() -> Iterator[bulk.Batch]:
        while (batch := asyncio.run_coroutine_threadsafe(following(), loop).result()) is not None:
            yield batch

    return taken()


# Out of the house of today.


async def _copied(viewer: Viewer, moment: int, later: _Later) -> AsyncIterator[bulk.Batch]:
    await _note_titles(viewer, moment, later)
    there: set[int] = set()
    under: dict[int, int] = {}
    mentioned = _Mentioned()
    after = 0
    while found := await queries.stood_at(viewer, moment, SQL("1 = 1"), after):
        after = found[-1]["id"]
        there.update(each["id"] for each in found)
        under |= {each["id"]: each["parent"] for each in found if each["parent"] and each["id"] == each["root"]}
        for each in found:
            if each["today"] is not None:
                later.other.append(each["id"])
                if each["annotations"]:
                    later.annotated[each["id"]] = each["today"]
        mentioned.people |= {each["author"] for each in found}
        mentioned.spaces |= {each["space"] for each in found}
        yield {"entry": _tuples(found, ENTRY)} | await _belongings(found, moment, later, mentioned)
    for id in [id for id, parent in under.items() if parent not in there]:
        trail = await queries.trail_at(viewer, moment, id)
        later.lifted[id] = trail[-1].id if trail else None
    yield await _house(viewer, moment, mentioned)


@dataclass
class _Mentioned:
    people: set[int] = field(default_factory=set)
    spaces: set[int] = field(default_factory=set)


async def _note_titles(viewer: Viewer, moment: int, later: _Later) -> None:
    found = await rows(
        "SELECT DISTINCT e.id, r.title FROM revision r JOIN entry e ON e.id = r.entry "
        "WHERE r.title <> '' AND r.created_at <= {} AND {} ORDER BY e.id",
        moment, visible_to(viewer),
    )  # fmt: skip
    for each in found:
        later.titles.setdefault(title_key(each["title"]), []).append(each["id"])


async def _belongings(
    found: list[Row], moment: int, later: _Later, mentioned: _Mentioned
) -> dict[str, list[tuple[Any, ...]]]:
    """What hangs on these entries, as it was."""
    stood = {each["id"]: each for each in found}
    other = {each["id"] for each in found if each["today"] is not None}
    batch = {}
    for table, (key, columns) in OF_ENTRIES.items():
        kept = await rows(f"SELECT {', '.join(columns)} FROM {table} WHERE {key} IN {{}} ORDER BY id", in_list(stood))
        if table in DERIVED:
            kept = [each for each in kept if each[key] not in other]
        else:
            # A text of later stands for one that was taken away.
            stands = {each["revision"] for each in found} if table == "revision" else set()
            kept = [each for each in kept if each["created_at"] <= moment or each["id"] in stands]
            kept = [each for each in kept if each.get("verb") not in QUIET]
        for each in kept:
            match table:
                case "revision":
                    # What was folded into the next text afterwards stood by itself.
                    each["folded"] = bool(each["folded"]) and each["id"] != stood[each["entry"]]["revision"]
                    mentioned.people |= {each["author"], each["redacted_by"], each["accepted_by"]} - {None}
                case "writer":
                    mentioned.people |= {each["person"], each["added_by"]} - {None}
                case "tagging":
                    each["active_at"] = stood[each["entry"]]["active_at"]
                case "link":
                    if each["target"] and not later.had(each["target"], each["written"]):
                        each["target"] = None
        batch[table] = _tuples(kept, columns)
    batch["tending"] = _tuples(await _tending(stood, moment, mentioned), TENDING)
    polls, choices = await queries.polls_at(stood, moment)
    batch |= {"poll": _tuples(polls, POLL), "choice": _tuples(choices, CHOICE)}
    # Whether it was closed or pinned by then is known of today alone, as where it stands: what was split off, and what was put together, stands where it stands now.
    talks = await rows(f"SELECT {', '.join(TALK)} FROM talk WHERE id IN {{}} ORDER BY id", in_list(id for id in stood))
    for each in talks:
        if each["closed_at"] is not None and each["closed_at"] > moment:
            each["closed_at"] = None
        if each["pinned_in"] != stood[each["id"]]["space"] or each["pinned_at"] > moment:
            each["pinned_in"] = each["pinned_at"] = None
    batch["talk"] = _tuples(talks, TALK)
    known = in_list(stood)
    for table, which in (
        ("gathered", SQL("page IN {} AND {} BETWEEN created_at AND COALESCE(dropped_at, 1e15)", known, moment)),
        ("featured", SQL("entry IN {} AND created_at <= {}", known, moment)),
        ("reaction", SQL("entry IN {} AND noted_at <= {}", known, moment)),
        # Of which series it is a part is as it is today.
        *((table, SQL("id IN {}", known)) for table in ("went", "part")),
    ):
        kept = await rows(f"SELECT {COLUMNS[table]} FROM {table} WHERE {{}} ORDER BY id", which)
        if table == "gathered":
            await as_they_were_called(kept, stood)
        mentioned.people |= {each["person"] for each in kept if "person" in each}
        batch[table] = _tuples(kept, COLUMNS[table].split(", "))
    batch["outdated"] = _tuples(await queries.outdated_at(stood, moment), OUTDATED)
    batch["translation"] = _tuples(await queries.translations_at(stood, moment), TRANSLATION)
    return batch


async def _tending(stood: dict[int, Row], moment: int, mentioned: _Mentioned) -> list[Row]:
    """How they were looked after. What is read instead of one that was retired is as it is today."""
    said = await queries.tended_at(stood, moment)
    instead = await rows("SELECT id, instead FROM tending WHERE id IN {} AND instead IS NOT NULL", in_list(stood))
    led = {each["id"]: each["instead"] for each in instead}
    mentioned.people |= {each["owner"] for each in said.values()} - {None}
    nothing = {"owner": None, "every": queries.USUALLY, "review_by": None, "verified": None}
    return [
        {"id": id, **nothing, **said.get(id, {}), "instead": led.get(id)} for id in sorted(said.keys() | led.keys())
    ]


async def _house(viewer: Viewer, moment: int, mentioned: _Mentioned) -> dict[str, list[tuple[Any, ...]]]:
    """Who and what there was already, and whom and what was written by and in."""
    known = people_known_to(viewer)
    where = {
        "house": ("h", SQL("1 = 1")),
        "person": ("p", known),
        # Everybody may know what the house is called.
        "space": ("s", SQL("({} OR s.slug = {})", listed_for(viewer), HOUSE)),
        "membership": (
            "m",
            SQL(
                "m.space IN (SELECT id FROM space WHERE {}) AND m.person IN (SELECT p.id FROM person p WHERE {})",
                readable_spaces(viewer),
                known,
            ),
        ),
        "tag": (
            "t",
            SQL("t.id IN (SELECT g.tag FROM tagging g JOIN entry e ON e.id = g.entry WHERE {})", visible_to(viewer)),
        ),
        "attachment": ("f", file_visible_to(viewer)),
    }
    always: dict[str, set[int | None]] = {
        "person": {*mentioned.people, viewer.person},
        "space": {*mentioned.spaces},
    }
    batch: dict[str, list[tuple[Any, ...]]] = {}
    for table, columns in OF_HOUSE.items():
        letter, condition = where[table]
        listed = ", ".join(f"{letter}.{column}" for column in columns)
        found = await rows(f"SELECT {listed} FROM {table} {letter} WHERE {{}} ORDER BY {letter}.id", condition)
        kept = [each for each in found if each.get("created_at", 0) <= moment or each["id"] in always.get(table, set())]
        if table == "attachment":
            await _as_they_were(kept, moment)
        batch[table] = _tuples(kept, columns)
    there = {table: {row[0] for row in batch[table]} for table in ("person", "space")}
    batch["membership"] = [
        each for each in batch["membership"] if each[1] in there["person"] and each[2] in there["space"]
    ]
    return batch


async def _as_they_were(files: list[Row], moment: int) -> None:
    """What each file was by then, of those that have had versions."""
    by_id = {each["id"]: each for each in files}
    for each in await rows("SELECT * FROM file_version WHERE created_at <= {} ORDER BY id", moment):
        if each["file"] in by_id:
            by_id[each["file"]] |= {name: each[name] for name in ("hash", "media_type", "size", "width", "height")}


def _tuples(found: list[Row], columns: Sequence[str]) -> list[tuple[Any, ...]]:
    return [tuple(each[column] for column in columns) for each in found]


# In the house of then.


@in_one_transaction
async def _settle(viewer: Viewer, later: _Later) -> None:
    """Makes what follows from the texts of then, and from what was there."""
    last = await value("SELECT max(id) FROM event") or 0
    for id in later.other:
        entry = await queries.entry(viewer, id)
        tags = await value("SELECT tags FROM revision WHERE id = {}", entry.revision)
        # Whoever wrote it puts its links where they lead.
        by = replace(viewer, person=entry.author.id)
        await trails.keep(by, id, entry.space, entry.title, entry.body, tags, own=False, new=True)
    await execute("DELETE FROM event WHERE id > {}", last)
    await _settle_links(later)
    for id, body in later.annotated.items():
        entry = await queries.entry(viewer, id)
        await passages.find_again(msgspec.structs.replace(entry, body=body), entry.body)
    for id, parent in later.lifted.items():
        await execute("UPDATE entry SET parent = {} WHERE id = {}", parent, id)
    await execute(
        "UPDATE entry SET parent = NULL WHERE id = root AND parent IS NOT NULL "
        "AND space <> (SELECT p.space FROM entry p WHERE p.id = entry.parent)"
    )
    await execute("UPDATE entry SET accepted = NULL WHERE accepted NOT IN (SELECT id FROM entry)")
    await execute("UPDATE tending SET instead = NULL WHERE instead NOT IN (SELECT id FROM entry)")
    await execute("DELETE FROM translation WHERE source NOT IN (SELECT id FROM entry)")
    await execute("UPDATE entry SET replies = 0, annotations = 0")
    for statement in COUNTING_BELOW:
        await execute(statement)


async def _settle_links(later: _Later) -> None:
    """A link leads where it led when it was written, whatever that was called since."""
    waiting = await rows(
        "SELECT l.id, l.entry, l.written, e.space FROM link l JOIN entry e ON e.id = l.entry "
        "WHERE l.target IS NULL AND l.person IS NULL AND l.attachment IS NULL AND l.url IS NULL ORDER BY l.id"
    )
    other = set(later.other)
    for each in waiting:
        had = [id for key in _keys(each["written"]) for id in later.titles.get(key, ())]
        if each["entry"] not in other or not had:
            continue
        there = await rows(
            "SELECT id FROM entry WHERE id IN {} ORDER BY space <> {}, id LIMIT 1", in_list(had), each["space"]
        )
        if there:
            await execute("UPDATE link SET target = {} WHERE id = {}", there[0]["id"], each["id"])
