"""Which part of a file a browser asks for, as it does to go on with a download that broke off (RFC 9110, 14)."""

from __future__ import annotations

import re

from web.errors import Invalid

# More parts than one, and other units, are answered with the whole, as they may be.
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def part_of(size: int, asked: str, etag: str, on: str) -> tuple[int, int] | None:
    """Where the part begins and where it ends (behind its last byte); None for the whole. `asked` and `on` are the headers Range and
    If-Range. Raises Invalid for what lies outside."""
    found = _RANGE.fullmatch(asked.strip())
    if not found or not any(found.groups()) or (on and on.strip() != etag):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if start >= end:
        raise Invalid("range", "There is no such part.")
    return start, end
