"""What is known of a conversation besides its words: values that templates read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from web.entries.rows import Face, Ref
from web.times import MINUTE

_VISIT = 10 * MINUTE


class Latest(msgspec.Struct, frozen=True):
    """How a conversation went on last: by a new "reply", or an "edit" of a text."""

    verb: str
    by: Face


class CaughtUp(msgspec.Struct, frozen=True):
    """How far somebody has come in a list, in ms: they saw its beginning last at `opened`; when they began to look through it at `reached`, all
    that was new came before them, and so it did the time before that, at `before`."""

    opened: int
    reached: int
    before: int

    def mark(self, at: int) -> int:
        """What has happened since then is new. For a while it stays where it was, for whoever comes back from what they opened."""
        return self.reached if at - self.reached > _VISIT else self.before

    def on(self, at: int, *, first: bool, ends: bool) -> CaughtUp:
        """After a page of the list is shown: its `first` one, and one on which what is new `ends`."""
        opened = at if first else self.opened
        if ends and opened - self.reached > _VISIT:
            return CaughtUp(opened, opened, self.reached)
        return CaughtUp(opened, self.reached, self.before)


@dataclass(frozen=True)
class Lately:
    """Of conversations in a list, by their ids. latest: how each went on last. did: what others have done in it, how often, by the verb: since
    the viewer read it, or in the last days. read_at: when they did. caught: how far they have come in the list. tabs: the lists that they keep, by their ids, and what
    those are called."""

    latest: Mapping[int, Latest] = field(default_factory=dict)
    did: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    read_at: Mapping[int, int] = field(default_factory=dict)
    caught: CaughtUp | None = None
    tabs: tuple[tuple[int, str], ...] = ()


class Closing(msgspec.Struct, frozen=True):
    """That it was closed, when, why, and by whom, where the viewer knows them."""

    at: int
    why: str
    by: Face | None


class Went(msgspec.Struct, frozen=True):
    """A way between two conversations: where it leads (`ref`), when somebody made it, and who, where the viewer knows them."""

    ref: Ref
    at: int
    by: Face | None


class Reading(msgspec.Struct, frozen=True):
    """How far somebody has read a conversation: to what has the id `upto`, and what was done in it until `at` (ms)."""

    upto: int
    at: int


class Source(msgspec.Struct, frozen=True):
    """Something said that stands on a page: what heads its conversation, who wrote it, and, where it has `changed` since somebody saw that both
    fit, which text it had then and has now. `id` is the row's."""

    id: int
    ref: Ref
    head: Ref
    by: Face | None
    since: int
    current: int
    changed: bool


class Lives(msgspec.Struct, frozen=True):
    """The same from the other side: the page and its section where something said stands now, and whether that has changed since."""

    id: int
    source: int
    ref: Ref
    section: str
    anchor: str
    since: int
    current: int
    changed: bool


class Worked(msgspec.Struct, frozen=True):
    """How an entry (`of`) helped somebody, in their words, and when they said so; `mine`: that is the viewer."""

    of: int
    by: Face
    at: int
    note: str
    mine: bool


class Outdated(msgspec.Struct, frozen=True):
    """That an answer holds no more: since when, why, and who said so, where the viewer knows them; and the answer to read instead, with who wrote it."""

    at: int
    why: str
    by: Face | None
    instead: int | None
    whose: str


@dataclass(frozen=True)
class Talk:
    """closed: by whom. gone: what was split off from it. came: what it was split off from. joined: of what was put into it, by the ids.
    upto, read_at: how far the viewer has read it, and when; none where they never have. called_at: when something was last done to them in it
    since. new: how much others have written since, counted to a little more than is said. sources: what of other conversations stands in what
    heads it. lives: where something of it stands on a page. began: the kind that it was at first, where it has been turned. short_by: who last changed what says it in short."""

    closed: Closing | None = None
    gone: tuple[Went, ...] = ()
    came: Went | None = None
    joined: Mapping[int, Went] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    lives: tuple[Lives, ...] = ()
    began: str = ""
    upto: int | None = None
    read_at: int = 0
    called_at: int = 0
    new: int = 0
    short_by: Face | None = None
    worked: tuple[Worked, ...] = ()
    outdated: Mapping[int, Outdated] = field(default_factory=dict)

    def helped(self, id: int) -> tuple[Worked, ...]:
        """How one of the answers helped."""
        return tuple(each for each in self.worked if each.of == id)

    def at_home(self, source: int) -> tuple[Lives, ...]:
        """Where what one entry of it says stands now."""
        return tuple(each for each in self.lives if each.source == source)

    @property
    def homes(self) -> tuple[Lives, ...]:
        """The places where something of it stands, each once."""
        return tuple({(each.ref.id, each.anchor): each for each in reversed(self.lives)}.values())[::-1]
