"""An index that is published already, and is to be another: where few texts have changed, the lines of the words that stand otherwise in
them are made anew, and all the others stay."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from export.searching import OF_BLOCK, best_of, decoded, document_of, encoded, others_of, script, shards
from web.entries.stems import query_stems

# By its number, what a word's postings in a block are now.
Changes = Mapping[int, Sequence[int]]


class Lost(Exception):
    """It cannot be mended: it has to be put together from all blocks."""


class _Line(NamedTuple):
    """Of a word, as it stands in a shard: without postings when it is only what other words are found by."""

    word: str
    best: str = ""
    forms: str = ""
    rest: str = ""


class Mending:
    """`firsts`: the first word of each shard; `said`: what a script of the index hands over, or it raises Lost."""

    def __init__(self, firsts: Sequence[str], said: Callable[[str], Any]) -> None:
        self.firsts, self._said = firsts, said
        self._shards: dict[int, dict[str, str]] = {}  # those that were looked into
        self._touched: set[int] = set()
        self._members: dict[str, set[str]] = {}
        self._new: set[str] = set()
        self._gone: set[str] = set()

    def mend(self, changes: Mapping[str, Changes]) -> Iterator[tuple[str, str | None]]:
        """The shards, and the rests that have changed: nothing for a script that stays what it was. Raises Lost. `firsts` are those of
        now when all was given."""
        lines: dict[str, _Line] = {}
        for word, blocks in changes.items():
            before = self._line(word)
            lines[word], rest = self._counted(before, blocks)
            if rest:
                yield script(f"r/{before.rest}", rest)
            if ":" not in word and bool(before.best) != bool(lines[word].best):
                (self._gone if before.best else self._new).add(word)
        for word in self._found_otherwise():
            lines[word] = lines.get(word, self._line(word))._replace(forms=" ".join(self._forms(word)))
        for line in lines.values():
            self._put(line)
        firsts: list[str] = []
        for first, lines_or_place in self._cut():
            name, place = f"w/{len(firsts)}", len(firsts)
            firsts.append(first)
            if lines_or_place == place:
                yield name, None
            else:
                moved = isinstance(lines_or_place, int)
                yield script(name, self._said(f"w/{lines_or_place}") if moved else lines_or_place)
        self.firsts = firsts

    def _counted(self, line: _Line, blocks: Changes) -> tuple[_Line, str]:
        """With what its postings are now, and those that are not among the best."""
        before = [*decoded(line.best), *(decoded(self._said(f"r/{line.rest}")) if line.rest else ())]
        stay = [each for each in before if document_of(each) // OF_BLOCK not in blocks]
        best, rest = best_of(sorted([*stay, *(each for found in blocks.values() for each in found)]))
        if bool(rest) != bool(line.rest):
            raise Lost  # the rests of all words that follow have other numbers
        return line._replace(best=encoded(best)), encoded(rest)

    # By which words others are found.

    def _found_otherwise(self) -> set[str]:
        stems = {stem for word in self._new | self._gone for stem in query_stems(word)}
        return self._new | self._gone | stems.union(*map(self._with_stem, stems))

    def _with_stem(self, stem: str) -> set[str]:
        """The words of now that are cut to it: the line of a stem names them, and some more."""
        if stem not in self._members:
            line = self._line(stem)
            known = {*line.forms.split(), *([stem] if line.best else [])}
            self._members[stem] = {each for each in (known | self._new) - self._gone if stem in query_stems(each)}
        return self._members[stem]

    def _forms(self, word: str) -> list[str]:
        is_word = word in self._new or (self._line(word).best and word not in self._gone)
        members = set().union(*map(self._with_stem, {word, *(query_stems(word) if is_word else ())}))
        return others_of(word, members, is_stem=bool(self._with_stem(word)))

    # The shards.

    def _place(self, word: str) -> int:
        return max(0, bisect_right(self.firsts, word) - 1)

    def _shard(self, place: int) -> dict[str, str]:
        if place not in self._shards:
            lines = self._said(f"w/{place}").split("\n")
            self._shards[place] = {line.partition("\t")[0]: line for line in lines}
        return self._shards[place]

    def _line(self, word: str) -> _Line:
        return _Line(*self._shard(self._place(word)).get(word, word).split("\t"))

    def _put(self, line: _Line) -> None:
        place = self._place(line.word)
        shard, text = self._shard(place), "\t".join(line).rstrip("\t")
        if shard.get(line.word, line.word) == text:
            return
        # Whether its first line would have had room in the one before has to be asked again too.
        self._touched |= {place, place - 1}
        if text == line.word:
            del shard[line.word]
        else:
            shard[line.word] = text

    def _cut(self) -> Iterator[tuple[str, str | int]]:
        """Of each its first word, and its lines, or the place that it had when it is what it was."""
        place = 0
        while place < len(self.firsts):
            if place not in self._touched:
                yield self.firsts[place], place
                place += 1
                continue
            for each in shards(self._lines_from(place)):
                yield each
                if self._begins and self._at not in self._touched:
                    break
            place = self._at

    def _lines_from(self, place: int) -> Iterator[tuple[str, str]]:
        """Notes where it is: in which shard of before, and whether the line that it gave last begins it."""
        for at in range(place, len(self.firsts)):
            self._at, self._begins = at, True
            for each in sorted(self._shard(at).items()):
                yield each
                self._begins = False
        self._at, self._begins = len(self.firsts), True
