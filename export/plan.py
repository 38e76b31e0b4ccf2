"""What there will be in a snapshot, and what each page is made of: asked for all pages together, which takes a small part of
the time of making them.

A page whose validator is that of the last time is still right. Two pages that differ never have the same validator, but the same
page may get another one: then it is made again, and turns out to be what it was. A page that nobody here knows of has none, and is
made each time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from export.addresses import TWIN
from export.audience import Snapshot
from export.changes import lately, month_of, pages_of_changes
from export.found import Found, ref_of
from export.marks import Plan as Plan
from export.marks import hashed, sum_of
from export.meant import meant_in, pages_of_terms
from export.saying import Saying
from export.shown import shown_in, translations_of
from web import urls
from web.database import now
from web.entries.derived import title_key
from web.entries.queries import MONTH_SIZE, PAGE_SIZE, TITLES_SIZE, TREES, Cursor, letter_of
from web.entries.rows import Ref
from web.kinds import KINDS, MENU
from web.people import queries as people
from web.policy import Viewer
from web.program import program
from web.text import slug
from web.times import day_of

_tag_url = lru_cache(10_000)(urls.tag_url)
# They say the same at all times.
_FIXED = ("search", "accessibility")
# As deep as a page looks up, and about as many as it shows of what links to it.
_DEEPEST, _LINKING = 50, 60
_FOLDER = Path(__file__).resolve().parent


@cache
def _exporter() -> str:
    """All that a snapshot is made by, besides what all pages are."""
    return hashed(*[file.read_bytes() for file in sorted(_FOLDER.glob("*.py"))]).hex()


async def plan(viewer: Viewer, snapshot: Snapshot, language: str) -> Plan:
    return (await asked(viewer, snapshot, language)).plan()


class Asked(NamedTuple):
    """All that a plan is made of. `frame`: what all pages are made of; `history`, which it says too: older texts come along."""

    found: Found
    frame: object
    history: bool

    def sum(self) -> str:
        """While it is the same, so is the plan; it takes a tenth of the time of making that."""
        return sum_of((repr(self.frame), day_of(now()), *vars(self.found).items()))

    def plan(self) -> Plan:
        made = Plan(self.frame)
        for word in _FIXED:
            made.add(urls.url_of(word), b"fixed")
        _Telling(self.found, history=self.history).tell(made)
        return made


async def asked(viewer: Viewer, snapshot: Snapshot, language: str) -> Asked:
    house = await people.house()
    menu = [(space.slug, space.name) for space in viewer.spaces]
    frame = (program(), _exporter(), snapshot, language, viewer.standing, menu, house.name, house.settled)
    return Asked(await Found.read(viewer), frame, snapshot.history)


class _Telling(Saying):
    """Tells a plan of all that was found."""

    def __init__(self, found: Found, *, history: bool) -> None:
        super().__init__(found)
        self._history = history

    def tell(self, plan: Plan) -> None:
        self._own = {id: self._own_of(each) for id, each in self._found.entries.items()}
        self._as_written = sorted(self._found.entries.values(), key=attrgetter("created_at", "id"))
        self._shown = shown_in(self._found, self._own, hashed)
        self._meant = meant_in(self._found)
        talks: dict[int, list[bytes]] = defaultdict(list)
        for id, each in self._found.entries.items():
            talks[each.root].append(self._own[id])
        self._talk = {root: hashed(owns) for root, owns in talks.items()}
        self._series = self._found.in_series()
        self._thanks: dict[int, list[int]] = defaultdict(list)
        for id, each in self._found.entries.items():
            for link in self._found.links.get(id, ()) if each.sort and each.root == id else ():
                self._thanks[link.person].append(id)
        self._translations = translations_of(self._found, self._ref)
        self._hang_together()
        for id, each in self._found.entries.items():
            if each.root == id:
                self._tell_page(plan, each)
            elif each.root in self._found.entries:
                head = urls.url_of(ref_of(self._found.entries[each.root]))
                plan.ends[urls.url_of(ref_of(each))] = head, f"entry-{id}"
        self._tell_ways(plan)
        for each in self._found.gone.values():
            plan.add(
                urls.gone_url(ref_of(each)), hashed(tuple(each), self._places[each.space], self._face(each.trashed_by))
            )
        self._tell_lists(plan)
        self._tell_files(plan)
        for address, made_of in (*pages_of_changes(self._found, self._ref), *pages_of_terms(self._found)):
            plan.add(address, hashed(made_of))
        plan.late = lately(self._found)
        plan.said = {
            each.id: self._own[each.id] if each.root == each.id else hashed(self._own[each.id], self._ref(each.root))
            for each in self._as_written
        }
        plan.texts = hashed(plan.frame, sorted(self._own.items())).hex()

    def _tell_ways(self, plan: Plan) -> None:
        """What it was before it was split off, or put into another, has an address still."""
        for way in [
            each for each in self._found.ways.values() if self._found.entries[each.id].root in self._found.entries
        ]:
            entry, titled = self._found.entries[way.id], KINDS[way.kind].title_max
            former = urls.url_of(Ref(way.id, way.kind, entry.slug if titled else "", "", way.id))
            head = urls.url_of(ref_of(self._found.entries[entry.root]))
            plan.add(former, hashed(head))
            plan.ends[former] = head, "" if entry.root == way.id else f"entry-{way.id}"

    def _hang_together(self) -> None:
        """What stands under each, what links to it, what of that shows it too, and what uses each file."""
        self._below: dict[int, list[int]] = defaultdict(list)
        self._linking: dict[int, set[int]] = defaultdict(set)
        self._showing: dict[int, set[int]] = defaultdict(set)
        self._using: dict[int, set[int]] = defaultdict(set)
        for id, each in self._found.entries.items():
            if each.parent and each.kind in TREES:
                self._below[each.parent].append(id)
            for link in self._found.links.get(id, ()):
                if link.target:
                    self._linking[link.target].add(id)
                    if link.embeds:
                        self._showing[link.target].add(id)
                if link.attachment:
                    self._using[link.attachment].add(id)

    def _latest(self, ids: set[int]) -> list[tuple[Any, ...]]:
        """Those that a page would show first, in their order, and whether each has been active as lately as the one before it: such stand by
        their titles there, all of which are told."""
        found = sorted((-self._found.entries[id].active_at, id, self._ref(id)) for id in ids)
        times = [each[0] for each in found]
        shown = bisect_right(times, times[:_LINKING][-1]) if found else 0
        return [(id, ref, time == before) for (time, id, ref), before in zip(found[:shown], [0, *times], strict=False)]

    def _trail(self, entry: Any) -> list[tuple[Any, ...] | None]:
        """Whoever may not read what an entry stands under may read what that stands under."""
        found: list[tuple[Any, ...] | None] = []
        parent = entry.parent
        while parent and len(found) < _DEEPEST:
            found.append(self._ref(parent))
            parent = self._found.parents.get(parent)
        return found

    def _tell_page(self, plan: Plan, entry: Any) -> None:
        id = entry.id
        address = urls.url_of(ref_of(entry))
        below = sorted((self._found.entries[each].position, each, self._ref(each)) for each in self._below.get(id, ()))
        linking = self._linking.get(id, set()) - {id}
        beside = self._latest(linking), sorted(self._showing.get(id, ()))
        part = self._found.parts.get(id)
        series = self._series.get((entry.space, part.series_key), ()) if part else ()
        mark = hashed(
            self._talk[id], self._shown.get(id), self._meant.get(id), self._translations.get(id), self._trail(entry), below, beside, part, [(each, self._ref(each)) for each in series],
        )  # fmt: skip
        plan.add(address, mark)
        plan.add(f"{address}{TWIN}", self._own[id])
        events = [(each.id, each.verb, self._face(each.actor), each.note) for each in self._found.events.get(id, ())]
        face, revisions = self._face, self._found.revisions.get(id, ())
        texts = [(*each, face(each.redacted_by), face(each.accepted_by)) for each in revisions]
        plan.add_parts(f"/entries/{id}/", hashed(mark, events, texts))
        for former in self._formerly(entry) - {address}:
            plan.add(former, hashed(address))
            plan.ends[former] = address, ""

    def _formerly(self, entry: Any) -> set[str]:
        """The addresses that an entry has had: by its former titles, and as what it was before."""
        turns = [each.note.split(" ")[:2] for each in self._found.events.get(entry.id, ()) if each.verb == "turn"]
        # What it was called before is part of its history.
        former = self._found.revisions.get(entry.id, ()) if self._history else ()
        if not turns and not former:
            return set()
        kinds = {entry.kind, *(kind for turn in turns for kind in turn if kind in KINDS)}
        titled = {entry.slug, *(slug(each.title) for each in former if each.redacted_at is None)}
        return {
            urls.url_of(Ref(entry.id, kind, name, "", entry.id))
            for kind in kinds
            for name in (titled if KINDS[kind].title_max else ("",))
        }

    def _tell_lists(self, plan: Plan) -> None:
        """A list's first page is made of all that is in it; a page of a month, of what is on it."""
        heads: dict[str, Any] = defaultdict(lambda: blake2b(digest_size=12))
        months: dict[tuple[str, str], list[tuple[int, int, bytes]]] = defaultdict(list)
        for each in self._as_written:
            id, month = each.id, month_of(each.created_at)
            own = self._talk[id] + self._shown.get(id, b"") if each.root == id else self._own[id]
            told = each.created_at, id, own
            for address in self._lists_of(each):
                heads[address].update(own)
                months[address, month].append(told)
            for address in self._desk_of(each):
                heads[address].update(own)  # how much somebody wrote stands there too
        for address in (urls.url_of("stream"), *(urls.url_of(kind) for kind in MENU)):
            plan.add(address, heads[address].digest())
        about = {
            f"/people/{each.handle}/": (each.name, each.guest, each.active, each.created_at)
            for each in self._found.people.values()
        }
        about |= {f"/spaces/{each.slug}/": tuple(each) for each in self._found.spaces.values()}
        for (address, month), all in months.items():
            for start in range(0, len(all), MONTH_SIZE):
                page = f"month/{month}/" + (f"after/{Cursor(*all[start - 1][:2])}/" if start else "")
                shown, more = all[start : start + MONTH_SIZE], start + MONTH_SIZE < len(all)
                plan.add(f"{address}{page}", hashed(about.get("/".join(address.split("/")[:3]) + "/"), shown, more))
        faces = [tuple(each) for each in self._found.people.values()]
        plan.add(urls.url_of("people"), hashed(faces))
        self._tell_titles(plan)
        self._tell_feeds(plan)
        self._tell_tags(plan, heads)
        plan.add(urls.url_of("spaces"), hashed([tuple(each) for each in self._found.spaces.values()]))
        for person in self._found.people.values():
            address = f"/people/{person.handle}/"
            # A link by title in what somebody says of themselves may lead anywhere.
            if not any(sign in person.about for sign in ("[[", "@")):
                plan.add(address, hashed(tuple(person), heads[address].digest(), self._desk(person.id)))
        for space in self._found.spaces.values():
            self._tell_space(plan, space, heads)

    def _tell_tags(self, plan: Plan, heads: Any) -> None:
        """Each is spelled as the latest that has it spells it, and how many have it stands there too."""
        used: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for id, tags in self._found.tags.items():
            for name, title, active_at in tags:
                used[name].append((active_at, id, title))
        plan.add(urls.url_of("tags"), hashed([(name, max(used[name])[2], len(used[name])) for name in sorted(used)]))
        for name in used:
            plan.add(address := urls.tag_url(name), hashed(heads[address].digest(), self._found.described.get(name)))

    def _tell_space(self, plan: Plan, space: Any, heads: Any) -> None:
        address = f"/spaces/{space.slug}/"
        own = tuple(space)
        plan.add(address, hashed(own, heads[address].digest()))
        if not space.readable:
            return
        members = [
            (self._face(person), self._is_active(person), role, until)
            for person, role, until in self._found.members.get(space.id, ())
        ]
        plan.add(f"{address}members/", hashed(own, members))
        series = self._tell_series(plan, space)
        for kind in MENU:
            under = f"{address}{kind.path}/"
            trees = heads[address].digest() if kind.tree else None
            plan.add(under, hashed(own, heads[under].digest(), trees, kind.serial and series))

    def _tell_series(self, plan: Plan, space: Any) -> list[Any]:
        """What a list of them says."""
        said = []
        for (here, key), ids in self._series.items():
            if here == space.id:
                address = urls.series_url(space.slug, key)
                made_of = [(self._found.parts[id], self._talk[id], self._shown.get(id)) for id in ids]
                plan.add(address, hashed(tuple(space), made_of))
                plan.add(urls.feed_url(address), hashed(space.name, made_of))
                said.append((key, made_of))
        return said

    def _lists_of(self, entry: Any) -> list[str]:
        tagged = {_tag_url(name) for name, *_ in self._found.tags.get(entry.id, ())}
        if entry.root != entry.id:
            return [*tagged]
        rooms = self._rooms_of(entry)
        return [*rooms, f"{rooms[-1]}{KINDS[entry.kind].path}/", *self._desk_of(entry), *tagged]

    def _rooms_of(self, entry: Any) -> tuple[str, ...]:
        return "/", f"/{KINDS[entry.kind].path}/", f"/spaces/{self._found.spaces[entry.space].slug}/"

    def _desk_of(self, entry: Any) -> tuple[str, ...]:
        return tuple(f"/people/{self._found.people[by].handle}/" for by in self._by(entry))

    def _desk(self, person: int) -> list[object]:
        """What somebody has put on top of their page, and what thanks them."""
        return [[(id, self._own[id]) for id in ids.get(person, ())] for ids in (self._found.featured, self._thanks)]

    def _by(self, entry: Any) -> list[int]:
        """Who is named as a writer, and known."""
        return [by for by in (entry.author, *self._found.writers.get(entry.id, ())) if by in self._found.people]

    def _tell_feeds(self, plan: Plan) -> None:
        """Each is made of the first entries of its list, in the order of the page."""
        latest = self._first_of("active_at", self._rooms_of) | self._first_of("created_at", self._desk_of)
        called = {f"/people/{each.handle}/": each.name for each in self._found.people.values()}
        called |= {f"/spaces/{each.slug}/": each.name for each in self._found.spaces.values() if each.readable}
        for address in (urls.url_of("stream"), *map(urls.url_of, MENU), *called):
            plan.add(urls.feed_url(address), hashed(called.get(address), latest.get(address)))

    def _first_of(self, by: str, lists: Callable[[Any], Iterable[str]]) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = defaultdict(list)
        heads = [each for each in self._found.entries.values() if each.root == each.id]
        for each in sorted(heads, key=attrgetter(by, "id"), reverse=True):
            for address in lists(each):
                if len(found[address]) < PAGE_SIZE:
                    found[address].append(self._own[each.id] + self._shown.get(each.id, b""))
        return found

    def _tell_titles(self, plan: Plan) -> None:
        titled = sorted(
            (title_key(each.title), each.id, self._ref(each.id), self._found.spaces[each.space].name)
            for each in self._found.entries.values()
            if each.root == each.id and each.title
        )
        by_letter: dict[str, list[Any]] = defaultdict(list)
        for title in titled:
            by_letter[letter_of(title[0])].append(title)
        known = sorted(by_letter)
        plan.add(urls.url_of("titles"), hashed(known))
        for letter, all in by_letter.items():
            for start in range(0, len(all), TITLES_SIZE):
                after = ("after", all[start - 1][1]) if start else ()
                shown, more = all[start : start + TITLES_SIZE], start + TITLES_SIZE < len(all)
                plan.add(urls.url_of("titles", letter, *after), hashed(known, shown, more))

    def _tell_files(self, plan: Plan) -> None:
        for id, file in self._found.files.items():
            # However many they are, they stand on some page.
            using = sorted(each for each in self._using.get(id, ()) if each in self._found.entries)
            used = [(each, self._found.entries[each].active_at, self._ref(each)) for each in using]
            plan.add_parts(f"/files/{id}/", hashed(tuple(file), self._face(file.author), used))
