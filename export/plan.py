"""What there will be in a snapshot, and what each page is made of: asked for all pages together, which takes a small part of
the time of making them.

A page whose validator is that of the last time is still right. Two pages that differ never have the same validator, but the same
page may get another one: then it is made again, and turns out to be what it was. A page that nobody here knows of has none, and is
made each time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import Any

from export.addresses import TWIN
from export.reading import Snapshot
from web import urls
from web.database import in_list, now, rows
from web.entries.queries import MONTH_SIZE, TREES, Cursor
from web.entries.rows import Ref
from web.kinds import KINDS
from web.people import queries as people
from web.policy import Viewer, file_visible_to, listed_for, people_known_to, readable_spaces, visible_to
from web.templating import MENU
from web.validators import program

# They say the same at all times.
_FIXED = ("search", "accessibility")
# As deep as a page looks up, and about as many as it shows of what links to it.
_DEEPEST, _LINKING = 50, 60
_PART = re.compile(r"(/entries/\d+/)(?:replies|history)/.*|(/files/\d+/).*|(/people/)after/[^/]*/")
_FOLDER = Path(__file__).resolve().parent


class Plan:
    """The addresses of a snapshot, and `ends`: those of what stands on the page of something else, with the address and the
    fragment there. `texts` is a validator for all that was written."""

    def __init__(self, frame: object) -> None:
        self._frame = repr(frame)
        self._marks: dict[str, bytes] = {}
        self._parts: dict[str, bytes] = {}
        self.ends: dict[str, tuple[str, str]] = {}
        self.texts = ""

    def add(self, address: str, mark: bytes) -> None:
        self._marks[address] = mark

    def add_parts(self, start: str, mark: bytes) -> None:
        """Pages whose addresses begin so, if there are any, are made of this."""
        self._parts[start] = mark

    @property
    def addresses(self) -> list[str]:
        return sorted(self._marks)

    def validator(self, address: str) -> str:
        """Empty for an address that nobody here knows of."""
        mark = self._marks.get(address)
        if mark is None and (found := _PART.fullmatch(address)):
            start = found[1] or found[2] or found[3]
            mark = self._parts.get(start) or self._marks.get(start)
        return _hash(self._frame, address, mark).hex() if mark else ""


def _hash(*made_of: object) -> bytes:
    return blake2b(repr(made_of).encode("utf-8", "surrogatepass"), digest_size=12).digest()


@cache
def _exporter() -> str:
    """All that a snapshot is made by, besides what all pages are."""
    return _hash(*[file.read_bytes() for file in sorted(_FOLDER.glob("*.py"))]).hex()


async def plan(viewer: Viewer, snapshot: Snapshot, language: str) -> Plan:
    house = await people.house()
    menu = [(space.slug, space.name) for space in viewer.spaces]
    frame = (program(), _exporter(), snapshot, language, viewer.standing, menu, house.name, house.settled)
    made = Plan(frame)
    for word in _FIXED:
        made.add(urls.url_of(word), b"fixed")
    found = await _Found.read(viewer)
    found.tell(made)
    return made


class _Found:
    """All that the viewer may read, each by its id."""

    entries: dict[int, dict[str, Any]]
    people: dict[int, dict[str, Any]]
    spaces: dict[int, dict[str, Any]]
    files: dict[int, dict[str, Any]]
    tags: dict[int, list[tuple[str, str]]]
    links: dict[int, list[dict[str, Any]]]
    events: dict[int, list[dict[str, Any]]]
    members: dict[int, list[tuple[Any, ...]]]
    parents: dict[int, int]

    @classmethod
    async def read(cls, viewer: Viewer) -> _Found:
        found, seen = cls(), visible_to(viewer)
        found.entries = _by_id(
            await rows(
                "SELECT e.id, e.kind, e.space, e.author, e.parent, e.root, e.revision, e.title, e.slug, e.lang, e.created_at, "
                "e.updated_at, e.active_at, e.url, e.quote, e.anchor, e.stage, e.accepted, e.position, e.replies, e.annotations, "
                "e.recommend, e.helped, e.vote, e.revisions, r.author AS editor "
                "FROM entry e JOIN revision r ON r.id = e.revision WHERE {} ORDER BY e.id",
                seen,
            )
        )
        found.people = _by_id(
            await rows(
                "SELECT p.id, p.handle, p.name, p.about, p.guest, p.active, p.created_at FROM person p WHERE {} ORDER BY p.id",
                people_known_to(viewer),
            )
        )
        found.spaces = _by_id(
            await rows(
                "SELECT s.id, s.slug, s.name, s.about, s.access, s.public, s.members, "
                "CASE WHEN EXISTS (SELECT 1 FROM space WHERE id = s.id AND {}) THEN 1 ELSE 0 END AS readable "
                "FROM space s WHERE {} ORDER BY s.id",
                readable_spaces(viewer), listed_for(viewer),
            )
        )  # fmt: skip
        found.files = _by_id(
            await rows(
                "SELECT f.id, f.author, f.hash, f.name, f.media_type, f.size, f.width, f.height, f.alt, f.created_at "
                "FROM attachment f WHERE {} ORDER BY f.id",
                file_visible_to(viewer),
            )
        )
        found.tags, found.links, found.events, found.members = _lists(), _lists(), _lists(), _lists()
        for each in await rows(
            "SELECT g.entry, t.name, g.title FROM tagging g JOIN tag t ON t.id = g.tag JOIN entry e ON e.id = g.entry "
            "WHERE {} ORDER BY g.entry, t.name, g.id",
            seen,
        ):
            found.tags[each["entry"]].append((each["name"], each["title"]))
        for each in await rows(
            "SELECT l.entry, l.written, l.target, l.person, l.attachment FROM link l JOIN entry e ON e.id = l.entry "
            "WHERE {} ORDER BY l.entry, l.id",
            seen,
        ):
            found.links[each["entry"]].append(each)
        for each in await rows(
            "SELECT v.id, v.entry, v.verb, v.actor, v.note FROM event v JOIN entry e ON e.id = v.entry WHERE {} ORDER BY v.id",
            seen,
        ):
            found.events[each["entry"]].append(each)
        found.parents = {
            each["id"]: each["parent"]
            for each in await rows(
                "SELECT e.id, e.parent FROM entry e WHERE e.parent IS NOT NULL AND e.kind IN {}", in_list(TREES)
            )
        }
        for each in await rows(
            "SELECT m.space, m.person, m.role, m.until FROM membership m WHERE m.until IS NULL OR m.until > {} "
            "ORDER BY m.space, m.person",
            now(),
        ):
            found.members[each["space"]].append((each["person"], each["role"], each["until"]))
        return found

    def tell(self, plan: Plan) -> None:
        self._own = {id: self._own_of(each) for id, each in self.entries.items()}
        talks: dict[int, list[bytes]] = defaultdict(list)
        for id, each in self.entries.items():
            talks[each["root"]].append(self._own[id])
        self._talk = {root: _hash(owns) for root, owns in talks.items()}
        self._below, self._linking, self._using = self._hung_together()
        for id, each in self.entries.items():
            if each["root"] == id:
                self._tell_page(plan, each)
            elif each["root"] in self.entries:
                plan.ends[urls.url_of(_ref(each))] = urls.url_of(_ref(self.entries[each["root"]])), f"entry-{id}"
        self._tell_lists(plan)
        self._tell_files(plan)
        plan.texts = _hash(sorted(self._own.items())).hex()

    def _own_of(self, entry: dict[str, Any]) -> bytes:
        """What an entry shows of itself."""
        id = entry["id"]
        links = [
            (
                each["written"],
                self._ref(each["target"]),
                self._face(each["person"]),
                each["attachment"] in self.files and each["attachment"],
            )
            for each in self.links.get(id, ())
        ]
        stages = [
            (each["id"], self._face(each["actor"]), each["note"])
            for each in self.events.get(id, ())
            if each["verb"] == "stage"
        ]
        space = self.spaces[entry["space"]]
        place = space["slug"], space["name"], space["access"], space["public"]
        return _hash(
            tuple(entry.values()), place, self._face(entry["author"]), self._face(entry["editor"]),
            self.tags.get(id), links, stages,
        )  # fmt: skip

    def _face(self, person: int | None) -> tuple[str, str] | None:
        found = self.people.get(person or 0)
        return (found["handle"], found["name"]) if found else None

    def _ref(self, entry: int | None) -> tuple[Any, ...] | None:
        """What a link to it says."""
        found = self.entries.get(entry or 0)
        return (found["kind"], found["slug"], found["title"] or found["revision"], found["root"]) if found else None

    def _hung_together(self) -> tuple[dict[int, list[int]], dict[int, set[int]], dict[int, set[int]]]:
        """What stands under each, what links to it, and what uses each file."""
        below: dict[int, list[int]] = defaultdict(list)
        linking: dict[int, set[int]] = defaultdict(set)
        using: dict[int, set[int]] = defaultdict(set)
        for id, each in self.entries.items():
            if each["parent"] and each["kind"] in TREES:
                below[each["parent"]].append(id)
            for link in self.links.get(id, ()):
                if link["target"]:
                    linking[link["target"]].add(id)
                if link["attachment"]:
                    using[link["attachment"]].add(id)
        return below, linking, using

    def _latest(self, ids: set[int]) -> list[tuple[Any, ...]]:
        """Those that a page would show first, with their order."""
        found = [(-self.entries[id]["active_at"], id, self._ref(id)) for id in ids]
        return sorted(found)[:_LINKING]

    def _trail(self, entry: dict[str, Any]) -> list[tuple[Any, ...] | None]:
        """Whoever may not read what an entry stands under may read what that stands under."""
        found: list[tuple[Any, ...] | None] = []
        parent = entry["parent"]
        while parent and len(found) < _DEEPEST:
            found.append(self._ref(parent))
            parent = self.parents.get(parent)
        return found

    def _tell_page(self, plan: Plan, entry: dict[str, Any]) -> None:
        id = entry["id"]
        address = urls.url_of(_ref(entry))
        below = sorted((self.entries[each]["position"], each, self._ref(each)) for each in self._below.get(id, ()))
        mark = _hash(self._talk[id], self._trail(entry), below, self._latest(self._linking.get(id, set()) - {id}))
        plan.add(address, mark)
        plan.add(f"{address}{TWIN}", self._own[id])
        events = [
            (each["id"], each["verb"], self._face(each["actor"]), each["note"]) for each in self.events.get(id, ())
        ]
        plan.add_parts(f"/entries/{id}/", _hash(mark, events))

    # Lists.

    def _tell_lists(self, plan: Plan) -> None:
        """A list's first page is made of all that is in it; a page of a month, of what is on it."""
        heads: dict[str, Any] = defaultdict(lambda: blake2b(digest_size=12))
        months: dict[tuple[str, str], list[tuple[Cursor, bytes]]] = defaultdict(list)
        for each in sorted(self.entries.values(), key=itemgetter("created_at", "id")):
            id, when = each["id"], datetime.fromtimestamp(each["created_at"] / 1000, UTC)
            own = self._talk[id] if each["root"] == id else self._own[id]
            for address in self._lists_of(each):
                heads[address].update(own)
                months[address, f"{when:%Y-%m}"].append((Cursor(each["created_at"], id), own))
            if author := self.people.get(each["author"]):
                heads[f"/people/{author['handle']}/"].update(own)  # how much somebody wrote stands there too
        for address in (urls.url_of("stream"), *(urls.url_of(kind) for kind in MENU)):
            plan.add(address, heads[address].digest())
        about = {
            f"/people/{each['handle']}/": (each["name"], each["guest"], each["active"], each["created_at"])
            for each in self.people.values()
        }
        about |= {f"/spaces/{each['slug']}/": tuple(each.values()) for each in self.spaces.values()}
        for (address, month), all in months.items():
            for start in range(0, len(all), MONTH_SIZE):
                page = f"month/{month}/" + (f"after/{all[start - 1][0]}/" if start else "")
                shown, more = all[start : start + MONTH_SIZE], start + MONTH_SIZE < len(all)
                plan.add(f"{address}{page}", _hash(about.get("/".join(address.split("/")[:3]) + "/"), shown, more))
        faces = [tuple(each.values()) for each in self.people.values()]
        plan.add(urls.url_of("people"), _hash(faces))
        plan.add(urls.url_of("tags"), _hash(sorted(self.tags.items())))
        plan.add(urls.url_of("spaces"), _hash([tuple(each.values()) for each in self.spaces.values()]))
        for name in {name for tags in self.tags.values() for name, _ in tags}:
            plan.add(address := urls.tag_url(name), heads[address].digest())
        for person in self.people.values():
            address = f"/people/{person['handle']}/"
            # A link by title in what somebody says of themselves may lead anywhere.
            if not any(sign in person["about"] for sign in ("[[", "@")):
                plan.add(address, _hash(tuple(person.values()), heads[address].digest()))
        for space in self.spaces.values():
            self._tell_space(plan, space, heads)

    def _tell_space(self, plan: Plan, space: dict[str, Any], heads: Any) -> None:
        address = f"/spaces/{space['slug']}/"
        own = tuple(space.values())
        plan.add(address, _hash(own, heads[address].digest()))
        if not space["readable"]:
            return
        members = [(self._face(person), role, until) for person, role, until in self.members.get(space["id"], ())]
        plan.add(f"{address}members/", _hash(own, members))
        for kind in MENU:
            under = f"{address}{kind.path}/"
            plan.add(under, _hash(own, heads[under].digest(), heads[address].digest() if kind.tree else None))

    def _lists_of(self, entry: dict[str, Any]) -> Iterator[str]:
        if entry["root"] == entry["id"]:
            path, space = KINDS[entry["kind"]].path, self.spaces[entry["space"]]["slug"]
            yield "/"
            yield f"/{path}/"
            yield f"/spaces/{space}/"
            yield f"/spaces/{space}/{path}/"
            if author := self.people.get(entry["author"]):
                yield f"/people/{author['handle']}/"
        for name in {name for name, _ in self.tags.get(entry["id"], ())}:
            yield urls.tag_url(name)

    def _tell_files(self, plan: Plan) -> None:
        for id, file in self.files.items():
            used = self._latest({each for each in self._using.get(id, ()) if each in self.entries})
            plan.add_parts(f"/files/{id}/", _hash(tuple(file.values()), self._face(file["author"]), used))


def _lists() -> Any:
    return defaultdict(list)


def _by_id(found: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {each["id"]: each for each in found}


def _ref(entry: dict[str, Any]) -> Ref:
    return Ref(entry["id"], entry["kind"], entry["slug"], entry["title"], entry["root"])
