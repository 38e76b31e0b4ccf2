"""What every request asks anew, and what stays the same until somebody commits something: who asks, and what stands on the
door. It is read once for each mark of the database."""

from __future__ import annotations

from web.database import mark, now
from web.people import queries
from web.people.rows import House, SignedIn
from web.policy import Viewer

UNNAMED = House("Dugnad")
Asker = tuple[SignedIn, Viewer]
_MOST = 10_000


class Known:
    """One per application. Whoever asks it has called `look` in the same request."""

    def __init__(self) -> None:
        self._mark = ""
        self._house: House | None = None
        self._askers: dict[tuple[str, str], Asker] = {}

    async def look(self) -> str:
        """The database's mark; what was read before another one is forgotten."""
        if (found := await mark()) != self._mark:
            self._mark, self._house = found, None
            self._askers.clear()
        return self._mark

    async def house(self) -> House:
        if self._house is not None:
            return self._house
        at, found = self._mark, await queries.house()
        if self._mark == at:  # else it may be older than what has been committed meanwhile
            self._house = found
        return found

    async def asker(self, kind: str, secret: str, oldest: int) -> Asker | None:
        """Whose session (or token, says `kind`) has this hash. A session counts that was last seen after `oldest` (ms)."""
        known = self._askers.get((kind, secret))
        if known and (known[0].seen_at or 0) > oldest and known[0].until > now():
            return known
        at, found = self._mark, await queries.asker(kind, secret, oldest)
        if found and self._mark == at:
            if len(self._askers) >= _MOST:
                self._askers.clear()
            self._askers[kind, secret] = found
        return found
