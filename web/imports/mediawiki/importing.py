"""A wiki comes in: its dump is laid aside, planned, and then written, some pages at a time; run again, it goes on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from web.checks import language
from web.database import value
from web.entries.actions.steps import last_position
from web.errors import Invalid
from web.imports import histories, memory
from web.imports.histories import Teller, Telling
from web.imports.mediawiki import dump, planning
from web.imports.mediawiki.files import files_in
from web.imports.mediawiki.going_on import Asked, Run, entered, go_on, imported, note_where, pieces, telling
from web.imports.mediawiki.leading import Found
from web.imports.mediawiki.names import Names
from web.imports.mediawiki.spool import Page, Spool
from web.imports.mediawiki.texts import Texts
from web.imports.mediawiki.workshop import Workshop
from web.imports.report import Problem, Progress, Report, silent
from web.people.rows import Space
from web.policy import Viewer
from web.storage import Storage

# So many pages are written at once, and of them about so many letters.
_PAGES, _LETTERS = 40, 2_000_000


_PLAIN = Asked()


async def import_mediawiki(
    viewer: Viewer, path: Path, space: Space, files: Storage, asked: Asked = _PLAIN, *,
    reading: Progress = silent, writing: Progress = silent,
) -> Report:  # fmt: skip
    """Makes pages and threads of the dump at `path`, by `viewer`, with the texts they have had.

    Run again, it goes on where it was stopped, and brings over what is new in the wiki: what colleagues changed here is merged, or kept and
    reported. Raises NotAllowed when the viewer may not write in the space, and NotDone for a dump that cannot be read.
    """
    viewer.must("post", space)
    names = Names()
    spool = Spool(names)
    try:
        await asyncio.to_thread(_lay_aside, spool, path, reading)
        prefix = f"mediawiki:{_wiki(names)}:"
        await planning.plan(spool, prefix, space.id, keep=asked.keep)
        found = await asyncio.to_thread(files_in, asked.files) if asked.files else {}
        with Workshop(names, keep=asked.keep, by_pandoc=asked.by_pandoc) as workshop:
            run = await _run(viewer, space, files, spool, asked, prefix, found, workshop)
            await _write(run, writing)
        return _told(run, found)
    finally:
        spool.close()


def _lay_aside(spool: Spool, path: Path, reading: Progress) -> None:
    spool.db.execute("BEGIN")
    for head, revision in dump.read(path, spool.names, reading):
        spool.add(head, revision)
    spool.db.execute("COMMIT")
    spool.settle()


def _wiki(names: Names) -> str:
    """What tells this wiki from others."""
    said = "-".join(
        filter(None, (names.dbname, names.base.split("/")[2] if names.base.count("/") > 1 else "", names.sitename))
    )
    return re.sub(r"[^\w.-]+", "-", said)[:120] or "wiki"


async def _run(
    viewer: Viewer,
    space: Space,
    files: Storage,
    spool: Spool,
    asked: Asked,
    prefix: str,
    found: Mapping[str, Path],
    workshop: Workshop,
) -> Run:
    report = Report(
        dry_run=asked.dry_run, of="pages", files=spool.count("page WHERE only_leads = 0 AND ref NOT LIKE '@%'")
    )
    attached = await memory.attached(viewer, space.id)
    leads = Found(viewer, spool, files, found, attached, asked.people, asked.dry_run)
    house = await value("SELECT language FROM house")
    try:
        lang = language("lang", spool.names.language)
    except Invalid:
        lang = None

    def find(keys: Iterable[str]) -> Mapping[str, int]:
        said = {
            key: spool.db.execute(
                "SELECT entry FROM page WHERE key = ? AND only_leads = 0 AND alone = 1", (key,)
            ).fetchone()
            for key in keys
        }
        return {key: each[0] for key, each in said.items() if each}

    run = Run(
        viewer, space, spool, asked, Teller(viewer, space, find), Texts(spool, workshop, leads, viewer, asked.people, asked.keep), prefix,
        None if lang == house else lang, await last_position(space.id, None), report,
    )  # fmt: skip
    for name, detail in spool.db.execute("SELECT name, detail FROM lost").fetchall():
        run.say(name, "time", detail)
    return run


async def _write(run: Run, progress: Progress) -> None:
    every, done = run.spool.count("page WHERE only_leads = 0"), 0
    pages = run.spool.pages()
    try:
        while batch := [*islice(pages, _PAGES)]:
            known = await imported(run, batch)
            await note_where(run, batch, known)
            await _make(run, [page for page in batch if page.ref not in known])
            for page in batch:
                if (before := known.get(page.ref)) is not None:
                    await go_on(run, page, before)
            done += len(batch)
            progress(done, every)
    finally:
        await _settled(run)


# What is new.


async def _make(run: Run, pages: Sequence[Page]) -> None:
    """While some are written, the next are turned."""
    made: list[Telling] = []
    later: list[Page] = []
    letters = 0
    for page in pages:
        some = pieces(run, page)
        first = next(some, [])
        more = next(some, None)
        some.close()
        one = await telling(run, page, first, last=more is None)
        if one is None:
            continue
        if letters > _LETTERS:
            await _begin(run, made)
            made, letters = [], 0
        made.append(one)
        letters += sum(len(each.body) for each in one.texts)
        if more is not None:
            later.append(page)
    await _begin(run, made)
    if later and not run.asked.dry_run:
        await _settled(run)
        known = await imported(run, later)
        for page in later:
            if page.ref in known:
                await go_on(run, page, known[page.ref], counted=True)


async def _begin(run: Run, made: Sequence[Telling]) -> None:
    await _settled(run)
    run.pending = asyncio.create_task(_make_all(run, made))


async def _settled(run: Run) -> None:
    pending, run.pending = run.pending, None
    if pending is not None:
        await pending


async def _make_all(run: Run, tellings: Sequence[Telling]) -> None:
    if tellings and not run.asked.dry_run:
        await histories.make(run.teller, tellings)
    for each in tellings:
        run.report.made += 1
        run.report.folders += each.path.startswith(run.prefix + planning.HEAD)
        run.report.texts += len(each.texts)
        entered(run, each.path, each.entry)


def _told(run: Run, found: Mapping[str, Path]) -> Report:
    unused = sorted(found.keys() - run.texts.leads.used)
    if unused:
        run.say(
            "",
            "file",
            f"{len(unused)} files are shown by no page and were left out: {', '.join(unused[:8])}{' …' if len(unused) > 8 else ''}",
        )
    leading = run.spool.count("page WHERE only_leads = 1")
    if leading:
        run.say("", "redirect", f"{leading} pages only led to others; links to them lead there.")
    if run.left:
        run.report.problems.append(Problem("", 0, "more", f"{run.left} more problems are not listed."))
    run.report.attachments = len(run.texts.leads.kept)
    run.report.problems.sort(key=lambda problem: problem.file)
    return run.report


__all__ = ["Asked", "import_mediawiki"]
