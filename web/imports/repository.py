"""A repository of git, read by git: by a repository of our own that only borrows its objects, so that nothing that stands in its settings,
attributes or hooks is looked at, run, or fetched."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

from web.errors import NotDone

_SECONDS = 60
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Before each commit that git tells of; no path and no message holds it.
_BEGIN = b"\0\0dugnad\0"
_SAID = ("%H", "%at", "%aN", "%aE", "%B")
_MOST_MESSAGE = 20_000


class Entry(NamedTuple):
    """What stands in a commit, under a path."""

    mode: str
    sha: str
    size: int
    path: str


class Commit(NamedTuple):
    """`at`: when its author wrote it, in milliseconds. `changes`: the paths before and after, and what stands there then."""

    sha: str
    at: int
    name: str
    email: str
    message: str
    changes: tuple[Change, ...]


class Change(NamedTuple):
    what: str
    old: str
    new: str
    sha: str


@dataclass
class Repository:
    """Open in a `with`; `folder` is one for its own things. `below`: where in the repository the wiki is, with a slash at its end."""

    folder: Path
    head: str
    below: str
    _cat: subprocess.Popen[bytes] | None = None

    @classmethod
    def of(cls, path: Path, folder: Path) -> Repository:
        """Borrows the objects of the one at `path`, or of the one that `path` is in. Raises NotDone."""
        if shutil.which("git") is None:
            raise NotDone("git is not installed here, and it is needed to read a repository.")
        objects, head, below = _asked(path)
        if (objects / "info" / "alternates").exists():
            raise NotDone(
                f"{path} borrows its objects from another repository, which is not followed. Make a clone of it without --shared."
            )
        own = folder / "git"
        _git(
            folder,
            "init",
            "--quiet",
            "--bare",
            "--template=",
            *(["--object-format=sha256"] if len(head) == 64 else []),
            str(own),
        )
        (own / "objects" / "info").mkdir(parents=True, exist_ok=True)
        (own / "objects" / "info" / "alternates").write_text(f"{_quoted(objects)}\n", "utf-8", "surrogateescape")
        made = cls(own, head, below)
        try:
            made._run("cat-file", "-e", f"{head}^{{commit}}")
        except subprocess.CalledProcessError:
            raise NotDone(f"{path} cannot be read by git: what it says is its latest commit is not there.") from None
        return made

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cat is not None:
            self._cat.kill()
            self._cat.communicate()

    def root(self) -> str:
        """What all clones of it have in common: its first commit."""
        found = self._run("rev-list", "--max-parents=0", self.head).split()
        return sorted(each.decode() for each in found)[0] if found else self.head

    def entries(self) -> Iterator[Entry]:
        """All that stands in the latest commit, with paths from where the wiki is."""
        told = self._run(
            "ls-tree", "-r", "-z", "--long", "--full-tree", self.head, *(["--", self.below] if self.below else [])
        )
        for line in filter(None, told.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, sha, size = about.decode().split()
            yield Entry(mode, sha, int(size) if size.isdecimal() else 0, _decoded(path).removeprefix(self.below))

    def commits(self) -> Iterator[Commit]:
        """The latest first; merges without what they changed."""
        form = "%x00%x00dugnad%x00" + "%x00".join(_SAID) + "%x00"
        command = (
            "log", self.head, f"--format={form}", "--topo-order", "--raw", "-z", "-M", "--no-abbrev", "--no-show-signature", "--no-ext-diff",
            "--no-textconv", "--no-color", "--no-mailmap", "--no-notes", "--encoding=UTF-8", *(["--", self.below] if self.below else []),
        )  # fmt: skip
        process = _started(self.folder, *command)
        assert process.stdout
        try:
            for told in _split(process.stdout):
                if (made := self._commit(told)) is not None:
                    yield made
            if process.wait(_SECONDS) != 0:
                raise NotDone("git cannot read the history of this repository. Nothing was imported.")
        finally:
            process.kill()
            process.communicate()

    def _commit(self, told: bytes) -> Commit | None:
        parts = told.split(b"\0", len(_SAID))
        if len(parts) <= len(_SAID):
            return None
        sha, at, name, email, message = (each.decode("utf-8", "replace") for each in parts[:5])
        changes = tuple(self._changes(parts[5].split(b"\0")))
        moment = int(at) * 1000 if at.isdecimal() and len(at) < 12 else 0
        return Commit(sha, moment, name[:200], email[:200], message[:_MOST_MESSAGE], changes)

    def _changes(self, fields: Sequence[bytes]) -> Iterator[Change]:
        place = 0
        while place < len(fields):
            about = fields[place].strip(b"\n").decode("ascii", "replace").split()
            place += 1
            if len(about) != 5 or not about[0].startswith(":"):
                continue
            what = about[4][:1]
            paths = [
                _decoded(each).removeprefix(self.below) for each in fields[place : place + (2 if what in "RC" else 1)]
            ]
            place += len(paths)
            if paths:
                yield Change(what, paths[0], paths[-1], about[3] if about[1] in ("100644", "100755", "100664") else "")

    def blob(self, sha: str, most: int) -> bytes | None:
        """What is kept under that name; None when it is longer, or not there."""
        if not _SHA.fullmatch(sha):
            return None
        if self._cat is None:
            self._cat = _started(self.folder, "cat-file", "--batch")
        cat = self._cat
        assert cat.stdin and cat.stdout
        cat.stdin.write(f"{sha}\n".encode())
        cat.stdin.flush()
        said = cat.stdout.readline().split()
        if len(said) != 3:
            return None
        size = int(said[2])
        data = cat.stdout.read(size) if size <= most else None
        if data is None:
            _skip(cat.stdout, size)
        cat.stdout.read(1)
        return data if said[1] == b"blob" else None

    def _run(self, *arguments: str) -> bytes:
        return _git(self.folder, *arguments)


# Nobody's settings, no questions, no connections.
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_SSH_COMMAND": "false", "GIT_PAGER": "cat", "GIT_EDITOR": "false",
}  # fmt: skip
_SAFE = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat", "-c", "protocol.allow=never", "-c", "core.askPass=false",
    "-c", "credential.helper=", "-c", "diff.external=", "-c", "log.showSignature=false", "-c", "core.alternateRefsCommand=", "-c", "core.quotePath=false",
)  # fmt: skip


def _command(folder: Path, *arguments: str) -> list[str]:
    return ["git", "--no-pager", f"--git-dir={folder}", *_SAFE, *arguments]


def _started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    pipe, command = subprocess.PIPE, _command(folder, *arguments)
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_ENVIRONMENT)  # noqa: S603


def _git(folder: Path, *arguments: str) -> bytes:
    command = ["git", *_SAFE, *arguments] if arguments[0] == "init" else _command(folder, *arguments)
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True, env=_ENVIRONMENT, cwd=folder)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise NotDone("git takes too long to read this repository. Nothing was imported.") from None
    return done.stdout


def _asked(path: Path) -> tuple[Path, str, str]:
    """Where it keeps its objects, its latest commit, and where in it the path is. Nothing but that is asked of it."""
    command = ["git", "-C", str(path), *_SAFE, "-c", "safe.directory=*", "-c", "safe.bareRepository=all", "rev-parse"]

    def ask(*what: str) -> str:
        done = subprocess.run([*command, *what], capture_output=True, timeout=_SECONDS, check=True, env=_ENVIRONMENT)  # noqa: S603
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    try:
        objects = ask("--path-format=absolute", "--git-path", "objects")
        head = ask("--verify", "HEAD")
        below = ask("--show-prefix")
    except (subprocess.SubprocessError, OSError):
        raise NotDone(f"{path} is no repository of git, or nothing was ever committed in it.") from None
    if not _SHA.fullmatch(head):
        raise NotDone(f"{path} is no repository of git.")
    return Path(objects), head, below


def _quoted(path: Path) -> str:
    said = str(path)
    if "\n" in said or said.startswith('"'):
        raise NotDone(
            "The path to the repository has a line end or begins with a quotation mark, which git cannot bear."
        )
    return said


def _split(told: IO[bytes]) -> Iterator[bytes]:
    """What stands between the marks, a commit at a time."""
    held = b""
    while piece := told.read(1 << 16):
        held += piece
        *whole, held = held.split(_BEGIN)
        yield from filter(None, whole)
    if held:
        yield held


def _skip(told: IO[bytes], size: int) -> None:
    while size > 0 and (piece := told.read(min(size, 1 << 20))):
        size -= len(piece)


def _decoded(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
