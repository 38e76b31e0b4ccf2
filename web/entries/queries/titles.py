"""Everything that has a title, from A to Å."""

from __future__ import annotations

import string
from dataclasses import dataclass

from web.database import SQL, engine_type, row, rows
from web.entries import rows as shapes
from web.entries.queries.lists import ALONE
from web.entries.rows import Ref
from web.errors import there
from web.policy import Viewer, visible_to

TITLES_SIZE = 200
# In the order of the alphabet; what begins with a digit, and with anything else, stands together.
DIGITS, OTHERS = "0-9", "other"
_ALPHABET = (*string.ascii_lowercase, "æ", "ø", "å")
LETTERS = (*_ALPHABET, DIGITS, OTHERS)


@dataclass(frozen=True)
class Titles:
    """Some of what begins with a letter, each with the name of its space; `after`: the id after which it goes on, if it does."""

    items: tuple[tuple[Ref, str], ...]
    after: int | None


def letter_of(key: str) -> str:
    """The letter under which a title with this key is found."""
    first = key[:1]
    return first if first in _ALPHABET else DIGITS if first in string.digits else OTHERS


def _ranges(letter: str) -> tuple[tuple[str, str], ...]:
    """What begins so, from one key to the one that is too much, in the order of the signs."""
    if letter == DIGITS:
        return (("0", ":"),)
    if letter == OTHERS:
        known = sorted((*_ALPHABET, *string.digits))
        begins = ["\x01", *(chr(ord(sign) + 1) for sign in known)]
        return tuple((start, end) for start, end in zip(begins, [*known, "\U0010ffff"], strict=True) if start < end)
    return ((letter, chr(ord(letter) + 1)),)


def _between(start: str, end: str) -> SQL:
    return SQL(f"(e.title_key <> '' AND {_key()} >= {{}} AND {_key()} < {{}})", start, end)


def _titled(viewer: Viewer) -> SQL:
    kinds = ", ".join(f"'{kind}'" for kind in ALONE)
    return SQL(f"e.kind IN ({kinds}) AND {{}}", visible_to(viewer))


def _key() -> str:
    """By its signs, whatever language a database is set to."""
    return "e.title_key" if engine_type() == "sqlite" else 'e.title_key COLLATE "C"'


async def letters(viewer: Viewer) -> tuple[str, ...]:
    """Those under which something is found."""
    ranges = [(letter, each) for letter in LETTERS for each in _ranges(letter)]
    exists = "EXISTS (SELECT 1 FROM entry e WHERE {} AND {})"
    asked = ", ".join(f"{exists} AS r{number}" for number in range(len(ranges)))
    conditions = (part for _, each in ranges for part in (_between(*each), _titled(viewer)))
    found = there(await row(f"SELECT {asked}", *conditions))
    known = {letter for (letter, _), there_is in zip(ranges, found.values(), strict=True) if there_is}
    return tuple(letter for letter in LETTERS if letter in known)


async def titles(viewer: Viewer, letter: str, after: int = 0) -> Titles:
    """Those that begin with a letter, by their titles, from the one after the id `after`. Raises NotThere."""
    there(letter if letter in LETTERS else None)
    # Where something stands in the alphabet says what it is called: so also that one must be readable.
    key, ranges = _key(), [_between(*each) for each in _ranges(letter)]
    begins = SQL("(" + " OR ".join("{}" for _ in ranges) + ")", *ranges)
    last = f"SELECT {key}, e.id FROM entry e WHERE e.id = {{}} AND {{}}"
    behind = SQL(f"({key}, e.id) > ({last})", after, _titled(viewer)) if after else SQL("1 = 1")
    found = await rows(
        "SELECT e.id, e.kind, e.slug, e.title, e.root, s.name AS space_name FROM entry e JOIN space s ON s.id = e.space "
        f"WHERE {{}} AND {{}} AND {{}} ORDER BY {key}, e.id LIMIT {{}}",
        begins, _titled(viewer), behind, TITLES_SIZE + 1,
    )  # fmt: skip
    there(found or None)
    shown = tuple((shapes.ref(each), each["space_name"]) for each in found[:TITLES_SIZE])
    return Titles(shown, shown[-1][0].id if len(found) > TITLES_SIZE else None)
