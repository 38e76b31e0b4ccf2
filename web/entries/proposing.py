"""What a suggested change would do to the text that stands, change by change: each can be taken or left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from web.entries.diff import Block, applied, word_diff
from web.entries.merge import LABELS, Merged, clashes, merge, settled

_STAYS = ("same", "skipped")
_COMES = ("added", "came")


@dataclass(frozen=True)
class Part:
    """Some blocks of a comparison: with a `number` (from 1) a change that is taken or left, with 0 what stays. What was moved has one
    number where it left and where it came to; only the `first` place of a number is asked about."""

    blocks: tuple[Block, ...]
    number: int = 0
    first: bool = False


@dataclass(frozen=True)
class Text:
    title: str
    body: str


@dataclass(frozen=True)
class Proposal:
    """now: the text that stands. then: what would stand if all of it was accepted; where `merged` is not clean, with its marks.
    parts: what that changes in the body; none where it is not clean."""

    now: Text
    then: Text
    merged: Merged
    parts: tuple[Part, ...]

    @property
    def retitles(self) -> bool:
        return self.now.title != self.then.title

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(part.number for part in self.parts if part.number)

    @property
    def changes(self) -> int:
        """How many there are to choose from."""
        return len(self.numbers) + self.retitles

    def taken(self, chosen: Collection[int], *, title: bool) -> Text:
        """The text with these changes alone."""
        name = self.then.title if title else self.now.title
        if self.numbers <= frozenset(chosen):
            return Text(name, self.then.body)
        blocks = [
            block for part in self.parts for block in (part.blocks if part.number in chosen else _left_out(part.blocks))
        ]
        return Text(name, applied(self.now.body, blocks, self.now.body.endswith("\n")))

    def settled(self, sides: Mapping[str, str]) -> Text:
        """The text with what was chosen in the places where both changed the same lines; elsewhere with what stands."""
        chosen = {clash.key: sides.get(clash.key, LABELS[0]) for clash in clashes(self.then.body)}
        return Text(self.then.title, settled(self.then.body, chosen))


def proposal(base: Text, now: Text, suggested: Text, labels: tuple[str, str] = LABELS) -> Proposal:
    """`base`: what was suggested upon. What was changed since stays, and what was suggested comes to it."""
    merged = merge(base.body, now.body, suggested.body, labels)
    then = Text(now.title if suggested.title == base.title else suggested.title, merged.text)
    parts = tuple(_parts(word_diff(now.body, then.body))) if merged.clean else ()
    return Proposal(now, then, merged, parts)


def _parts(blocks: Sequence[Block]) -> Iterator[Part]:
    runs: list[list[Block]] = []
    for block in blocks:
        if runs and _goes_with(runs[-1], block):
            runs[-1].append(block)
        else:
            runs.append([block])
    numbers = _numbered(runs)
    seen: set[int] = set()
    for run, number in zip(runs, numbers, strict=True):
        yield Part(tuple(run), number, bool(number) and number not in seen)
        seen.add(number)


def _goes_with(run: Sequence[Block], block: Block) -> bool:
    """What was moved is a change by itself; an empty line that came or left is none."""
    last = run[-1]
    if (last.what in _STAYS) != (block.what in _STAYS):
        return False
    return last.moved == block.moved or _is_empty([block]) or _is_empty(run)


def _is_empty(blocks: Sequence[Block]) -> bool:
    return not any(block.moved or piece.text.strip() for block in blocks for piece in block.pieces)


def _numbered(runs: Sequence[Sequence[Block]]) -> list[int]:
    """One number for all that can only be taken together: what left one place came to another."""
    heads = list(range(len(runs)))

    def head(at: int) -> int:
        while heads[at] != at:
            at = heads[at]
        return at

    places: dict[int, int] = {}
    for at, run in enumerate(runs):
        for moved in {block.moved for block in run if block.moved}:
            one, other = sorted((head(places.setdefault(moved, at)), head(at)))
            heads[other] = one
    numbers: dict[int, int] = {}
    return [
        0 if run[0].what in _STAYS else numbers.setdefault(head(at), len(numbers) + 1) for at, run in enumerate(runs)
    ]


def _left_out(blocks: Sequence[Block]) -> Iterator[Block]:
    """As if nothing had been changed there."""
    for block in blocks:
        if block.what not in _COMES:
            yield Block("skipped", (), block.count)
