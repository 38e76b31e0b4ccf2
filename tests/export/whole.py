"""Looks at all of a folder, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

from export.check import page_faults, sheet_faults


def faults(folder: Path) -> list[str]:
    """What must not be in a snapshot, each as a sentence; an empty list is good."""
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    found: list[str] = []
    for name in sorted(files):
        if name.endswith(".html"):
            found += page_faults(name, (folder / name).read_text("utf-8"), files)
        elif name.endswith(".css") and not name.startswith("files/"):  # no page is dressed in what people attach
            found += sheet_faults(name, (folder / name).read_text("utf-8"), files)
    return found
