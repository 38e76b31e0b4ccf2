"""A house of any size, the same every time: for measuring. Its rows are made here, and not by the verbs, which would take
hours; they are what the verbs would have left, and an open house counted."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, product
from typing import Any, NamedTuple, TypeVar

from web import text
from web.database import bulk, id_at
from web.entries.derived import title_key
from web.entries.stems import stems
from web.kinds import KINDS
from web.times import MINUTE

# Who it is worth signing in as: the first administers the house and belongs to very many spaces, the second to three.
PEOPLE = ("kari", "per")
MANY_SPACES, FEW_SPACES = 300, 3
# One word in seven texts of ten, one in two of a hundred, and one in so many texts whatever the size of the house.
COMMON, MIDDLING, RARE = "dugnad", "loggbok", "blåbærsyltetøy"
RARE_HITS = 20
LONG_THREAD = 1000
_BEGAN, _ENDED = 1_700_000_000_000, 1_760_000_000_000
_TAGS, _SENTENCES, _BATCH = 500, 4000, 5000
# Another process takes a second to begin.
_WORTH_A_PROCESS = 20_000
_STARTS = (
    "sol", "fjord", "skog", "bre", "vind", "eng", "havn", "lys", "stein", "elv", "båt", "tog", "bro", "vei", "torg",
    "fjell", "sjø", "natt", "dag", "år", "hus", "dør", "tak", "vegg",
)  # fmt: skip
_ENDS = (
    "en", "ene", "et", "er", "vakt", "bok", "kart", "rute", "plan", "stua", "gang", "tid", "lag", "rom", "lån",
    "verk", "liste", "melding", "skift", "møte", "mal", "ordning",
)  # fmt: skip
VOCABULARY = tuple(start + end for start, end in product(_STARTS, _ENDS))
# What conversations begin with, as often as it stands here, and how many replies they have then.
_KINDS = tuple(
    ["micropost"] * 7 + ["question"] * 4 + ["page"] * 3 + ["bookmark"] * 2 + ["article"] * 2 + ["idea", "thread"]
)
_REPLIES = {"question": 1.5, "thread": 4.0}
_FEW_REPLIES = 0.4
_ACCESS = ("open",) * 7 + ("closed", "closed", "secret")
_GIVEN = {"reply": "helped", "idea": "vote"}

_COLUMNS = {
    "person": "id, handle, name, password, admin, created_at",
    "space": "id, slug, name, access, public, members, created_at",
    "membership": "id, person, space, role, created_at",
    "tag": "id, name, created_at",
    "entry": "id, kind, space, author, parent, root, revision, title, title_key, slug, body, created_at, updated_at, active_at, "
    "url, stage, accepted, position, replies, recommend, helped, vote, watchers",
    "revision": "id, entry, author, title, body, url, tags, created_at",
    "entry_text": "id, title, body, stems",
    "event": "id, verb, actor, entry, space, person, revision, created_at",
    "watch": "id, person, entry, created_at",
    "tagging": "id, entry, tag, title, active_at",
    "link": "id, entry, written, target, person",
    "reaction": "id, entry, person, name, created_at",
    "surviving": "id, entry, person, words, revision, at",
}
T = TypeVar("T")
Rows = dict[str, list[tuple[Any, ...]]]


class _Sentence(NamedTuple):
    text: str
    stems: str


class _Title(NamedTuple):
    text: str
    slug: str
    stems: str


class _Words(NamedTuple):
    """What an entry says, as it stands in each place."""

    title: str
    slug: str
    body: str
    plain: str
    stems: str


@dataclass(frozen=True)
class _Room:
    id: int
    slug: str
    people: list[int]


class _Sort(NamedTuple):
    """What is asked of a kind for each entry, looked up once."""

    name: str
    verb: str
    titled: bool
    quick: bool
    tree: bool
    tended: bool
    accepts: bool
    linked: bool
    stage: str | None
    given: str
    replies: float


class _Head(NamedTuple):
    """What heads a conversation."""

    id: int
    kind: _Sort
    room: _Room
    author: int
    at: int


async def fill(address: str, entries: int, password: str, progress: Callable[[int, int], None]) -> None:
    """Fills the empty, migrated database with so many entries, and with a person for each hundred and a space for each
    thousand of them. `password` is the hash of that of `PEOPLE`."""
    done = 0

    def told(batch: Mapping[str, Sequence[Any]]) -> None:
        nonlocal done
        done += len(batch["entry"])
        progress(done, entries)

    make = partial(_batches, entries, password)
    if entries < _WORTH_A_PROCESS:
        await bulk.load(address, _COLUMNS, make())
        progress(entries, entries)
    else:
        await bulk.load_beside(address, _COLUMNS, make, told)


def _batches(entries: int, password: str) -> Iterator[Rows]:
    return _Crowd(entries, password).batches()


class _Crowd:
    def __init__(self, entries: int, password: str) -> None:
        self.entries, self.made = entries, 0
        self._random = random.Random(20_260_101)
        self._order = count()
        self._rows: Rows = defaultdict(list)
        self._words = list(VOCABULARY)
        self._sentences = [self._sentence() for _ in range(_SENTENCES)]
        self._titles = [self._title() for _ in range(_SENTENCES)]
        self._tags = self._words[:: len(self._words) // _TAGS][:_TAGS]
        self._people = self._make_people(max(10, entries // 100), password)
        self._rooms = self._make_rooms(max(5, entries // 1000))
        self._tag_ids = self._make_tags()
        self._tag_stems = [stems(name) for name in self._tags]
        self._pages: dict[int, list[int]] = defaultdict(list)
        self._titled: list[tuple[str, int, int]] = []

    def batches(self) -> Iterator[Rows]:
        while self.made < self.entries:
            self._conversation()
            if len(self._rows["entry"]) >= _BATCH:
                yield self._taken()
        yield self._taken()

    def _taken(self) -> Rows:
        taken, self._rows = self._rows, defaultdict(list)
        return taken

    def _id(self, at: int) -> int:
        return id_at(at, next(self._order))

    # Who, where, and about what.

    def _make_people(self, many: int, password: str) -> list[int]:
        ids = [self._id(_BEGAN + number) for number in range(many)]
        for number, id in enumerate(ids):
            known = number < len(PEOPLE)
            handle = PEOPLE[number] if known else f"p{number}"
            name = handle.title() if known else f"{self._words[number % len(self._words)].title()} Nr. {number}"
            self._rows["person"].append((id, handle, name, password if known else None, number == 0, _BEGAN))
        return ids

    def _make_rooms(self, many: int) -> list[_Room]:
        """The first is the house's own, which is there already and has no members of its own."""
        kari, per, *others = self._people
        rooms = [_Room(1, "house", self._people)]
        for number in range(1, many):
            people = self._random.sample(others, min(len(others), 10))
            people = [*([kari] if number <= MANY_SPACES else []), *([per] if number <= FEW_SPACES else []), *people]
            room = _Room(self._id(_BEGAN + number), f"{self._words[number % len(self._words)]}-{number}", people)
            access = _ACCESS[number % len(_ACCESS)]
            name = f"{room.slug.title().replace('-', ' ')}"
            public = access == "open" and number % 50 == 1
            self._rows["space"].append((room.id, text.slug(room.slug), name, access, public, len(people), _BEGAN))
            for place, person in enumerate(people):
                role = "member" if place else "host"
                self._rows["membership"].append((self._id(_BEGAN + number), person, room.id, role, _BEGAN))
            rooms.append(room)
        return rooms

    def _make_tags(self) -> list[int]:
        ids = [self._id(_BEGAN + number) for number in range(len(self._tags))]
        self._rows["tag"] += [(id, text.tag_name(name), _BEGAN) for id, name in zip(ids, self._tags, strict=True)]
        return ids

    # What they say.

    def _sentence(self, *among: str) -> _Sentence:
        said = [*self._random.choices(self._words, k=self._random.randint(5, 12)), *among]
        self._random.shuffle(said)
        return _Sentence(f"{' '.join(said).capitalize()}.", stems(" ".join(said)))

    def _title(self) -> _Title:
        words = " ".join(self._random.choices(self._words, k=3))
        return _Title(words.capitalize(), text.slug(words), stems(words))

    def _one(self, among: Sequence[T]) -> T:
        """Any of them; quicker than `choice`."""
        return among[int(self._random.random() * len(among))]

    def _said(self, kind: _Sort, tags: list[int], extra: str) -> _Words:
        chance = self._random.random
        title = self._one(self._titles) if kind.titled else _NO_TITLE
        said = [self._one(self._sentences) for _ in range(1 if kind.quick else 1 + int(chance() * 4))]
        if chance() < 0.7:
            said.append(_SAID[COMMON])
        if chance() < 0.02:
            said.append(_SAID[MIDDLING])
        if self.made % max(1, self.entries // RARE_HITS) == 0:
            said.append(_SAID[RARE])
        if extra:
            said.append(_Sentence(extra, stems(extra)))
        body = "\n\n".join([each.text for each in said])
        number = str(self.made) if title.text else ""
        found = [title.stems, number, *(self._tag_stems[each] for each in tags), *(each.stems for each in said)]
        return _Words(
            f"{title.text} {number}".strip(), f"{title.slug}-{number}".strip("-"), body,
            body.replace("\n\n", "\n").translate(_PLAIN) if extra else body.replace("\n\n", "\n"),
            " ".join(filter(None, found)),
        )  # fmt: skip

    def _conversation(self) -> None:
        """One entry, and what is written under it."""
        chance, long = self._random.random, self.made == 0 and self.entries > 3 * LONG_THREAD
        kind = _SORTS["thread" if long else self._one(_KINDS)]
        room = self._rooms[0 if long or chance() < 0.3 else int(chance() ** 2 * len(self._rooms))]
        at = _BEGAN + (_ENDED - _BEGAN) * self.made // self.entries
        head = _Head(self._id(at), kind, room, self._one(room.people), at)
        extra, links = self._leads_to(head)
        tags = list({int(_TAGS * chance() ** 4) for _ in range(int(chance() * 3))})
        typed = " ".join(self._tags[each] for each in tags)
        said = self._said(kind, tags, extra)
        room_left = self.entries - self.made - 1
        many = LONG_THREAD if long else min(room_left, int(self._random.expovariate(1 / kind.replies)))
        self.made += 1
        replies = [self._reply(head, number) for number in range(many)]
        accepted = self._one(replies)[0] if replies and kind.accepts and chance() < 0.5 else None
        active = replies[-1][1] if replies else at
        watching = dict.fromkeys([head.author, *(author for _, _, author in replies)])
        self._rows["watch"] += [(self._id(at), person, head.id, at) for person in watching]
        self._rows["tagging"] += [
            (self._id(at), head.id, self._tag_ids[each], self._tags[each], active) for each in tags
        ]
        self._rows["link"] += links
        self._rows["event"] += [
            (self._id(at), "mention", head.author, head.id, None, person, None, at) for *_, person in links if person
        ]
        parent, position = self._place(head)
        if said.title:
            self._titled.append((said.title, head.id, room.id))
        self._keep(head, head.id, parent, said, at, head.author, typed, active, accepted, position, many, len(watching))

    def _reply(self, head: _Head, number: int) -> tuple[int, int, int]:
        at = head.at + (number + 1) * MINUTE
        id, author = self._id(at), self._one(head.room.people)
        reply = _Head(id, _REPLY, head.room, author, at)
        self._keep(reply, head.id, head.id, self._said(_REPLY, [], ""), at, author, "", at, None, 0, 0, 0)
        self.made += 1
        return id, at, author

    def _leads_to(self, head: _Head) -> tuple[str, list[tuple[Any, ...]]]:
        """A sentence with a link or somebody's name in it, now and then, and where that leads."""
        drawn = self._random.random()
        if drawn < 0.05:
            number = self._random.randrange(len(self._people))
            handle = PEOPLE[number] if number < len(PEOPLE) else f"p{number}"
            return f"Spør @{handle} om det.", [(self._id(head.at), head.id, f"@{handle}", None, self._people[number])]
        if drawn < 0.2 and self._titled:
            title, id, room = self._titled[-1 - int(self._random.random() ** 2 * len(self._titled))]
            if room == head.room.id:
                return f"Se [[{title}]] også.", [(self._id(head.at), head.id, title_key(title), id, None)]
        return "", []

    def _place(self, head: _Head) -> tuple[int | None, int]:
        """Under which page a page stands, and as which one there."""
        if not head.kind.tree:
            return None, 0
        pages = self._pages[head.room.id]
        place = len(pages)
        pages.append(head.id)
        return (pages[(place - 1) // 5] if place % 5 else None), place

    def _keep(
        self, entry: _Head, root: int, parent: int | None, said: _Words, at: int, author: int, tags: str, active: int,
        accepted: int | None, position: int, replies: int, watchers: int,
    ) -> None:  # fmt: skip
        kind, room, id, revision = entry.kind, entry.room.id, entry.id, self._id(at)
        url = f"https://example.org/{id}" if kind.linked else None
        rows, many = self._rows, _FANS[int(self._random.random() * len(_FANS))]
        if many:
            fans = {self._one(self._people) for _ in range(many)}
            many = len(fans)
            rows["reaction"] += [(self._id(at), id, person, kind.given, at) for person in fans]
        given = kind.given
        rows["entry"].append(
            (
                id, kind.name, room, author, parent, root, revision, said.title, said.title.lower(), said.slug,
                said.body, at, at, active, url, kind.stage, accepted, position, replies, many if given == "recommend" else 0,
                many if given == "helped" else 0, many if given == "vote" else 0, watchers,
            )
        )  # fmt: skip
        rows["revision"].append((revision, id, author, said.title, said.body, url, tags, at))
        rows["entry_text"].append((id, said.title, said.plain, said.stems))
        rows["event"].append((self._id(at), kind.verb, author, id, room, None, revision, at))
        if kind.tended:
            rows["surviving"].append((self._id(at), id, author, len(said.body.split()), revision, at))


_SORTS = {
    kind.name: _Sort(
        kind.name, kind.verb, bool(kind.title_max), kind.quick, kind.tree, kind.tended, kind.accepts, "url" in kind.fields,
        kind.stages[0] if kind.stages else None, _GIVEN.get(kind.name, "recommend"), _REPLIES.get(kind.name, _FEW_REPLIES),
    )
    for kind in KINDS.values()
}  # fmt: skip
_REPLY = _SORTS["reply"]
# How many cared for each.
_FANS = (0, 0, 1, 3)
_NO_TITLE = _Title("", "", "")
_PLAIN = str.maketrans("", "", "[]")
_SAID = {
    word: _Sentence(sentence, stems(sentence))
    for word in (COMMON, MIDDLING, RARE)
    for sentence in (f"Her er det {word} igjen.",)
}
