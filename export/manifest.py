"""What a snapshot says of itself: every file with its sum, and of what each page was made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

MANIFEST, SIGNED = "manifest.json", "manifest.json.minisig"
FORMAT = 2
_AT_ONCE = 5_000
# In place of an index: that it is no snapshot of pages, but a house that can be brought in again.
PORTABLE = "portable"


class Made(msgspec.Struct):
    """A file of a snapshot, and what was seen when it was made.

    leads: each address that it links to, with the file and fragment there (empty: there is none).
    entries: the ids of those that are read there.
    broken: the links, as written, that lead nowhere. removed: what only makes sense on a server and was there nevertheless.
    unlinked: how many links to what only a live house has are plain text now.
    wrong: why it cannot be published, each as a sentence.
    """

    address: str
    validator: str
    file: str
    sha256: str
    size: int
    leads: tuple[tuple[str, str], ...] = ()
    entries: tuple[int, ...] = ()
    broken: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unlinked: int = 0
    wrong: tuple[str, ...] = ()


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


_json = msgspec.json.Encoder().encode
# Not up, to another drive, by another kind of slash, or to what is hidden.
_BELOW = re.compile(r"(?:[^./\\:\x00][^/\\:\x00]*)(?:/[^./\\:\x00][^/\\:\x00]*)*")


class _Kind(msgspec.Struct):
    """What it is one of: the same in all versions."""

    dugnad: int
    index: str = ""


class _Ours(_Kind):
    """There is no need to read what is said of each file."""

    files: dict[str, msgspec.Raw] = {}


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


def written(manifest: Manifest) -> bytes:
    """JSON with a line for each file, page and lead: of a large house it is a large file, and whoever compares two sees what differs."""
    return b"".join(pieces_of(manifest))


def pieces_of(manifest: Manifest) -> Iterator[bytes]:
    """The same, some thousand lines at a time."""
    lines = _lines_of(manifest)
    while some := list(islice(lines, _AT_ONCE)):
        yield b"".join(some)


def _lines_of(manifest: Manifest) -> Iterator[bytes]:
    for place, field in enumerate(Manifest.__struct_fields__):
        yield b"%b\n%b: " % (b"," if place else b"{", _json(field))
        each = getattr(manifest, field)
        if isinstance(each, dict):
            yield from _between(b"{", (b"%b: %b" % (_json(name), _json(value)) for name, value in each.items()), b"}")
        elif isinstance(each, list):
            yield from _between(b"[", map(_json, each), b"]")
        else:
            yield _json(each)
    yield b"\n}\n"


def _between(start: bytes, lines: Iterable[bytes], end: bytes) -> Iterator[bytes]:
    yield start
    for place, line in enumerate(lines):
        yield (b",\n " if place else b"\n ") + line
    yield end


def read(folder: Path) -> Manifest | None:
    """None when there is no snapshot of this version."""
    return read_from(folder / MANIFEST)


def read_from(file: Path) -> Manifest | None:
    """The same for a manifest that lies somewhere else."""
    try:
        return decoded(file.read_bytes())
    except OSError:
        return None


def decoded(content: bytes) -> Manifest | None:
    """None for what is no manifest of this version, or names files that are not below it."""
    try:
        found = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError:
        return None
    sound = found.dugnad == FORMAT and all(map(_stays_below, found.files))
    return found if sound and all(page.file in found.files for page in found.pages.values()) else None


def names_in(folder: Path) -> frozenset[str]:
    """The files of a snapshot, of whatever version."""
    try:
        return names_of((folder / MANIFEST).read_bytes()) or frozenset()
    except OSError:
        return frozenset()


def names_of(content: bytes) -> frozenset[str] | None:
    """The files that a manifest names, of whatever version; None for what is none."""
    try:
        found = msgspec.json.decode(content, type=_Ours)
    except msgspec.DecodeError:
        return None
    return frozenset(filter(_stays_below, found.files))


def _stays_below(name: str) -> bool:
    """A manifest may come from anywhere, and what it names is written and taken away."""
    return _BELOW.fullmatch(name) is not None


def is_snapshot(folder: Path) -> bool:
    """Of whatever version."""
    return _kind_of(folder) is not None


def is_portable(folder: Path) -> bool:
    found = _kind_of(folder)
    return found is not None and (found.dugnad, found.index) == (FORMAT, PORTABLE)


def _kind_of(folder: Path) -> _Kind | None:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Kind)
    except (OSError, msgspec.DecodeError):
        return None
