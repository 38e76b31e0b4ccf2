"""Search without a server: an index in small files that a page opened from a folder can load, one by one, as it needs them.

A page that was opened from a folder may not fetch anything, but it may load scripts; so each file is a script that hands over
what is in it: `dugnadRead(name, …)`. They are

- `search/directory.js`: how many documents there are, the first document of each month, what kinds are called, and the first word
  of each block of shards;
- `search/b/N.js`: the first word of each of a block's shards;
- `search/w/N.js`: a shard: a line for each word, in order, with its postings and with other words that mean the same;
- `search/r/N.js`: the postings of a very common word that are not among its best;
- `search/t/N.js`: what is shown of a few documents.

Documents are numbered as they were written. A posting is the distance to the document before it in decimals, and a letter for how
much of the document the word is: `3a1f` is documents 3 and 4. What narrows a search down (`kind:page`) is a word too.
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from web.entries.stems import query_stems

# About how much (in letters) a shard has and a text shows, how many shards a block has, and of how many documents the
# texts stand together.
_SHARD, _SHOWN, _BLOCK, _TOGETHER = 20_000, 2_000, 32, 4
# Of how many documents it is noted what follows from them: what follows from the others need not be made again.
OF_BLOCK = 50 * _TOGETHER
# Of a word that is in more documents, the best stand by themselves: the others are loaded when these were not enough.
_MOST = 4_000
_WORD = re.compile(r"[^\W_]{1,40}")
# How much of a text a word is: as in BM25, but for a usual length that is not that of the others, or one text would change
# what is said of all. Four steps, and as many more when the title has it.
_SOON, _LENGTH, _USUAL, _STEPS = 1.2, 0.75, 150, 4
_LETTERS, _POSTING = "abcdefgh", re.compile(r"(\d+)([a-h])")


class Document(NamedTuple):
    """What can be found. `at` is its file and fragment, relative to `search/`; `day` is `2026-11-23`; `words` are those that narrow
    a search down. `ahead`: it is found as what has the words in its title."""

    at: str
    title: str
    text: str
    kind: str
    space: str
    author: str
    day: str
    words: tuple[str, ...]
    ahead: bool = False


class Block(msgspec.Struct):
    """What follows from some documents, whatever the others are. Each word with its postings, four bytes for each; the files that show the
    documents, without folder and ending; and the first document of each month."""

    documents: int
    postings: dict[str, bytes]
    files: dict[str, str]
    months: dict[str, int]


def block(first: int, documents: Sequence[Document]) -> Block:
    """As many as OF_BLOCK, unless they are the last. `first`: how many there are before them."""
    postings: dict[str, array[int]] = defaultdict(lambda: array("I"))
    months: dict[str, int] = {}
    for number, document in enumerate(documents, first):
        months.setdefault(document.day[:7], number)
        _keep(postings, number, document)
    names = files_of(first, len(documents))
    files = (
        script(name, list(map(_shown, documents[place * _TOGETHER : (place + 1) * _TOGETHER])))
        for place, name in enumerate(names)
    )
    return Block(len(documents), {word: found.tobytes() for word, found in postings.items()}, dict(files), months)


class Index:
    """Takes the blocks in the order in which their documents were written, and gives the other files."""

    def __init__(self) -> None:
        self._postings: dict[str, bytearray] = defaultdict(bytearray)
        self._months: dict[str, int] = {}
        self._count = 0

    def add(self, block: Block) -> None:
        for word, found in block.postings.items():
            self._postings[word] += found
        self._months = block.months | self._months
        self._count += block.documents

    def close(self, kinds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """`kinds`: what each is called, to what its word is."""
        rests: list[str] = []
        firsts: list[str] = []
        postings = {word: memoryview(found).cast("I") for word, found in self._postings.items()}
        for first, lines in shards(_lines(postings, rests)):
            yield script(f"w/{len(firsts)}", lines)
            firsts.append(first)
        for number, rest in enumerate(rests):
            yield script(f"r/{number}", rest)
        yield from directory(firsts, self._count, self._months, kinds)


def directory(
    firsts: Sequence[str], documents: int, months: Mapping[str, int], kinds: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What says where something is: the first word of each shard, how many documents there are, and the first one of each month."""
    for start in range(0, len(firsts), _BLOCK):
        yield script(f"b/{start // _BLOCK}", firsts[start : start + _BLOCK])
    about = {
        "documents": documents, "together": _TOGETHER, "shown": _SHOWN, "block": _BLOCK, "steps": _STEPS, "kinds": dict(kinds),
        "months": dict(sorted(months.items(), key=lambda each: each[1])), "blocks": firsts[::_BLOCK],
    }  # fmt: skip
    yield script("directory", about)


def files_of(first: int, documents: int) -> list[str]:
    """Those that show the documents of a block, as it names them."""
    return [f"t/{(first + start) // _TOGETHER}" for start in range(0, documents, _TOGETHER)]


def _keep(found: dict[str, array[int]], number: int, document: Document) -> None:
    """A posting is the document's number times twice the number of steps, and its step."""
    place = number * 2 * _STEPS
    said = Counter(words(document.text))
    soon = _SOON * (1 - _LENGTH + _LENGTH * said.total() / _USUAL)
    steps = {count: place + int(_STEPS * count / (count + soon)) for count in set(said.values())}
    titled = set(words(document.title)) | (said.keys() if document.ahead else set())
    for word, count in said.items():
        found[word].append(steps[count] + _STEPS if word in titled else steps[count])
    for word in titled - said.keys():
        found[word].append(place + _STEPS)
    for word in document.words:
        found[word].append(place)


def script(name: str, content: object) -> tuple[str, str]:
    # Two signs end a line in older scripts, and not in JSON.
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("\u2028", " ").replace("\u2029", " ")
    return name, f"dugnadRead({json.dumps(name)},{data});\n"


def said_by(script: str) -> Any:
    """What it hands over."""
    return json.loads(script[script.index(",") + 1 : -len(");\n")])


def _shown(document: Document) -> list[str]:
    return [
        document.at, document.title, document.kind, document.space, document.author, document.day,
        document.text[:_SHOWN],
    ]  # fmt: skip


def words(text: str) -> list[str]:
    """As the words of a query are read."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def _lines(postings: Mapping[str, Sequence[int]], rests: list[str]) -> Iterator[tuple[str, str]]:
    """Each word with its line: the word, its (best) postings, its other forms, and the number of its rest, which joins `rests`."""
    forms = _forms(each for each in postings if ":" not in each)
    for word in sorted(postings.keys() | forms.keys()):
        best, rest = best_of(postings.get(word, ()))
        number = str(len(rests)) if rest else ""
        if rest:
            rests.append(encoded(rest))
        yield word, "\t".join((word, encoded(best), " ".join(forms.get(word, ())), number)).rstrip("\t")


def _forms(vocabulary: Iterable[str]) -> dict[str, list[str]]:
    """For each word, and for what words are cut to or spelled as, the other words that are found by it; but for those that begin
    with it, which are found anyway, unless somebody comes to it by cutting an ending off."""
    by_stem: dict[str, set[str]] = defaultdict(set)
    for word in vocabulary:
        for stem in query_stems(word):
            by_stem[stem].add(word)
    found: dict[str, set[str]] = defaultdict(set)
    for stem, members in by_stem.items():
        for word in (stem, *members):
            found[word] |= members
    return {word: kept for word, others in found.items() if (kept := others_of(word, others, is_stem=word in by_stem))}


def others_of(word: str, members: set[str], *, is_stem: bool) -> list[str]:
    """Those of them by which it is not found anyway."""
    return sorted(each for each in members - {word} if is_stem or not each.startswith(word))


def best_of(postings: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """The best, of those as good the latest, and the others."""
    if len(postings) <= _MOST:
        return postings, ()
    by_step: list[list[int]] = [[] for _ in range(2 * _STEPS)]
    for each in postings:
        by_step[each % (2 * _STEPS)].append(each)
    best: list[int] = []
    for alike in reversed(by_step):
        best += alike[max(0, len(alike) - (_MOST - len(best))) :] if len(best) < _MOST else []
    chosen = set(best)
    return sorted(best), [each for each in postings if each not in chosen]


def encoded(postings: Sequence[int]) -> str:
    numbers = [each // (2 * _STEPS) for each in postings]
    return "".join(
        [
            f"{number - before}{_LETTERS[each % (2 * _STEPS)]}"
            for before, number, each in zip([0, *numbers], numbers, postings, strict=False)
        ]
    )


def decoded(postings: str) -> list[int]:
    """What was encoded so."""
    found, number = [], 0
    for distance, step in _POSTING.findall(postings):
        number += int(distance)
        found.append(number * 2 * _STEPS + _LETTERS.index(step))
    return found


def document_of(posting: int) -> int:
    return posting // (2 * _STEPS)


def shards(lines: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The first word of each, and its lines."""
    first, size = "", 0
    held: list[str] = []
    for word, line in lines:
        if held and size + len(line) > _SHARD:
            yield first, "\n".join(held)
            held, size = [], 0
        if not held:
            first = word
        held.append(line)
        size += len(line) + 1
    if held:
        yield first, "\n".join(held)
