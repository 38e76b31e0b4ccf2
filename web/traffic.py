"""The commands by which texts go out; those by which they come in are next door."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from web import incoming, words
from web.database import read_in_place
from web.errors import NotDone
from web.opening import application, opened
from web.policy import EVERYONE
from web.publishing.formats import FORMATS
from web.settings import Settings
from web.storage import storage_of
from web.terminal import bar, person_or_administrator, progress_of, say, space_for


def add(commands: Any, command: Any) -> None:
    incoming.add(commands, command)
    _publishing(command)


def _publishing(command: Any) -> None:
    export = command("export", _export, "Publish a read-only copy, into a folder or as one file.")
    export.add_argument("out", type=Path)
    export.add_argument(
        "--audience",
        help=f"public, {EVERYONE.audience}, space:SLUG or person:HANDLE (default: {EVERYONE.audience}; of Markdown, the whole house)",
    )
    shape = export.add_mutually_exclusive_group()
    shape.add_argument(
        "--format",
        choices=(*FORMATS, "markdown"),
        default="site",
        help="a folder of pages, the same in one file, a bag for archives, a file for Kiwix, or a folder of Markdown that can be brought "
        "in again (default: %(default)s)",
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
    export.add_argument(
        "--as-of",
        metavar="DATE",
        help="as everything stood at the end of that day, 2026-01-31, or at a time, 2026-01-31T14:30 (UTC)",
    )
    export.add_argument("--history", action="store_true", help="with the older texts of every page")
    export.add_argument(
        "--language", choices=words.LANGUAGES, default=words.DEFAULT, help="in which it speaks (default: %(default)s)"
    )
    export.add_argument(
        "--metadata",
        choices=("strip", "keep"),
        help="what pictures and documents say of themselves: who, when, where, with what (default: strip)",
    )
    export.add_argument("--strict", action="store_true", help="publish nothing while a link leads nowhere")
    export.add_argument("--sign", type=Path, metavar="KEY", help="sign it with this secret key, see `dugnad key`")
    pages = command(
        "pages",
        _pages,
        "Write the pages of a space as a folder of Markdown with their files, which `dugnad import markdown` brings back.",
    )
    pages.add_argument("out", type=Path)
    pages.add_argument("--space", required=True, metavar="SLUG")
    pages.add_argument("--under", type=int, metavar="ID", help="only this page, and all pages under it")
    pages.add_argument(
        "--by", dest="handle", metavar="HANDLE", help="who reads them (default: the first administrator)"
    )
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


async def _export(settings: Settings, asked: argparse.Namespace) -> int:
    # The exporter knows the program, not the other way round.
    from export.audience import Snapshot
    from export.past import moment_of, past_house
    from export.snapshot import export
    from web.publishing.signing import read_key

    if asked.format == "markdown":
        return await _export_markdown(settings, asked)
    asked.audience = asked.audience or EVERYONE.audience
    moment = moment_of(asked.as_of) if asked.as_of else 0
    async with AsyncExitStack() as stack:
        progress = progress_of(stack.enter_context(bar(asked)))
        pack, hidden = _packer(asked, progress), None
        # What becomes one file is made of a folder that is kept, so that the next one takes no longer than what has changed.
        site = settings.data / "snapshots" / _shelf(asked) if pack else asked.out
        if moment:
            snapshot = Snapshot(asked.audience, settings.url, spaces=tuple(asked.space), moment=moment)
            settings, hidden = await stack.enter_async_context(past_house(settings, snapshot))
        else:
            await stack.enter_async_context(opened(settings))
        read_in_place()
        report = await export(
            partial(application, settings), settings, asked.audience, site, progress=progress, language=asked.language,
            history=asked.history, spaces=asked.space, strict=asked.strict, key=read_key(asked.sign) if asked.sign else None,
            moment=moment, hidden=hidden, pack=pack, metadata=asked.metadata or "strip",
        )  # fmt: skip
    say(asked, report.sentence(), **report.counts())
    return 0


def _packer(asked: argparse.Namespace, progress: Any) -> Callable[[Path], object] | None:
    """What makes of the folder what was asked for; None when that is the folder."""
    from export.packing import pack_delta

    if asked.since:
        return partial(pack_delta, since=asked.since, out=asked.out)
    shape = FORMATS[asked.format]
    told = {"progress": progress} if shape.tells else {}
    return partial(shape.pack, out=asked.out, **told) if shape.made_by else None


async def _export_markdown(settings: Settings, asked: argparse.Namespace) -> int:
    from export.portable.leaving import write_house
    from web.publishing.signing import read_key

    if asked.as_of:
        raise NotDone("Only pages can be --as-of a day: in Markdown, all that was stands in the history.")
    if asked.strict:
        raise NotDone("Only pages can be --strict: in Markdown, a link stands as it was written.")
    if asked.metadata:
        raise NotDone("Only pages know --metadata: in Markdown, files are as they were sent.")
    if not asked.audience and asked.space:
        raise NotDone("The whole house is more than that: say with --audience who it is for.")
    key = read_key(asked.sign) if asked.sign else None
    async with opened(settings):
        with bar(asked, "entries") as shown:
            left = await write_house(
                asked.out, storage_of(settings), asked.audience or "", spaces=asked.space, older=asked.history, key=key,
                progress=progress_of(shown),
            )  # fmt: skip
    say(asked, left.sentence(), **left.counts())
    return 0


async def _pages(settings: Settings, asked: argparse.Namespace) -> None:
    from export.texts import write_pages

    async with opened(settings):
        viewer = await person_or_administrator(asked.handle)
        space = await space_for(viewer, asked.space)
        with bar(asked) as shown:
            taken = await write_pages(
                viewer, asked.out, settings.url, storage_of(settings), space, asked.under, progress_of(shown)
            )
    say(asked, taken.sentence(), **msgspec.to_builtins(taken))


def _shelf(asked: argparse.Namespace) -> str:
    """The name of a folder: another one for whatever would make another snapshot."""
    made_of = (
        asked.audience,
        sorted(asked.space),
        asked.history,
        asked.language,
        str(asked.sign),
        asked.as_of,
        asked.metadata,
    )
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
    from web.publishing.signing import new_keys

    secret, public = (asked.name.with_name(f"{asked.name.name}.{ending}") for ending in ("key", "pub"))
    name = new_keys(secret, public)
    say(asked, f"Sign with {secret}, and give {public} to whoever wants to check.", key=name)
