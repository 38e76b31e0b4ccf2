"""A snapshot brought to another place: a folder, or a bucket that a web server reads from. What is there stays readable all the time."""

from __future__ import annotations

import asyncio
import mimetypes
import shutil
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from export.manifest import MANIFEST, SIGNED, Manifest, decoded, names_of, read
from export.placing import workshop
from web.errors import NotDone

# Noted in a bucket before anything there is changed: what must not be believed to be as the manifest there says.
_SENDING = "sending.json"
_AT_ONCE = 8
_TYPES = {
    ".md": "text/markdown",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".webp": "image/webp",
    ".minisig": "text/plain",
}
_TEXTS = ("text/", "application/json", "application/xml", "image/svg+xml")


class Named(Protocol):
    """Where bytes have names, as in a bucket. Each verb raises Unavailable."""

    async def get_named(self, name: str) -> bytes | None: ...
    async def put_named(self, name: str, what: bytes | Path, media_type: str) -> None: ...
    async def drop_named(self, name: str) -> None: ...
    async def has_anything(self) -> bool: ...


def mirror(site: Path, out: Path) -> None:
    """Makes of the folder `out` what the snapshot `site` is: by the same moves as when one is published. Raises NotDone and OSError."""
    manifest = _manifest(site)
    with workshop(out) as shop, shop.anew():
        before = shop.before.files if shop.before else {}
        for name, file in manifest.files.items():
            if before.get(name) != file or not shop.stands(name):
                target = shop.folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(site / name, target)
        signed = (site / SIGNED).read_bytes() if (site / SIGNED).is_file() else b""
        shop.publish(manifest, [(site / MANIFEST).read_bytes()], signed)


async def send(site: Path, to: Named) -> int:
    """The same in a bucket; gives how many files were sent. What is new comes first, then what is another than it was, then the
    manifest, and what is not wanted any more goes last. Raises NotDone when something else is there, and Unavailable."""
    manifest, content = _manifest(site), (site / MANIFEST).read_bytes()
    there, begun = await to.get_named(MANIFEST), await _begun(to)
    names = names_of(there) if there is not None else None
    if names is None and begun is None and await to.has_anything():
        raise NotDone(
            "There is something in the bucket that is not a snapshot. Choose another folder, or empty it first."
        )
    before = decoded(there) if there is not None else None
    known, doubtful = before.files if before else {}, set(begun or ())
    wanted = [name for name, file in manifest.files.items() if name in doubtful or known.get(name) != file]
    going = sorted(((names or set()) | doubtful) - manifest.files.keys())
    if there == content and begun is None:
        return 0
    await to.put_named(_SENDING, msgspec.json.encode(sorted({*wanted, *going, *doubtful})), "application/json")

    async def put(name: str) -> None:
        await to.put_named(name, site / name, media_type(name))

    await _each(put, (name for name in wanted if name not in known))
    await _each(put, (name for name in wanted if name in known))
    if (site / SIGNED).is_file():
        await put(SIGNED)
    await put(MANIFEST)
    await _each(to.drop_named, going if (site / SIGNED).is_file() else [*going, SIGNED])
    await to.drop_named(_SENDING)
    return len(wanted)


async def _each(does: Callable[[str], Awaitable[None]], names: Iterable[str]) -> None:
    """A few at once; the first that fails ends it, when those that have begun are done."""
    waiting, failed = list(names)[::-1], False

    async def some() -> None:
        nonlocal failed
        while waiting and not failed:
            try:
                await does(waiting.pop())
            except BaseException:
                failed = True
                raise

    ended = await asyncio.gather(*(some() for _ in range(_AT_ONCE)), return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each


async def _begun(to: Named) -> list[str] | None:
    """What an earlier time that broke off may have changed."""
    found = await to.get_named(_SENDING)
    try:
        return msgspec.json.decode(found, type=list[str]) if found is not None else None
    except msgspec.DecodeError:
        return []


def media_type(name: str) -> str:
    """As a web server says it to browsers."""
    ending = Path(name).suffix.lower()
    found = _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith(_TEXTS) else found


def _manifest(site: Path) -> Manifest:
    found = read(site)
    if found is None:
        raise NotDone(f"{site} is not a snapshot.")
    return found
