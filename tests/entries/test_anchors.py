"""Annotations find their passage, also when the text has changed, and never a wrong one."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from web.entries.anchors import again, anchor, reanchor

SHARED = Path(os.environ.get("DUGNAD_SHARED", Path(__file__).resolve().parents[2] / ".." / "shared"))
CASES = SHARED / "data" / "anno-reanchor-real"
OLD = """Welcome to the boathouse.
The key hangs behind the door, to the left of the map.
Note this.
Always wear a vest on the water, even when it is calm.
Note this.
Take your rubbish home."""


def reanchored(old: str, new: str, quote: str, at: int) -> tuple[str, int] | None:
    """One passage."""
    return reanchor(old, new, [(quote, at)])[0]


def test_a_quote_is_found_whatever_its_blanks() -> None:
    assert anchor("one  two\nthree", "two three") == 5
    assert anchor("one\ntwo", "onetwo") == 0
    assert anchor("æøå 🛶 båt", "båt") == 6


def test_what_is_not_there_is_not_found() -> None:
    assert anchor("one two", "three") is anchor("one two", " ") is anchor("", "one") is None


def test_of_several_places_the_nearest_is_taken() -> None:
    assert [anchor("a b a b a", "a", near) for near in (None, 1, 5, 100)] == [0, 0, 4, 8]


def test_a_passage_moves_with_the_text_before_it() -> None:
    quote = "wear a vest"
    new = f"A new first line.\n{OLD}"
    assert reanchored(OLD, new, quote, OLD.index(quote)) == (quote, new.index(quote))


def test_an_edited_passage_is_found_as_it_now_reads() -> None:
    quote = "The key hangs behind the door"
    new = OLD.replace("The key hangs", "The spare key hangs")
    assert reanchored(OLD, new, quote, OLD.index(quote)) == (
        "The spare key hangs behind the door",
        new.index("The spare"),
    )


def test_a_passage_that_was_removed_is_gone() -> None:
    quote = "Always wear a vest on the water, even when it is calm."
    assert reanchored(OLD, OLD.replace(quote, ""), quote, OLD.index(quote)) is None


def test_a_repeated_passage_keeps_to_its_own_place() -> None:
    second = OLD.rindex("Note this.")
    new = OLD.replace("Welcome to the boathouse.", "Welcome.")
    assert reanchored(OLD, new, "Note this.", second) == ("Note this.", new.rindex("Note this."))


def test_a_removed_passage_does_not_take_the_place_of_its_twin() -> None:
    second = OLD.rindex("Note this.")
    new = OLD[:second] + OLD[second + len("Note this.\n") :]
    assert reanchored(OLD, new, "Note this.", second) is None


def test_a_short_word_that_was_removed_is_not_found_in_another_sentence() -> None:
    new = OLD.replace("The key hangs behind the door, to the left of the map.\n", "") + "\nThe map of the coast is new."
    assert reanchored(OLD, new, "map", OLD.index("map")) is None


RULES = """Rules for the boat
The boat is for everybody. Book it before you row.
Row only in daylight. Row only in pairs.
The boat is cleaned on Fridays.
If the boat is damaged, tell the harbour master at once.
The harbour master has the key. The key is returned the same day."""
# What was annotated, what became of the text, and what the passage should be there: None where it is gone.
INVENTED = [
    ("exact", "The boat is for everybody.", RULES.replace("Rules for", "Advice about"), "The boat is for everybody."),
    ("exact", "The key is returned the same day.", f"Read this first.\n{RULES}", "The key is returned the same day."),
    ("moved", "The boat is cleaned on Fridays.", "The boat is cleaned on Fridays.\n" + RULES.replace("The boat is cleaned on Fridays.\n", ""), "The boat is cleaned on Fridays."),
    ("edited", "The boat is cleaned on Fridays.", RULES.replace("cleaned on Fridays", "cleaned on Mondays"), "The boat is cleaned on Mondays."),
    ("edited", "tell the harbour master at once", RULES.replace("tell the", "tell the new"), "tell the new harbour master at once"),
    ("ambiguous", "Row only", RULES.replace("Book it before you row.", "Book it."), "Row only"),
    ("deleted", "Row only in daylight.", RULES.replace("Row only in daylight. ", ""), None),
    ("deleted", "The harbour master has the key.", RULES.replace("The harbour master has the key. ", ""), None),
    ("deleted", "The boat is cleaned on Fridays.", RULES.replace("The boat is cleaned on Fridays.\n", "Nobody swims here at night.\n"), None),
    ("deleted", "If the boat is damaged, tell the harbour master at once.", RULES.replace("If the boat is damaged, tell the harbour master at once.\n", ""), None),
    ("deleted", "Fridays", RULES.replace("The boat is cleaned on Fridays.\n", "") + "\nOn Fridays there is soup.", None),
    ("deleted", "the key", RULES.replace("The harbour master has the key. ", "") + "\nTurn the key twice.", None),
    ("deleted", "Book it before you row.", "Nothing is as it was.", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "quote", "new", "becomes"), INVENTED, ids=[f"{sort}: {quote}" for sort, quote, _, _ in INVENTED]
)
def test_invented_passages_are_found_again_or_given_up(sort: str, quote: str, new: str, becomes: str | None) -> None:
    found = reanchored(RULES, new, quote, RULES.index(quote))
    assert (found and found[0]) == becomes
    assert found is None or new[found[1] :].startswith(found[0])


def test_words_that_come_back_are_known_by_what_stands_around() -> None:
    second = OLD.rindex("Note this.")
    assert again(OLD, OLD, "Note this.", second) == second
    assert again(OLD, f"New.\n{OLD}", "Note this.", second) == second + 5
    assert again(OLD, "Note this. Everything else is new here, and says other things.", "Note this.", second) is None
    assert again(OLD, "Welcome.", "Note this.", second) is None
    assert again("Note this.", "Note this.", "Note this.", 0) == 0


@pytest.mark.timeout(60)
def test_hostile_texts_are_searched_too() -> None:
    assert anchor("a " * 120_000, "a " * 30_000 + "b") is None
    assert anchor("a" * 250_000, "a" * 60_000, 100_000) == 100_000
    old = "ab " * 80_000
    reanchored(old, "b" + old, old[:60_000].strip(), 0)


def test_real_passages_are_found_again_or_given_up(record_property: Callable[[str, object], None]) -> None:
    if not CASES.exists():
        pytest.skip(f"the real passages are not here: {CASES}")
    texts = json.loads((CASES / "docs.dev.json").read_text(encoding="utf-8"))
    counts: Counter[str] = Counter()
    for case in map(json.loads, (CASES / "dev.jsonl").read_text(encoding="utf-8").splitlines()):
        quote, at = case["selector"][0]["exact"], case["selector"][1]["start"]
        old, new = texts[case["doc_a"]], texts[case["doc_b"]]
        counts[f"{case['expected']}: {_outcome(case, quote, reanchored(old, new, quote, at))}"] += 1
    record_property("Real passages", dict(sorted(counts.items())))
    assert not counts["deleted: wrong"]
    assert not counts["exact: wrong"] + counts["exact: given up"] + counts["ambiguous: wrong"]
    assert counts["edited: found"] >= 13 and counts["edited: wrong"] <= 1


def _outcome(case: dict[str, object], quote: str, found: tuple[str, int] | None) -> str:
    if found is None:
        return "given up"
    passage, at = found
    if case["expected"] == "deleted":
        # The set compared line by line, so a passage that was only wrapped anew counts as deleted there.
        return "there word for word, wrapped anew" if passage.split() == quote.split() else "wrong"
    overlap = min(at + len(passage), case["expected_end"]) - max(at, case["expected_start"])
    return "found" if 2 * overlap > len(case["expected_text"]) else "wrong"
