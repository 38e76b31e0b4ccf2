"""The snapshot, from front door to finished folder: walk, make the links relative, check, move into place."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec
from litestar import Litestar

from export.addresses import relative
from export.check import OUTSIDE, faults
from export.leaks import hidden_from, leaks
from export.pages import rewritten
from export.reading import Snapshot, reader
from export.searching import Document, Index
from export.verify import MANIFEST
from export.walk import Faulty, Progress, Walked, address_of, end_of, from_top, walk
from web import static_files
from web.entries.reading import last_change, texts
from web.errors import NotDone, NotThere
from web.kinds import BY_PATH, KINDS
from web.people import queries as people
from web.policy import Viewer
from web.settings import Settings
from web.text import excerpt
from web.words import DEFAULT, date, kinds_by_word

FORMAT = 1
# What all pages say of when this was so; in a file of its own, so that they need not be written anew because another has changed.
_DATED = "snapshot.css"
# Before an address of the live house.
_LIVE = "live:"
_TITLE = 80
_STATIC = ("css/", "icons/", "vendor/fonts/", static_files.READING)
# Where an entry stands on a page of its own, and what pages of entries begin with.
_PLACE = re.compile(r'\sid="entry-(\d+)"')
_OF_ENTRIES = {*BY_PATH, "entries"}


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
    unlinked: int  # links to what only a live house has, now plain text
    seconds: float

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
    snapshot = Snapshot(audience, settings.url)
    spoken = viewer.language or language
    began = time.monotonic()
    with _aside(out) as folder:
        async with reader(app, viewer, snapshot, spoken) as client:
            try:
                walked = await walk(client, folder, progress, settings.url)
            except Faulty as fault:
                raise NotDone(str(fault)) from fault
        noted = await asyncio.to_thread(_make_relative, folder, walked)
        await asyncio.to_thread(_copy_static, folder)
        await _write_index(folder, viewer, noted.places)
        as_of = await last_change(viewer)
        (folder / _DATED).write_text(_date_sheet(as_of, spoken), "utf-8")
        written = _write_manifest(folder, snapshot, as_of, walked)
        hidden = await hidden_from(viewer)
        if found := await asyncio.to_thread(faults, folder) or await asyncio.to_thread(leaks, folder, hidden):
            raise NotDone(f"The snapshot is not sound, and nothing was published: {found[0]} ({len(found)} in all).")
    sizes, seconds = written.values(), round(time.monotonic() - began, 3)
    return Report(
        audience, len(walked.pages), len(sizes), sum(sizes), list(noted.broken), noted.removed, noted.unlinked, seconds
    )


@dataclass
class _Noted:
    """What making the links relative came across."""

    broken: dict[Broken, None] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    unlinked: int = 0
    places: dict[int, str] = field(default_factory=dict)  # where each entry can be read: its file and fragment


def _make_relative(folder: Path, walked: Walked) -> _Noted:
    noted = _Noted()
    for page, name in walked.pages.items():
        file = folder / name
        html, gone = rewritten(file.read_text("utf-8"), partial(_link, page, name, walked, noted))
        file.write_text(html, "utf-8")
        noted.places |= _places(page, name, html)
        noted.removed += [f"{name}: {each}" for each in gone]
    return noted


def _places(page: str, name: str, html: str) -> dict[int, str]:
    """Which entries a page is there for. Lists show them too, and are not where they are read."""
    words = page.split("/")
    if words[1] not in _OF_ENTRIES or not words[2].isdecimal():
        return {}
    return {int(id): f"{name}#entry-{id}" for id in _PLACE.findall(html)}


def _link(page: str, name: str, walked: Walked, noted: _Noted, written: str) -> str | None:
    if written.startswith(_LIVE):
        return f"{walked.live.rstrip('/')}{written.removeprefix(_LIVE)}"
    link = from_top(written, walked.live)
    parts = _parts(link)
    if link.startswith("#") or (parts and parts.scheme in OUTSIDE):
        return link
    if parts and (parts.path in _dress() or parts.path == f"/{_DATED}"):
        return relative(name, parts.path.lstrip("/"))
    address = address_of(link, page)
    if parts is None or address is None:
        noted.unlinked += 1
        return None
    found = end_of(address, walked)
    if found is None:
        noted.broken[Broken(name, written)] = None
        return None
    fragment = parts.fragment or found[1]
    return relative(name, found[0]) + (f"#{fragment}" if fragment else "")


def _parts(link: str) -> SplitResult | None:
    """None for what is no address at all."""
    try:
        return urlsplit(link)
    except ValueError:
        return None


def _date_sheet(as_of: int, language: str) -> str:
    return f'.as-of::after {{ content: ", {date(as_of, language)}"; }}\n' if as_of else ""


async def _write_index(folder: Path, viewer: Viewer, places: Mapping[int, str]) -> None:
    """What the page that searches looks into."""
    index = Index()
    async for text in texts(viewer):
        if at := places.get(text["id"]):
            _write_scripts(folder, index.add(_document(text, at)))
    called = {kind.name: kind.name for kind in KINDS.values()} | {path: kind.name for path, kind in BY_PATH.items()}
    await asyncio.to_thread(_write_scripts, folder, index.close(kinds_by_word() | called))


def _document(text: Mapping[str, Any], at: str) -> Document:
    file, _, fragment = at.partition("#")
    title = text["title"] or text["under"] or excerpt(text["quote"] or text["body"], _TITLE)
    named = [
        f"kind:{text['kind']}",
        f"in:{text['space']}",
        f"by:{text['author']}",
        *(f"tag:{tag}" for tag in text["tags"]),
    ]
    return Document(
        f"{relative('search/index.html', file)}#{fragment}", title, text["body"], text["kind"], text["space_name"],
        text["author_name"], datetime.fromtimestamp(text["created_at"] / 1000, UTC).date().isoformat(), tuple(named),
    )  # fmt: skip


def _write_scripts(folder: Path, scripts: Iterable[tuple[str, str]]) -> None:
    for name, content in scripts:
        file = folder / "search" / f"{name}.js"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")


@cache
def _dress() -> dict[str, bytes]:
    """What pages are dressed in, by address, and the script for those that only read."""
    found = static_files.contents().items()
    return {static_files.asset(name): content for name, content in found if name.startswith(_STATIC)}


def _copy_static(folder: Path) -> None:
    for address, content in _dress().items():
        target = folder / address.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _write_manifest(folder: Path, snapshot: Snapshot, as_of: int, walked: Walked) -> dict[str, int]:
    """Gives the size of each file."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    about: dict[str, object] = {
        "dugnad": FORMAT,
        "audience": snapshot.audience,
        "as_of": as_of,
        "live": snapshot.live,
    }
    about |= {"pages": walked.pages, "files": sums}
    (folder / MANIFEST).write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8")
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
        _swap(aside, out, before)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if out.exists():  # else the older one is all there is
            shutil.rmtree(before, ignore_errors=True)


def _swap(made: Path, out: Path, before: Path) -> None:
    """Whatever happens between the two moves, something that is whole stands in `out` afterwards."""
    try:
        if out.exists():
            out.rename(before)
        made.rename(out)
    finally:
        if before.exists() and not out.exists():
            before.rename(out)


def _is_ours(out: Path) -> bool:
    if not out.is_dir():
        return False
    if not any(out.iterdir()):
        return True
    try:
        return "dugnad" in json.loads((out / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
