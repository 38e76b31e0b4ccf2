"""Where a snapshot is made and how it takes its place: nobody is ever given half of one.

It is made in a folder beside its place, `.NAME.partial`. What was made there survives when the run is ended by force, and the next
one goes on from there. When all is made and looked through, that is noted in it, and what is new is moved into place, the manifest
last; should that be interrupted, the next run does it first. A file that has not changed is never touched.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from export.making import Made
from export.manifest import MANIFEST, SIGNED, Manifest, is_snapshot, read, written
from web.errors import NotDone

# Beside the pages in the folder: a line for each that is made, and the sign that all is there.
_MADE, _WHOLE = ".made.jsonl", ".whole"
_ours = msgspec.json.Decoder(Made)


class Workshop:
    """`out`: the place. `folder`: where it is made."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.folder = out.with_name(f".{out.name}.partial")
        if (self.folder / _WHOLE).exists():
            self._move()
        self.before = read(out)

    def made_before(self) -> dict[str, Made]:
        """What a run that was ended by force had made."""
        found: dict[str, Made] = {}
        with suppress(FileNotFoundError), (self.folder / _MADE).open("rb") as lines:
            for line in lines:
                with suppress(msgspec.DecodeError):  # the last one may be half
                    made = _ours.decode(line)
                    found[made.address] = made
        return {address: made for address, made in found.items() if _has(f"{self.folder}/{made.file}", made.size)}

    def note(self, made: Iterable[Made]) -> None:
        with (self.folder / _MADE).open("ab") as lines:
            lines.write(b"".join(msgspec.json.encode(each) + b"\n" for each in made))

    def stands(self, name: str) -> bool:
        """Whether a file that was published before is still there, as far as one sees that from outside."""
        return self.before is not None and _has(f"{self.out}/{name}", self.before.files[name].size)

    def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def throw_away(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def publish(self, manifest: Manifest, signed: bytes = b"") -> None:
        """Everything in the manifest is in the folder, or in the place already. `signed`: the signature of the manifest."""
        before = self.before.files if self.before else {}
        for path in list(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            file = manifest.files.get(name)
            if path.is_file() and (
                file is None or (file == before.get(name) and _has(f"{self.out}/{name}", file.size))
            ):
                path.unlink()
        if manifest == self.before and not any(path.is_file() for path in self.folder.rglob("*")):
            self.throw_away()
            return
        (self.folder / MANIFEST).write_bytes(written(manifest))
        if signed:
            (self.folder / SIGNED).write_bytes(signed)
        if self.before is None and not self.out.exists():
            self.folder.rename(self.out)
            return
        (self.folder / _WHOLE).touch()
        os.sync()
        self._move()

    def _move(self) -> None:
        """Can be begun again at any point."""
        before, made = read(self.out), read(self.folder)
        if made is not None:  # else it was moved already, and nothing but the folder is left
            for name in sorted((before.files if before else {}).keys() - made.files.keys()):
                _remove(self.out, name)
            for path in sorted(self.folder.rglob("*")):
                name = path.relative_to(self.folder).as_posix()
                if path.is_file() and name not in (MANIFEST, _WHOLE):
                    _clear_the_way(self.out, self.out / name)
                    path.replace(self.out / name)
            if not made.key:
                (self.out / SIGNED).unlink(missing_ok=True)
            (self.folder / MANIFEST).replace(self.out / MANIFEST)
        shutil.rmtree(self.folder)


def _has(path: str, size: int) -> bool:
    try:
        return os.path.getsize(path) == size  # noqa: PTH202 (there are very many)
    except OSError:
        return False


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
    if ".." in Path(name).parts:
        return
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
    lock = out.with_name(f".{out.name}.lock")
    with lock.open("w") as held:
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
