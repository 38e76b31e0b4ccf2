"""The forms a word is found by: Norwegian and English stems, with and without the letters a keyboard may lack."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from threading import Lock

from Stemmer import Stemmer

_MOST_WORDS = 200_000
_LONGEST = 64
# As FTS5's unicode61 cuts words: letters and digits of any script, with their combining marks.
WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_FOLDED = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ß": "ss"})
_SPELT_OUT = str.maketrans({"ø": "oe", "æ": "ae", "å": "aa", "ö": "oe", "ä": "ae"})
# A stemmer keeps the word it works on, so threads take turns.
_STEMMERS = (Stemmer("norwegian"), Stemmer("english"))
_TURN = Lock()


def stems(text: str) -> str:
    """The stems of every word, repeats and all so that ranking can count them, divided by blanks."""
    return " ".join(stem for word in islice(_words(text), _MOST_WORDS) for stem in _forms(word))


def query_stems(word: str) -> tuple[str, ...]:
    """The stems that a word in a query is found by: letters and digits only, without repeats."""
    return tuple(dict.fromkeys(stem for each in _words(word) for stem in _forms(each)))


def folded(word: str) -> str:
    """Without marks on the letters, in lower case: `Ærlig idé` becomes `aerlig ide`."""
    plain = unicodedata.normalize("NFC", word.lower()).translate(_FOLDED)
    return "".join(letter for letter in unicodedata.normalize("NFD", plain) if not unicodedata.combining(letter))


@lru_cache(maxsize=50_000)
def word_stems(word: str) -> tuple[str, ...]:
    """Of one word as it is spelled: its Norwegian and its English stem."""
    plain = unicodedata.normalize("NFC", word[:_LONGEST].lower())
    with _TURN:
        return tuple(dict.fromkeys(stemmer.stemWord(plain) for stemmer in _STEMMERS))


def _words(text: str) -> list[str]:
    return [word[:_LONGEST] for word in WORD.findall(unicodedata.normalize("NFC", text.lower()))]


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, ...]:
    # Every spelling is stemmed, instead of spelling the stem: "aarene" and "årene" end differently for the stemmer.
    # ø is spelt oe, but oe is never read as ø: "møte" and "moete" find each other, and "pot" does not find "poet".
    plain = word.isascii()  # and in lower case: there is one way to spell it
    spellings = (word,) if plain else dict.fromkeys((word, folded(word), folded(word.translate(_SPELT_OUT))))
    with _TURN:
        found = (stemmer.stemWord(each) for each in spellings for stemmer in _STEMMERS)
        return tuple(dict.fromkeys(filter(None, found)))  # marks alone fold to nothing
