"""What all pages are made by, in one word."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from web import static_files

_PROGRAM = Path(__file__).resolve().parent


@cache
def program() -> str:
    """A hash of all that pages are made by: another version of the program makes other ones."""
    digest = hashlib.sha256(static_files.fingerprint().encode())
    for folder in (_PROGRAM, static_files.templates_root()):
        for file in sorted(each for each in folder.rglob("*") if each.suffix in (".py", ".html", ".svg", ".po")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
