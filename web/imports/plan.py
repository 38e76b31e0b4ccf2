"""What an import would do, worked out from the folder alone: no database is asked, nothing is written."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from web import checks
from web.entries import attachments, media
from web.entries.actions import Fields
from web.entries.derived import title_key
from web.errors import Invalid
from web.imports import dates, dialects, targets
from web.imports.drafts import Draft
from web.imports.folder import Folder, Source, read
from web.imports.report import Problem, Report
from web.imports.rewriting import Rewriter
from web.imports.targets import Targets
from web.imports.tree import Page, grow, page_of
from web.kinds import KINDS, Kind
from web.leaving.links import Inwards, rewritten
from web.leaving.names import file_name

IMPORTED: Kind = KINDS["page"]
_LONGEST_ID = str(2**53)


@dataclass(frozen=True)
class File:
    """A file to attach. `hash` is the SHA-256 of its bytes, as attachments are kept."""

    path: Path
    name: str
    hash: str


@dataclass
class Plan:
    """Pages to be, parents before what stands under them and siblings in order; and the files that they use, by path."""

    pages: list[Page] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    # Makes a page of another text that a page has had.
    turn: Callable[[Page, str], Page] = lambda page, text: page


def plan(root: Path, gone: Sequence[Page] = ()) -> Plan:
    """Reads a folder and makes pages of it. What cannot become a page is in the report, and not among the pages.

    `gone` are pages that came of files which are no longer there; links to them still lead to them.
    """
    folder = read(root)
    pages = grow(folder)
    made = Plan(pages, report=Report(files=folder.seen, not_imported=folder.unread, problems=folder.problems))
    here = {page.path for page in pages}
    _write_bodies(made, folder, [page for page in gone if page.path not in here])
    made.files = _files(made, folder)
    _leave_out(made)
    made.report.folders = sum(page.path.endswith("/") for page in made.pages)
    made.report.problems = sorted(made.report.problems, key=lambda problem: (problem.file, problem.line))
    return made


def fields_of(page: Page, entries: dict[str, str], files: dict[str, str]) -> Fields:
    """What is saved of a page, when the addresses of all pages and files are known."""
    said = ", ".join(filter(None, (page.front.date, *page.front.authors[:5])))
    summary = f"Imported from {page.path}" + (f" ({said})" if said else "")
    body = targets.settle(page.body, entries, files)
    return Fields(page.title, body, tags=page.front.tags, lang=page.front.lang, summary=summary[:300])


def _write_bodies(made: Plan, folder: Folder, gone: list[Page]) -> None:
    where = Targets([*made.pages, *gone], folder.others)
    drafts: dict[str, Draft] = {}
    titles = Counter(title_key(page.title) for page in (*made.pages, *gone))

    def draft_of(page: Page) -> Draft:
        if page.path not in drafts:
            drafts[page.path] = Draft(page)
        return drafts[page.path]

    def alone(other: Page) -> bool:
        return titles[title_key(other.title)] == 1

    def turn(page: Page, text: str) -> Page:
        older = page_of(Source(page.path, text), folder.root.name)
        older.parent = page.parent
        _write_body(Draft(older), where, draft_of, alone)
        return older

    made.turn = turn
    for page in made.pages:
        made.report.links += _write_body(draft_of(page), where, draft_of, alone)
        _front_problems(page)
        made.report.problems += page.problems
    _authors(made)
    _dates(made)


def _write_body(draft: Draft, where: Targets, draft_of: Callable[[Page], Draft], alone: Callable[[Page], bool]) -> int:
    """Gives how many links now lead to pages and files here."""
    if draft.page.front.ours:
        return _bring_back(draft.page, where)
    draft.anchors()
    links = Rewriter(draft, where, draft_of, alone)
    dialects.convert(draft, links)
    links.all()
    draft.page.body = draft.written()
    return links.found


def _bring_back(page: Page, where: Targets) -> int:
    """Of a page that went out of a house, all but where its links lead is as it was."""

    def nowhere(written: str) -> None:
        line = page.text.count("\n", 0, max(page.text.find(written), 0)) + 1
        page.report(line, "link", f"{written} is not in the folder.")

    links = Inwards(page.path, where.place_of_page, where.place_of_file, nowhere)
    page.body = rewritten(page.text[page.start :].removesuffix("\n"), links)
    return sum(map(len, targets.used(page.body)))


def _front_problems(page: Page) -> None:
    if page.front.draft:
        page.report(1, "draft", "The file says that it is a draft; it was imported all the same.")
    if page.front.left:
        page.report(1, "front matter", f"Has no place here: {', '.join(page.front.left)}.")


def _authors(made: Plan) -> None:
    """Whoever wrote the files is named once; in the history each page says it of itself."""
    count = Counter(who for page in made.pages for who in page.front.authors)
    for who, times in count.items():
        first = next(page for page in made.pages if who in page.front.authors)
        made.report.problems.append(
            Problem(first.path, 1, "author", f"{who} ({times} pages) is named in the history only.")
        )


def _dates(made: Plan) -> None:
    first = dates.months_first(page.front.written for page in made.pages)
    for page in made.pages:
        page.written_at = dates.moment(page.front.written, first)
        if page.front.written and page.written_at is None:
            why = f"{page.front.written} is not a day that is sure and past; it is named in the history only."
            made.report.problems.append(Problem(page.path, 1, "date", why))


# Files.


def _files(made: Plan, folder: Folder) -> dict[str, File]:
    used = dict.fromkeys(path for page in made.pages for path in targets.used(page.body)[1])
    files, ours = {}, any(page.front.ours for page in made.pages)
    for path in used:
        try:
            files[path] = _file(folder.others[path], file_name(path) if ours else path)
        except (OSError, Invalid) as wrong:
            why = wrong.why if isinstance(wrong, Invalid) else f"Cannot be read: {wrong.strerror}."
            made.report.problems.append(Problem(path, 0, "attachment", why))
    made.report.attachments = len(files)
    return files


def _file(path: Path, name: str) -> File:
    if path.stat().st_size > attachments.MOST_BYTES:
        raise Invalid("file", "This file is too large.")
    with path.open("rb") as file:
        media.recognised(file)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(path, media.tidy_name(name), digest)


# What cannot become a page.


def _leave_out(made: Plan) -> None:
    entries = {page.path: f"/e/{_LONGEST_ID}" for page in made.pages}
    files = {path: f"/files/{_LONGEST_ID}/{file.name}" for path, file in made.files.items()}
    for page in list(made.pages):
        try:
            check(fields_of(page, entries, files))
        except Invalid as wrong:
            leave_out(made, page, f"{wrong.field}: {wrong.why % wrong.values if wrong.values else wrong.why}")


def check(fields: Fields) -> None:
    """Raises Invalid when no entry can be made of them."""
    checks.needed("title", checks.line("title", fields.title, IMPORTED.title_max))
    checks.text("body", fields.body, IMPORTED.body_max)
    checks.line("tags", fields.tags)


def leave_out(made: Plan, page: Page, why: str, what: str = "not imported") -> None:
    """Takes a page out of the plan; what stands under it moves up."""
    made.pages.remove(page)
    made.report.not_imported += not page.path.endswith("/")
    made.report.problems.append(Problem(page.path, 0, what, why))
    for child in page.children:
        child.parent = page.parent


async def planned(root: Path, gone: Sequence[Page]) -> Plan:
    return await asyncio.to_thread(plan, root, gone)
