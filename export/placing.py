"""Where a snapshot is made and how it takes its place: nobody is ever given half of one.

It is made in a folder beside its place, `.NAME.partial`. What was made there survives when the run is ended by force, and the next
one goes on from there. When all is made and looked through, that is noted in it, and what is new is moved into place, the manifest
last; should that be interrupted, the next run does it first. A file that has not changed is never touched.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

import msgspec

from export.manifest import MANIFEST, SIGNED, Made, Manifest, is_snapshot, names_in, read
from web.errors import NotDone

# Beside the pages in the folder: a line for each that is made, and the sign that all is there.
_MADE, _WHOLE = ".made.jsonl", ".whole"
_ours = msgspec.json.Decoder(Made)


class Workshop:
    """`out`: the place. `folder`: where it is made."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.folder = out.with_name(f".{out.name}.partial")
        self._stood: set[str] = set()
        if (self.folder / _WHOLE).exists():
            self._move(read(self.folder), names_in(out))

    @cached_property
    def before(self) -> Manifest | None:
        """What was published before. It is large, and read when somebody asks for it first."""
        return read(self.out)

    @property
    def is_begun(self) -> bool:
        """Whether anything was published before; what, is not read for it."""
        return (self.out / MANIFEST).is_file()

    def made_before(self) -> dict[str, Made]:
        """What a run that was ended by force had made."""
        found: dict[str, Made] = {}
        with suppress(FileNotFoundError), (self.folder / _MADE).open("rb") as lines:
            for line in lines:
                with suppress(msgspec.DecodeError):  # the last one may be half
                    made = _ours.decode(line)
                    found[made.address] = made
        # After a power cut a file may have its length and nothing else.
        return {address: made for address, made in found.items() if _sum_of(self.folder / made.file) == made.sha256}

    def note(self, made: Iterable[Made]) -> None:
        with (self.folder / _MADE).open("ab") as lines:
            lines.write(b"".join(msgspec.json.encode(each) + b"\n" for each in made))

    def stands(self, name: str) -> bool:
        """Whether a file that was published before is still there, as far as one sees that from outside."""
        if self.before is None or not _has(f"{self.out}/{name}", self.before.files[name].size):
            return False
        self._stood.add(name)
        return True

    def published(self, name: str) -> bytes:
        """A file that was published before; empty if it is not any more what it was."""
        try:
            content = (self.out / name).read_bytes()
        except OSError:
            return b""
        whole = self.before is not None and hashlib.sha256(content).hexdigest() == self.before.files[name].sha256
        return content if whole else b""

    @property
    def is_signed(self) -> bool:
        return (self.out / SIGNED).is_file()

    def open(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def anew(self) -> Iterator[None]:
        """The folder is empty, and empty again should anything go wrong."""
        self.throw_away()
        self.open()
        try:
            yield
        except BaseException:
            self.throw_away()
            raise

    def throw_away(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def publish(self, manifest: Manifest, content: Iterable[bytes], signed: bytes = b"", mode: int = 0o755) -> None:
        """Everything in the manifest is in the folder, or in the place already. `content`: the manifest as it is written, in pieces; `signed`:
        its signature; `mode`: who of this machine may look into it, where there is none yet."""
        before = self.before.files if self.before else {}
        for name in _names_in(self.folder):
            file = manifest.files.get(name)
            if file is None or (file == before.get(name) and _has(f"{self.out}/{name}", file.size)):
                (self.folder / name).unlink()
        _remove_empty(self.folder)
        if manifest == self.before and self.is_signed == bool(signed) and not any(self.folder.iterdir()):
            self.throw_away()
            return
        stood = {name for name in self._stood if before.get(name) == manifest.files.get(name)}
        new = manifest.files.keys() - stood
        if missing := [name for name in sorted(new) if not self._is_whole(name, manifest.files[name].size)]:
            raise NotDone(f"Nothing was published: {missing[0]} was lost while it was made. Try again.")
        with (self.folder / MANIFEST).open("wb") as whole:
            whole.writelines(content)
        if signed:
            (self.folder / SIGNED).write_bytes(signed)
        os.sync()
        if not self.out.exists():
            self.folder.chmod(mode)
            self.folder.rename(self.out)
            return
        (self.folder / _WHOLE).touch()
        self._move(manifest, before.keys() if before else names_in(self.out))

    def _is_whole(self, name: str, size: int) -> bool:
        return _has(f"{self.folder}/{name}", size) or _has(f"{self.out}/{name}", size)

    def _move(self, made: Manifest | None, before: Set[str]) -> None:
        """Can be begun again at any point. `made`: the manifest in the folder; `before`: the names of what is in the place."""
        if made is not None:  # else it was moved already, and nothing but the folder is left
            for name in sorted(before - made.files.keys()):
                _remove(self.out, name)
            for name in _names_in(self.folder):
                if name not in (MANIFEST, _WHOLE):
                    _clear_the_way(self.out, self.out / name)
                    (self.folder / name).replace(self.out / name)
            if not made.key:
                (self.out / SIGNED).unlink(missing_ok=True)
            (self.folder / MANIFEST).replace(self.out / MANIFEST)
        shutil.rmtree(self.folder)


def write(file: Path, content: bytes) -> None:
    """With the folders that it needs: most have one of their own."""
    try:
        file.write_bytes(content)
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _has(path: str, size: int) -> bool:
    try:
        return os.path.getsize(path) == size  # noqa: PTH202 (there are very many)
    except OSError:
        return False


def _sum_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _names_in(folder: Path) -> Iterator[str]:
    """The files below it, one folder after the other; what has been given may be gone by the next."""
    for path, folders, files in os.walk(folder):
        folders.sort()
        above = Path(path).relative_to(folder).as_posix()
        yield from (name if above == "." else f"{above}/{name}" for name in sorted(files))


def _remove_empty(folder: Path) -> None:
    """What is empty in it: the name of a folder says what was to be in there."""
    for path, _, _ in os.walk(folder, topdown=False):
        if path != str(folder):
            with suppress(OSError):  # there is something in it
                Path(path).rmdir()


def _clear_the_way(top: Path, target: Path) -> None:
    """Where a file stands in the way of a folder, or a folder in that of a file, it is of an older snapshot."""
    if target.is_dir():
        shutil.rmtree(target)
    for folder in reversed(target.parents):
        if folder.is_relative_to(top) and folder.is_file():
            folder.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)


def _remove(top: Path, name: str) -> None:
    """The file, and the folders that are empty without it."""
    file = top / name
    with suppress(NotADirectoryError):  # there is a new file in the place of its folder already
        file.unlink(missing_ok=True)
    for folder in file.parents:
        if folder == top or not folder.is_relative_to(top):
            return
        try:
            folder.rmdir()
        except OSError:
            return


@contextmanager
def workshop(out: Path) -> Iterator[Workshop]:
    """Raises NotDone when somebody works here already, or something else is in the place."""
    out = out.resolve()
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or is_snapshot(out))):
        raise NotDone(f"{out} holds something that is not a snapshot. Choose another folder, or empty it first.")
    out.parent.mkdir(parents=True, exist_ok=True)
    lock, folder = (out.with_name(f".{out.name}.{what}") for what in ("lock", "partial"))
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid != os.geteuid()):
        raise NotDone(f"{folder} is somebody else's. Take it away, or choose another folder.")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as wrong:
        raise NotDone(f"{lock} cannot be made: {wrong}.") from wrong
    with os.fdopen(handle) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(held.fileno()), lock.stat()):
                raise BlockingIOError  # of one that has just ended
        except OSError:
            raise NotDone(f"Somebody is publishing into {out} just now. Wait until that is done.") from None
        try:
            yield Workshop(out)
        finally:
            lock.unlink(missing_ok=True)
