"""Whether a snapshot is what was published."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from export.manifest import MANIFEST, SIGNED, read
from web.errors import NotDone
from web.publishing.signing import wrong_signature


def verify(folder: Path, key: Path | None = None) -> list[str]:
    """What is not as the manifest says, each as a sentence; an empty list is good. With a public key, also whether its owner has signed
    the manifest. Raises NotDone when there is no manifest, or no key."""
    manifest = read(folder)
    if manifest is None:
        raise NotDone(f"{folder} is not a snapshot: it has no {MANIFEST} that says what is in it.")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    there -= {MANIFEST, SIGNED}
    found = [f"{name} is not of this snapshot" for name in sorted(there - manifest.files.keys())]
    for name, file in manifest.files.items():
        if name not in there or ".." in PurePosixPath(name).parts:
            found.append(f"{name} is missing")
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != file.sha256:
            found.append(f"{name} has been changed")
    if key:
        signed = (folder / SIGNED).read_bytes() if (folder / SIGNED).is_file() else b""
        if wrong := wrong_signature((folder / MANIFEST).read_bytes(), signed, key):
            found.insert(0, f"{MANIFEST}: {wrong}")
    return found
