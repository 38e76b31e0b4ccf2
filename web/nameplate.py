"""What stands on the door: the house's name, its language, and whether it is settled in. Read on every page, so kept."""

from __future__ import annotations

import time

from web.people import queries
from web.people.rows import House

UNNAMED = House("Dugnad")
# Other processes than the one that changed it show the old one so long.
_SECONDS = 10.0


class Nameplate:
    """One per application."""

    def __init__(self) -> None:
        self._known, self._until = UNNAMED, 0.0

    async def read(self) -> House:
        """As the database had it within the last seconds."""
        if time.monotonic() >= self._until:
            self._known = await queries.house()
            self._until = time.monotonic() + _SECONDS
        return self._known

    def forget(self) -> None:
        """Something on it has changed."""
        self._until = 0.0
