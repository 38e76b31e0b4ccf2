"""One run of the import of a wiki: what its parts have in common, and what is done with pages that were here before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from web.entries.tables import Imported
from web.errors import Invalid
from web.imports import histories, memory
from web.imports.bringing import WhatIsNew, bring_over
from web.imports.histories import Teller, Telling
from web.imports.mediawiki import dump
from web.imports.mediawiki.spool import Page, Spool
from web.imports.mediawiki.texts import Texts
from web.imports.people import People
from web.imports.report import Problem, Report
from web.people.rows import Space
from web.policy import Viewer

# Of one page, so many texts are written at once.
_TEXTS, _LETTERS = 200, 2_000_000
_MOST_PROBLEMS = 50_000


@dataclass(frozen=True)
class Asked:
    """How somebody wants it. `keep`: addresses of machines stand for whoever had no name. `entries`: the report says what became of each page."""

    files: Path | None = None
    people: People = field(default_factory=People)
    keep: bool = False
    by_pandoc: bool = False
    dry_run: bool = False
    entries: bool = True


@dataclass
class Run:
    viewer: Viewer
    space: Space
    spool: Spool
    asked: Asked
    teller: Teller
    texts: Texts
    prefix: str
    lang: str | None
    position: int
    report: Report
    pending: asyncio.Task[None] | None = None
    stands: dict[int, int] = field(default_factory=dict)
    left: int = 0

    def say(self, name: str, what: str, detail: str) -> None:
        if len(self.report.problems) < _MOST_PROBLEMS:
            self.report.problems.append(Problem(name, 0, what, " ".join(detail.split())[:300]))
        else:
            self.left += 1


async def imported(run: Run, batch: Sequence[Page]) -> dict[str, Imported]:
    return await memory.imported_under(run.space.id, run.prefix, [page.ref for page in batch])


async def note_where(run: Run, batch: Sequence[Page], known: Mapping[str, Imported]) -> None:
    """What of it stands here, and with which text: nothing is put under what is in the bin, or was taken elsewhere."""
    run.stands = await memory.standing(run.space.id, known.values())
    for page in batch:
        if page.ref in known and known[page.ref].entry not in run.stands:
            stands_not(run, page)


def stands_not(run: Run, page: Page) -> None:
    run.spool.db.execute("UPDATE page SET stands = 0 WHERE id = ?", (page.id,))


def pieces(run: Run, page: Page, after: int = 0) -> Generator[list[tuple[int, str, dump.Revision]], None, None]:
    """The texts after that time, some at once; those of one moment stay together."""
    piece: list[tuple[int, str, dump.Revision]] = []
    letters = 0
    for each in run.spool.revisions(page.id):
        if each[0] <= after:
            continue
        full = len(piece) >= _TEXTS or letters > _LETTERS
        if full and (each[0] // 1000 != piece[-1][0] // 1000 or len(piece) > 4 * _TEXTS):
            yield piece
            piece, letters = [], 0
        piece.append(each)
        letters += len(each[2].text or "")
    if piece:
        yield piece


def entered(run: Run, path: str, entry: int) -> None:
    if run.asked.entries and not run.asked.dry_run:
        run.report.entries[path.removeprefix(run.prefix)] = entry


async def telling(
    run: Run, page: Page, said: Sequence[tuple[int, str, dump.Revision]], *, last: bool
) -> Telling | None:
    """None when nothing can be made of it; then that is reported."""
    made = await run.texts.of(page, said, report=run.say if last else None)
    kind = run.texts.kind_for(page, made)
    try:
        texts = [histories.fitted(kind, each) for each in made]
    except Invalid as wrong:
        run.report.not_imported += 1
        run.say(
            page.name.whole, "not imported", f"{wrong.field}: {wrong.why % wrong.values if wrong.values else wrong.why}"
        )
        return None
    run.position += 1
    parent = (
        run.spool.db.execute("SELECT entry FROM page WHERE id = ? AND stands = 1", (page.parent,)).fetchone()
        if page.parent and kind.tree
        else None
    )
    return Telling(
        run.prefix + page.ref, page.entry, kind, parent[0] if parent else None, run.position if kind.tree else 0, texts, run.lang,
        tuple(run.spool.names_for(page.id)),
    )  # fmt: skip


# What was here before.


async def go_on(run: Run, page: Page, known: Imported, *, counted: bool = False) -> None:
    if counted:
        await note_where(run, [page], {page.ref: known})

    async def later() -> AsyncIterator[Telling | None]:
        for piece in pieces(run, page, histories.mark(known)):
            yield await telling(run, page, piece, last=True)

    async def again() -> Telling | None:
        return await telling(run, page, run.spool.last(page.id), last=True)

    what = WhatIsNew(known, run.stands.get(known.entry), later, again, run.asked.dry_run)
    done = await bring_over(run.teller, what)
    if done.wrong:
        run.report.not_imported += 1
        run.say(page.name.whole, done.what, done.wrong)
        return
    entered(run, known.path, known.entry)
    run.report.texts += done.texts
    if not counted:
        run.report.updated += done.changed
        run.report.unchanged += not done.changed
