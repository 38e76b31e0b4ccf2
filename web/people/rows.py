"""What queries of people and spaces give: values that templates and the API read."""

from __future__ import annotations

import math

import msgspec


class House(msgspec.Struct, frozen=True):
    """What the house is called, the language of those who ask for none, whether the list of first things is put away,
    how many colleagues live in it, and of the space that is everybody's its id and whether the world reads it too; `rights` says as of when. `stand_in`: the
    id of the person who is nobody."""

    name: str
    language: str | None = None
    settled: bool = True
    colleagues: int = 0
    space: int = 0
    public: bool = False
    rights: int = 0
    stand_in: int | None = None


class Person(msgspec.Struct, frozen=True):
    """A person, as other people may know them; `away_until` is when (ms) they are back."""

    id: int
    handle: str
    name: str
    about: str
    guest: bool
    active: bool
    admin: bool
    created_at: int
    away_until: int | None = None


class Skill(msgspec.Struct, frozen=True):
    """What somebody says of themself about a topic, which is a tag's name: a word of `words.SAYS`. `instead`: whom to ask, as handle and name,
    of what they would rather not be asked about."""

    id: int
    topic: str
    says: str
    instead: tuple[str, str] | None = None


class Space(msgspec.Struct, frozen=True):
    """A space that the viewer may know of; `readable` says whether they may also read what is in it. `ends_at` is when (ms) it ends, or did
    (`ended`), and `welcome` the id of what whoever comes in reads first. `nameless`: questions may be asked without one's name."""

    id: int
    slug: str
    name: str
    about: str
    access: str
    public: bool
    members: int
    created_at: int
    readable: bool = True
    ends_at: int | None = None
    welcome: int | None = None
    ended: bool = False
    nameless: bool = False


class Member(msgspec.Struct, frozen=True):
    """Somebody in a space."""

    person: Person
    role: str
    until: int | None


class Asker(msgspec.Struct, frozen=True):
    """Somebody who would like to join a closed space."""

    id: int
    person: Person
    why: str
    created_at: int


# What browsers and systems are called, by what stands in a browser's name for itself; many claim to be others as well.
_BROWSERS = (
    ("Edge", "Edg"), ("Opera", "OPR/"), ("Samsung Internet", "SamsungBrowser/"), ("Firefox", "Firefox/"), ("Firefox", "FxiOS/"),
    ("Chrome", "Chrome/"), ("Chrome", "CriOS/"), ("Safari", "Safari/"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac", "Macintosh"),
    ("ChromeOS", "CrOS"), ("Linux", "Linux"),
)  # fmt: skip


class SignedIn(msgspec.Struct, frozen=True):
    """A browser, or a key to the API, that acts for a person. `until` is when (ms) the first of the person's roles ends,
    `rights` as of when that and the viewer are told."""

    id: int
    person: int
    name: str
    created_at: int
    seen_at: int | None
    until: float = math.inf
    rights: int = 0

    @property
    def browser(self) -> str:
        """`Firefox, Windows`, of what a browser says of itself; empty when it says something else."""
        found = (next((name for name, sign in signs if sign in self.name), "") for signs in (_BROWSERS, _SYSTEMS))
        return ", ".join(filter(None, found))
