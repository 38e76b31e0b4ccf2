"""A statement with places in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from piccolo.querystring import QueryString


@lru_cache(1000)
def _parted(template: str) -> list[str]:
    return template.split("{}")


class SQL(QueryString):
    """A statement, or a part of one. Each `{}` in it takes a value, which reaches the database beside the statement, or an
    SQL with places of its own.

    Piccolo's own looks at each value for what only its tables need; that takes longer than SQLite takes for the statement.
    """

    __slots__ = ()

    def __init__(self, template: str, *args: Any) -> None:
        self.template, self.args = template, args
        self.query_type, self.table, self.columns = "generic", None, []
        self._alias = self._frozen_compiled_strings = None

    def compile_string(self, engine_type: str = "postgres") -> tuple[str, list[Any]]:
        """The statement as the engine takes it, and its values. Raises ValueError when there are more or fewer than places."""
        pieces: list[str] = []
        args: list[Any] = []
        self._lay_out(pieces, args, engine_type == "sqlite")
        return "".join(pieces), args

    def _lay_out(self, pieces: list[str], args: list[Any], unnumbered: bool) -> None:
        first, *rest = _parted(self.template)
        pieces.append(first)
        for arg, piece in zip(self.args, rest, strict=True):
            if type(arg) is SQL:
                arg._lay_out(pieces, args, unnumbered)
            else:
                args.append(arg)
                pieces.append("?" if unnumbered else f"${len(args)}")
            pieces.append(piece)
