"""What a snapshot can be made into: the choices of the terminal and of the site, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Format:
    """`ending`: of the one file that it is; empty for a folder. `made_by`: what makes it of a folder of pages, as
    `module:function` of the exporter, which is loaded when it is needed and takes the folder and the place; empty for that
    folder itself. What a format is called stands in `words.FORMATS`."""

    name: str
    ending: str = ""
    made_by: str = ""

    @property
    def pack(self) -> Callable[[Path, Path], object]:
        module, _, function = self.made_by.partition(":")
        found: Any = getattr(import_module(module), function)
        return found  # type: ignore[no-any-return]


FORMATS = {
    each.name: each
    for each in (
        Format("site"),
        Format("zip", ".zip", "export.packing:pack_zip"),
        Format("bag", "", "export.packing:pack_bag"),
    )
}
