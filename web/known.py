"""What every request asks anew, and what seldom changes: who asks, what they may, what stands on the door, and what terms are called."""

from __future__ import annotations

from web.database import mark, now
from web.entries import queries as entries
from web.entries.terms import Lexicon
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
        self._rights: int | None = None
        self._house: House | None = None
        self._askers: dict[tuple[str, str], Asker] = {}
        self._lexicon: tuple[int, entries.Stamp, Lexicon] | None = None

    async def look(self) -> str:
        """The database's mark."""
        if (found := await mark()) != self._mark:
            self._mark, self._rights = found, None
        return found

    async def _still(self, rights: int) -> bool:
        """Whether what was so for these rights is so by now: asked once for each mark."""
        if self._rights is not None:
            return rights == self._rights
        at = self._mark
        return rights == self._told(at, await queries.rights())

    def _told(self, at: str, rights: int) -> int:
        """What was read after a mark is right for it, and perhaps for no other."""
        if self._mark == at:
            self._rights = rights
        return rights

    async def house(self) -> House:
        if self._house is None or not await self._still(self._house.rights):
            at = self._mark
            self._house = await queries.house()
            self._told(at, self._house.rights)
        return self._house

    async def lexicon(self) -> Lexicon:
        """What the terms of the house are called, all of them: whoever marks them in a text asks which its reader may read."""
        if self._lexicon is None or not await self._still(self._lexicon[0]):
            at, rights = self._mark, await self._counted()
            if self._lexicon is None or await entries.stamp() != self._lexicon[1]:
                # Read after the count: at worst it is newer than that says, and read once more.
                stamp, terms = await entries.called()
                self._lexicon = self._told(at, rights), stamp, Lexicon(terms)
            else:
                self._lexicon = self._told(at, rights), *self._lexicon[1:]
        return self._lexicon[2]

    async def _counted(self) -> int:
        return self._rights if self._rights is not None else await queries.rights()

    async def asker(self, kind: str, secret: str, oldest: int) -> Asker | None:
        """Whose session (or token, says `kind`) has this hash. A session counts that was last seen after `oldest` (ms)."""
        found = self._askers.get((kind, secret))
        if found and (found[0].seen_at or 0) > oldest and found[0].until > now() and await self._still(found[0].rights):
            return found
        at, found = self._mark, await queries.asker(kind, secret, oldest)
        if found is None:
            self._askers.pop((kind, secret), None)
            return None
        self._told(at, found[0].rights)
        if len(self._askers) >= _MOST:
            self._askers.clear()
        self._askers[kind, secret] = found
        return found
