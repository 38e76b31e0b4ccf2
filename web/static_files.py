"""Style sheets, scripts, fonts and icons: one fingerprint of them all stands in their addresses, so they never go stale."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PREFIX = "/static"


def _folder(name: str) -> Path:
    """Beside web/ in a checkout, inside it in the wheel."""
    packed = Path(__file__).resolve().parent / "_data" / name
    return packed if packed.is_dir() else Path(__file__).resolve().parent.parent / name


def static_root() -> Path:
    return _folder("static")


def templates_root() -> Path:
    return _folder("templates")


@cache
def fingerprint() -> str:
    """Changes when any file does."""
    digest = hashlib.sha256()
    for path in sorted(static_root().rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(static_root())).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """The address of `css/app.css`."""
    return f"{PREFIX}/{fingerprint()}/{name}"
