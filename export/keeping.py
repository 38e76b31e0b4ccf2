"""What is kept of an edition: each snapshot as one file on the shelf; and older ones made anew, without what they should not hold."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from export.manifest import MANIFEST, SIGNED, read
from export.packing import pack_folder, pack_zip
from web.database import now
from web.errors import NotDone, NotThere
from web.people import queries as people
from web.publishing import queries, runs
from web.publishing.formats import Format
from web.publishing.pressing import aside
from web.publishing.rows import Edition
from web.publishing.runs import Made, Waiting
from web.settings import Settings
from web.storage import shelf_of
from web.times import iso


def packed(shape: Format, site: Path, folder: Path) -> Path:
    """As one file in that folder, whatever the format is: what is kept can be downloaded. Raises NotDone."""
    if not shape.made_by:
        pack_zip(site, folder / "site.zip")
        return folder / "site.zip"
    out = folder / f"packed{shape.ending}"
    shape.pack(site, out)
    if out.is_dir():
        pack_folder(out, folder / "folder.zip")
        return folder / "folder.zip"
    return out


def described(id: int, site: Path, file: Path, read_at: int, changes: tuple[int, int, int] = (0, 0, 0)) -> Made:
    """What there is to say of a snapshot that is kept as that file. `changes`: pages that are new, changed and gone. Raises NotDone."""
    manifest = read(site)
    if manifest is None:
        raise NotDone(f"{site} is not a snapshot.")
    pages = sum(page.file.endswith("index.html") for page in manifest.pages.values())
    return Made(
        id, manifest.as_of, "".join(file.suffixes), sum_of(file), file.stat().st_size, pages, *changes, (site / SIGNED).is_file(),
        sum_of(site / MANIFEST), read_at,
    )  # fmt: skip


def sum_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


async def make_anew(settings: Settings, edition: Edition, folder: Path) -> str:
    """All that waits for it, as everything stood then, by what may be read today. Gives why something could not be, else nothing.
    Raises Unavailable and OSError."""
    wrong = ""
    for kept in await runs.waiting(edition.id):
        try:
            await _make_anew(settings, edition, kept, folder)
        except NotDone as why:
            wrong = wrong or str(why)
    return wrong


async def _make_anew(settings: Settings, edition: Edition, kept: Waiting, folder: Path) -> None:
    read_at, spaces = now(), await _spaces(edition, kept)
    with TemporaryDirectory(dir=folder) as place:
        site = Path(place) / "site"
        # The house of then cannot be open in here beside the one of today.
        status, said = await aside(settings, "export", str(site), *_asked(settings, edition, kept))
        if status:
            raise NotDone(said)
        file = await asyncio.to_thread(packed, edition.is_a, site, Path(place))
        made = await asyncio.to_thread(described, kept.id, site, file, read_at)
        shelf = shelf_of(settings)
        # Nobody is given it meanwhile, and what lies on the shelf is not written over.
        await shelf.drop(f"{kept.id}{kept.ending}")
        with file.open("rb") as content:
            await shelf.put(f"{kept.id}{made.ending}", content)
        await runs.made_anew(made, spaces | await _spaces(edition, kept))


def _asked(settings: Settings, edition: Edition, kept: Waiting) -> list[str]:
    """As the edition says by now, but for whom it was."""
    spaces = [word for slug in edition.only for word in ("--space", slug)]
    sign = ["--sign", settings.sign] if settings.sign else []
    history = ["--history"] if edition.history else []
    return [
        "--audience", kept.whom, "--as-of", iso(kept.as_of), "--language", edition.language, *history, *spaces, *sign,
    ]  # fmt: skip


async def _spaces(edition: Edition, kept: Waiting) -> set[int]:
    """The ids of all that it will have something of. Raises NotDone."""
    try:
        return await queries.spaces_of(await people.only_in(await people.audience(kept.whom), edition.only))
    except NotThere:
        raise NotDone(
            f"Somebody that the snapshot {kept.id} is for, or a space that it is of, is not there any more."
        ) from None
