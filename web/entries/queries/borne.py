"""What stands on entries in a list, asked for all of them in one statement: tags, what the viewer has given, polls, what
they quote, what is behind their links."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web.database import SQL, in_list, now, rows
from web.entries.carried import Carried, Choice, Poll, Preview, Quoted
from web.entries.nameless import given_by
from web.entries.queries.talks import news_in
from web.entries.rows import Face, Ref, Tag
from web.policy import Viewer, visible_to


@dataclass(frozen=True)
class Borne:
    """By the ids of entries that were read already; nothing for those that have none. news: how much in each conversation is new to the viewer."""

    tags: Mapping[int, tuple[Tag, ...]] = field(default_factory=dict)
    given: Mapping[int, frozenset[str]] = field(default_factory=dict)
    carried: Mapping[int, Carried] = field(default_factory=dict)
    news: Mapping[int, int] = field(default_factory=dict)


_TAGS = (
    "SELECT 'tag' AS what, g.entry AS entry, tag.id AS id, tag.name AS name, g.title AS title, '' AS more, '' AS further, "
    "0 AS n, 0 AS until, NULL AS ended_at FROM tagging g JOIN tag ON tag.id = g.tag WHERE g.entry IN {}"
)
_POLLS = (
    "SELECT 'poll', q.id, q.id, '', '', '', '', q.voters * 2 + CASE WHEN q.several THEN 1 ELSE 0 END, q.until, q.ended_at "
    "FROM poll q WHERE q.id IN {} UNION ALL "
    "SELECT 'choice', c.entry, c.id, c.words, '', '', '', c.votes, 0, NULL FROM choice c WHERE c.entry IN {}"
)
_MINE = (
    "SELECT 'given', r.entry, 0, r.name, '', '', '', 0, 0, NULL FROM reaction r WHERE {} AND r.entry IN {} UNION ALL "
    "SELECT 'chosen', b.entry, b.choice, '', '', '', '', 0, 0, NULL FROM ballot b WHERE b.entry IN {} AND b.person = {}"
)
_NEW = "SELECT f.what, f.entry, 0, f.name, '', '', '', 0, 0, NULL FROM ({}) AS f"
_PREVIEWS = (
    "SELECT 'preview', l.entry, l.id, w.title, w.url, w.about, w.site, 0, 0, NULL FROM link l JOIN preview w ON w.url = l.url "
    "WHERE l.entry IN {} AND w.title <> ''"
)
_QUOTED = (
    "SELECT 'quoted', l.entry, e.id, a.handle || ' ' || a.name, e.title, substr(t.body, 1, 400), e.kind || ' ' || e.slug, e.root, l.id, NULL "
    "FROM link l JOIN entry e ON e.id = l.target JOIN person a ON a.id = e.author LEFT JOIN entry_text t ON t.id = e.id "
    "WHERE l.entry IN {} AND l.embeds AND l.written LIKE '/e/%' AND {}"
)


async def borne(viewer: Viewer, ids: Sequence[int], *, copied: bool = False, news: bool = True) -> Borne:
    """`copied`: for a copy that is read whenever, where the results of each poll are told as of now, and nothing that another site said.
    `news`: with what is new in each of them."""
    if not ids:
        return Borne()
    these = in_list(ids)
    parts = [SQL(_TAGS, these), SQL(_POLLS, these, these), SQL(_QUOTED, these, visible_to(viewer))]
    if viewer.person is not None:
        parts.append(SQL(_MINE, given_by(viewer), these, these, viewer.person))
    if viewer.person is not None and news:
        parts.append(SQL(_NEW, news_in(viewer, SQL("f.entry IN {}", these))))
    if not copied:
        parts.append(SQL(_PREVIEWS, these))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in await rows(" UNION ALL ".join("{}" for _ in parts), *parts):
        found[each["what"]].append(each)
    tags, given = defaultdict(list), defaultdict(set)
    for each in sorted(found["tag"], key=lambda each: each["name"]):
        tags[each["entry"]].append(Tag(each["id"], each["name"], each["title"]))
    for each in found["given"]:
        given[each["entry"]].add(each["name"])
    return Borne(
        {id: tuple(each) for id, each in tags.items()},
        {id: frozenset(each) for id, each in given.items()},
        _carried(found, copied=copied),
        {each["entry"]: int(each["name"]) for each in found["new"] if each["name"] != "0"},
    )


def _carried(found: Mapping[str, Sequence[dict[str, Any]]], *, copied: bool) -> dict[int, Carried]:
    polls, previews, quoted = (
        _polls(found, copied=copied),
        _previews(found.get("preview", ())),
        _quoted(found.get("quoted", ())),
    )
    ids = polls.keys() | previews.keys() | quoted.keys()
    return {id: Carried(polls.get(id), previews.get(id), quoted.get(id)) for id in ids}


def _polls(found: Mapping[str, Sequence[dict[str, Any]]], *, copied: bool) -> dict[int, Poll]:
    mine = {each["id"] for each in found.get("chosen", ())}
    choices: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in found.get("choice", ()):
        choices[each["entry"]].append(each)
    polls = {}
    for each in found.get("poll", ()):
        asked = sorted(choices[each["entry"]], key=lambda choice: choice["id"])
        until = each["until"] if each["ended_at"] is None else min(each["ended_at"], each["until"])
        open = until > now()
        told = copied or not open or any(choice["id"] in mine for choice in asked)
        polls[each["entry"]] = Poll(
            bool(each["n"] % 2), until, open, told, each["n"] // 2 if told else 0,
            tuple(Choice(one["id"], one["name"], one["n"] if told else 0, one["id"] in mine) for one in asked),
        )  # fmt: skip
    return polls


def _previews(found: Sequence[dict[str, Any]]) -> dict[int, Preview]:
    """Of each the first link that says something."""
    first: dict[int, Preview] = {}
    for each in sorted(found, key=lambda each: each["id"]):
        first.setdefault(each["entry"], Preview(each["title"], each["name"], each["more"], each["further"]))
    return first


def _quoted(found: Sequence[dict[str, Any]]) -> dict[int, Quoted]:
    """Of each the first."""
    first: dict[int, Quoted] = {}
    for each in sorted(found, key=lambda each: each["until"]):
        kind, slug = each["further"].split(" ", 1)
        handle, name = each["name"].split(" ", 1)
        ref = Ref(each["id"], kind, slug, each["title"], each["n"])
        first.setdefault(each["entry"], Quoted(ref, Face(0, handle, name), each["more"] or ""))
    return first


async def polls_at(ids: Collection[int], moment: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The polls of entries that were read already and their choices, with the votes of then (ms), as far as they stand today."""
    polls = await rows("SELECT id, several, until, ended_at FROM poll WHERE id IN {} ORDER BY id", in_list(ids))
    choices = await rows("SELECT id, entry, words FROM choice WHERE entry IN {} ORDER BY id", in_list(ids))
    cast = await rows(
        "SELECT entry, choice, person FROM ballot WHERE entry IN {} AND created_at <= {}", in_list(ids), moment
    )
    votes = Counter(each["choice"] for each in cast)
    voters = Counter(entry for entry, _ in {(each["entry"], each["person"]) for each in cast})
    for each in polls:
        each["voters"] = voters[each["id"]]
        if each["ended_at"] is not None and each["ended_at"] > moment:
            each["ended_at"] = None
    for each in choices:
        each["votes"] = votes[each["id"]]
    return polls, choices
