"""What queries of editions and of kept snapshots give: values that templates and the exporter read."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from web import text
from web.database import now
from web.publishing.formats import FORMATS, Format
from web.times import MINUTE

_LONGEST = 40
# What is being made and has said nothing for so long was ended by force.
DEAD = 3 * MINUTE


def whom(audience: str, name: str | None) -> str:
    """An audience, as the exporter is told of it; `name`: of the space or the person."""
    return f"{audience}:{name}" if name else audience


class Kept(msgspec.Struct, frozen=True):
    """A snapshot that is kept. `space` and `person` are names, and say with `audience` for whom it is; `name` is its edition's."""

    id: int
    edition: int
    name: str
    audience: str
    space: str | None
    person: str | None
    made_at: int
    as_of: int
    ending: str
    sha256: str
    size: int
    pages: int
    added: int
    changed: int
    gone: int
    signed: bool
    dropped_at: int | None

    @property
    def file(self) -> str:
        """What it is called where it is kept."""
        return f"{self.id}{self.ending}"

    @property
    def download(self) -> str:
        """What it is called where somebody takes it to: `for-everybody-2026-11-27.zip`."""
        day = datetime.fromtimestamp(self.made_at / 1000, UTC).date().isoformat()
        return f"{text.slug(self.name, _LONGEST) or 'snapshot'}-{day}{self.ending}"


class Edition(msgspec.Struct, frozen=True):
    """`space`, `slug`, `person`, `handle` and `owner` are names of those that the ids beside them are of. `last_…` is of the
    latest snapshot that is kept. `again`: how many are to be made anew."""

    id: int
    name: str
    audience: str
    space_id: int | None
    space: str | None
    slug: str | None
    person_id: int | None
    person: str | None
    handle: str | None
    spaces: str
    language: str
    history: bool
    strict: bool
    format: str
    rhythm: str
    minute: int
    weekday: int
    keep: int
    days: int
    months: int
    place: str
    folder: str
    owner_id: int
    owner: str
    next_at: int | None
    run: int | None
    begun_at: int | None
    seen_at: int | None
    done: int
    known: int
    tries: int
    looked_at: int | None
    failed: str
    wrong: str
    last_id: int | None = None
    last_made_at: int | None = None
    last_size: int | None = None
    last_pages: int | None = None
    last_manifest: str | None = None
    again: int = 0

    @property
    def making(self) -> bool:
        """Somebody alive makes it just now."""
        return self.run is not None and (self.seen_at or 0) >= now() - DEAD

    @property
    def waiting(self) -> bool:
        """It is due, and nobody has begun yet."""
        return not self.making and self.next_at is not None and self.next_at <= now()

    @property
    def whom(self) -> str:
        """The audience, as the exporter is told of it."""
        return whom(self.audience, self.slug or self.handle)

    @property
    def only(self) -> tuple[str, ...]:
        """The slugs of the spaces that it is of; all, for none."""
        return tuple(self.spaces.split())

    @property
    def is_a(self) -> Format:
        return FORMATS[self.format]

    @property
    def keeps(self) -> bool:
        return bool(self.keep or self.days or self.months)

    @property
    def clock(self) -> str:
        """`03:30`, the time of the day."""
        return "{:02}:{:02}".format(*divmod(self.minute, 60))

    @property
    def at(self) -> str:
        """Where it is published to; empty, when it only lies in the house."""
        return f"{self.place}/{self.folder}".rstrip("/") if self.place else ""

    @property
    def file(self) -> str:
        """What the one file is called that it becomes."""
        return f"{text.slug(self.name, _LONGEST) or self.id}{self.is_a.ending}"
