"""Ids that sort by time, and fit in 53 bits so that JavaScript can hold them: milliseconds, then 12 bits of order."""

from __future__ import annotations

import secrets
import time

_SINCE = 1_577_836_800_000  # 2020-01-01
_ORDER_BITS = 12
_last = 0


def now() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def new_id() -> int:
    """Greater than every id this process has made. Two processes hit upon the same one rarely; the transaction
    is then tried again."""
    global _last
    made = (now() - _SINCE) << _ORDER_BITS | secrets.randbits(_ORDER_BITS - 2)
    _last = max(made, _last + 1)
    return _last


def id_time(id: int) -> int:
    """When an id was made, in milliseconds since 1970."""
    return (id >> _ORDER_BITS) + _SINCE
