"""What a snapshot can be made into: the choices of the terminal and of the site, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from web.errors import NotDone


@dataclass(frozen=True)
class Format:
    """`ending`: of the one file that it is; empty for a folder. `made_by`: what makes it of a folder of pages, as
    `module:function` of the exporter, which is loaded when it is needed and takes the folder and the place; empty for that
    folder itself. tells: it takes a while, and takes `progress`. What a format is called stands in `words.FORMATS`."""

    name: str
    ending: str = ""
    made_by: str = ""
    tells: bool = False

    @property
    def pack(self) -> Callable[..., object]:
        """Raises NotDone when what it needs is not installed."""
        module, _, function = self.made_by.partition(":")
        try:
            found: Any = getattr(import_module(module), function)
        except ModuleNotFoundError as missing:
            raise NotDone(f"This needs {missing.name}: install it with `pip install '.[{self.name}]'`.") from None
        return found  # type: ignore[no-any-return]


FORMATS = {
    each.name: each
    for each in (
        Format("site"),
        Format("zip", ".zip", "export.packing:pack_zip"),
        Format("bag", "", "export.packing:pack_bag"),
        Format("zim", ".zim", "export.zim:pack_zim", tells=True),
    )
}
