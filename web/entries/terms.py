"""What words mean: the first time that a text says a term, it is marked, and what the term means stands behind it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, pairwise

from web import text
from web.entries.rows import Ref
from web.entries.stems import WORD, word_stems

LONGEST = 320
_LONGEST_NAME, _MOST_NAMES = 80, 12
# A term says in its text what else it is called, on a line of its own.
_ALSO = re.compile(r"^(?:also called|også kalt)\s*:\s*(\S.*)$", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;]")
_IN_BRACKETS = re.compile(r"^(.*\S)\s*\(([^()]*)\)$")
_HEADING = re.compile(r"#{1,6}\s")
_TAGS = re.compile(r"(?:^|(?<=\s))#[^\W\d_][\w-]*\s*")
_JOINED = re.compile(r"\s{1,3}|,\s|[-\u2010\u2011]")
_HYPHENS = "-\u2010\u2011"
_PIECE = re.compile(
    r'<p class="callout-title"[^>]*>[^<]*</p>|<(/?)([a-z][a-z0-9]*)(?:[^>"]++|"[^"]*+")*+>|&[#\w]+;|[^<&]+|[<&]'
)
# Where no word is marked: what leads somewhere or does something itself, what names what follows, what is not prose, and where there is no room
# for what it means.
_LEFT_ALONE = frozenset({"a", "button", "code", "h1", "h2", "h3", "h4", "h5", "h6", "label", "pre", "sup", "table"})
Names = tuple[str, ...]


def names_of(title: str, plain: str) -> Names:
    """What a term is called: its title, an abbreviation in brackets behind that, and what its text says that it is also called."""
    bracketed = _IN_BRACKETS.match(title)
    said = [bracketed[1], *([bracketed[2]] if bracketed[2].isupper() else [])] if bracketed else [title]
    for line in plain.split("\n"):
        if also := _ALSO.match(line):
            said += _BETWEEN.split(also[1].rstrip("."))
    found = dict.fromkeys(each.strip()[:_LONGEST_NAME] for each in said[:_MOST_NAMES])
    return tuple(each for each in found if len("".join(words_of(each))) > 1)


def words_of(name: str) -> tuple[str, ...]:
    return tuple(WORD.findall(name))


def meaning(lead: str, plain: str, body: str = "") -> str:
    """What is said of a term in short: its lead, or the first lines of its text that are a sentence. `body`: how its text begins as it is
    written, which tells a heading."""
    lines = [line for line in plain.split("\n") if not _ALSO.match(line)]
    if _HEADING.match(body.lstrip()):
        lines = lines[1:]
    said = (_TAGS.sub("", each).strip() for each in (lead, *lines))
    return text.excerpt(next(filter(None, said), ""), LONGEST)


@dataclass(frozen=True)
class Called:
    """A term of the house, by its names alone: whoever reads may not be told of it."""

    id: int
    names: Names


@dataclass(frozen=True)
class Term:
    """One that the viewer may read. `says`: what it means, in short; `revision`: in which text."""

    ref: Ref
    names: Names
    says: str
    space: int
    space_name: str
    lang: str | None
    revision: int

    @property
    def id(self) -> int:
        return self.ref.id

    @property
    def others(self) -> tuple[str, ...]:
        """What else it is called."""
        return self.names[1:]


def _keys(word: str) -> tuple[str, ...]:
    """What it has in common with the other forms of the same word; all capitals are meant as they are."""
    return _as_it_is(word) or word_stems(word)


def _keys_in_text(word: str) -> tuple[str, ...]:
    """In a text, capitals may also be any word that is written large."""
    return (*_as_it_is(word), *word_stems(word))


def _as_it_is(word: str) -> tuple[str, ...]:
    return (f"={word}",) if len(word) > 1 and word.isupper() else ()


_number, _FOR_EVER = count(), count()
Way = tuple[tuple[frozenset[str], ...], int]


class Lexicon:
    """Finds the names of terms in texts: by the first word of each, so that what a text costs does not grow with how many there are."""

    def __init__(self, terms: Iterable[Called | Term] = ()) -> None:
        self.number = next(_number)
        ways: dict[str, list[Way]] = defaultdict(list)
        for each in terms:
            for name in each.names:
                words = tuple(frozenset(_keys(word)) for word in words_of(name))
                for key in words[0]:
                    ways[key].append((words, each.id))
        self._ways = dict(ways)

    def __bool__(self) -> bool:
        return bool(self._ways)

    def said_in(self, plain: str) -> frozenset[int]:
        """The ids of all terms whose words may stand in a text."""
        keys = set(chain.from_iterable(map(_keys_in_text, set(WORD.findall(plain)))))
        ways = chain.from_iterable(self._ways[key] for key in keys & self._ways.keys())
        return frozenset(id for names, id in ways if all(not name.isdisjoint(keys) for name in names))

    def spans(self, line: str, tries: Iterator[int] = _FOR_EVER) -> Iterable[tuple[int, int, tuple[int, ...]]]:
        """Where the names stand in some words, from the left, the longest where several do: from, to, and whose they are. Each name that is
        tried takes one of `tries`; when there are none left, nothing more is found."""
        words = [(each.start(), each.end(), _keys_in_text(each[0])) for each in WORD.finditer(line)]
        at = 0
        while at < len(words):
            many, ids = self._at(line, words, at, tries)
            if many:
                yield words[at][0], words[at + many - 1][1], ids
            at += many or 1

    def _at(
        self, line: str, words: Sequence[tuple[int, int, tuple[str, ...]]], at: int, tries: Iterator[int]
    ) -> tuple[int, tuple[int, ...]]:
        found = [
            (len(names), id)
            for key in words[at][2]
            for (names, id), _ in zip(self._ways.get(key, ()), tries, strict=False)
            if _stands(names, line, words, at)
        ]
        longest = max((many for many, _ in found), default=0)
        return longest, tuple(dict.fromkeys(id for many, id in found if many == longest))


def _stands(
    names: Sequence[frozenset[str]], line: str, words: Sequence[tuple[int, int, tuple[str, ...]]], at: int
) -> bool:
    """Whether these are the words from there on, by themselves: in `avviks-skjema` there is no `avvik`, but a `HMS` in `HMS-skjema`."""
    found = words[at : at + len(names)]
    if len(found) < len(names) or any(name.isdisjoint(word[2]) for name, word in zip(names, found, strict=True)):
        return False
    if not all(_JOINED.fullmatch(line[before[1] : after[0]]) for before, after in pairwise(found)):
        return False
    start, end = found[0][0], found[-1][1]
    before, after = line[max(start - 2, 0) : start], line[end : end + 2]
    if len(before) == 2 and before[1] in _HYPHENS and before[0].isalnum():
        return False
    exact = all(each.startswith("=") for each in names[-1])
    return exact or not (len(after) == 2 and after[0] in _HYPHENS and after[1].isalnum())


Mark = Callable[[Term, str, str], str]


def marked(
    html: str, lexicon: Lexicon, terms: Mapping[int, Term], space: int, mark: Mark, tries: Iterator[int] = _FOR_EVER
) -> str:
    """The HTML of a text with the first mention of each term as `mark` makes it, of the term, the words and a number. Of several that are
    called the same, the one in the text's own `space` is meant. The lexicon is of those that its reader may read;
    what is not among `terms` is not marked."""
    seen: set[int] = set()
    pieces: list[str] = []
    alone = 0
    for piece in _PIECE.finditer(html):
        whole = piece[0]
        if piece[2] in _LEFT_ALONE:
            alone += -1 if piece[1] else 1
        if alone or whole[0] in "<&":
            pieces.append(whole)
            continue
        last = 0
        for start, end, ids in lexicon.spans(whole, tries):
            meant = (terms[id] for id in ids if id in terms)
            term = min(meant, key=lambda each: (each.space != space, each.id), default=None)
            if term is None or term.id in seen:
                continue
            seen.add(term.id)
            pieces += [whole[last:start], mark(term, whole[start:end], str(len(seen)))]
            last = end
        pieces.append(whole[last:])
    return "".join(pieces)
