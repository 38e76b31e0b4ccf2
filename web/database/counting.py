"""How many statements a piece of work takes; tests hold pages to a handful."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from piccolo.querystring import QueryString

_statements: ContextVar[list[QueryString] | None] = ContextVar("dugnad_statements", default=None)


@contextmanager
def counted_statements() -> Iterator[list[QueryString]]:
    """Gives a list that fills with the statements run inside."""
    seen: list[QueryString] = []
    token = _statements.set(seen)
    try:
        yield seen
    finally:
        _statements.reset(token)


def count(statement: QueryString) -> None:
    seen = _statements.get()
    if seen is not None:
        seen.append(statement)
