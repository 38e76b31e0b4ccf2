"""One run of an edition: published, put where it is to be, kept, and what came of it noted, whatever that is."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from export.keeping import described, make_anew, packed, sum_of
from export.manifest import MANIFEST, Manifest, read, read_from
from export.sending import media_type, mirror, send
from export.snapshot import export
from web.database import new_id, now
from web.errors import NotDone, NotThere, Unavailable
from web.people import queries as people
from web.publishing import queries, runs
from web.publishing.rows import Edition
from web.publishing.signing import read_key
from web.settings import Settings, WrongSetting
from web.storage import shelf_of
from web.times import zone_named

if TYPE_CHECKING:
    from litestar import Litestar

_log = logging.getLogger("dugnad")
_FORMER, _BUCKET = "former.json", "s3://"
# How often (in seconds) it is told how far it is, when that has changed, and when it has not.
_TELL, _ALIVE = 2.0, 20.0


class Refused(Exception):
    """Why nothing was published, in one of the words of `words.FAILED`, and what was said."""

    def __init__(self, why: str, said: str = "") -> None:
        super().__init__(said or why)
        self.why, self.said = why, said


@dataclass(frozen=True)
class Outcome:
    """Of a run. `done`: what is published is right; else nothing was."""

    edition: str
    done: bool
    sentence: str


def folder_of(settings: Settings, edition: int) -> Path:
    """What an edition has of its own on this machine: its pages, brought up to date by each run."""
    return settings.data / "snapshots" / "editions" / str(edition)


async def carry_out(build: Callable[[], Litestar], settings: Settings, run: int) -> Outcome:
    """The run has been taken. The caller has the database open. Raises NotThere when it is somebody else's by now."""
    edition, zone = await queries.being_made(run), zone_named(settings.zone)
    try:
        async with _telling(run) as far:
            sentence = await _Press(build, settings, edition, run, far).work()
    except Refused as wrong:
        why, said = wrong.why, wrong.said
    except NotDone as wrong:
        why, said = "unsound", str(wrong)
    except (Unavailable, WrongSetting, OSError) as wrong:
        why, said = "place", str(wrong)
    except NotThere:
        return Outcome(edition.name, False, "Somebody else has taken it over, or threw it away.")
    except Exception as wrong:  # whatever it is, the next edition is made
        _log.exception("The edition %d could not be made", edition.id, exc_info=wrong)
        why, said = "fault", type(wrong).__name__
    else:
        await _tidied(settings)
        return Outcome(edition.name, True, sentence)
    await runs.failed(run, why, said, zone)
    return Outcome(edition.name, False, said or why)


async def _tidied(settings: Settings) -> None:
    try:
        await runs.tidy(shelf_of(settings), folder_of(settings, 0).parent)
    except (Unavailable, OSError) as wrong:  # what is too much today is still too much the next time
        _log.warning("What is not wanted any more could not be taken away: %s", wrong)


@asynccontextmanager
async def _telling(run: int) -> AsyncIterator[list[int]]:
    """While in here, the house is told that the run is alive, and how far it is: [done, known]. What is not wanted any more
    is broken off: raises NotThere."""
    far = [0, 0]
    work: Any = asyncio.current_task()
    taken_over = False

    async def tell() -> None:
        nonlocal taken_over
        said, since = [-1, -1], 0.0
        while True:
            if far != said or since >= _ALIVE:
                said, since = list(far), 0.0
                if not await _still_wanted(run, *said):
                    taken_over = True
                    work.cancel()
                    return
            await asyncio.sleep(_TELL)
            since += _TELL

    telling = asyncio.create_task(tell())
    try:
        yield far
    except asyncio.CancelledError:
        if taken_over:
            raise NotThere from None
        raise
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling


async def _still_wanted(run: int, done: int, known: int) -> bool:
    try:
        return await runs.alive(run, done, known)
    except Exception as wrong:  # a database that is away for a moment stops nothing; it is told the next time
        _log.warning("How far it is could not be told (%s)", type(wrong).__name__)
        return True


class _Press:
    def __init__(
        self, build: Callable[[], Litestar], settings: Settings, edition: Edition, run: int, far: list[int]
    ) -> None:
        self._build, self._settings, self._edition, self._run, self._far = build, settings, edition, run, far
        self._folder = folder_of(settings, edition.id)
        self._site = self._folder / "site"
        self._wrong = ""  # why an older one could not be made anew

    async def work(self) -> str:
        """Gives a sentence. Raises Refused, NotDone, Unavailable, WrongSetting, OSError and NotThere."""
        edition = self._edition
        owner = await people.viewer(edition.owner_id)
        if not await queries.may_order(owner, edition.id):
            raise Refused("owner")
        self._may_go()
        try:
            viewer = await people.only_in(await people.audience(edition.whom), edition.only)
        except NotThere:
            raise Refused("audience") from None
        spaces, read_at = await queries.spaces_of(viewer), now()
        key = read_key(Path(self._settings.sign)) if self._settings.sign else None
        report = await export(
            self._build, self._settings, edition.whom, self._site, progress=self._progress, language=edition.language,
            history=edition.history, spaces=edition.only, strict=edition.strict, key=key,
        )  # fmt: skip
        # What was opened or closed meanwhile is of it too.
        spaces |= await queries.spaces_of(viewer)
        await self._place()
        self._progress(0, 0)
        self._wrong = await make_anew(self._settings, edition, self._folder)
        await self._keep(spaces, read_at)
        return report.sentence()

    def _progress(self, done: int, known: int) -> None:
        self._far[:] = done, known

    def _may_go(self) -> None:
        """Known before anything is made. Raises Refused."""
        place = self._edition.place
        if place and place not in self._settings.places:
            raise Refused("place", f"{place} is not among the places of the setting DUGNAD_PUBLISH.")
        if place and not place.startswith(_BUCKET):
            _below(place, self._edition.folder)

    async def _place(self) -> None:
        """Puts the newest where it is to be read. Raises Refused, NotDone, Unavailable and OSError."""
        edition = self._edition
        if edition.place.startswith(_BUCKET):
            await self._send(edition.at)
        elif edition.place:
            out, shape = _below(edition.place, edition.folder), edition.is_a
            if not shape.made_by:
                await asyncio.to_thread(mirror, self._site, out)
            else:
                await asyncio.to_thread(shape.pack, self._site, out / edition.file)

    async def _send(self, url: str) -> None:
        try:
            from web.bucket import bucket  # what it needs is installed only where it is used
        except ImportError:
            raise Refused("place", "A bucket needs more than is installed: pip install '.[s3]' brings it.") from None
        to = bucket(url)
        if not self._edition.is_a.made_by:
            await send(self._site, to)
            return
        with tempfile.TemporaryDirectory(dir=self._folder) as aside:
            file = await asyncio.to_thread(packed, self._edition.is_a, self._site, Path(aside))
            await to.put_named(f"{Path(self._edition.file).stem}{file.suffix}", file, media_type(file.name))

    async def _keep(self, spaces: set[int], read_at: int) -> None:
        """Raises NotThere when the run is somebody else's by now."""
        edition, settings = self._edition, self._settings
        if not edition.keeps or sum_of(self._site / MANIFEST) == edition.last_manifest:
            await self._done(None)
            return
        with tempfile.TemporaryDirectory(dir=self._folder) as aside:
            file = await asyncio.to_thread(packed, edition.is_a, self._site, Path(aside))
            made = await asyncio.to_thread(described, new_id(), self._site, file, read_at, self._changes())
            await runs.reserve(edition, made, spaces)
            with file.open("rb") as content:
                await shelf_of(settings).put(f"{made.id}{made.ending}", content)
        await self._done(made.id)
        shutil.copy(self._site / MANIFEST, self._folder / _FORMER)

    def _changes(self) -> tuple[int, int, int]:
        """How many pages are new, changed and gone since what was kept last. Raises NotDone."""
        manifest = read(self._site)
        if manifest is None:
            raise NotDone(f"{self._site} is not a snapshot.")
        return _differences(self._former(), manifest)

    def _former(self) -> Manifest | None:
        """Of what was kept last; None when nothing was, or it was made by another machine."""
        file = self._folder / _FORMER
        return read_from(file) if file.is_file() and sum_of(file) == self._edition.last_manifest else None

    async def _done(self, kept: int | None) -> None:
        if not await runs.done(self._run, zone_named(self._settings.zone), kept, self._wrong):
            raise NotThere


def _below(place: str, folder: str) -> Path:
    """Raises Refused when the place is away, or what is in there leads out of it."""
    top = Path(place)
    if not top.is_dir():
        raise Refused("place", f"There is no folder {place}.")
    out = top / folder
    if not out.resolve().is_relative_to(top.resolve()):
        raise Refused("place", f"{out} leads out of {place}.")
    return out


def _differences(former: Manifest | None, now: Manifest) -> tuple[int, int, int]:
    """How many pages are new, others than they were, and gone."""
    before = _pages(former) if former else {}
    after = _pages(now)
    changed = sum(before[name] != digest for name, digest in after.items() if name in before)
    return len(after.keys() - before.keys()), changed, len(before.keys() - after.keys())


def _pages(manifest: Manifest) -> dict[str, str]:
    return {name: file.sha256 for name, file in manifest.files.items() if name.endswith("index.html")}
