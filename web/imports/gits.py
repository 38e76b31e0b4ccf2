"""A repository of Markdown comes in: its files as pages, and each commit that changed one as a text that the page has had."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from web.database import new_id, now
from web.entries import attachments
from web.entries.actions.steps import last_position
from web.entries.tables import Imported
from web.errors import Invalid
from web.imports import checkout, histories, memory, targets
from web.imports.bringing import WhatIsNew, bring_over
from web.imports.folder import MOST_BYTES, text_in
from web.imports.histories import Past, Teller, Telling
from web.imports.people import People
from web.imports.plan import IMPORTED, Plan, fields_of, leave_out, planned
from web.imports.report import Problem, Progress, Report, silent
from web.imports.repository import Commit, Repository
from web.imports.tree import Page
from web.people.rows import Space
from web.policy import Viewer
from web.storage import Storage
from web.urls import file_url, permalink

_TEXTS = 200


@dataclass(frozen=True)
class Asked:
    people: People = field(default_factory=People)
    dry_run: bool = False


@dataclass
class _Run:
    """`pasts`: by path, the commits that changed the page and what it said then, the latest first."""

    viewer: Viewer
    teller: Teller
    storage: Storage
    repository: Repository
    plan: Plan
    asked: Asked
    prefix: str
    pasts: Mapping[str, list[tuple[Commit, str]]]
    known: Mapping[str, Imported]
    stands: Mapping[int, int]
    attached: dict[tuple[str, str], int]
    position: int
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        return self.plan.report


async def import_git(
    viewer: Viewer,
    path: Path,
    space: Space,
    storage: Storage,
    asked: Asked,
    *,
    progress: Progress = silent,
) -> Report:
    """Makes pages of the Markdown in the latest commit of the repository at `path`, by `viewer`, with the texts that each has had.

    Run again, it goes on, and brings over later commits: what colleagues changed here is merged, or kept and reported. Raises NotAllowed when the viewer
    may not write in the space, and NotDone for what git cannot read.
    """
    viewer.must("post", space)
    with TemporaryDirectory(prefix="dugnad-git-") as aside:
        folder = await asyncio.to_thread(checkout.folder_for, path, aside)
        with await asyncio.to_thread(Repository.of, path, Path(aside)) as repository:
            problems = await asyncio.to_thread(checkout.lay_out, repository, folder)
            plan = await planned(folder, [])
            plan.report.problems += problems
            pasts = await asyncio.to_thread(checkout.pasts, repository, {page.path for page in plan.pages})
            run = await _run(viewer, space, storage, repository, plan, asked, pasts)
            await _write(run, progress)
            run.report.problems.sort(key=lambda problem: (problem.file, problem.line))
            run.report.dry_run = asked.dry_run
            return run.report


# Writing.


async def _run(
    viewer: Viewer,
    space: Space,
    storage: Storage,
    repository: Repository,
    plan: Plan,
    asked: Asked,
    pasts: Mapping[str, list[tuple[Commit, str]]],
) -> _Run:
    prefix = f"git:{(await asyncio.to_thread(repository.root))[:16]}:{repository.below}:"
    known = await memory.imported_under(space.id, prefix)
    run = _Run(
        viewer, Teller(viewer, space), storage, repository, plan, asked, prefix, pasts, known, await memory.standing(space.id, known.values()),
        await memory.attached(viewer, space.id), await last_position(space.id, None),
    )  # fmt: skip
    run.ids = {page.path: known[page.path].entry if page.path in known else new_id() for page in plan.pages}
    keys = {histories.title_key(page.title): run.ids[page.path] for page in reversed(plan.pages)}
    run.teller = Teller(viewer, space, lambda asked_for: {key: keys[key] for key in asked_for if key in keys})
    for path in sorted(known.keys() - run.ids.keys()):
        plan.report.problems.append(
            Problem(path, 0, "gone", "This is no longer in the repository; its page was left as it is.")
        )
    return run


async def _write(run: _Run, progress: Callable[[int, int], None]) -> None:
    pages = list(run.plan.pages)
    for number, page in enumerate(pages, start=1):
        known = run.known.get(page.path)
        try:
            await (_go_on(run, page, known) if known else _make(run, page))
        except Invalid as wrong:
            leave_out(run.plan, page, str(wrong))
        progress(number, len(pages))


async def _make(run: _Run, page: Page) -> None:
    known: Imported | None = None
    async for telling in _tellings(run, page, 0):
        if run.asked.dry_run:
            run.report.texts += len(telling.texts)
        elif known is None:
            await histories.make(run.teller, [telling])
            run.report.texts += len(telling.texts)
            known = (await memory.imported_under(run.teller.space.id, run.prefix, [page.path]))[page.path]
        else:
            base = await memory.base_of(known)
            await histories.append(run.teller, telling, known, base or 0)
            run.report.texts += len(telling.texts)
            known = await memory.read_again(known)
    run.report.made += 1
    if not run.asked.dry_run:
        run.report.entries[page.path] = run.ids[page.path]


async def _go_on(run: _Run, page: Page, known: Imported) -> None:
    async def again() -> Telling | None:
        return await _last(run, page)

    def later() -> AsyncIterator[Telling | None]:
        return _tellings(run, page, histories.mark(known))

    done = await bring_over(run.teller, WhatIsNew(known, run.stands.get(known.entry), later, again, run.asked.dry_run))
    if done.wrong:
        leave_out(run.plan, page, done.wrong, done.what)
        return
    run.report.texts += done.texts
    run.report.updated += done.changed
    run.report.unchanged += not done.changed
    if not run.asked.dry_run:
        run.report.entries[page.path] = known.entry


async def _tellings(run: _Run, page: Page, after: int) -> AsyncIterator[Telling]:
    """The texts since, some at once; the last of them is always the one in the latest commit."""
    steps = [step for step in _steps(run.pasts[page.path]) if step[0] > after]
    if not steps and after:
        return
    run.position += 1
    position = run.position
    for start in range(0, max(len(steps), 1), _TEXTS):
        some = steps[start : start + _TEXTS]
        made = [past for step in some if (past := await _past(run, page, *step)) is not None]
        if start + _TEXTS >= len(steps):
            made = await _with_last(run, page, made)
        if made:
            yield _telling(run, page, made, position)


def _steps(past: Sequence[tuple[Commit, str]]) -> list[tuple[int, Commit, str]]:
    """The oldest first, each a little after the one before, whatever their clocks said."""
    steps: list[tuple[int, Commit, str]] = []
    at = 1
    for commit, sha in reversed(past):
        at = max(min(commit.at, now()), at + 1)
        steps.append((at, commit, sha))
    return steps


async def _past(run: _Run, page: Page, at: int, commit: Commit, sha: str) -> Past | None:
    data = await asyncio.to_thread(run.repository.blob, sha, MOST_BYTES)
    text = text_in(data)[0] if data is not None else None
    if text is None:
        return None
    older = await asyncio.to_thread(run.plan.turn, page, text)
    author, summary = _told(run, commit)
    try:
        return await _fitted(run, older, at, author, summary)
    except Invalid:
        return None


async def _with_last(run: _Run, page: Page, made: list[Past]) -> list[Past]:
    """What stands in the latest commit may have been made by a merge, which says nothing of itself."""
    if made:
        last = await _fitted(run, page, made[-1].at, made[-1].author, made[-1].summary)
        if (last.title, last.body, last.tags) == (made[-1].title, made[-1].body, made[-1].tags):
            return made
        return [*made, await _fitted(run, page, made[-1].at + 1, run.viewer.me, "Merged")]
    return [await _fitted(run, page, now(), run.viewer.me, f"Imported from {page.path}")]


async def _last(run: _Run, page: Page) -> Telling | None:
    past = _steps(run.pasts[page.path])
    at = past[-1][0] if past else 1
    try:
        return _telling(run, page, [await _fitted(run, page, at, run.viewer.me, "")], run.position)
    except Invalid as wrong:
        leave_out(run.plan, page, str(wrong))
        return None


def _telling(run: _Run, page: Page, made: Sequence[Past], position: int) -> Telling:
    parent = run.ids[page.parent.path] if page.parent else None
    if parent is not None and parent in {each.entry for each in run.known.values()} and parent not in run.stands:
        parent = None
    return Telling(run.prefix + page.path, run.ids[page.path], IMPORTED, parent, position, made, page.front.lang)


def _told(run: _Run, commit: Commit) -> tuple[int, str]:
    """Who wrote it, and what they said of it: the first line, as git has it."""
    said = commit.message.strip().partition("\n")[0]
    person = run.asked.people.find(f"{commit.name} <{commit.email}>", commit.email, commit.name)
    if person is not None:
        return person, histories.line(said, 300)
    return run.viewer.me, histories.line(f"{histories.line(said, 200)} ({commit.name[:80] or 'somebody'})", 300)


async def _fitted(run: _Run, page: Page, at: int, author: int, summary: str) -> Past:
    """With the addresses in it; files that are not attached yet are."""
    entries = {path: permalink(run.ids[path]) for path in targets.used(page.body)[0] if path in run.ids}
    files = {path: await _address(run, path) for path in targets.used(page.body)[1] if path in run.plan.files}
    fields = fields_of(page, entries, files)
    return histories.fitted(IMPORTED, Past(at, author, fields.title, fields.body, fields.tags, summary))


async def _address(run: _Run, path: str) -> str:
    file = run.plan.files[path]
    key = (file.hash, file.name)
    if key not in run.attached and not run.asked.dry_run:
        with file.path.open("rb") as data:
            run.attached[key] = (await attachments.keep(run.viewer, run.storage, file.name, data)).id
    return file_url(run.attached.get(key, 0), file.name)
