"""The snapshot, from front door to finished folder: walk, make the links relative, check, move into place."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from litestar import Litestar

from export.addresses import relative
from export.check import faults
from export.pages import rewritten
from export.reading import Snapshot, reader
from export.walk import Faulty, Progress, Walked, address_of, end_of, walk
from web import static_files
from web.database import now
from web.errors import NotDone, NotThere
from web.people import queries as people
from web.settings import Settings
from web.words import DEFAULT

MANIFEST = "manifest.json"
FORMAT = 1
_STATIC = ("css", "icons", "vendor/fonts")


class Broken(msgspec.Struct, frozen=True):
    """A link in the house that leads nowhere for this audience."""

    page: str
    link: str


class Report(msgspec.Struct, frozen=True):
    audience: str
    pages: int
    files: int
    bytes: int
    broken: list[Broken]
    removed: list[str]

    def counts(self) -> dict[str, object]:
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]

    def sentence(self) -> str:
        said = f"Published {self.pages} pages ({self.files} files, {self.bytes / 1e6:.1f} MB) for {self.audience}."
        broken = [f"  {each.page} links to {each.link}, where there is nothing" for each in self.broken]
        return "\n".join([said, *([f"Broken links: {len(broken)}", *broken] if broken else [])])


async def export(
    app: Litestar, settings: Settings, audience: str, out: Path, *, progress: Progress = lambda done, known: None,
    language: str = DEFAULT,
) -> Report:  # fmt: skip
    """Publishes the house for an audience into the folder `out`. The caller has the database open.

    Raises NotDone; then what was published before still stands.
    """
    try:
        viewer = await people.audience(audience)
    except NotThere:
        raise NotDone(
            f"There is no audience {audience!r} here: choose public, everyone, space:SLUG or person:HANDLE."
        ) from None
    snapshot = Snapshot(audience, now(), settings.url)
    with _aside(out) as folder:
        async with reader(app, viewer, snapshot, viewer.language or language) as client:
            try:
                walked = await walk(client, folder, progress)
            except Faulty as fault:
                raise NotDone(str(fault)) from fault
        broken, removed = await asyncio.to_thread(_make_relative, folder, walked)
        await asyncio.to_thread(_copy_static, folder)
        if found := await asyncio.to_thread(faults, folder):
            raise NotDone(f"The snapshot is not sound, and nothing was published: {found[0]} ({len(found)} in all).")
        written = _write_manifest(folder, snapshot)
    pages = sum(name.endswith(".html") for name in walked.files.values())
    return Report(audience, pages, len(written), sum(written.values()), broken, removed)


def _make_relative(folder: Path, walked: Walked) -> tuple[list[Broken], list[str]]:
    """Gives what leads nowhere, and what the pages should not have held."""
    broken: dict[Broken, None] = {}
    removed: list[str] = []
    for page, name in walked.files.items():
        if name.endswith(".html"):
            file = folder / name
            html, gone = rewritten(file.read_text("utf-8"), partial(_link, page, name, walked, broken))
            file.write_text(html, "utf-8")
            removed += [f"{name}: {each}" for each in gone]
    return list(broken), removed


def _link(page: str, name: str, walked: Walked, broken: dict[Broken, None], link: str) -> str | None:
    parts = urlsplit(link)
    if parts.path.startswith(f"{static_files.PREFIX}/"):
        return relative(name, parts.path.lstrip("/"))
    if link.startswith("#") or parts.scheme or parts.netloc:
        return link
    address = address_of(link, page)
    if address is None:
        return None
    found = end_of(address, walked)
    if found is None:
        broken[Broken(name, link)] = None
        return None
    fragment = parts.fragment or found[1]
    return relative(name, found[0]) + (f"#{fragment}" if fragment else "")


def _copy_static(folder: Path) -> None:
    """What pages are dressed in, but no script: there is nothing for one to do."""
    target = folder / static_files.PREFIX.lstrip("/") / static_files.fingerprint()
    for name in _STATIC:
        shutil.copytree(static_files.static_root() / name, target / name, dirs_exist_ok=True)


def _write_manifest(folder: Path, snapshot: Snapshot) -> dict[str, int]:
    """Gives the size of each file."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    about = {"dugnad": FORMAT, "audience": snapshot.audience, "made_at": snapshot.made_at, "live": snapshot.live}
    (folder / MANIFEST).write_text(json.dumps({**about, "files": sums}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in paths}


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place when all went well, and is gone when not."""
    out = out.resolve()
    if out.exists() and not _is_ours(out):
        raise NotDone(f"{out} holds something that is not a snapshot. Choose another folder, or empty it first.")
    out.parent.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(4)
    aside, before = (out.with_name(f".{out.name}.{what}-{mark}") for what in ("partial", "before"))
    aside.mkdir()
    try:
        yield aside
        if out.exists():
            out.rename(before)
        aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def _is_ours(out: Path) -> bool:
    if not out.is_dir():
        return False
    if not any(out.iterdir()):
        return True
    try:
        return "dugnad" in json.loads((out / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
