"""What pages of a wiki are called: namespaces in the wiki's own language, and titles as MediaWiki tidies them."""

from __future__ import annotations

import ipaddress
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

SPECIAL, MEDIA = -1, -2
MAIN, USER, FILE, MESSAGES, TEMPLATE, CATEGORY = 0, 2, 6, 8, 10, 14
# Every wiki knows these, besides its own words. Those that are nobody's today stand in old texts.
_CANONICAL = {
    "media": -2, "special": -1, "talk": 1, "user": 2, "user talk": 3, "project": 4, "project talk": 5, "file": 6,
    "image": 6, "file talk": 7, "image talk": 7, "mediawiki": 8, "mediawiki talk": 9, "template": 10,
    "template talk": 11, "help": 12, "help talk": 13, "category": 14, "category talk": 15, "module": 828,
    "module talk": 829, "bilde": 6, "bild": 6,
}  # fmt: skip
_NAMES = {
    -2: "Media", -1: "Special", 1: "Talk", 2: "User", 3: "User talk", 4: "Project", 5: "Project talk", 6: "File",
    7: "File talk", 8: "MediaWiki", 9: "MediaWiki talk", 10: "Template", 11: "Template talk", 12: "Help",
    13: "Help talk", 14: "Category", 15: "Category talk", 828: "Module", 829: "Module talk",
}  # fmt: skip
# What most wikis know without being told.
_WIKIMEDIA = {
    "w": "en.wikipedia.org", "wikipedia": "en.wikipedia.org", "wikt": "en.wiktionary.org", "wiktionary": "en.wiktionary.org",
    "b": "en.wikibooks.org", "s": "en.wikisource.org", "q": "en.wikiquote.org", "commons": "commons.wikimedia.org",
    "c": "commons.wikimedia.org", "m": "meta.wikimedia.org", "meta": "meta.wikimedia.org", "mw": "www.mediawiki.org",
    "mediawikiwiki": "www.mediawiki.org", "d": "www.wikidata.org", "wikidata": "www.wikidata.org",
}  # fmt: skip
_LANGUAGES = frozenset(
    [
        "ar",
        "bg",
        "ca",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "eo",
        "es",
        "et",
        "eu",
        "fa",
        "fi",
        "fo",
        "fr",
        "ga",
        "gl",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "is",
        "it",
        "ja",
        "ko",
        "la",
        "lt",
        "lv",
        "ms",
        "nb",
        "nl",
        "nn",
        "no",
        "pl",
        "pt",
        "ro",
        "ru",
        "se",
        "sh",
        "simple",
        "sk",
        "sl",
        "smj",
        "sr",
        "sv",
        "th",
        "tr",
        "uk",
        "vi",
        "zh",
    ]
)


class Name(NamedTuple):
    """A title, taken apart. `whole` has the namespace in the wiki's own word."""

    space: int
    bare: str
    whole: str


@dataclass
class Names:
    """What the wiki says of itself. `spaces`: its words for its namespaces; `exact`: those in which the first letter is as it is written."""

    sitename: str = ""
    dbname: str = ""
    base: str = ""
    language: str = ""
    spaces: dict[int, str] = field(default_factory=dict)
    exact: set[int] = field(default_factory=set)
    _known: dict[str, int] = field(default_factory=dict)

    def add(self, number: int, word: str, *, exact: bool) -> None:
        self.spaces[number] = word
        self._known[_folded(word)] = number
        if exact:
            self.exact.add(number)

    def word(self, number: int) -> str:
        return self.spaces.get(number) or _NAMES.get(number, "")

    def space_of(self, word: str) -> int | None:
        """The namespace that a word before a colon means; None when it means none."""
        key = _folded(word)
        found = self._known.get(key) if key else None
        if found is None and key == "project" and 4 in self.spaces:
            return 4
        return _CANONICAL.get(key) if found is None else found

    def name(self, written: str, space: int = MAIN) -> Name:
        """A title as the wiki would have it. `space`: where it is when it does not say so."""
        tidy = _tidy(written)
        if tidy.startswith(":"):
            tidy, space = tidy[1:].strip(), MAIN
        word, colon, rest = tidy.partition(":")
        named = self.space_of(word) if colon else None
        bare = rest.strip() if named is not None else tidy
        number = space if named is None else named
        if number not in self.exact and bare:
            bare = bare[0].upper() + bare[1:] if len(bare[0].upper()) == 1 else bare
        word = self.word(number)
        return Name(number, bare, f"{word}:{bare}" if word else bare)

    def elsewhere(self, written: str) -> str | None:
        """The address of a page in another wiki, `w:Oslo` or `nb:Oslo`; empty when it is one, but nobody knows where."""
        word, colon, rest = _tidy(written).lstrip(":").partition(":")
        key = word.strip().lower()
        if not colon or self.space_of(key) is not None or not rest.strip():
            return None
        deeper = self.elsewhere(rest) if key in _WIKIMEDIA and ":" in rest else None
        if deeper:
            return deeper
        host = f"{key}.wikipedia.org" if key in _LANGUAGES else _WIKIMEDIA.get(key)
        return f"https://{host}/wiki/{rest.strip().replace(' ', '_')}" if host else None

    def is_language(self, written: str) -> bool:
        """Whether a link says only that there is such a page in another language."""
        word, colon, _ = written.strip().partition(":")
        return bool(colon) and word.strip().lower() in _LANGUAGES and self.space_of(word) is None


def is_address(name: str) -> bool:
    """Whether somebody is called by the address of their machine, which is nobody else's business."""
    try:
        ipaddress.ip_address(name.strip().removesuffix(".xxx"))
    except ValueError:
        return name.count(".") == 3 and name.replace(".", "").replace("x", "").isdigit()
    return True


def _tidy(written: str) -> str:
    shown = "".join(
        sign
        for sign in written
        if unicodedata.category(sign) not in ("Cc", "Cs") and sign not in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    )
    return " ".join(unicodedata.normalize("NFC", shown.replace("_", " ")).split())


def _folded(word: str) -> str:
    return " ".join(word.replace("_", " ").split()).casefold()
