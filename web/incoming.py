"""The commands by which texts come in."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from web.errors import NotDone
from web.imports.report import Report
from web.opening import opened
from web.people import queries
from web.policy import Viewer
from web.serving import migrated_if_empty
from web.settings import Settings
from web.storage import storage_of
from web.terminal import bar, person_or_administrator, progress_of, say, space_for


def add(commands: Any, command: Any) -> None:
    sources = commands.add_parser("import", help="Bring texts in.").add_subparsers(required=True, metavar="WHAT")
    markdown = command(
        "markdown",
        _import_markdown,
        "Import a folder of Markdown as pages in a tree: also a vault of Obsidian, or a wiki of GitHub.",
        sources,
    )
    markdown.add_argument("folder", type=Path)
    _into(markdown)
    wiki = command(
        "mediawiki",
        _import_mediawiki,
        "Import a dump of MediaWiki: its pages with their histories, and its talks as threads.",
        sources,
    )
    wiki.add_argument(
        "dump", type=Path, metavar="DUMP.xml", help="as MediaWiki exports it; packed with gzip, bzip2 or xz as well"
    )
    _into(wiki)
    wiki.add_argument(
        "--files", type=Path, metavar="DIR", help="where its files are: its images/ folder, or one with all of them"
    )
    _people(wiki)
    wiki.add_argument(
        "--keep-addresses",
        action="store_true",
        help="say the IP addresses of those who wrote without a name (default: anonymous)",
    )
    wiki.add_argument("--pandoc", action="store_true", help="turn its texts with pandoc, where that is installed")
    repository = command(
        "git",
        _import_git,
        "Import a repository of Markdown: its files as pages, its commits as their histories.",
        sources,
    )
    repository.add_argument("repository", type=Path, metavar="PATH", help="or a folder in it")
    _into(repository)
    _people(repository)
    _talks(command, sources)
    house = command(
        "house",
        _import_house,
        "Bring a house into an empty one, from a folder that `dugnad export --format markdown` made.",
        sources,
    )
    house.add_argument("folder", type=Path)


def _talks(command: Any, sources: Any) -> None:
    for name, what, path, about in (
        (
            "stackexchange",
            "a site of Stack Exchange: its questions, answers and comments",
            "DUMP",
            "the folder with Posts.xml",
        ),
        ("discourse", "topics of Discourse, in JSON", "PATH", "one topic, or a folder of them"),
        (
            "mastodon",
            "an archive of Mastodon: what its owner has said to everybody",
            "ARCHIVE",
            "a folder, a .tar.gz or a .zip",
        ),
        (
            "yammer",
            "an export of Yammer: what was said in open groups",
            "EXPORT",
            "a folder, or a .zip, with Messages.csv",
        ),
    ):
        talk = command(name, partial(_import_talk, name), f"Import {what}.", sources)
        talk.add_argument("path", type=Path, metavar=path, help=about)
        if name in ("stackexchange", "discourse"):
            talk.add_argument(
                "--address", default="", metavar="URL", help="where it was on the web, so that links to it lead here"
            )
        _into(talk)
        _people(talk)


def _into(made: argparse.ArgumentParser) -> None:
    made.add_argument("--space", required=True, metavar="SLUG")
    made.add_argument(
        "--as", dest="handle", metavar="HANDLE", help="who the pages are by (default: the first administrator)"
    )
    made.add_argument("--dry-run", action="store_true", help="only report")
    made.add_argument("--report", type=Path, metavar="FILE.json")


def _people(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--people",
        type=Path,
        metavar="FILE",
        help="who is who: lines of `their name = handle`; of others the name is said in the history",
    )


@asynccontextmanager
async def _house(settings: Settings, asked: argparse.Namespace) -> AsyncIterator[tuple[Viewer, Any]]:
    """The open house, who brings something in, and where."""
    async with opened(settings):
        viewer = await person_or_administrator(asked.handle)
        yield viewer, await space_for(viewer, asked.space)


def _done(asked: argparse.Namespace, report: Report) -> None:
    if asked.report:
        asked.report.write_bytes(report.as_json())
    say(asked, report.sentence(), **report.counts())


async def _import_markdown(settings: Settings, asked: argparse.Namespace) -> None:
    from web.imports.markdown import import_markdown  # a heavy room that few commands enter

    if not asked.folder.is_dir():
        raise NotDone(f"{asked.folder} is not a folder.")
    async with _house(settings, asked) as (viewer, space):
        with bar(asked) as shown:
            report = await import_markdown(
                viewer, asked.folder, space, storage_of(settings), dry_run=asked.dry_run, progress=progress_of(shown)
            )
    _done(asked, report)


async def _import_mediawiki(settings: Settings, asked: argparse.Namespace) -> None:
    from web.imports.mediawiki import pandoc
    from web.imports.mediawiki.importing import Asked, import_mediawiki
    from web.imports.people import read_people

    if not asked.dump.is_file():
        raise NotDone(f"{asked.dump} is not a file.")
    if asked.files and not asked.files.is_dir():
        raise NotDone(f"{asked.files} is not a folder.")
    if asked.pandoc:
        pandoc.must_be_there()
    async with _house(settings, asked) as (viewer, space):
        wish = Asked(
            asked.files,
            await read_people(asked.people),
            asked.keep_addresses,
            asked.pandoc,
            asked.dry_run,
            entries=asked.report is not None,
        )
        with bar(asked, "bytes") as read, bar(asked) as written:
            report = await import_mediawiki(
                viewer,
                asked.dump,
                space,
                storage_of(settings),
                wish,
                reading=progress_of(read),
                writing=progress_of(written),
            )
    _done(asked, report)


async def _import_talk(name: str, settings: Settings, asked: argparse.Namespace) -> None:
    from web.imports.people import read_people
    from web.imports.talk.importing import Asked, import_talk
    from web.imports.talk.sources import opened_source  # a heavy room that few commands enter

    async with _house(settings, asked) as (viewer, space):
        wish = Asked(await read_people(asked.people), asked.dry_run, entries=asked.report is not None)
        with (
            opened_source(name, asked.path, getattr(asked, "address", ""), viewer.handle) as source,
            bar(asked, "bytes") as read,
            bar(asked, "entries") as written,
        ):
            report = await import_talk(
                viewer,
                source,
                space,
                storage_of(settings),
                wish,
                reading=progress_of(read),
                writing=progress_of(written),
            )
    _done(asked, report)


async def _import_house(settings: Settings, asked: argparse.Namespace) -> None:
    from export.portable.arriving import OCCUPIED, read_house

    await migrated_if_empty(settings)
    async with opened(settings):
        if await queries.anybody():
            raise NotDone(OCCUPIED)
    with bar(asked, "entries") as shown:
        arrived = await read_house(asked.folder, settings.database, storage_of(settings), progress_of(shown))
    say(asked, arrived.sentence(), **arrived.counts())


async def _import_git(settings: Settings, asked: argparse.Namespace) -> None:
    from web.imports.gits import Asked, import_git
    from web.imports.people import read_people

    if not asked.repository.is_dir():
        raise NotDone(f"{asked.repository} is not a folder.")
    async with _house(settings, asked) as (viewer, space):
        wish = Asked(await read_people(asked.people), asked.dry_run)
        with bar(asked) as shown:
            report = await import_git(
                viewer, asked.repository, space, storage_of(settings), wish, progress=progress_of(shown)
            )
    _done(asked, report)
