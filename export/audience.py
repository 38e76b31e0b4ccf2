"""For whom a snapshot is, and of what."""

from __future__ import annotations

from dataclasses import dataclass

from web.errors import NotDone, NotThere
from web.people import queries as people
from web.policy import NOBODY, Viewer
from web.publishing.recalled import Recall
from web.settings import Settings

METADATA = ("strip", "keep")


@dataclass(frozen=True)
class Snapshot:
    """What the pages know of the snapshot they become part of. `history`: older texts come along. `spaces`: the slugs of those
    that it is of; all, for none. `moment`: as everything stood then (ms); as it stands, for none. `recall`: where they ask what was
    taken back since; nowhere, for none. `back`: where its readers can write to (`way_back`). `metadata`: whether files keep what
    they say of themselves, one of `METADATA`."""

    audience: str
    live: str
    history: bool = False
    spaces: tuple[str, ...] = ()
    moment: int = 0
    recall: Recall | None = None
    back: str = ""
    metadata: str = "strip"

    @property
    def by_mail(self) -> bool:
        return "@" in self.back

    @property
    def strips(self) -> bool:
        return self.metadata == METADATA[0]

    async def viewer(self) -> Viewer:
        """As whom it is read. Raises NotDone, which says what can be chosen."""
        try:
            return await people.only_in(await people.audience(self.audience), self.spaces)
        except NotThere:
            of = f", or one of the spaces {', '.join(self.spaces)}" if self.spaces else ""
            raise NotDone(
                f"There is no audience {self.audience!r} here{of}: choose public, everyone, space:SLUG or person:HANDLE."
            ) from None


def way_back(settings: Settings, audience: str) -> str:
    """Where the readers of a snapshot can write to: `live`, the forms of the house; a mail address; or nothing.

    Whoever reads as the world cannot sign in, so a letter is of more use to them, where somebody takes it.
    """
    if settings.mail_to and (not settings.has_address or audience == NOBODY.audience):
        return settings.mail_to
    return "live" if settings.has_address else ""
