"""How far people have read what they opened, and come in the lists that they look through: known at once to whoever asks this process, and
kept once a minute.

All that is written makes every page new. Every minute they are new anyway, so this costs nobody a page; and what opening a page tells is
no reason to wait for the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.database import now
from web.entries import actions
from web.entries.talks import CaughtUp, Reading
from web.times import MINUTE


class Furthest:
    """One per process: what has not been kept yet."""

    def __init__(self) -> None:
        self._so_far: dict[int, dict[int, Reading]] = {}
        self._lists: dict[int, dict[int, CaughtUp]] = {}
        self._kept_at = now()

    def of(self, person: int | None) -> Mapping[int, Reading]:
        """How far somebody has read each conversation since it was kept last."""
        return self._so_far.get(person or 0, {})

    def saw(self, person: int, root: int, upto: int, at: int) -> None:
        """They had all of it before them to what has the id `upto`, at a time (ms)."""
        mine = self._so_far.setdefault(person, {})
        before = mine.get(root, Reading(0, 0))
        mine[root] = Reading(max(upto, before.upto), max(at, before.at))

    def caught(self, person: int | None) -> Mapping[int, CaughtUp]:
        """The same of lists."""
        return self._lists.get(person or 0, {})

    def came(self, person: int, list: int, caught: CaughtUp) -> None:
        self._lists.setdefault(person, {})[list] = caught

    def known(self, person: int | None) -> Any:
        """All of it that pages of theirs are made of."""
        return sorted(self.of(person).items()), sorted(self.caught(person).items())

    async def keep(self, *, at_once: bool = False) -> None:
        if not (self._so_far or self._lists) or (not at_once and now() - self._kept_at < MINUTE):
            return
        keeping, self._so_far, self._kept_at = self._so_far, {}, now()
        lists, self._lists = self._lists, {}
        try:
            await actions.read_on(
                {(person, root): read for person, mine in keeping.items() for root, read in mine.items()},
                {(person, list): caught for person, mine in lists.items() for list, caught in mine.items()},
            )
        except BaseException:
            for person, mine in keeping.items():
                for root, read in mine.items():
                    self.saw(person, root, read.upto, read.at)
            for person, caught in lists.items():
                self._lists[person] = {**caught, **self._lists.get(person, {})}
            raise
