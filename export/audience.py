"""For whom a snapshot is, and of what."""

from __future__ import annotations

from dataclasses import dataclass

from web.errors import NotDone, NotThere
from web.people import queries as people
from web.policy import Viewer


@dataclass(frozen=True)
class Snapshot:
    """What the pages know of the snapshot they become part of. `history`: older texts come along. `spaces`: the slugs of those
    that it is of; all, for none. `moment`: as everything stood then (ms); as it stands, for none."""

    audience: str
    live: str
    history: bool = False
    spaces: tuple[str, ...] = ()
    moment: int = 0

    async def viewer(self) -> Viewer:
        """As whom it is read. Raises NotDone, which says what can be chosen."""
        try:
            return await people.only_in(await people.audience(self.audience), self.spaces)
        except NotThere:
            of = f", or one of the spaces {', '.join(self.spaces)}" if self.spaces else ""
            raise NotDone(
                f"There is no audience {self.audience!r} here{of}: choose public, everyone, space:SLUG or person:HANDLE."
            ) from None
