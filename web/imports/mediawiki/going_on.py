"""One run of the import of a wiki: what its parts have in common, and what is done with pages that were here before."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from web.database import now, rows
from web.entries import actions
from web.entries.actions import Fields
from web.entries.tables import Imported
from web.errors import Conflict, Invalid, NotAllowed, NotThere
from web.imports import histories, memory
from web.imports.histories import Past, Teller, Telling
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
    known: dict[int, Imported] = field(default_factory=dict)
    left: int = 0

    def say(self, name: str, what: str, detail: str) -> None:
        if len(self.report.problems) < _MOST_PROBLEMS:
            self.report.problems.append(Problem(name, 0, what, " ".join(detail.split())[:300]))
        else:
            self.left += 1


async def imported(run: Run, batch: Sequence[Page]) -> dict[str, Imported]:
    paths = [run.prefix + page.ref for page in batch]
    places = ", ".join("{}" for _ in paths)
    found = await rows(
        f"SELECT id, space, path, entry, digest, created_at FROM imported WHERE space = {{}} AND path IN ({places})",
        run.space.id,
        *paths,
    )
    return {each["path"].removeprefix(run.prefix): Imported(**each) for each in found}


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
        run.spool.db.execute("SELECT entry FROM page WHERE id = ?", (page.parent,)).fetchone()
        if page.parent and kind.tree
        else None
    )
    return Telling(
        run.prefix + page.ref, page.entry, kind, parent[0] if parent else None, run.position if kind.tree else 0, texts, run.lang,
        tuple(run.spool.names_for(page.id)),
    )  # fmt: skip


# What was here before.


async def go_on(run: Run, page: Page, known: Imported, *, counted: bool = False) -> None:
    name = page.name.whole
    found = await rows("SELECT revision, parent, space, trashed_at FROM entry WHERE id = {}", known.entry)
    if not found or found[0]["trashed_at"] is not None or found[0]["space"] != run.space.id:
        run.report.not_imported += 1
        run.say(name, "not imported", "Its page is in the bin, or in another space; it was left as it is.")
        return
    try:
        changed = await _brought_over(run, page, known, found[0]["revision"], found[0]["parent"])
    except Conflict:
        run.report.not_imported += 1
        run.say(name, "conflict", "Colleagues changed the same lines; their page was left as it is.")
    except (NotThere, NotAllowed):
        run.report.not_imported += 1
        run.say(name, "not imported", "Its page may not be changed by this person.")
    except Invalid as wrong:
        run.report.not_imported += 1
        run.say(name, "not imported", str(wrong))
    else:
        entered(run, known.path, known.entry)
        if not counted:
            run.report.updated += changed
            run.report.unchanged += not changed


async def _brought_over(run: Run, page: Page, known: Imported, stands: int, parent: int | None) -> bool:
    """Whether there was anything."""
    base = await memory.base_of(known)
    changed = False
    for piece in pieces(run, page, histories.mark(known)):
        made = await telling(run, page, piece, last=True)
        if made is None:
            return changed
        if run.asked.dry_run:
            return True
        if stands != base or base is None:
            return await _merged(run, known, made, base)
        await histories.append(run.teller, made, known, base)
        run.report.texts += len(made.texts)
        known = (await imported(run, [page]))[page.ref]
        stands = base = await memory.base_of(known) or 0
        changed = True
    return changed or await _turned_otherwise(run, page, known, stands, base)


async def _turned_otherwise(run: Run, page: Page, known: Imported, stands: int, base: int | None) -> bool:
    """The same text may become another today: a file is there now, or a colleague has a name."""
    said = [*run.spool.revisions(page.id)][-1:]
    made = await telling(run, page, said, last=True)
    if made is None or histories.digest(made.last, made.parent).split()[0] == known.digest.split()[0]:
        return False
    if run.asked.dry_run:
        return True
    if stands != base:
        return await _merged(run, known, made, base)
    again = replace(made.last, at=now(), author=run.viewer.me, summary="Imported again", minor=True)
    await histories.append(run.teller, replace(made, texts=[again]), known, base or 0)
    mark = f"{histories.digest(again, made.parent).split()[0]} {histories.mark(known):x}"
    await memory.remember_again(known, mark, again.at)
    return True


async def _merged(run: Run, known: Imported, telling: Telling, base: int | None) -> bool:
    """Colleagues have changed it here: what the wiki made of it since comes as one change."""
    last: Past = telling.last
    fields = Fields(last.title, last.body, tags=last.tags, lang=telling.lang, summary=last.summary or "Imported")
    saved = await actions.edit(run.viewer, known.entry, fields, base)
    at = (
        await memory.keep_aside(run.viewer, known.entry, base, fields)
        if saved.merged
        else await memory.saved_at(known.entry)
    )
    await memory.claim(run.viewer, known.entry, fields.body)
    await memory.remember_again(known, histories.digest(last, telling.parent), at)
    return True
