"""The commands by which texts come in and go out."""

from __future__ import annotations

import argparse
import hashlib
from functools import partial
from pathlib import Path
from typing import Any

from web import words
from web.app import create_app, opened
from web.errors import NotDone, NotThere
from web.people import queries
from web.policy import EVERYONE, Viewer
from web.publishing.formats import FORMATS
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
    _publishing(command)


def _publishing(command: Any) -> None:
    export = command("export", _export, "Publish a read-only copy, into a folder or as one file.")
    export.add_argument("out", type=Path)
    export.add_argument(
        "--audience",
        default="everyone",
        help=f"public, {EVERYONE.audience}, space:SLUG or person:HANDLE (default: %(default)s)",
    )
    shape = export.add_mutually_exclusive_group()
    shape.add_argument(
        "--format",
        choices=tuple(FORMATS),
        default="site",
        help="a folder of pages, the same in one file, or a bag for archives (default: %(default)s)",
    )
    shape.add_argument(
        "--since",
        type=Path,
        metavar="MANIFEST",
        help="one file with what has changed since the snapshot with this manifest.json, for `dugnad apply`",
    )
    export.add_argument(
        "--space", action="append", default=[], metavar="SLUG", help="only this space (may be said again)"
    )
    export.add_argument("--history", action="store_true", help="with the older texts of every page")
    export.add_argument(
        "--language", choices=words.LANGUAGES, default=words.DEFAULT, help="in which it speaks (default: %(default)s)"
    )
    export.add_argument("--strict", action="store_true", help="publish nothing while a link leads nowhere")
    export.add_argument("--sign", type=Path, metavar="KEY", help="sign it with this secret key, see `dugnad key`")
    verify = command("verify", _verify, "Check that a snapshot is as it was published.")
    verify.add_argument("folder", type=Path)
    verify.add_argument(
        "--key", type=Path, metavar="KEY.pub", help="and that the owner of this public key has signed it"
    )
    apply = command("apply", _apply, "Bring a copy up to date with a file that `dugnad export --since` made.")
    apply.add_argument("pack", type=Path)
    apply.add_argument("folder", type=Path)
    apply.add_argument("--key", type=Path, metavar="KEY.pub", help="only if the owner of this public key has signed it")
    key = command("key", _key, "Make a pair of keys to sign snapshots with: NAME.key, which is secret, and NAME.pub.")
    key.add_argument("name", type=Path)


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
    # The exporter knows the program, not the other way round.
    from export import packing
    from export.signing import read_key
    from export.snapshot import export

    plain = not FORMATS[asked.format].made_by and not asked.since
    # What becomes one file is made of a folder that is kept, so that the next one takes no longer than what has changed.
    site = asked.out if plain else settings.data / "snapshots" / _shelf(asked)
    async with opened(settings):
        with bar(asked) as shown:
            report = await export(
                partial(create_app, settings), settings, asked.audience, site, progress=progress_of(shown),
                language=asked.language, history=asked.history, spaces=asked.space, strict=asked.strict,
                key=read_key(asked.sign) if asked.sign else None,
            )  # fmt: skip
    if asked.since:
        packing.pack_delta(site, asked.since, asked.out)
    elif not plain:
        FORMATS[asked.format].pack(site, asked.out)
    say(asked, report.sentence(), **report.counts())
    return 0


def _shelf(asked: argparse.Namespace) -> str:
    """The name of a folder: another one for whatever would make another snapshot."""
    made_of = (asked.audience, sorted(asked.space), asked.history, asked.language, str(asked.sign))
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]


def _verify(settings: Settings, asked: argparse.Namespace) -> int:
    from export.verify import verify

    wrong = verify(asked.folder, asked.key)
    say(asked, "\n".join(wrong) or "Every file is as it was published.", faults=wrong)
    return int(bool(wrong))


def _apply(settings: Settings, asked: argparse.Namespace) -> None:
    from export.packing import apply_delta

    manifest = apply_delta(asked.pack, asked.folder, asked.key)
    day = words.date(manifest.as_of, words.DEFAULT)
    say(asked, f"{asked.folder} is the snapshot of {day} now.", as_of=manifest.as_of, files=len(manifest.files))


def _key(settings: Settings, asked: argparse.Namespace) -> None:
    from export.signing import new_keys

    secret, public = (asked.name.with_name(f"{asked.name.name}.{ending}") for ending in ("key", "pub"))
    name = new_keys(secret, public)
    say(asked, f"Sign with {secret}, and give {public} to whoever wants to check.", key=name)
