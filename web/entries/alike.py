"""What is written already that looks like a title that somebody types: questions and answers, pages, bookmarks and all the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

import msgspec

from web.database import SQL, engine_type, in_list, rows
from web.entries import rows as shapes
from web.entries.derived import title_key
from web.entries.queries import COLUMNS, TABLES
from web.entries.rows import Entry
from web.entries.stems import query_stems
from web.policy import Viewer, visible_to

# Of words that very much has, the newest are looked at; and of all that has any of them, the best.
_MOST_A_WORD, _MOST_LOOKED_AT, _MOST_WORDS = 400, 60, 10
# A word that has at least as many letters is also the beginning of longer ones, and a long one is made of shorter ones: as compounds go in
# Norwegian. What is no word is in no text.
_BEGINS, _COMPOUND, _LONGEST, _SHORTEST = 4, 8, 50, 3
_HALF_TELLS, _TEXT_TELLS = 0.5, 0.7
_SETTLED, _GIVEN, _SAME_KIND, _BEGUN = 0.06, 0.02, 0.04, 0.5
# What has less than a fifth of what the title says is something else.
_LEAST = 0.2
_WORD = re.compile(r"[^\W_]+")
# What questions are made of, in both languages, and what says nothing of what they are about.
_LITTLE = """
a about after all alle also an and andre are as at av be been before both but by bør både can could da de deg dem den denne der dere deres det dette
did din disse ditt do does du egen eller en enn er et eg ei etter få får for fordi fra før gjør gjøre godt ha had han hans har has hatt have he hennes
her hi hos hun how hva hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor i if ikke in ingen inn into is it its ja jeg just kan kanskje kunne
like man mange me med meg mellom men mer mest min mine mitt much my må måtte need new nei no noe noen not nå når og også om on only or oss our out
over på same samme se seg selv should si sier sin sine sitt skal skulle slik som something the their them then there these they this til to under up
ut uten vi vil ville våre vår vært ved very vet was we were what when where which who why will with without would være you your egentlig bruke bruker
some any am one than more bare
"""
_SAYING_LITTLE = frozenset(_LITTLE.split())


class Alike(msgspec.Struct, frozen=True):
    """Something that is written already. `answer`: the reply that its question was settled by; `here`: the id of what has the words, it or a
    reply to it; `score`: the share of what the title says that is said there, with what speaks for it."""

    entry: Entry
    here: int
    score: float


class Telling(msgspec.Struct, frozen=True):
    """A word that says what a title is about, or a half of one, and the stems that it is found by. `of`: the number of the whole word."""

    word: str
    stems: tuple[str, ...]
    of: int
    whole: bool = True

    @property
    def begins(self) -> bool:
        return self.whole and len(self.word) >= _BEGINS

    def said_in(self, text: str) -> bool:
        """Whether it is in a text of stems with blanks around each."""
        return any(f" {stem} " in text for stem in self.stems) or (self.begins and f" {self.word}" in text)


async def telling(viewer: Viewer, title: str) -> tuple[Telling, ...]:
    """The words that say what it is about, in the order in which they stand there; each long one with the words that it is made of."""
    found = dict.fromkeys(_WORD.findall(title[:300].lower()))
    saying = [word for word in found if word not in _SAYING_LITTLE and (len(word) > 1 or word.isdigit())]
    words = (saying or list(found))[:_MOST_WORDS]
    made = [Telling(word, query_stems(word), number) for number, word in enumerate(words)]
    halves = [(number, half) for number, word in enumerate(words) for half in _halves(word)]
    known = await _known(viewer, {each for _, pair in halves for half in pair for each in query_stems(half)})
    for number, pair in halves:
        stems = [tuple(stem for stem in query_stems(half) if stem in known) for half in pair]
        if all(stems):
            made += [Telling(half, each, number, whole=False) for half, each in zip(pair, stems, strict=True)]
    return tuple(dict.fromkeys(made))


def _halves(word: str) -> list[tuple[str, str]]:
    if not _COMPOUND <= len(word) <= _LONGEST:
        return []
    return [(word[:cut], word[cut:]) for cut in range(_SHORTEST, len(word) - _SHORTEST + 1)]


async def _known(viewer: Viewer, stems: Collection[str]) -> frozenset[str]:
    """Those of them that are in a text that the viewer may read: that a word is in another must not be seen in what is found."""
    asked = sorted(stems)
    if not asked:
        return frozenset()
    if engine_type() == "sqlite":
        found = await rows(
            "SELECT term FROM entry_words WHERE term IN {} AND EXISTS (SELECT 1 FROM entry_index i CROSS JOIN entry e ON e.id = i.rowid "
            "WHERE entry_index MATCH 'stems : \"' || term || '\"' AND {})",
            in_list(asked), visible_to(viewer),
        )  # fmt: skip
    else:
        # Each by itself, for the planner: most are in no text, which only the index knows at once.
        one = (
            "SELECT CAST({} AS text) AS term WHERE EXISTS (SELECT 1 FROM entry_text i JOIN entry e ON e.id = i.id "
            "WHERE i.words @@ CAST({} AS tsquery) AND {})"
        )
        found = await rows("{}", _union([SQL(one, stem, f"'{stem}':C", visible_to(viewer)) for stem in asked]))
    return frozenset(each["term"] for each in found)


async def alike(viewer: Viewer, title: str, kind: str = "", limit: int = 5) -> tuple[Alike, ...]:
    """The best first, each conversation once."""
    return conversations(await looked_at(viewer, title, kind), limit)


def conversations(found: Sequence[Alike], limit: int = 5) -> tuple[Alike, ...]:
    """The best of each conversation, of those that are alike at all."""
    best: dict[int, Alike] = {}
    for each in found:
        if each.score >= _LEAST:
            best.setdefault(each.entry.id, each)
    return tuple(best.values())[:limit]


async def looked_at(viewer: Viewer, title: str, kind: str = "") -> list[Alike]:
    """The texts that are compared with it, the best first. How rare a word is, which says how much it tells, is counted among what the viewer
    may read."""
    words = await telling(viewer, title)
    if not words:
        return []
    typed = title_key(title)
    hits = [_hits(number, word, visible_to(viewer)) for number, word in enumerate(words)]
    found = await rows(
        "WITH hit AS MATERIALIZED ({}), rare AS (SELECT word, count(*) AS n FROM hit GROUP BY word), "
        "best AS (SELECT hit.id, hit.root, "
        "sum(CASE WHEN n < 4 THEN 60 WHEN n < 16 THEN 45 WHEN n < 64 THEN 32 WHEN n < 256 THEN 20 ELSE 10 END) AS score FROM hit JOIN rare ON rare.word = hit.word "
        "GROUP BY hit.id, hit.root ORDER BY score DESC, hit.id DESC LIMIT {}) "
        f"SELECT {COLUMNS}, best.id AS here, substr(w.stems, 1, 12000) AS said, answer.helped AS answered "
        f"FROM best JOIN entry_text w ON w.id = best.id JOIN entry e ON e.id = best.root "
        f"{TABLES.removeprefix('entry e ')} LEFT JOIN entry answer ON answer.id = e.accepted WHERE {{}}",
        _union(hits), _MOST_LOOKED_AT, visible_to(viewer),
    )  # fmt: skip
    rare = _rarity(words, [f" {each['said']} " for each in found])
    made = []
    for each in found:
        entry = shapes.entry(each)
        score = _score(words, rare, entry, f" {each['said']} ") * (1 + _speaks_for(entry, each["answered"] or 0, kind))
        score += _BEGUN if title_key(entry.title).startswith(typed) else 0.0
        made.append(Alike(entry, each["here"], score))
    return sorted(made, key=lambda one: (-one.score, -one.here))


def _union(parts: Sequence[SQL]) -> SQL:
    return SQL(" UNION ALL ".join("SELECT * FROM ({}) AS piece" for _ in parts), *parts)


def _hits(number: int, word: Telling, condition: SQL) -> SQL:
    if engine_type() == "sqlite":
        match = " OR ".join(
            [f'"{word.word}"{" *" if word.begins else ""}', *(f'stems : "{stem}"' for stem in word.stems)]
        )
        return SQL(
            f"SELECT {number} AS word, e.id, e.root FROM entry_index i CROSS JOIN entry e ON e.id = i.rowid WHERE entry_index MATCH {{}} AND {{}} "
            f"ORDER BY i.rowid DESC LIMIT {_MOST_A_WORD}",
            match, condition,
        )  # fmt: skip
    match = " | ".join([f"'{word.word}'{':*' if word.begins else ''}", *(f"'{stem}':C" for stem in word.stems)])
    return SQL(
        f"SELECT {number} AS word, e.id, e.root FROM entry_text i JOIN entry e ON e.id = i.id WHERE i.words @@ CAST({{}} AS tsquery) AND {{}} "
        f"ORDER BY i.id DESC LIMIT {_MOST_A_WORD}",
        match, condition,
    )  # fmt: skip


def _rarity(words: Sequence[Telling], said: Sequence[str]) -> tuple[float, ...]:
    """How much each word tells: the more, the fewer of those texts have it."""
    have = [sum(word.said_in(text) for text in said) for word in words]
    tells = [math.log(1 + (len(said) + 1) / (1 + many)) for many in have]
    return tuple(each if word.whole else _HALF_TELLS * each for word, each in zip(words, tells, strict=True))


def _score(words: Sequence[Telling], rare: Sequence[float], entry: Entry, said: str) -> float:
    title = f" {' '.join(stem for word in _WORD.findall(entry.title.lower()) for stem in query_stems(word))} "
    whole = sum(tells for word, tells in zip(words, rare, strict=True) if word.whole)
    return (_said(words, rare, title) + _TEXT_TELLS * _said(words, rare, said)) / whole


def _said(words: Sequence[Telling], rare: Sequence[float], text: str) -> float:
    """A word that is not there may be there by its halves."""
    there = [(word, tells) for word, tells in zip(words, rare, strict=True) if word.said_in(text)]
    whole = {word.of for word, _ in there if word.whole}
    return sum(tells for word, tells in there if word.whole or word.of not in whole)


def _speaks_for(entry: Entry, helped: int, kind: str) -> float:
    """Of what says as much, that comes first which is settled, has helped others, or is what is being written."""
    given = math.log1p(entry.helped + entry.vote + helped)
    return (_SETTLED if entry.accepted else 0.0) + _GIVEN * given + (_SAME_KIND if entry.kind == kind else 0.0)
