"""Entries that come in with all the texts they have had: when each was written, by whom and what for stays as it was."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web import checks, text
from web.database import execute, id_then, in_list, in_one_transaction, new_id, now, rows, values
from web.entries import queries, trails
from web.entries.actions.steps import held
from web.entries.derived import form_tags, link_key, rendered, title_key
from web.entries.rebuilding import Derived, derived_of
from web.entries.tables import Imported
from web.entries.trails import Lead
from web.errors import Invalid
from web.kinds import Kind
from web.people.rows import Space
from web.policy import Viewer, audience_of, visible_to

GONE = "It had been taken away where it came from."
_FILE = re.compile(r"/files/(\d{1,16})/")
# Gives the entries that are to be, by the keys of their titles.
Finding = Callable[[Iterable[str]], Mapping[str, int]]
Then = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """Nothing is done then."""


@dataclass(frozen=True)
class Past:
    """A text as it was saved then (ms). `gone`: only that there was one is known."""

    at: int
    author: int
    title: str
    body: str
    tags: str = ""
    summary: str = ""
    minor: bool = False
    gone: bool = False


@dataclass(frozen=True)
class Telling:
    """An entry to be, or more of one that is there. `texts` are in the order of time, and the last of them stands."""

    path: str
    entry: int
    kind: Kind
    parent: int | None
    position: int
    texts: Sequence[Past]
    lang: str | None = None
    also: tuple[str, ...] = ()  # what it was called, for links that wait for it
    root: int | None = None  # what heads the conversation that it is a part of

    @property
    def last(self) -> Past:
        return self.texts[-1]


@dataclass
class Teller:
    """Whoever brings them in, and where. `find`: what links by title may mean besides what is there."""

    viewer: Viewer
    space: Space
    find: Finding = field(default=lambda keys: {})


def fitted(kind: Kind, said: Past) -> Past:
    """Tidied as if somebody had typed it. Raises Invalid for what cannot be a text of that kind."""
    title = checks.needed("title", checks.line("title", said.title, kind.title_max)) if kind.title_max else ""
    body = checks.text("body", said.body, kind.body_max)
    if "body" in kind.required and not said.gone:
        checks.needed("body", body)
    tags = " ".join(form_tags(said.tags[:1000]))
    return Past(said.at, said.author, title, body, tags, line(said.summary, 300), said.minor, said.gone)


def line(said: str, longest: int) -> str:
    """What somebody wrote, on one line that is no longer; whatever is too much is left out of its middle."""
    bare = "".join(sign if unicodedata.category(sign) not in ("Cc", "Cs", "Cn") else " " for sign in said)
    tidy = " ".join(unicodedata.normalize("NFC", bare).split())
    end = min(longest // 3, 80)
    return tidy if len(tidy) <= longest else f"{tidy[: longest - end - 1]}…{tidy[-end:]}"


def digest(said: Past, parent: int | None) -> str:
    """Of what would stand, and the second in which the last text was written: so far it has come in."""
    whole = [said.title, said.body, said.tags, parent]
    made = hashlib.sha256(json.dumps(whole, ensure_ascii=True).encode()).hexdigest()[:48]
    return f"{made} {said.at:x}"


def mark(known: Imported) -> int:
    """Up to when (ms) texts have come in."""
    said = known.digest.partition(" ")[2]
    return int(said, 16) if said else 0


async def make(teller: Teller, tellings: Sequence[Telling], then: Then = nothing) -> None:
    """Writes entries that are new, and does what is done `then`: all of it or nothing. What stands above others comes before them."""
    derivations = await _derived(teller, tellings)
    await _make(teller, tellings, derivations, then)


@in_one_transaction
async def _make(teller: Teller, tellings: Sequence[Telling], derivations: Sequence[Derived], then: Then) -> None:
    space, person = teller.space.id, teller.viewer.me
    ids = await _ids(tellings)
    entries, revisions, events = [], [], []
    for telling, made, (event, *numbers) in zip(tellings, derivations, ids, strict=True):
        first, last = telling.texts[0], telling.last
        entries.append((
            telling.entry, telling.kind.name, space, first.author, telling.parent, telling.root or telling.entry, numbers[-1], last.title, made.title_key,
            made.slug, last.body, telling.lang, first.at, last.at, last.at, telling.position, len(telling.texts),
            telling.kind.stages[0] if telling.kind.stages else None,
        ))  # fmt: skip
        revisions += _revisions(telling, numbers, None, person)
        events.append((event, telling.kind.verb, first.author, telling.entry, space, numbers[0], "", first.at))
    await execute(
        "INSERT INTO entry (id, kind, space, author, parent, root, revision, title, title_key, slug, body, lang, created_at, updated_at, "
        "active_at, position, revisions, stage) VALUES {}",
        values(entries),
    )
    await _add_revisions(revisions)
    await execute(
        "INSERT INTO event (id, verb, actor, entry, space, revision, note, created_at) VALUES {}", values(events)
    )
    await _trails(teller, tellings, derivations, new=True)
    await execute(
        "INSERT INTO imported (id, space, path, entry, digest, created_at) VALUES {}",
        values(
            (new_id(), space, each.path, each.entry, digest(each.last, each.parent), each.last.at) for each in tellings
        ),
    )
    await then()


async def append(teller: Teller, telling: Telling, known: Imported, base: int) -> None:
    """Adds later texts to an entry whose text `base` nobody has changed since. Raises NotThere, NotAllowed, and Invalid where somebody has."""
    (made,) = await _derived(teller, [telling])
    await _append(teller, telling, known, base, made)


@in_one_transaction
async def _append(teller: Teller, telling: Telling, known: Imported, base: int, made: Derived) -> None:
    entry = await held(teller.viewer, telling.entry)
    teller.viewer.must("edit", entry)
    if entry.revision != base:
        raise Invalid("revision", "Somebody has changed it meanwhile.")
    ((event, *numbers),) = await _ids([telling], base)
    last = telling.last
    await _add_revisions(_revisions(telling, numbers, base, teller.viewer.me))
    await execute(
        "UPDATE entry SET revision = {}, title = {}, title_key = {}, slug = {}, body = {}, updated_at = {}, active_at = {}, "
        "revisions = revisions + {} WHERE id = {}",
        numbers[-1], last.title, made.title_key, made.slug, last.body, last.at, max(last.at, entry.active_at), len(numbers), telling.entry,
    )  # fmt: skip
    await execute(
        "INSERT INTO event (id, verb, actor, entry, space, revision, note, created_at) VALUES {}",
        values([(event, "edit", last.author, telling.entry, teller.space.id, numbers[-1], last.summary, last.at)]),
    )
    await _trails(teller, [telling], [made], new=False)
    await execute(
        "UPDATE imported SET digest = {}, created_at = {} WHERE id = {}",
        digest(last, telling.parent),
        last.at,
        known.id,
    )


# Ids that say when.


async def _ids(tellings: Sequence[Telling], after: int = 0) -> list[list[int]]:
    """For each: one of an event, and one of each text, which sort as the texts do and which nobody has."""
    wished = [
        [id_then(said.at + random.randrange(1000), random.randrange(4096)) for said in (each.texts[0], *each.texts)]
        for each in tellings
    ]
    had: set[int] = set()
    while True:
        ids, taken = [], set(had)
        for wishes in wished:
            ours, least = [], 0
            for number, wish in enumerate(wishes):
                least = max(wish, (least if number > 1 else after) + 1)
                while least in taken:
                    least += 1
                ours.append(least)
                taken.add(least)
            ids.append(ours)
        others: set[int] = set()
        for some in _pieces([id for ours in ids for id in ours]):
            others |= await _some("SELECT id FROM revision WHERE id IN {}", some) | await _some(
                "SELECT id FROM event WHERE id IN {}", some
            )
        if not others:
            return ids
        had |= others


def _revisions(telling: Telling, ids: Sequence[int], base: int | None, person: int) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for id, said in zip(ids, telling.texts, strict=True):
        kept = ("", "", "", "") if said.gone else (said.title, said.body, said.tags, said.summary)
        gone = (now(), person, GONE) if said.gone else (None, None, "")
        found.append((id, telling.entry, said.author, base, *kept, telling.lang, said.minor, said.at, *gone))
        base = id
    return found


async def _add_revisions(found: Sequence[tuple[object, ...]]) -> None:
    for start in range(0, len(found), 200):
        await execute(
            "INSERT INTO revision (id, entry, author, base, title, body, tags, summary, lang, minor, created_at, redacted_at, redacted_by, "
            "redact_reason) VALUES {}",
            values(found[start : start + 200]),
        )


# What follows from the texts that stand.


async def _derived(teller: Teller, tellings: Sequence[Telling]) -> list[Derived]:
    done = [await rendered(each.last.body) for each in tellings]
    known = await _known(teller, {each.entry for each in tellings}, done)
    return [
        await asyncio.to_thread(derived_of, each, telling.last.title, telling.last.tags, known)
        for telling, each in zip(tellings, done, strict=True)
    ]


async def _known(teller: Teller, here: set[int], done: Sequence[text.Text]) -> dict[str, Lead]:
    """Where what is written in these texts leads, as far as that is there already."""
    links = {link for each in done for link in each.links}
    keys = {link_key(link.written) for link in links if link.kind_of == "wiki"}
    planned = teller.find(keys)
    numbers = {int(led[1]) for link in links if (led := re.match(r"/e/(\d{1,16})", link.written))}
    there = here | await _some("SELECT id FROM entry WHERE id IN {}", {*planned.values(), *numbers} - here)
    known = {key: Lead(key, target=planned[key]) for key in keys if planned.get(key) in there}
    known |= {f"/e/{id}": Lead(f"/e/{id}", target=id) for id in numbers if id in there}
    others = sorted(keys - planned.keys())
    for some in _pieces(others):
        found = await rows(
            "SELECT e.title_key, e.id FROM entry e WHERE e.title_key IN {} AND e.title_key <> '' AND e.kind IN {} AND {} "
            "ORDER BY CASE WHEN e.space = {} THEN 1 ELSE 0 END, CASE WHEN e.kind IN {} THEN 1 ELSE 0 END, e.id DESC",
            in_list(some), in_list(queries.ALONE), visible_to(audience_of(teller.space)), teller.space.id, in_list(queries.TREES),
        )  # fmt: skip
        known |= {each["title_key"]: Lead(each["title_key"], target=each["id"]) for each in found}
    files = {int(led[1]): link.written[:2000] for link in links if (led := _FILE.match(link.written))}
    kept = await _some("SELECT id FROM attachment WHERE id IN {}", files)
    return known | {files[id]: Lead(files[id], attachment=id) for id in kept}


async def _some(sql: str, ids: Iterable[int]) -> set[int]:
    """Those of them that are there."""
    return {each["id"] for some in _pieces(sorted(ids)) for each in await rows(sql, in_list(some))}


def _pieces(of: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (of[start : start + 5000] for start in range(0, len(of), 5000))


async def _trails(teller: Teller, tellings: Sequence[Telling], derivations: Sequence[Derived], *, new: bool) -> None:
    if not new:
        ids = in_list([each.entry for each in tellings])
        for table, column in (("entry_text", "id"), ("tagging", "entry"), ("link", "entry")):
            await execute(f"DELETE FROM {table} WHERE {column} IN {{}}", ids)
    both = [*zip(tellings, derivations, strict=True)]
    await execute(
        "INSERT INTO entry_text (id, title, body, stems) VALUES {}",
        values((telling.entry, telling.last.title, made.plain, made.stems) for telling, made in both),
    )
    await _tag(both)
    leads = [(new_id(), telling.entry, *lead) for telling, made in both for lead in made.leads]
    for start in range(0, len(leads), 1000):
        await execute(
            f"INSERT INTO link (id, entry, {', '.join(Lead._fields)}) VALUES {{}}",
            values(leads[start : start + 1000]),
        )
    await _claim(teller, both)
    await _found(teller, both)


async def _tag(both: Sequence[tuple[Telling, Derived]]) -> None:
    names = sorted({name for _, made in both for name in made.tags})
    if not names:
        return
    await execute(
        "INSERT INTO tag (id, name, created_at) VALUES {} ON CONFLICT (name) DO NOTHING",
        values((new_id(), name, now()) for name in names),
    )
    ids = {each["name"]: each["id"] for each in await rows("SELECT id, name FROM tag WHERE name IN {}", in_list(names))}
    await execute(
        "INSERT INTO tagging (id, entry, tag, title, in_text) VALUES {}",
        values(
            (new_id(), telling.entry, ids[name], *spelled)
            for telling, made in both
            for name, spelled in made.tags.items()
        ),
    )


async def _claim(teller: Teller, both: Sequence[tuple[Telling, Derived]]) -> None:
    """Files that a text shows, or has shown, belong to it; they were there when it was written."""
    for telling, _ in both:
        shown = {int(id): said.at for said in reversed(telling.texts) for id in _FILE.findall(said.body)}
        await execute(
            "UPDATE attachment SET entry = {} WHERE entry IS NULL AND author = {} AND id IN {}",
            telling.entry, teller.viewer.me, in_list(shown),
        )  # fmt: skip
        for id, at in shown.items():
            await execute(
                "UPDATE attachment SET created_at = {} WHERE id = {} AND author = {} AND created_at > {}",
                at,
                id,
                teller.viewer.me,
                at,
            )


async def _found(teller: Teller, both: Sequence[tuple[Telling, Derived]]) -> None:
    """Links that waited for what is there now."""
    keys = {
        key: each.entry
        for each, made in both
        for key in (*map(title_key, each.also), made.title_key, f"/e/{each.entry}")
    }
    written = [*keys, *(f"{teller.space.slug}/{key}" for key in keys)]
    waiting = await rows(
        "SELECT DISTINCT written FROM link WHERE target IS NULL AND person IS NULL AND attachment IS NULL AND url IS NULL AND written IN {}",
        in_list(written),
    )
    for each in waiting:
        key = each["written"] if each["written"] in keys else each["written"].removeprefix(f"{teller.space.slug}/")
        await trails.found_at_last(keys[key], teller.space, key)
