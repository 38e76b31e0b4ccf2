"""Talk comes in: it is laid aside, put in its places, and then written, some at a time; run again, it goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from web.database import in_list, rows, value
from web.entries.tables import Imported
from web.imports import histories, memory
from web.imports.bringing import WhatIsNew, bring_over
from web.imports.histories import Teller, Telling
from web.imports.people import People
from web.imports.report import Problem, Progress, Report, silent
from web.imports.talk.said import Source
from web.imports.talk.settling import Settled, settle
from web.imports.talk.spool import Place, Spool
from web.imports.talk.writing import Writing
from web.people.rows import Space
from web.policy import Viewer
from web.storage import Storage

# So much is written at once.
_TOGETHER, _LETTERS = 100, 1_000_000
_MOST_PROBLEMS = 50_000


@dataclass(frozen=True)
class Asked:
    """How somebody wants it. `entries`: the report says what became of each."""

    people: People = field(default_factory=People)
    dry_run: bool = False
    entries: bool = True


@dataclass
class _Run:
    teller: Teller
    source: Source
    spool: Spool
    asked: Asked
    writing: Writing
    report: Report
    came: Counter[str] = field(default_factory=Counter)
    left: int = 0

    def say(self, ref: str, what: str, detail: str) -> None:
        if len(self.report.problems) < _MOST_PROBLEMS:
            self.report.problems.append(Problem(ref, 0, what, " ".join(detail.split())[:300]))
        else:
            self.left += 1

    def entered(self, ref: str, entry: int) -> None:
        if self.asked.entries and not self.asked.dry_run:
            self.report.entries[ref] = entry


async def import_talk(
    viewer: Viewer, source: Source, space: Space, files: Storage, asked: Asked = Asked(), *,
    reading: Progress = silent, writing: Progress = silent,
) -> Report:  # fmt: skip
    """Makes entries of what `source` has, by `viewer`, or by those whom `asked.people` names.

    Run again, it goes on where it was stopped, and brings over what is new there: what colleagues changed here is merged, or kept and reported.
    Raises NotAllowed when the viewer may not write in the space, and NotDone for what cannot be read.
    """
    viewer.must("post", space)
    spool = Spool()
    try:
        every = await asyncio.to_thread(_lay_aside, spool, source, reading)
        known = await memory.entries_under(space.id, source.prefix)
        await _plan(spool, known)
        before = {ref: entry for ref, entry in known.items() if not spool.has(ref)}
        del known
        report = Report(dry_run=asked.dry_run, of="posts", noun="entries", files=every, left_out=dict(spool.left))
        attached = await memory.attached(viewer, space.id)
        run = _Run(
            Teller(viewer, space), source, spool, asked, Writing(viewer, source, spool, before, asked.people, files, attached, asked.dry_run, await value("SELECT language FROM house")), report
        )  # fmt: skip
        for remark in spool.remarks:
            run.say(*remark)
        report.not_imported = spool.missing
        await _write(run, writing)
        return _told(run)
    finally:
        spool.close()


def _lay_aside(spool: Spool, source: Source, reading: Progress) -> int:
    spool.db.execute("BEGIN")
    source.read(spool, reading)
    every = spool.settle()
    spool.db.execute("COMMIT")
    return every


async def _plan(spool: Spool, known: Mapping[str, int]) -> None:
    """Which entry each becomes: the same also when this is stopped and run again, for texts lead to those that are still to come."""
    taken: set[int] = set()
    while True:
        others: set[int] = set()
        for some in spool.number(known, taken):
            others |= {each["id"] for each in await rows("SELECT id FROM entry WHERE id IN {}", in_list(some))}
        if not others:
            break
        taken |= others
    await asyncio.to_thread(spool.plan)


async def _write(run: _Run, progress: Progress) -> None:
    every, done = run.spool.count(), 0
    for batch in run.spool.places(_TOGETHER):
        known = await memory.imported_under(run.teller.space.id, run.source.prefix, [place.said.ref for place in batch])
        standing = await memory.standing(run.teller.space.id, known.values())
        run.spool.does_not_stand(ref for ref, each in known.items() if each.entry not in standing)
        await _make(run, [place for place in batch if place.said.ref not in known])
        for place in batch:
            if (before := known.get(place.said.ref)) is not None:
                await _go_on(run, place, before, standing)
        await _settle_known(run, [place for place in batch if known.get(place.said.ref)], standing)
        done += len(batch)
        progress(done, every)


async def _make(run: _Run, places: Sequence[Place]) -> None:
    made: list[tuple[Place, Telling]] = []
    letters = 0
    for place in places:
        if not _has_a_place(run, place):
            continue
        telling = await _telling(run, place)
        if telling is None:
            run.report.not_imported += 1
            run.spool.does_not_stand([place.said.ref])
            continue
        made.append((place, telling))
        letters += sum(len(each.body) for each in telling.texts)
        if letters > _LETTERS:
            await _make_all(run, made)
            made, letters = [], 0
    await _make_all(run, made)


def _has_a_place(run: _Run, place: Place) -> bool:
    """Nothing is put under what is in the bin here, was taken elsewhere, or could not come in."""
    above = run.spool.above(place.said.ref)
    if not above or run.spool.stands(above):
        return True
    run.spool.does_not_stand([place.said.ref])
    run.report.not_imported += 1
    run.say(place.said.ref, "not imported", f"What it was said to does not stand here ({place.said.sort}).")
    return False


async def _telling(run: _Run, place: Place) -> Telling | None:
    made = await run.writing.telling(place)
    for each in run.writing.problems:
        run.say(*each)
    run.writing.problems.clear()
    return made


async def _make_all(run: _Run, made: Sequence[tuple[Place, Telling]]) -> None:
    if made and not run.asked.dry_run:
        settled = [_settled(run, place) for place, _ in made]
        await histories.make(
            run.teller, [telling for _, telling in made], partial(settle, run.teller, settled, new=True)
        )
    for place, telling in made:
        run.report.made += 1
        run.report.texts += len(telling.texts) if len(telling.texts) > 1 else 0
        run.came[place.said.sort] += 1
        run.entered(place.said.ref, telling.entry)


def _settled(run: _Run, place: Place) -> Settled:
    asked = run.spool.settled_by(place.said.ref)
    found = run.spool.entry_of(asked) if asked else None
    when = run.spool.told("accepted by", place.said.ref) if asked else ""
    return Settled(
        place.entry,
        place.above,
        place.head,
        place.said.votes,
        place.said.given,
        found[0] if found else None,
        int(when or 0),
    )


# What was here before.


async def _go_on(run: _Run, place: Place, known: Imported, standing: Mapping[int, int]) -> None:
    made = await _telling(run, place)
    new = [text for text in made.texts if text.at > histories.mark(known)] if made else []

    async def later() -> AsyncIterator[Telling | None]:
        if made is None or new:
            yield replace(made, texts=new) if made else None

    async def again() -> Telling | None:
        return made

    done = await bring_over(run.teller, WhatIsNew(known, standing.get(known.entry), later, again, run.asked.dry_run))
    if done.wrong:
        run.report.not_imported += 1
        run.say(place.said.ref, done.what, done.wrong)
        return
    run.entered(place.said.ref, known.entry)
    run.came[place.said.sort] += 1
    run.report.texts += done.texts
    run.report.updated += done.changed
    run.report.unchanged += not done.changed


async def _settle_known(run: _Run, places: Sequence[Place], standing: Mapping[int, int]) -> None:
    settled = [_settled(run, place) for place in places if place.entry in standing]
    if settled and not run.asked.dry_run:
        await settle(run.teller, settled, new=False)


def _told(run: _Run) -> Report:
    writing, report = run.writing, run.report
    if writing.nameless:
        names = sorted(writing.nameless)
        shown = ", ".join(names[:20]) + (" …" if len(names) > 20 else "")
        run.say(
            "",
            "people",
            f"{len(names)} people are nobody here (--people says who is who); their names stand under what they said: {shown}",
        )
    if run.left or run.spool.unlisted:
        report.problems.append(Problem("", 0, "more", f"{run.left + run.spool.unlisted} more problems are not listed."))
    report.attachments, report.links = len(writing.kept), writing.links
    report.came = dict(run.came.most_common())
    report.problems.sort(key=lambda problem: problem.file)
    return report


__all__ = ["Asked", "import_talk"]
