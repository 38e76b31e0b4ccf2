"""Processes of their own, for work that somebody may have made to take for ever: they know nothing of the house, and end when they take too much."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parent.parent
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}


def begun(module: str, *arguments: str, stdin: int | IO[bytes] = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """A module of ours as a program; what it says comes through a pipe."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, *arguments], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=_ROOT, env=_ENVIRONMENT,
    )  # fmt: skip


def bind(memory: int, seconds: int | None = None) -> None:
    """From now on this process has so many bytes, and so many seconds of a processor, writes no file, and leaves nothing behind
    when it breaks. Not all systems let us say each of that."""
    limits = {resource.RLIMIT_AS: (memory, memory), resource.RLIMIT_FSIZE: (0, 0), resource.RLIMIT_CORE: (0, 0)}
    if seconds is not None:
        limits[resource.RLIMIT_CPU] = (seconds, seconds + 1)
    for which, limit in limits.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(which, limit)
