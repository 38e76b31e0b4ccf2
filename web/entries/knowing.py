"""Who may know: colleagues, by what they have written and settled that looks like what somebody asks, and by what they say of themselves."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web import text
from web.database import id_at, in_list, now, rows
from web.entries import queries
from web.entries import rows as shapes
from web.entries.alike import Alike, conversations, looked_at
from web.entries.queries import Filter
from web.entries.rows import Entry, Face
from web.entries.surviving import SHARED
from web.kinds import KINDS
from web.people.skills import here
from web.policy import Viewer, people_known_to, visible_to
from web.times import DAY

_MOST, _MOST_TALKS, _MOST_SAID, _TOLD = 5, 12, 200, 3
# On the page about one thing: how many people, of how many conversations; and how much what has only its word counts beside what has its tag.
_MANY, _MANY_TALKS, _SAID_ONLY = 20, 60, 0.6
# How many topics are looked at, and of how many people what they say of them.
_MOST_TOPICS, _MOST_SAYING = 20, 300
# What has less in common with it than this share of what the best one has is not about it.
_ABOUT = 0.45
# What each thing counts, and after how long it counts half.
_COUNTS = {
    "accepted": 6.0, "helped": 3.0, "wrote": 2.0, "says": 2.0, "instead": 2.0, "changed": 1.5, "verified": 1.5, "answered": 1.0,
}  # fmt: skip
_HALF = 2 * 365 * DAY
# Whoever was mentioned so lately counts less for each time, so that not the same person is asked every time.
_LATELY, _TIRED, _MOST_TIRED = 14 * DAY, 0.9, 10
_ASKED = tuple(kind.name for kind in KINDS.values() if kind.accepts)
# So many words of somebody that are left in a page count as much as if they had written a short one, and so much at most.
_WORDS, _MOST_WORDS = 60, 3.0


@dataclass(frozen=True)
class Evidence:
    """One thing that somebody did: `what` is a word of `_COUNTS`, `entry` heads the conversation and `here` is the id of the text. Or what
    was said of a `topic`: by them, or, that one should ask them instead, `by` somebody else. `words`: how many of theirs are left in a page."""

    what: str
    entry: Entry | None = None
    here: int = 0
    topic: str = ""
    by: Face | None = None
    words: int = 0


@dataclass(frozen=True)
class Knower:
    """Somebody who may know; `because`: what says so, the weightiest first, three at most, and `more` how many more there are."""

    person: Face
    because: tuple[Evidence, ...]
    more: int
    score: float


Because = dict[Face, list[tuple[float, Evidence]]]


async def knowers(viewer: Viewer, found: Sequence[Alike], title: str = "") -> tuple[Knower, ...]:
    """Of what was found, the best first, for a title: who answered, wrote, changed and verified it, as far as the viewer may read that, and who
    says that they can be asked. Whoever asks is not among them, nor who has left, is away, or would rather not be asked about that."""
    about = {each.entry.id: each for each in conversations(found, _MOST_TALKS) if each.score >= _ABOUT * found[0].score}
    return await _ranked(viewer, about, _words(title), _MOST)


async def knowers_about(viewer: Viewer, about: str) -> tuple[Knower, ...]:
    """The same of a tag, or of some words: of more people, and of more of what they did."""
    named = text.tag_name(about)
    said = conversations(await looked_at(viewer, about), _MANY_TALKS)
    best = said[0].score if said else 1.0
    found = {
        each.entry.id: Alike(each.entry, each.here, _SAID_ONLY * each.score / best)
        for each in said
        if each.score >= _ABOUT * best
    }
    if named:
        listed = await queries.stream(viewer, Filter(tag=named), limit=_MANY_TALKS)
        found |= {each.id: Alike(each, each.id, 1.0) for each in listed.items}
    return await _ranked(viewer, found, _words(about), _MANY)


def _words(said: str) -> dict[str, float]:
    """By the names that tags have: what is named outright counts whole."""
    named = [text.tag_name(word.strip(".,:;?!()\"'")) for word in said[:300].split()]
    return dict.fromkeys((each for each in named if each), 1.0)


async def _ranked(
    viewer: Viewer, about: Mapping[int, Alike], named: Mapping[str, float], many: int
) -> tuple[Knower, ...]:
    tags = {id: {tag.name for tag in each} for id, each in (await queries.tags_of(tuple(about))).items()}
    topics = _topics(about, tags, named)
    told = await _told(viewer, topics) if topics else []
    # What another word for it was said of.
    named = {**named, **{each["topic"]: 1.0 for each in told if each["topic"] not in topics}}
    topics |= {topic: 1.0 for topic in named if topic not in topics}
    passes = {(each["author"], each["topic"]) for each in told if each["says"] == "pass"}
    because: Because = defaultdict(list)
    for each in await _done(viewer, about) if about else []:
        alike = about[each["root"]]
        if any((each["author"], topic) in passes for topic in (*tags.get(alike.entry.id, ()), *named)):
            continue
        weight = _COUNTS[each["what"]] * _much(each["words"]) * alike.score * 0.5 ** ((now() - each["at"]) / _HALF)
        because[shapes.face(each)].append(
            (weight, Evidence(each["what"], alike.entry, each["id"], words=each["words"]))
        )
    for person, weight, said in _saying(told, topics):
        if (person.id, said.topic) not in passes:
            because[person].append((weight, said))
    tired = await _tired(viewer, [each.id for each in because])
    made = [_knower(person, all, tired.get(person.id, 1.0)) for person, all in because.items()]
    return tuple(sorted(made, key=lambda one: (-one.score, one.person.handle))[:many])


def _much(words: int) -> float:
    """Twice as many words are less than twice as much; what is not counted in words is whole."""
    return min(math.log2(1 + words / _WORDS), _MOST_WORDS) if words else 1.0


def _topics(
    about: Mapping[int, Alike], tags: Mapping[int, Collection[str]], named: Mapping[str, float]
) -> dict[str, float]:
    """What it is about, by the names of tags, and how much so: as much of what was found as has the tag."""
    whole = sum(each.score for each in about.values()) or 1.0
    found: dict[str, float] = defaultdict(float)
    for id, names in tags.items():
        for name in names:
            found[name] += about[id].score / whole
    best = sorted({**found, **named}.items(), key=lambda each: (-each[1], each[0]))
    return dict(best[:_MOST_TOPICS])


async def _done(viewer: Viewer, about: Mapping[int, Alike]) -> list[dict[str, Any]]:
    heads, read = in_list(tuple(about)), visible_to(viewer, "w")
    return await rows(
        "SELECT p.id AS author, p.handle AS author_handle, p.name AS author_name, d.id, d.root, d.what, d.at, d.words FROM ("
        "SELECT * FROM (SELECT w.id, w.root, w.author AS person, CASE WHEN r.accepted = w.id THEN 'accepted' WHEN w.helped > 0 THEN 'helped' "
        "WHEN w.id = w.root THEN 'wrote' ELSE 'answered' END AS what, w.updated_at AS at, 0 AS words "
        "FROM entry w JOIN entry r ON r.id = w.root WHERE w.root IN {} AND w.kind NOT IN {} AND {} AND (w.helped > 0 OR NOT EXISTS (SELECT 1 FROM surviving s WHERE s.entry = w.id)) "
        "ORDER BY w.helped DESC, w.id DESC LIMIT {}) AS said UNION ALL "
        "SELECT w.id, w.root, v.author, 'changed', max(v.created_at), 0 FROM entry w JOIN revision v ON v.entry = w.id "
        "WHERE w.id IN {} AND w.kind IN {} AND v.author <> w.author AND NOT v.minor "
        "AND NOT EXISTS (SELECT 1 FROM surviving s WHERE s.entry = w.id) GROUP BY w.id, w.root, v.author UNION ALL "
        "SELECT w.id, w.root, s.person, CASE WHEN s.person = w.author THEN 'wrote' ELSE 'changed' END, s.at, s.words FROM entry w "
        "JOIN surviving s ON s.entry = w.id WHERE w.id IN {} AND s.words > 0 UNION ALL "
        "SELECT w.id, w.root, v.actor, 'verified', max(v.created_at), 0 FROM entry w JOIN event v ON v.entry = w.id "
        "WHERE w.id IN {} AND v.verb = 'verify' GROUP BY w.id, w.root, v.actor) d JOIN person p ON p.id = d.person "
        "WHERE p.active AND p.id <> {} AND {} AND {}",
        heads, in_list(_ASKED), read, _MOST_SAID, heads, in_list(SHARED), heads, heads, viewer.person or 0, people_known_to(viewer), here("p"),
    )  # fmt: skip


async def _told(viewer: Viewer, topics: Collection[str]) -> list[dict[str, Any]]:
    """What people say of these topics, or of what these are other words for, and whom they name instead."""
    return await rows(
        "SELECT p.id AS author, p.handle AS author_handle, p.name AS author_name, k.topic, k.says, "
        "CASE WHEN {} THEN 1 ELSE 0 END AS here, o.id AS other, o.handle AS other_handle, o.name AS other_name "
        "FROM skill k JOIN person p ON p.id = k.person "
        "LEFT JOIN person o ON o.id = k.instead AND o.active AND o.id <> {} AND {} AND {} "
        "WHERE (k.topic IN {} OR k.topic IN (SELECT t.name FROM synonym y JOIN tag t ON t.id = y.tag WHERE y.name IN {})) AND k.says IN ('ask', 'pass') AND p.active AND p.id <> {} AND {} ORDER BY k.id DESC LIMIT {}",
        here("p"), viewer.person or 0, here("o"), people_known_to(viewer, "o"), in_list(sorted(topics)), in_list(sorted(topics)), viewer.person or 0,
        people_known_to(viewer), _MOST_SAYING,
    )  # fmt: skip


def _saying(told: Sequence[Mapping[str, Any]], topics: Mapping[str, float]) -> list[tuple[Face, float, Evidence]]:
    made = []
    for each in told:
        person, topic = shapes.face(each), each["topic"]
        if each["says"] == "pass" and each["other"]:
            other = Face(each["other"], each["other_handle"], each["other_name"])
            made.append((other, _COUNTS["instead"] * topics[topic], Evidence("instead", topic=topic, by=person)))
        elif each["says"] != "pass" and each["here"]:
            made.append((person, _COUNTS["says"] * topics[topic], Evidence("says", topic=topic)))
    return made


async def _tired(viewer: Viewer, people: Sequence[int]) -> dict[int, float]:
    """What those count who were mentioned lately, as far as the viewer may read where."""
    found = await rows(
        "SELECT v.person, count(*) AS often FROM event v JOIN entry e ON e.id = v.entry "
        "WHERE v.person IN {} AND v.id > {} AND v.verb = 'mention' AND {} GROUP BY v.person",
        in_list(people), id_at(now() - _LATELY, 0), visible_to(viewer),
    ) if people else []  # fmt: skip
    return {each["person"]: _TIRED ** min(each["often"], _MOST_TIRED) for each in found}


def _knower(person: Face, done: list[tuple[float, Evidence]], counts: float) -> Knower:
    """Very much of one sort weighs less and less: each thing half of the one before."""
    done.sort(key=lambda each: (-each[0], each[1].here, each[1].topic))
    score = counts * sum(weight * 0.5**n for n, (weight, _) in enumerate(done))
    told = list({each.entry.id if each.entry else each.topic: each for _, each in reversed(done)}.values())[::-1]
    return Knower(person, tuple(told[:_TOLD]), max(0, len(told) - _TOLD), score)
