"""How much may come out of what somebody has packed, all together."""

from __future__ import annotations

from collections.abc import Callable


class Room:
    """So many bytes; when they are gone, `too_large` says what is raised."""

    def __init__(self, most: int, too_large: Callable[[], Exception]) -> None:
        self._left, self._too_large = most, too_large

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self._too_large()
