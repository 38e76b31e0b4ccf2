"""Who wrote what comes in: colleagues whom somebody has named, and others, of whom only the name is kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from web.database import in_list, rows
from web.errors import NotDone

_MOST = 4 << 20


@dataclass(frozen=True)
class People:
    """`ids`: of colleagues, by what they are called where the texts come from, folded. `handles`: of the same."""

    ids: dict[str, int] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)

    def find(self, *names: str) -> int | None:
        return next((self.ids[key] for name in names if (key := _folded(name)) in self.ids), None)

    def handle(self, name: str) -> str:
        return self.handles.get(_folded(name), "")


async def read_people(path: Path | None) -> People:
    """From a file of lines `their name = handle`; what follows # at the beginning of a line is a remark. Raises NotDone."""
    if path is None:
        return People()
    handles: dict[str, str] = {}
    for name, handle in _lines(path):
        handles[_folded(name)] = handle.strip().removeprefix("@").lower()
    found = await rows("SELECT id, handle FROM person WHERE handle IN {}", in_list(set(handles.values()) or [""]))
    ids = {each["handle"]: each["id"] for each in found}
    if unknown := sorted(set(handles.values()) - ids.keys()):
        raise NotDone(f"{path}: there is nobody called {', '.join(unknown[:10])} here.")
    return People({name: ids[handle] for name, handle in handles.items()}, handles)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    if path.stat().st_size > _MOST:
        raise NotDone(f"{path} is too long for a list of people.")
    for number, line in enumerate(path.read_text("utf-8-sig", "replace").splitlines(), start=1):
        name, equals, handle = line.rpartition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals or not name.strip() or not handle.strip():
            raise NotDone(f"{path}, line {number}: write it as `their name = handle`.")
        yield name, handle


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).replace("_", " ").casefold().split())
