"""An index that was mended is the one that is put together from all of its blocks."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

from export import mending, searching
from export.mending import Lost, Mending
from export.searching import Block, Document, Index, block, directory, files_of, said_by

# Norwegian and English, with what they are cut to and spelled as; some begin with others.
WORDS = [
    "båt",
    "båten",
    "båtene",
    "baten",
    "boat",
    "boats",
    "boathouse",
    "tau",
    "tauet",
    "taus",
    "te",
    "tea",
    "teams",
    "team",
    "teaming",
    "løpe",
    "løper",
    "lope",
    "loper",
    "hav",
    "havet",
    "haver",
    "running",
    "run",
    "runs",
    "runner",
    "ærlig",
    "aerlig",
    "2024",
    "20240",
    "kaffe",
    "kaffen",
    "kaffebrenner",
    "kaffebrenneri",
    "møte",
    "moete",
]
KINDS = {"page": "page"}


def documents(chance: random.Random, count: int) -> list[Document]:
    return [document(chance, number) for number in range(count)]


def document(chance: random.Random, number: int) -> Document:
    text = " ".join(chance.choices(WORDS, range(1, len(WORDS) + 1), k=chance.randrange(1, 40)))
    title, own = " ".join(chance.choices(WORDS, k=2)), f"own{chance.randrange(40)}"
    day = f"2026-{1 + number // 20:02}-01"
    return Document(f"../{number}/#x", title, f"{text} {own}", "page", "House", "Kari", day, ("kind:page", "tag:a b"))


def blocks_of(found: Sequence[Document]) -> list[Block]:
    size = searching.OF_BLOCK
    return [block(start, found[start : start + size]) for start in range(0, len(found), size)]


def whole(blocks: Sequence[Block]) -> dict[str, str]:
    index, files = Index(), {}
    for each in blocks:
        index.add(each)
        files |= each.files
    return files | dict(index.close(KINDS))


def mended(older: dict[str, str], before: Sequence[Block], after: Sequence[Block]) -> dict[str, str]:
    changes: dict[str, dict[int, Any]] = defaultdict(dict)
    for place, now in enumerate(after):
        then = before[place] if place < len(before) else Block(0, {}, {}, {})
        for word in then.postings.keys() | now.postings.keys():
            if then.postings.get(word) != now.postings.get(word):
                changes[word][place] = memoryview(now.postings.get(word, b"")).cast("I")
    firsts = [
        word
        for name in sorted(older, key=lambda name: (len(name), name))
        if name.startswith("b/")
        for word in said_by(older[name])
    ]
    made = Mending(firsts, lambda name: said_by(older[name]))
    files = {name: older[name] for name in older if name.startswith("r/")}
    files |= {name: content if content is not None else older[name] for name, content in made.mend(changes)}
    months: dict[str, int] = {}
    for each in after:
        months = each.months | months
        files |= each.files
    return files | dict(directory(made.firsts, sum(each.documents for each in after), months, KINDS))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few documents make many blocks, shards and rests."""
    for name, value in {"_SHARD": 60, "_MOST": 25, "OF_BLOCK": 8, "_BLOCK": 3}.items():
        monkeypatch.setattr(searching, name, value)
    monkeypatch.setattr(mending, "OF_BLOCK", 8)


@pytest.mark.parametrize("seed", range(40))
def test_after_any_changes_it_is_what_it_would_be_anew(seed: int) -> None:
    chance, given_up = random.Random(seed), 0
    found = documents(chance, chance.randrange(1, 60))
    blocks = blocks_of(found)
    files = whole(blocks)
    for _ in range(25):
        for _ in range(chance.randrange(1, 3)):
            number = chance.randrange(len(found) + 1)
            found[number:] = [document(chance, number), *found[number + 1 :]]
        after = blocks_of(found)
        try:
            now = mended(files, blocks, after)
        except Lost:
            given_up, now = given_up + 1, whole(after)
        blocks, files = after, whole(after)
        assert now == files
    assert given_up < 20, "it is mended nearly always"


def test_what_stays_is_not_even_looked_into() -> None:
    chance = random.Random(1)
    found = documents(chance, 200)
    before = blocks_of(found)
    older, seen = whole(before), set[str]()
    made = Mending(
        [line.split("\t")[0] for name, line in older.items() if name.startswith("w/")],
        lambda name: seen.add(name) or said_by(older[name]),
    )
    found[7] = found[7]._replace(text=f"{found[7].text} zz")
    after = blocks_of(found)
    files = dict(made.mend({"zz": {0: memoryview(after[0].postings["zz"]).cast("I")}}))
    assert seen and len(seen) < 5 and sum(content is not None for content in files.values()) < 5 < len(files)


def test_a_block_names_its_files() -> None:
    for count in (1, 4, 7, 8):
        made = block(16, documents(random.Random(2), count))
        assert list(made.files) == files_of(16, count)
