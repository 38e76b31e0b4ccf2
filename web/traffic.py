"""The commands by which texts come in and go out."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from web import words
from web.app import create_app, opened
from web.errors import NotDone, NotThere
from web.people import queries
from web.policy import EVERYONE, Viewer
from web.settings import Settings
from web.storage import storage_of
from web.terminal import bar, person, progress_of, say


def add(commands: Any, command: Any) -> None:
    sources = commands.add_parser("import", help="Bring texts in.").add_subparsers(required=True, metavar="WHAT")
    markdown = command("markdown", _import_markdown, "Import a folder of Markdown as pages in a tree.", sources)
    markdown.add_argument("folder", type=Path)
    markdown.add_argument("--space", required=True, metavar="SLUG")
    markdown.add_argument(
        "--as", dest="handle", metavar="HANDLE", help="who the pages are by (default: the first administrator)"
    )
    markdown.add_argument("--dry-run", action="store_true", help="only report")
    markdown.add_argument("--report", type=Path, metavar="FILE.json")
    export = command("export", _export, "Publish a read-only copy into a folder.")
    export.add_argument("out", type=Path)
    export.add_argument(
        "--audience",
        default="everyone",
        help=f"public, {EVERYONE.audience}, space:SLUG or person:HANDLE (default: %(default)s)",
    )
    export.add_argument(
        "--space", action="append", default=[], metavar="SLUG", help="only this space (may be said again)"
    )
    export.add_argument("--history", action="store_true", help="with the older texts of every page")
    export.add_argument(
        "--language", choices=words.LANGUAGES, default=words.DEFAULT, help="in which it speaks (default: %(default)s)"
    )
    export.add_argument("--strict", action="store_true", help="publish nothing while a link leads nowhere")
    command("verify", _verify, "Check that a snapshot is as it was published.").add_argument("folder", type=Path)


async def _import_markdown(settings: Settings, asked: argparse.Namespace) -> None:
    from web.imports.markdown import import_markdown  # a heavy room that few commands enter

    if not asked.folder.is_dir():
        raise NotDone(f"{asked.folder} is not a folder.")
    async with opened(settings):
        viewer = await person(asked.handle) if asked.handle else await _administrator()
        space = await _space(viewer, asked.space)
        with bar(asked) as shown:
            report = await import_markdown(
                viewer, asked.folder, space, storage_of(settings), dry_run=asked.dry_run, progress=progress_of(shown)
            )
    if asked.report:
        asked.report.write_bytes(report.as_json())
    say(asked, report.sentence(), **report.counts())


async def _administrator() -> Viewer:
    try:
        return await queries.first_administrator()
    except NotThere:
        raise NotDone("This house has no administrator: say with --as who the pages are by.") from None


async def _space(viewer: Viewer, slug: str) -> Any:
    try:
        return await queries.readable_space(viewer, slug)
    except NotThere:
        raise NotDone(f"There is no space called {slug} that {viewer.handle} can read.") from None


async def _export(settings: Settings, asked: argparse.Namespace) -> int:
    from export.snapshot import export  # the exporter knows the program, not the other way round

    async with opened(settings):
        with bar(asked) as shown:
            report = await export(
                partial(create_app, settings),
                settings,
                asked.audience,
                asked.out,
                progress=progress_of(shown),
                language=asked.language,
                history=asked.history,
                spaces=asked.space,
                strict=asked.strict,
            )
    say(asked, report.sentence(), **report.counts())
    return 0


def _verify(settings: Settings, asked: argparse.Namespace) -> int:
    from export.verify import verify

    wrong = verify(asked.folder)
    say(asked, "\n".join(wrong) or "Every file is as it was published.", faults=wrong)
    return int(bool(wrong))
