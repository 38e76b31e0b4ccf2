"""In a text as it is shown, behind each passage that something is said of: a mark that leads there."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from web.text import attributes

_PIECE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>|<[^>]*>|&[#\w]+;|[^<&]+|[<&]")
# In a value a quotation mark is always an entity.
_OVER = ' data-word="'


@dataclass(frozen=True)
class Note:
    """Something said of a passage: `id` of what was said, the words, and where they begin in the plain text (in code points). `said`: what
    the mark says aloud."""

    id: int
    quote: str
    anchor: int
    said: str


@dataclass(frozen=True)
class _Letters:
    """The letters of a text, without blanks; `ends`: where each ends in the HTML, outside of the link that it stands in."""

    text: str
    ends: Sequence[int]


def marked(shown: str, plain: str, notes: Sequence[Note]) -> tuple[str, Mapping[int, int]]:
    """The HTML with the marks, and the number that each has, by `id`; what cannot be found in it has none."""
    if not notes:
        return shown, {}
    letters, whole = _letters(shown), "".join(plain.split())
    places = []
    for note in notes:
        place = _place(letters, whole, "".join(note.quote.split()), len("".join(plain[: note.anchor].split())))
        if place is not None:
            places.append((place, note))
    places.sort(key=lambda each: (each[0], each[1].id))
    pieces, last, numbers = [], 0, {}
    for number, (place, note) in enumerate(places, start=1):
        link = attributes(class_="noted", id=f"note-{note.id}", href=f"#entry-{note.id}", aria_label=note.said)
        pieces += [shown[last:place], f"<sup><a{link}>{number}</a></sup>"]
        last, numbers[note.id] = place, number
    return "".join([*pieces, shown[last:]]), numbers


def _letters(shown: str) -> _Letters:
    text: list[str] = []
    ends: list[int] = []
    begun: int | None = None  # in a link, since that letter
    skipping = False
    for piece in _PIECE.finditer(shown):
        if piece[2]:
            name = piece[2].lower()
            if name == "a":
                if piece[1] and begun is not None:
                    ends[begun:] = [piece.end()] * (len(ends) - begun)
                begun = None if piece[1] else len(ends)
            elif name in ("p", "summary"):
                skipping = _OVER in piece[0]
            continue
        if skipping or (piece[0].startswith("<") and len(piece[0]) > 1):
            continue
        if piece[0].startswith("&"):
            for letter in "".join(html.unescape(piece[0]).split()):
                text.append(letter)
                ends.append(piece.end())
            continue
        for at, letter in enumerate(piece[0], start=piece.start() + 1):
            if not letter.isspace():
                text.append(letter)
                ends.append(at)
    return _Letters("".join(text), ends)


def _place(letters: _Letters, plain: str, quote: str, at: int) -> int | None:
    """Where the passage ends in the HTML. Of several places, the one that is as manieth as in the plain text; where what links are called has
    made others of them, the nearest."""
    if not quote:
        return None
    here, there = _all(letters.text, quote), _all(plain, quote)
    if not here:
        return None
    nth = bisect_left(there, at)
    start = here[nth] if len(here) == len(there) and nth < len(here) else min(here, key=lambda place: abs(place - at))
    return letters.ends[start + len(quote) - 1]


def _all(text: str, words: str) -> list[int]:
    found: list[int] = []
    at = text.find(words)
    while at >= 0 and len(found) < _MOST:
        found.append(at)
        at = text.find(words, at + 1)
    return found


_MOST = 10_000
