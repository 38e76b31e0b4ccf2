"""Where code stands in a text, so that nobody changes it: the same text with something else in its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

_FENCE = re.compile(
    r"(?P<before>[ \t]*+(?:>[ \t]?)*+(?:[-*+][ \t]++|\d{1,9}[.)][ \t]++)?+[ \t]*+)(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)"
)
_ITEM = re.compile(r"(?P<indent> *)(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap> +|$)")
# Stands for what is in a line but not to be seen: no blank, as blanks are taken away, and no letter.
HIDDEN = "\x1a"
_TICKS = re.compile(r"`+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NOT_BLANK = re.compile(r"[^\n]")


class Lines:
    """Which line a place in a text is on, counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]

    def at(self, place: int) -> int:
        return bisect_right(self._starts, place)


def without_code(text: str) -> str:
    """A text of the same length in which blocks of code are blank, and spans of it hidden."""
    shadow = blank(text, _blocks(text))
    return blank(shadow, _spans(shadow), HIDDEN)


def comments(shadow: str) -> list[tuple[int, int]]:
    return [found.span() for found in _COMMENT.finditer(shadow)]


def blank(text: str, places: Iterable[tuple[int, int]], mark: str = " ") -> str:
    """The text with blanks (or the mark) in those places; line ends stay."""
    parts, last = [], 0
    for start, end in places:
        parts += [text[last:start], _NOT_BLANK.sub(mark, text[start:end])]
        last = end
    return "".join([*parts, text[last:]])


def _blocks(text: str) -> list[tuple[int, int]]:
    """Fenced blocks, and blocks that are indented by four more than the list they stand in."""
    places, place, fence = [], 0, None
    items: list[int] = []
    after_blank = True
    for line in text.splitlines(keepends=True):
        start, place = place, place + len(line)
        if fence is not None and not _left(fence, line):
            places.append((start, place))
            fence = None if _closes(fence, line) else fence
            after_blank = True
            continue
        fence = None
        if opened := _opens(line):
            fence = opened
            places.append((start, place))
        elif not line.strip():
            after_blank = True
        else:
            if _indented(line.expandtabs(4), items, after_blank):
                places.append((start, place))
            else:
                after_blank = False
    return places


def _opens(line: str) -> re.Match[str] | None:
    found = _FENCE.match(line)
    return None if found is None or (found["mark"][0] == "`" and "`" in found["info"]) else found


def _left(fence: re.Match[str], line: str) -> bool:
    """A quotation that ends, ends the fence in it."""
    return ">" in fence["before"] and not line.lstrip().startswith(">")


def _closes(fence: re.Match[str], line: str) -> bool:
    bare = line.strip().lstrip("> \t").rstrip()
    return len(bare) >= len(fence["mark"]) and not bare.strip(fence["mark"][0])


def _indented(line: str, items: list[int], after_blank: bool) -> bool:
    """Whether a line is code by its indentation. `items` are the columns where the text of open list items stands."""
    indent = len(line) - len(line.lstrip(" "))
    item = _ITEM.match(line)
    if after_blank or item:
        while items and indent < items[-1]:
            items.pop()
    if after_blank and indent - (items[-1] if items else 0) >= 4:
        return True
    if item:
        items.append(indent + len(item["mark"]) + (len(item["gap"]) if 1 <= len(item["gap"]) <= 4 else 1))
    return False


def _spans(text: str) -> list[tuple[int, int]]:
    places, place = [], 0
    for paragraph in re.split(r"(\n[ \t]*\n)", text):
        if "`" in paragraph:
            places += [(place + start, place + end) for start, end in _ticks(paragraph)]
        place += len(paragraph)
    return places


def _ticks(paragraph: str) -> list[tuple[int, int]]:
    """From each run of backticks to the next of the same length."""
    runs = [found.span() for found in _TICKS.finditer(paragraph)]
    later: dict[int, list[int]] = {}
    for number, (start, end) in enumerate(runs):
        later.setdefault(end - start, []).append(number)
    places, number = [], 0
    while number < len(runs):
        start, end = runs[number]
        same = later[end - start]
        after = bisect_right(same, number)
        before = paragraph[max(0, start - 40) : start]
        escaped = (len(before) - len(before.rstrip("\\"))) % 2 == 1
        if escaped or after == len(same):
            number += 1
            continue
        places.append((start, runs[same[after]][1]))
        number = same[after] + 1
    return places
