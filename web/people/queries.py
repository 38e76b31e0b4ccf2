"""Every read of people and spaces. Each takes the viewer, but for those that find out who the viewer is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from web.database import SQL, engine_type, now, row, rows, value
from web.errors import NotThere, there
from web.facts import HOUSE
from web.people.rows import Asker, House, Member, Person, SignedIn, Skill, Space
from web.policy import EVERYONE, NOBODY, Mine, Placed, Viewer, audience_of, listed_for, people_known_to, readable_spaces

_PERSON = "p.id, p.handle, p.name, p.about, p.guest, p.active, p.admin, p.created_at, p.away_until"
_VIEWER = (
    "p.id, p.handle, p.name, p.admin, p.guest, p.language, p.by_time, s.id AS space, s.slug, s.name AS space_name, s.access, s.public, "
    "s.members, m.role, m.until, (SELECT string_agg(CAST(o.id AS VARCHAR), ' ') FROM space o WHERE o.ends_at <= {}) AS ended, "
    "(SELECT min(o.ends_at) FROM space o WHERE o.ends_at > {}) AS next_end, (SELECT stand_in FROM house) AS stand_in, "
    "(SELECT string_agg(CAST(a.id AS VARCHAR), ' ') FROM asker a WHERE a.person = p.id) AS asked"
)
_BELONGING = "LEFT JOIN membership m ON m.person = p.id AND (m.until IS NULL OR m.until > {}) LEFT JOIN space s ON s.id = m.space"
_READABLE = "CASE WHEN EXISTS (SELECT 1 FROM space WHERE id = s.id AND {}) THEN 1 ELSE 0 END"
_SPACE = "s.id, s.slug, s.name, s.about, s.access, s.public, s.members, s.created_at, s.ends_at, s.welcome, s.nameless"


def _person(found: Mapping[str, Any], id: str = "id") -> Person:
    return Person(
        id=found[id], handle=found["handle"], name=found["name"], about=found["about"], guest=bool(found["guest"]),
        active=bool(found["active"]), admin=bool(found["admin"]), created_at=found["created_at"],
        away_until=until if (until := found["away_until"] or 0) > now() else None,
    )  # fmt: skip


def _space(found: Mapping[str, Any]) -> Space:
    return Space(
        id=found["id"], slug=found["slug"], name=found["name"], about=found["about"], access=found["access"],
        public=bool(found["public"]), members=found["members"], created_at=found["created_at"],
        readable=bool(found["readable"]), ends_at=found["ends_at"], welcome=found["welcome"],
        ended=found["ends_at"] is not None and found["ends_at"] <= now(), nameless=bool(found["nameless"]) and found["access"] == "open",
    )  # fmt: skip


# Who the viewer is.


async def viewer(person: int) -> Viewer:
    """The person as a viewer, with the spaces they belong to now; nobody, when they may not sign in."""
    found = await rows(
        f"SELECT {_VIEWER} FROM person p {_BELONGING} WHERE p.id = {{}} AND p.active ORDER BY s.name, s.id",
        now(), now(), now(), person,
    )  # fmt: skip
    return _viewer(found) if found else NOBODY


def _viewer(found: list[dict[str, Any]]) -> Viewer:
    me = found[0]
    spaces = tuple(
        Mine(
            each["space"],
            each["slug"],
            each["space_name"],
            each["access"],
            bool(each["public"]),
            each["role"],
            each["members"],
        )
        for each in found
        if each["space"] is not None
    )
    return Viewer(
        person=me["id"], handle=me["handle"], name=me["name"], audience=f"person:{me['handle']}",
        colleague=not me["guest"], admin=bool(me["admin"]), language=me["language"], by_time=bool(me["by_time"]), spaces=spaces,
        ended=frozenset(map(int, (me["ended"] or "").split())), asked=frozenset(map(int, (me["asked"] or "").split())), stand_in=me["stand_in"],
    )  # fmt: skip


async def viewer_by_handle(handle: str) -> Viewer:
    """Raises NotThere."""
    found = await value("SELECT id FROM person WHERE handle = {} AND active", handle)
    found = there(found)
    return await viewer(found)


async def first_administrator() -> Viewer:
    """Raises NotThere."""
    found = await value("SELECT id FROM person WHERE admin AND active ORDER BY id LIMIT 1")
    found = there(found)
    return await viewer(found)


async def audience(named: str) -> Viewer:
    """`public`, `everyone`, `space:SLUG` or `person:HANDLE` as a viewer. Raises NotThere."""
    what, _, which = named.partition(":")
    if what == "person" and which:
        return await viewer_by_handle(which)
    if what == "space" and which:
        found = await row("SELECT id, slug, name, access, public FROM space WHERE slug = {}", which)
        found = there(found)
        return audience_of(Mine(**{**found, "public": bool(found["public"])}, role="member"))
    known = {"public": NOBODY, "everyone": EVERYONE}
    if named not in known:
        raise NotThere
    return known[named]


async def only_in(viewer: Viewer, slugs: Sequence[str]) -> Viewer:
    """The same viewer, who reads nothing but what is in these spaces (all, for none). Raises NotThere."""
    found = [await readable_space(viewer, slug) for slug in slugs]
    only = tuple(sorted(space.id for space in found))
    return replace(viewer, only=only, spaces=tuple(mine for mine in viewer.spaces if not only or mine.id in only))


_RIGHTS = "(SELECT COALESCE(sum(changes), 0) FROM rights)"


async def rights() -> int:
    """Another number after each commit that changed what `asker` and `house` tell."""
    return int(await value(f"SELECT {_RIGHTS}"))


_NAME_OF = {"session": "x.agent", "token": "x.name", "feed_key": "x.name"}


async def asker(kind: str, token_hash: str, oldest: int = 0) -> tuple[SignedIn, Viewer] | None:
    """The session (unless it was last seen before `oldest`, in ms), the token or the key to feeds, says `kind`, and the viewer it acts for."""
    found = await rows(
        f"SELECT {_VIEWER}, {_RIGHTS} AS rights, x.id AS by_id, {_NAME_OF[kind]} AS by_name, x.created_at AS by_since, x.seen_at AS by_seen "
        f"FROM {kind} x JOIN person p ON p.id = x.person {_BELONGING} "
        "WHERE x.token_hash = {} AND COALESCE(x.seen_at, {}) > {} AND p.active ORDER BY s.name, s.id",
        now(), now(), now(), token_hash, now(), oldest,
    )  # fmt: skip
    if not found:
        return None
    by = found[0]
    until = min(by["next_end"] or math.inf, *(each["until"] or math.inf for each in found))
    signed_in = SignedIn(by["by_id"], by["id"], by["by_name"], by["by_since"], by["by_seen"], until, int(by["rights"]))
    return signed_in, _viewer(found)


async def signed_in(viewer: Viewer) -> dict[str, tuple[SignedIn, ...]]:
    """What acts for the viewer: each `session`, the one seen last first; each `token` and each `feed_key`, the latest first."""
    parts = (
        f"SELECT '{kind}' AS kind, x.id, x.person, {name} AS name, x.created_at, x.seen_at FROM {kind} x WHERE x.person = {{}}"
        for kind, name in _NAME_OF.items()
    )
    found = await rows(" UNION ALL ".join(parts), *[viewer.person] * len(_NAME_OF))
    made: dict[str, list[SignedIn]] = {kind: [] for kind in _NAME_OF}
    for each in found:
        made[each.pop("kind")].append(SignedIn(**each))
    latest = {kind: sorted(all, key=lambda by: by.id, reverse=True) for kind, all in made.items()}
    latest["session"].sort(key=lambda by: by.seen_at or 0, reverse=True)
    return {kind: tuple(all) for kind, all in latest.items()}


# People.


async def person(viewer: Viewer, handle: str) -> Person:
    """Raises NotThere."""
    found = await row(f"SELECT {_PERSON} FROM person p WHERE p.handle = {{}} AND {{}}", handle, people_known_to(viewer))
    found = there(found)
    return _person(found)


async def profile(viewer: Viewer, handle: str) -> tuple[Person, tuple[Skill, ...]]:
    """The person, and what they say of themselves that others may want to ask about, by topic. Raises NotThere."""
    found = await rows(
        f"SELECT {_PERSON}, k.id AS skill, k.topic, k.says FROM person p LEFT JOIN skill k ON k.person = p.id AND k.says IN ('ask', 'learning') "
        "WHERE p.handle = {} AND {} ORDER BY k.says, k.topic",
        handle, people_known_to(viewer),
    )  # fmt: skip
    there(found or None)
    return _person(found[0]), tuple(
        Skill(each["skill"], each["topic"], each["says"]) for each in found if each["topic"]
    )


async def people(viewer: Viewer, start: str = "", after: str = "", limit: int = 100) -> tuple[Person, ...]:
    """Who can sign in, by handle, from the one after `after`; `start` is the beginning of a handle or of one of the names."""
    found = await rows(
        f"SELECT {_PERSON} FROM person p WHERE p.active AND p.handle > {{}} AND {{}} AND {{}} ORDER BY p.handle LIMIT {{}}",
        after, _begins(start) if start else SQL("1 = 1"), people_known_to(viewer), limit,
    )  # fmt: skip
    return tuple(_person(each) for each in found)


_WORD = re.compile(r"[^\W_]+")


def _begins(start: str) -> SQL:
    """A handle or a name has these words in a row, and goes on from the last one."""
    if not (said := _WORD.findall(start.lower())):
        return SQL("1 = 0")
    if engine_type() == "sqlite":
        match = " + ".join(f'"{word}"' for word in said)
        return SQL("p.id IN (SELECT rowid FROM person_index WHERE person_index MATCH {})", f"{match} *")
    # Looked up first: else PostgreSQL goes through all people by their handles, of whom it will soon have found enough, it thinks.
    match = " <-> ".join(f"'{word}'" for word in said) + ":*"
    return SQL("p.id = ANY(ARRAY(SELECT w.id FROM person w WHERE w.words @@ CAST({} AS tsquery)))", match)


async def email(viewer: Viewer) -> str | None:
    """The viewer's own."""
    return await value("SELECT email FROM person WHERE id = {}", viewer.person)


async def anybody() -> bool:
    """Whether the house has people at all."""
    return bool(await value("SELECT 1 FROM person LIMIT 1"))


async def house() -> House:
    """What everybody may know, signed in or not."""
    found = there(
        await row(
            f"SELECT {_RIGHTS} AS rights, s.id, s.name, s.public, h.language, h.settled, h.stand_in, (SELECT count(*) FROM person WHERE active AND NOT guest) AS colleagues "
            "FROM house h JOIN space s ON s.slug = {}",
            HOUSE,
        )
    )
    return House(
        found["name"], found["language"], bool(found["settled"]), found["colleagues"], found["id"], bool(found["public"]),
        int(found["rights"]), found["stand_in"],
    )  # fmt: skip


# Spaces.


async def spaces(viewer: Viewer, limit: int = 1000) -> tuple[Space, ...]:
    """The spaces that the viewer may know of, by name; last those that have ended."""
    found = await rows(
        f"SELECT {_SPACE}, {_READABLE} AS readable FROM space s WHERE {{}} ORDER BY s.name, s.id LIMIT {{}}",
        readable_spaces(viewer), listed_for(viewer), limit,
    )  # fmt: skip
    return tuple(sorted((_space(each) for each in found), key=lambda space: space.ended))


async def space(viewer: Viewer, slug: str) -> Space:
    """Raises NotThere. The viewer may know of it without being able to read what is in it."""
    there(None if "\0" in slug else slug)  # PostgreSQL would stumble over it
    found = await row(
        f"SELECT {_SPACE}, {_READABLE} AS readable FROM space s WHERE s.slug = {{}} AND {{}}",
        readable_spaces(viewer), slug, listed_for(viewer),
    )  # fmt: skip
    found = there(found)
    return _space(found)


def readers_of(space: Placed) -> SQL:
    """A condition on people `p`: they read what is in that space. The other way round of `policy.readable_spaces`, without the world."""
    belongs = "EXISTS (SELECT 1 FROM membership m WHERE m.person = p.id AND m.space = {} AND (m.until IS NULL OR m.until > {}))"
    return SQL(f"({belongs} OR {{}})", space.id, now(), SQL("NOT p.guest" if space.access == "open" else "1 = 0"))


def read_by(person: str = "p", entry: str = "e") -> SQL:
    """The same as a condition on people and on entries: these read that. Of the world, nobody is one of these."""
    belongs = f"EXISTS (SELECT 1 FROM membership m WHERE m.person = {person}.id AND m.space = {entry}.space AND (m.until IS NULL OR m.until > {{}}))"
    opens = f"(NOT {person}.guest AND EXISTS (SELECT 1 FROM space o WHERE o.id = {entry}.space AND o.access = 'open'))"
    return SQL(f"({belongs} OR {opens})", now())


async def reader_of(viewer: Viewer, space: Placed, handle: str) -> int | None:
    """Somebody whom the viewer knows and who reads what is in that space."""
    which = "SELECT p.id FROM person p WHERE p.handle = {} AND p.active AND {} AND {}"
    found = await value(which, handle, readers_of(space), people_known_to(viewer))
    return int(found) if found else None


async def readable_space(viewer: Viewer, slug: str) -> Space:
    """A space whose content the viewer may read. Raises NotThere."""
    found = await space(viewer, slug)
    there(found if found.readable else None)
    return found


async def members(viewer: Viewer, space: Space) -> tuple[Member, ...]:
    """Who belongs to a space that the viewer may read, hosts first."""
    found = await rows(
        f"SELECT {_PERSON}, m.role, m.until FROM membership m JOIN person p ON p.id = m.person "
        "WHERE m.space = {} AND p.active AND (m.until IS NULL OR m.until > {}) AND {} AND m.space IN "
        "(SELECT id FROM space WHERE {}) ORDER BY CASE m.role WHEN 'host' THEN 0 WHEN 'editor' THEN 1 "
        "WHEN 'member' THEN 2 ELSE 3 END, p.name, p.id LIMIT 1000",
        space.id, now(), people_known_to(viewer), readable_spaces(viewer),
    )  # fmt: skip
    return tuple(Member(_person(each), each["role"], each["until"]) for each in found)


async def without_host(viewer: Viewer, limit: int = 50) -> dict[Space, tuple[Person, ...]]:
    """For administrators: the spaces that go on and that nobody runs, by name, each with those who could; of secret ones nothing is told."""
    if not viewer.may("administer"):
        return {}
    host = (
        "SELECT 1 FROM membership m JOIN person o ON o.id = m.person WHERE m.space = s.id AND m.role = 'host' AND o.active "
        "AND (m.until IS NULL OR m.until > {})"
    )
    found = await rows(
        f"SELECT {_SPACE}, 0 AS readable, p.id AS who, p.handle, p.name AS who_name, p.about AS who_about, p.guest, p.active, p.admin, "
        "p.created_at AS who_since, p.away_until FROM space s LEFT JOIN membership n ON n.space = s.id LEFT JOIN person p ON p.id = n.person "
        f"AND p.active AND NOT p.guest WHERE s.slug <> {{}} AND s.access <> 'secret' AND (s.ends_at IS NULL OR s.ends_at > {{}}) AND {{}} "
        f"AND NOT EXISTS ({host}) ORDER BY s.name, s.id, p.name, p.id LIMIT {{}}",
        HOUSE, now(), listed_for(viewer), now(), limit * 20,
    )  # fmt: skip
    made: dict[Space, tuple[Person, ...]] = {}
    for each in found:
        space = _space(each)
        who = each | {"name": each["who_name"], "about": each["who_about"], "created_at": each["who_since"]}
        made[space] = (*made.get(space, ()), *([_person(who, "who")] if each["who"] else []))
    return dict(list(made.items())[:limit])


async def askers(viewer: Viewer, space: Space) -> tuple[Asker, ...]:
    """Who waits to be let in; only for those who can answer."""
    if not viewer.may("host", space):
        return ()
    found = await rows(
        f"SELECT {_PERSON}, j.id AS ask, j.why, j.created_at AS asked_at FROM join_request j "
        "JOIN person p ON p.id = j.person WHERE j.space = {} ORDER BY j.id",
        space.id,
    )
    return tuple(Asker(each["ask"], _person(each), each["why"], each["asked_at"]) for each in found)


async def has_asked(viewer: Viewer, space: Space) -> bool:
    return bool(await value("SELECT 1 FROM join_request WHERE space = {} AND person = {}", space.id, viewer.person))
