"""Ids that sort by time, and fit in 53 bits so that JavaScript can hold them: milliseconds, then 12 bits of order."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SINCE = 1_577_836_800_000  # 2020-01-01
_ORDER_BITS = 12
# By then, ids are greater than all that `id_then` gives to what was before.
_HOURS = 50_000_000
_last = 0
_last_told = 0
_told: ContextVar[int | None] = ContextVar("told", default=None)


def now() -> int:
    """Milliseconds since 1970, UTC."""
    told = _told.get()
    return time.time_ns() // 1_000_000 if told is None else told


@contextmanager
def at(moment: int) -> Iterator[None]:
    """What is done in here was done then (milliseconds since 1970): for telling of what has happened, in order."""
    before = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(before)


def new_id() -> int:
    """Greater than every id this process has made (of what was told, if it is telling). Two processes hit upon the
    same one rarely; the transaction is then tried again."""
    global _last, _last_told
    made = id_at(now(), secrets.randbits(_ORDER_BITS - 2))
    if _told.get() is not None:
        _last_told = max(made, _last_told + 1)
        return _last_told
    _last = max(made, _last + 1)
    return _last


def id_at(moment: int, order: int) -> int:
    """An id as it was made then (milliseconds since 1970); `order` keeps those of one moment apart."""
    return (moment - _SINCE) << _ORDER_BITS | order % (1 << _ORDER_BITS)


def ids_since(column: str) -> str:
    """In SQL: the first id that could be made at the time (ms) in a column."""
    return f"(({column} - {_SINCE}) * {1 << _ORDER_BITS})"


def id_then(moment: int, order: int) -> int:
    """An id for what was done then, also before there were ids (2020): those sort by time too, there are 128 for each second, and `id_time` takes
    them for some of the first hours of 2020."""
    return id_at(moment, order) if moment >= _SINCE + _HOURS else max(1, moment // 1000 * 128 + order % 128)


def id_time(id: int) -> int:
    """When an id was made, in milliseconds since 1970."""
    return (id >> _ORDER_BITS) + _SINCE
