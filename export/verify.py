"""Whether a snapshot is what was published."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path, PurePosixPath

from web.errors import NotDone

MANIFEST = "manifest.json"


def verify(folder: Path) -> list[str]:
    """What is not as the manifest says, each as a sentence; an empty list is good. Raises NotDone when there is no manifest."""
    try:
        sums = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        expected = {str(name): str(digest) for name, digest in sums.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise NotDone(f"{folder} is not a snapshot: it has no {MANIFEST} that says what is in it.") from wrong
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    found = [f"{name} is not of this snapshot" for name in sorted(there - expected.keys())]
    for name, digest in sorted(expected.items()):
        if name not in there or ".." in PurePosixPath(name).parts:
            found.append(f"{name} is missing")
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            found.append(f"{name} has been changed")
    return found
