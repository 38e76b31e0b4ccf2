"""What is known of a conversation besides its words: values that templates read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from web.entries.rows import Face, Ref


class Latest(msgspec.Struct, frozen=True):
    """How a conversation went on last: by a new "reply", or an "edit" of a text."""

    verb: str
    by: Face


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


@dataclass(frozen=True)
class Talk:
    """closed: by whom. gone: what was split off from it. came: what it was split off from. joined: of what was put into it, by the ids.
    upto, read_at: how far the viewer has read it, and when; none where they never have. called_at: when something was last done to them in it
    since. new: how much others have written since, counted to
    a little more than is said."""

    closed: Closing | None = None
    gone: tuple[Went, ...] = ()
    came: Went | None = None
    joined: Mapping[int, Went] = field(default_factory=dict)
    upto: int | None = None
    read_at: int = 0
    called_at: int = 0
    new: int = 0
