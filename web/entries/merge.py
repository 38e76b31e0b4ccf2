"""Two people changed the same text: one text that holds what both did, or the places they must settle."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from merge3 import Merge3

from web.entries.matching import Budget, Matcher, matches, shared

LABELS = ("theirs", "mine")
# Changes to one paragraph are put together only with this many untouched words between them, in paragraphs of
# this many characters at most: nearer, the sentence as a whole may mean something that neither wrote.
_WORDS_BETWEEN = 4
_LONGEST = 20_000
# In code, tables and front matter a word is not just a word.
_NOT_PROSE = re.compile(r"(?: {4}|\t|\s*\||\s*[`~]{3}|---|[\w-]+:(?:\s|$))")
_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Merged:
    """`text` holds conflict marks where not `clean`."""

    text: str
    clean: bool


def merge(base: str, theirs: str, mine: str, labels: tuple[str, str] = LABELS) -> Merged:
    """Puts the changes from `base` to `theirs` and from `base` to `mine` together.

    By lines, then by words where both changed the same paragraph in places well apart. What cannot be settled
    stands in the text twice, between `<<<<<<<`, `=======` and `>>>>>>>` marks with the labels.
    """
    made: list[str] = []
    clean, budget = True, Budget()
    for what, *groups in _merging(_lines(base), _lines(theirs), _lines(mine), Budget()).merge_groups():
        settled = _paragraphs(budget, *groups) if what == "conflict" else groups[0]
        clean = clean and settled is not None
        made += settled if settled is not None else _marked(groups[1], groups[2], labels)
    text = "".join(made)
    if clean and not _ends_with_newline(base, theirs, mine):
        text = text.removesuffix("\n")
    return Merged(text, clean)


def marked(text: str) -> bool:
    """Whether both texts still stand somewhere in it, between the marks of a conflict."""
    return bool(clashes(text))


@dataclass(frozen=True)
class Clash:
    """A place where both changed the same lines; `key` is the same for the same words, `marked` all of it with its marks."""

    theirs: str
    mine: str
    marked: str

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.theirs}\0{self.mine}".encode()).hexdigest()[:16]

    def as_chosen(self, side: str | None) -> str:
        """Its words when `side` is kept: "theirs", "mine" or "both"; for anything else all of it, with its marks."""
        return {"theirs": self.theirs, "mine": self.mine, "both": self.theirs + self.mine}.get(side or "", self.marked)


def clashes(text: str) -> tuple[Clash, ...]:
    """The places that are still to be settled in a text, from its beginning."""
    return tuple(part for part in _parts(text) if isinstance(part, Clash))


def settled(text: str, chosen: Mapping[str, str]) -> str:
    """The text with the side that `chosen` names by the key of a place; the other places stay marked."""
    return "".join(part.as_chosen(chosen.get(part.key)) if isinstance(part, Clash) else part for part in _parts(text))


def _parts(text: str) -> Iterator[str | Clash]:
    """The text in order, what stands between marks as a Clash. Each line is looked at once."""
    begun: list[list[str]] = []  # a conflict so far: what came with its first mark, and with the one in the middle
    for line in re.findall(r"[^\n]*\n|[^\n]+", text.replace("\r\n", "\n")):
        if not begun and line.startswith("<<<<<<< "):
            begun = [[line]]
        elif len(begun) == 1 and line.startswith("=======") and not line[7:].strip():
            begun.append([line])
        elif len(begun) == 2 and line.startswith(">>>>>>> "):
            theirs, mine = ("".join(lines[1:]) for lines in begun)
            yield Clash(theirs, mine, "".join([*begun[0], *begun[1], line]))
            begun = []
        elif begun:
            begun[-1].append(line)
        else:
            yield line
    yield from (line for lines in begun for line in lines)


def _merging(base: list[str], theirs: list[str], mine: list[str], budget: Budget) -> Merge3[str]:
    matcher: Any = partial(Matcher, budget)  # merge3 calls it, and asks for no more
    return Merge3(base, theirs, mine, sequence_matcher=matcher)


def _lines(text: str) -> list[str]:
    """Each with its newline, the last one too. Only `\\n` ends a line; str.splitlines knows many more."""
    lines = text.split("\n")
    return [f"{line}\n" for line in (lines if lines[-1] else lines[:-1])]


def _ends_with_newline(base: str, theirs: str, mine: str) -> bool:
    """The side that changed the end of the text decides about its newline."""
    was, is_theirs, is_mine = (text.endswith("\n") for text in (base, theirs, mine))
    return is_mine if is_theirs == was else is_theirs


def _marked(theirs: Sequence[str], mine: Sequence[str], labels: tuple[str, str]) -> list[str]:
    """Both sides between marks; what they agree on at the start and the end stands outside."""
    start = shared(theirs, mine)
    end = shared(theirs[start:][::-1], mine[start:][::-1])
    return [
        *theirs[:start],
        f"<<<<<<< {labels[0]}\n",
        *theirs[start : len(theirs) - end],
        "=======\n",
        *mine[start : len(mine) - end],
        f">>>>>>> {labels[1]}\n",
        *theirs[len(theirs) - end :],
    ]


def _paragraphs(budget: Budget, base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> list[str] | None:
    """The paragraphs with the words of both sides, or None where that is not safe."""
    prose = not any(_NOT_PROSE.match(line) for side in (base, theirs, mine) for line in side)
    size = sum(len(line) for side in (base, theirs, mine) for line in side)
    if not prose or size > 3 * _LONGEST or not len(base) == len(theirs) == len(mine):
        return None
    words = [_WORD.findall("".join(side)) for side in (base, theirs, mine)]
    groups = list(_merging(words[0], words[1], words[2], budget).merge_groups())
    if any(group[0] == "conflict" for group in groups) or not _well_apart(budget, words[0], words[1], words[2]):
        return None
    return _lines("".join("".join(group[1]) for group in groups))


def _well_apart(budget: Budget, base: list[str], theirs: list[str], mine: list[str]) -> bool:
    """Whether no change of one side stands within a few words of a change of the other."""
    # A place stands before each word and after the last; a change takes up those around its words.
    near = {
        place
        for start, end in _changes(budget, base, theirs)
        for place in range(start - _WORDS_BETWEEN + 1, end + _WORDS_BETWEEN)
    }
    return all(near.isdisjoint(range(start, end + 1)) for start, end in _changes(budget, base, mine))


def _changes(budget: Budget, base: list[str], side: list[str]) -> list[tuple[int, int]]:
    """Where in `base` the side has changed something, as (start, end) in words."""
    changes, at, other = [], 0, 0
    for start, begin, length in matches(base, side, budget):
        if start > at or begin > other:
            changes.append((at, start))
        at, other = start + length, begin + length
    return changes
