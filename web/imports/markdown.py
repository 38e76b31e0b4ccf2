"""Bringing a folder of Markdown in as pages: first read and planned, then written, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from web.database import in_one_transaction, new_id
from web.entries import actions, attachments, queries
from web.entries.actions import Fields
from web.entries.tables import Imported
from web.errors import Conflict, Invalid, NotAllowed, NotThere
from web.imports import memory, targets
from web.imports.plan import IMPORTED, Plan, fields_of, leave_out, planned
from web.imports.report import Problem, Progress, Report, silent
from web.imports.tree import Page
from web.people.rows import Space
from web.policy import Viewer
from web.storage import Storage
from web.urls import file_url, permalink

__all__ = ["Problem", "Report", "import_markdown"]


@dataclass
class _Import:
    """One run. `ids` leads from each planned page's path to its entry, also before that is written."""

    viewer: Viewer
    space: Space
    files: Storage
    plan: Plan
    known: dict[str, Imported]
    places: dict[int, tuple[int | None, int]]
    attached: dict[tuple[str, str], int]
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        return self.plan.report


async def import_markdown(
    viewer: Viewer, folder: Path, space: Space, files: Storage, *,
    dry_run: bool = False, progress: Progress = silent,
) -> Report:  # fmt: skip
    """Makes pages of the Markdown files in `folder`, by `viewer`.

    Run again, it brings changes over: what colleagues changed here meanwhile is merged, or kept and reported. Pages
    whose files are gone stay. A page counts as written when its file says so, and as changed now. Raises NotAllowed when the viewer may not write in the space.
    """
    viewer.must("post", space)
    known = await memory.imported(space.id)
    made = await planned(folder, await memory.gone(known, folder))
    run = _Import(
        viewer, space, files, made, known, await memory.places(space.id), await memory.attached(viewer, space.id)
    )
    run.report.dry_run = dry_run
    run.ids = {path: imported.entry for path, imported in known.items()}
    run.ids |= {page.path: new_id() for page in made.pages if page.path not in known}
    _gone(run)
    pages = list(made.pages)
    for number, page in enumerate(pages, start=1):
        await _write(run, page)
        progress(number, len(pages))
    run.report.problems.sort(key=lambda problem: (problem.file, problem.line))
    return run.report


def _gone(run: _Import) -> None:
    planned = {page.path for page in run.plan.pages} | {
        problem.file for problem in run.report.problems if problem.line == 0
    }
    for path in sorted(run.known.keys() - planned):
        run.report.problems.append(
            Problem(path, 0, "gone", "This is no longer in the folder; its page was left as it is.")
        )


async def _write(run: _Import, page: Page) -> None:
    known = run.known.get(page.path)
    try:
        if known and known.entry not in run.places:
            raise Invalid("page", "Its page is in the bin, or in another space; it was left as it is.")
        fields = await _fields(run, page)
        parent = run.ids[page.parent.path] if page.parent else None
        await (_update(run, page, known, fields, parent) if known else _make(run, page, fields, parent))
    except Conflict:
        _failed(run, page, "conflict", "Colleagues changed the same lines; their page was left as it is.")
    except Invalid as wrong:
        _failed(run, page, "not imported", str(wrong))
    except (NotThere, NotAllowed):
        _failed(run, page, "not imported", "Its page may not be changed by this person.")


def _failed(run: _Import, page: Page, what: str, why: str) -> None:
    leave_out(run.plan, page, why, what)
    if (entry := run.ids[page.path]) in run.places and not run.report.dry_run:
        run.report.entries[page.path] = entry


async def _fields(run: _Import, page: Page) -> Fields:
    """With the addresses in it; files that are not attached yet are."""
    entries = {path: permalink(run.ids[path]) for path in targets.used(page.body)[0] if path in run.ids}
    files = {path: await _address(run, path) for path in targets.used(page.body)[1] if path in run.plan.files}
    return fields_of(page, entries, files)


async def _address(run: _Import, path: str) -> str:
    file = run.plan.files[path]
    key = (file.hash, file.name)
    if key not in run.attached and not run.report.dry_run:
        with file.path.open("rb") as data:
            kept = await attachments.keep(run.viewer, run.files, file.name, data)
        run.attached[key] = kept.id
    return file_url(run.attached.get(key, 0), file.name)


async def _make(run: _Import, page: Page, fields: Fields, parent: int | None) -> None:
    id = run.ids[page.path]
    if not run.report.dry_run:
        await _post(run, page, fields, parent)
        run.report.entries[page.path] = id
        if (before := _next_there(run, page)) is not None:
            await actions.place(run.viewer, id, parent, before)
    run.report.made += 1


@in_one_transaction
async def _post(run: _Import, page: Page, fields: Fields, parent: int | None) -> None:
    id = run.ids[page.path]
    above = await queries.entry(run.viewer, parent) if parent is not None else None
    await actions.post(run.viewer, IMPORTED.name, run.space, fields, above, id=id)
    await memory.claim(run.viewer, id, fields.body)
    if page.written_at is not None:
        await memory.written(id, page.written_at)
    await memory.remember(run.space.id, page.path, id, memory.digest(fields, parent))


def _next_there(run: _Import, page: Page) -> int | None:
    """The sibling that follows in the folder and was here before, which a new page therefore goes before."""
    siblings = [each for each in run.plan.pages if each.parent is page.parent]
    later = siblings[siblings.index(page) + 1 :]
    return next((run.ids[each.path] for each in later if run.ids[each.path] in run.places), None)


async def _update(run: _Import, page: Page, known: Imported, fields: Fields, parent: int | None) -> None:
    digest = memory.digest(fields, parent)
    if digest == known.digest:
        run.report.unchanged += 1
    else:
        if not run.report.dry_run:
            await _edit(run, known, fields, parent, digest)
        run.report.updated += 1
    if not run.report.dry_run:
        run.report.entries[page.path] = known.entry


@in_one_transaction
async def _edit(run: _Import, known: Imported, fields: Fields, parent: int | None, digest: str) -> None:
    await memory.save_over(run.viewer, known, fields, digest)
    if run.places[known.entry][0] != parent:
        await actions.place(run.viewer, known.entry, parent)
