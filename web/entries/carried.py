"""What an entry carries below its words, as whoever reads it may see it: a poll, what it quotes, what stands behind its link."""

from __future__ import annotations

import msgspec

from web.entries.rows import Face, Ref


class Choice(msgspec.Struct, frozen=True):
    """`votes` is 0 as long as the results are not told."""

    id: int
    words: str
    votes: int
    mine: bool

    def percent(self, voters: int) -> int:
        return round(100 * self.votes / voters) if voters else 0


class Poll(msgspec.Struct, frozen=True):
    """While it is open, what the others chose is told to those who have chosen. `until`: its last moment (ms), or the one when it was ended before that. `told`: the results may be seen; else nobody is counted."""

    several: bool
    until: int
    open: bool
    told: bool
    voters: int
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> bool:
        """By the viewer."""
        return any(each.mine for each in self.choices)


class Preview(msgspec.Struct, frozen=True):
    """What the page behind a link says of itself: plain text."""

    url: str
    title: str
    about: str
    site: str


class Quoted(msgspec.Struct, frozen=True):
    """What an entry shows of another by its lasting address, in a list."""

    ref: Ref
    author: Face
    excerpt: str


class Carried(msgspec.Struct, frozen=True):
    poll: Poll | None = None
    preview: Preview | None = None
    quoted: Quoted | None = None
