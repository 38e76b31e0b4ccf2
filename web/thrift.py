"""What the process lets go of goes back to the system."""

from __future__ import annotations

import ctypes

# As <malloc.h> has them.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_MEGABYTE = 1 << 20


def be_thrifty() -> None:
    """One heap for all threads, which take turns anyway, and no more than a megabyte at its end that nobody uses. By itself glibc has a
    heap for each thread, and after a large piece it keeps ever more of each. Where there is another library, nothing is done."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_ARENA_MAX, 1)
    mallopt(_MMAP_THRESHOLD, _MEGABYTE)
    mallopt(_TRIM_THRESHOLD, _MEGABYTE)
