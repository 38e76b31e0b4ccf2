"""What hangs together with an entry, and stands beside it."""

from __future__ import annotations

import msgspec

from web.entries.rows import Ref


class Translation(msgspec.Struct, frozen=True):
    """A text in another language: `behind` so many changes of the one that it was translated from, which was its revision `since` then and is its
    revision `current` now. Of that one itself, it says how far behind the text is that it stands beside."""

    ref: Ref
    lang: str | None
    since: int
    current: int
    behind: int


class Series(msgspec.Struct, frozen=True):
    """A series around one of its parts: `at` is its place among them, from 0."""

    name: str
    key: str
    parts: tuple[Ref, ...]
    at: int

    @property
    def before(self) -> Ref | None:
        return self.parts[self.at - 1] if self.at else None

    @property
    def after(self) -> Ref | None:
        return self.parts[self.at + 1] if self.at + 1 < len(self.parts) else None


class Around(msgspec.Struct, frozen=True):
    """What stands above an entry (from the top down), right below it (in order), and what links to it (the latest first); what it was
    translated from, and its other translations; the `files` in its text, by what they are called: their ids;
    and the series that it is a part of."""

    above: tuple[Ref, ...]
    below: tuple[Ref, ...]
    linking: tuple[Ref, ...]
    source: Translation | None = None
    translations: tuple[Translation, ...] = ()
    files: tuple[tuple[str, int], ...] = ()
    series: Series | None = None

    @property
    def languages(self) -> tuple[Translation, ...]:
        """The same text in others, what it was translated from first."""
        return (self.source, *self.translations) if self.source else self.translations
