"""What a snapshot says of itself: every file with its sum, and of what each page was made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from export.making import Made

MANIFEST, SIGNED = "manifest.json", "manifest.json.minisig"
FORMAT = 2


class Page(msgspec.Struct, omit_defaults=True):
    """Of a file that shows what the house has at an address.

    validator: the same as long as it need not be made again; empty for what is made each time.
    leads: where its links lead, as places in the manifest's `leads`.
    entries: the ids of the entries that are read there.
    broken: links on it, as written, that lead nowhere.
    """

    file: str
    validator: str = ""
    leads: tuple[int, ...] = ()
    entries: tuple[int, ...] = ()
    broken: tuple[str, ...] = ()
    unlinked: int = 0


class _Ours(msgspec.Struct):
    dugnad: int


class File(msgspec.Struct):
    sha256: str
    size: int


class Manifest(msgspec.Struct):
    """Addresses, names and sums in order, so that the same snapshot has the same manifest.

    as_of: when (ms) something last happened in it. leads: addresses that pages link to, with the file and fragment there; empty for
    those where there is nothing. index: a validator of what the search looks into; plan: of all of it. key: the name
    of the key that it is signed with, if it is.
    """

    dugnad: int
    audience: str
    as_of: int
    live: str
    index: str
    plan: str
    key: str
    files: dict[str, File]
    pages: dict[str, Page]
    leads: list[tuple[str, str]]

    def made(self) -> dict[str, Made]:
        """What is known of each page, by its address."""
        found = {}
        for address, page in self.pages.items():
            file = self.files[page.file]
            leads = tuple(map(self.leads.__getitem__, page.leads))
            found[address] = Made(
                address, page.validator, page.file, file.sha256, file.size, leads, page.entries, page.broken, (), page.unlinked
            )  # fmt: skip
        return found


def manifest_of(
    audience: str, as_of: int, live: str, index: str, plan: str, key: str, made: Iterable[Made], more: dict[str, File]
) -> Manifest:
    """`more`: the files that are no pages."""
    pages = sorted(made, key=lambda each: each.address)
    leads = sorted({lead for each in pages for lead in each.leads})
    places = {lead: place for place, lead in enumerate(leads)}
    files = {each.file: File(each.sha256, each.size) for each in pages} | more
    return Manifest(
        FORMAT, audience, as_of, live, index, plan, key, dict(sorted(files.items())),
        {
            each.address: Page(
                each.file, each.validator, tuple(sorted(map(places.__getitem__, each.leads))), each.entries,
                each.broken, each.unlinked,
            )
            for each in pages
        },
        leads,
    )  # fmt: skip


def written(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def read(folder: Path) -> Manifest | None:
    """None when there is no snapshot of this version."""
    return read_from(folder / MANIFEST)


def read_from(file: Path) -> Manifest | None:
    """The same for a manifest that lies somewhere else."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None
    return found if found.dugnad == FORMAT else None


def is_snapshot(folder: Path) -> bool:
    """Of whatever version."""
    try:
        msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Ours)
    except (OSError, msgspec.DecodeError):
        return False
    return True
