"""Where an annotated passage stands in a text, and where it stands when the text has changed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from web.entries.matching import Budget, matches, shared

_TOKEN = re.compile(r"\w+|[^\w\s]")
# How alike a passage must be to be the one that was annotated: where it stood, and anywhere else.
_ALIKE_IN_PLACE = 0.65
_ALIKE_ELSEWHERE = 0.8
_CONTEXT = 8
_ALIKE_AROUND = 0.4
# A quote of this many words says by itself what it is about; a shorter one may stand in many places.
_TELLING = 6
# Comparing letter by letter is for passages, not for whole pages.
_LONGEST = 2_000
_CANDIDATES = 12
_PAIRS = 2_000_000
# Between the words of a passage: blanks are one blank, or none.
_GLUES = (" ", "")


def anchor(plain: str, quote: str, near: int | None = None) -> int | None:
    """Where the quote begins in the text, in code points, or None.

    Blanks may differ. Of several places the one nearest to `near` is given, or the first.
    """
    return _anchored({glue: _Squeezed.of(plain, glue) for glue in _GLUES}, quote, near)


def places(plain: str, quote: str, most: int = 50) -> list[int]:
    """Where the quote begins in the text, each time it does, in order; blanks may differ."""
    for glue in _GLUES:
        squeezed, words = _Squeezed.of(plain, glue), glue.join(quote.split())
        found: list[int] = []
        at = squeezed.text.find(words) if words else -1
        while at >= 0 and len(found) < most:
            found.append(_moved(at, squeezed.now, squeezed.before))
            at = squeezed.text.find(words, at + 1)
        if found:
            return found
    return []


def told_by(plain: str, found: Sequence[int], before: str) -> int | None:
    """The one of these places before which the same words stand as in `before`, for longer than before any other; None where that cannot be
    said."""
    wanted = "".join(before.split())[::-1]
    lengths = [
        shared("".join(plain[max(0, place - 2 * len(before) - 20) : place].split())[::-1], wanted) for place in found
    ]
    most = max(lengths, default=0)
    return found[lengths.index(most)] if most and lengths.count(most) == 1 else None


def again(old_plain: str, new_plain: str, quote: str, at: int) -> int | None:
    """Where words that were gone begin, now that they are back: there where most of what stood around them in the older text, in which they
    began at `at`, stands around them too. None where that cannot be said."""
    old, new = _Text.of(old_plain), _Text.of(new_plain)
    before = _around(old, old.between(at, at + len(quote)))
    scored = []
    for place in places(new_plain, quote):
        after = _around(new, new.between(place, place + len(quote)))
        scored.append(
            ((before & after).total() / max(before.total(), after.total(), 1) if before or after else 1.0, place)
        )
    best = max(scored, default=(0.0, 0))
    alone = sum(score == best[0] for score, _ in scored) == 1
    return best[1] if alone and best[0] >= _ALIKE_AROUND else None


def _anchored(squeezed: Mapping[str, _Squeezed], quote: str, near: int | None) -> int | None:
    found = (_nearest(squeezed[glue], glue.join(quote.split()), near) for glue in _GLUES)
    return next((place for place in found if place is not None), None)


def reanchor(old_plain: str, new_plain: str, passages: Sequence[tuple[str, int]]) -> list[tuple[str, int] | None]:
    """Each passage, a quote and where it began in the older text, as it reads in the newer one, and where it begins there;
    None when it is gone."""
    old, new = _Text.of(old_plain), _Text.of(new_plain)
    change = _Change(old, new, {a + n: b + n for a, b, length in matches(old.words, new.words) for n in range(length)})
    return [_reanchored(change, quote, at) for quote, at in passages]


def _reanchored(change: _Change, quote: str, at: int) -> tuple[str, int] | None:
    start = _anchored(change.old.squeezed, quote, at)
    if start is None:
        return None
    passage = change.old.between(start, start + len(quote))
    found = _in_place(change, passage) or _elsewhere(change, passage)
    return (change.new.plain[found[0] : found[1]], found[0]) if found else None


@dataclass(frozen=True)
class _Squeezed:
    """A text with one kind of blank, and for each of its words where it began before and begins now."""

    text: str
    before: list[int]
    now: list[int]

    @classmethod
    def of(cls, plain: str, glue: str) -> _Squeezed:
        words, before, now, at = [], [], [], 0
        for found in re.finditer(r"\S+", plain):
            words.append(found[0])
            before.append(found.start())
            now.append(at)
            at += len(found[0]) + len(glue)
        return cls(glue.join(words), before, now)


def _nearest(squeezed: _Squeezed, quote: str, near: int | None) -> int | None:
    if not quote:
        return None
    at = _moved(near or 0, squeezed.before, squeezed.now)
    places = squeezed.text.rfind(quote, 0, at + len(quote)), squeezed.text.find(quote, at)
    found = [place for place in places if place >= 0]
    return _moved(min(found, key=lambda place: abs(place - at)), squeezed.now, squeezed.before) if found else None


def _moved(at: int, starts: list[int], targets: list[int]) -> int:
    """A place counted from the starts of words in one text, as it counts in the other."""
    word = bisect_right(starts, at) - 1
    return targets[word] + at - starts[word] if word >= 0 else 0


@dataclass(frozen=True)
class _Text:
    """A text and its words; `spans` are their places in it."""

    plain: str
    words: list[str]
    spans: list[tuple[int, int]]

    @classmethod
    def of(cls, plain: str) -> _Text:
        found = list(_TOKEN.finditer(plain))
        return cls(plain, [each[0] for each in found], [each.span() for each in found])

    @cached_property
    def squeezed(self) -> dict[str, _Squeezed]:
        return {glue: _Squeezed.of(self.plain, glue) for glue in _GLUES}

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each word stands, as far as that tells anything: of one that stands everywhere only the first places."""
        places: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            if len(places.setdefault(word, [])) < 2 * _CANDIDATES:
                places[word].append(at)
        return places

    def between(self, start: int, end: int) -> tuple[int, int]:
        """The words that stand, in part at least, between two places."""
        first = bisect_right(self.spans, start, key=lambda span: span[1])
        last = bisect_right(self.spans, end - 1, key=lambda span: span[0])
        return first, max(first, last)


Range = tuple[int, int]


@dataclass(frozen=True)
class _Change:
    """Two texts, and which word of the older one became which of the newer."""

    old: _Text
    new: _Text
    partner: dict[int, int]
    # However many passages there are, they are looked for together.
    budget: Budget = field(default_factory=lambda: Budget(_PAIRS))

    @cached_property
    def origin(self) -> dict[int, int]:
        return {there: here for here, there in self.partner.items()}


def _in_place(change: _Change, passage: Range) -> Range | None:
    """The words that stand between what stood around the passage, when they are still much like it."""
    partner = change.partner
    kept = [partner[word] for word in range(*passage) if word in partner]
    if not kept or _may_be_gone(change, passage):
        return None
    first = partner[passage[0] - 1] + 1 if passage[0] - 1 in partner else kept[0]
    last = partner[passage[1]] if passage[1] in partner else kept[-1] + 1
    choices = {(first, last), (kept[0], kept[-1] + 1), (first, kept[-1] + 1), (kept[0], last)}
    return _best(change, passage, choices, _ALIKE_IN_PLACE)


def _may_be_gone(change: _Change, passage: Range) -> bool:
    """Whether what is left of it may as well be what stood beside it: of `Row in pairs. Row in daylight.` without the first sentence, `Row in`
    is left of either."""
    partner, words = change.partner, change.old.words
    start, end = passage
    while start < end and start in partner:
        start += 1
    kept, after = start - passage[0], start
    while after < len(words) and after not in partner:
        after += 1
    if kept and start < end <= after - kept and words[after - kept : after] == words[passage[0] : start]:
        return True
    start, end = passage
    while end > start and end - 1 in partner:
        end -= 1
    kept, before = passage[1] - end, end
    while before > 0 and before - 1 not in partner:
        before -= 1
    return bool(kept) and before + kept <= start < end and words[before : before + kept] == words[end : passage[1]]


def _best(change: _Change, passage: Range, choices: set[Range], least: float) -> Range | None:
    scored = [(_alike(change, passage, choice), choice) for choice in choices if choice[0] < choice[1]]
    score, choice = max(scored, default=(0.0, (0, 0)))
    spans = change.new.spans
    return (spans[choice[0]][0], spans[choice[1] - 1][1]) if score >= least else None


def _alike(change: _Change, passage: Range, choice: Range) -> float:
    one, other = change.old.words[slice(*passage)], change.new.words[slice(*choice)]
    if one == other:
        return 1.0
    # By letters, so that a word in another form is still alike; in a long passage by words, since there are enough of them.
    sides: tuple[Sequence[str], Sequence[str]] = (" ".join(one), " ".join(other))
    if len(sides[0]) + len(sides[1]) > 2 * _LONGEST:
        sides = (one, other)
    return 2 * sum(length for _, _, length in matches(*sides, change.budget)) / (len(sides[0]) + len(sides[1]))


def _elsewhere(change: _Change, passage: Range) -> Range | None:
    """The most similar passage that no other part of the older text became."""
    choices = {
        choice
        for choice in _candidates(change.old.words[slice(*passage)], change.new)
        if not _taken(change, passage, choice) and _told_apart(change, passage, choice)
    }
    return _best(change, passage, choices, _ALIKE_ELSEWHERE)


def _candidates(quote: list[str], text: _Text) -> list[Range]:
    """Where most words of the quote stand at the distances they had, the most promising first."""
    words = text.words
    votes = Counter(at - n for n, word in enumerate(quote) for at in text.places.get(word, ()))
    starts = [start for start, count in votes.most_common(_CANDIDATES) if start >= 0 and 3 * count >= len(quote)]
    return [(start, min(start + len(quote), len(words))) for start in starts]


def _taken(change: _Change, passage: Range, choice: Range) -> bool:
    """Whether the choice is what other words of the older text, outside the passage, have become."""
    origins = (change.origin.get(there) for there in range(*choice))
    strangers = sum(here is not None and not passage[0] <= here < passage[1] for here in origins)
    return 2 * strangers > choice[1] - choice[0]


def _told_apart(change: _Change, passage: Range, choice: Range) -> bool:
    """Whether the quote is telling enough to be known by itself, or else by what stands around it."""
    if passage[1] - passage[0] >= _TELLING:
        return True
    before, after = _around(change.old, passage), _around(change.new, choice)
    return (before & after).total() >= _ALIKE_AROUND * (before.total() or 1)


def _around(text: _Text, words: Range) -> Counter[tuple[str, str]]:
    """What stands before these words, and what after them."""
    first, last = words
    before, after = text.words[max(0, first - _CONTEXT) : first], text.words[last : last + _CONTEXT]
    return Counter([*(("before", word) for word in before), *(("after", word) for word in after)])
