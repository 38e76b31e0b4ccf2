"""What rules and verbs need to know of a space, of an entry, and of who wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

# The space that is everybody's, by its slug.
HOUSE = "house"


class Placed(Protocol):
    """A space, as rules and verbs need it."""

    @property
    def id(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def access(self) -> str: ...
    @property
    def public(self) -> bool: ...


class Written(Protocol):
    """An entry, as rules need it."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def parent(self) -> int | None: ...
    @property
    def trashed_by(self) -> int | None: ...
    @property
    def closed_at(self) -> int | None: ...
    @property
    def space(self) -> Placed: ...
    @property
    def author(self) -> Writer: ...
    @property
    def writers(self) -> Sequence[Writer]: ...


class Writer(Protocol):
    @property
    def id(self) -> int: ...
