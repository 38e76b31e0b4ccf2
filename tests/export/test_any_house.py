"""Whatever the house is like, and whoever may read what: a snapshot holds nothing of what its readers may not read.

Who may read what is said here once more, in other words than the program's: from the law in `docs/decisions/0003-one-policy.md`.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from export.snapshot import export
from tests.cast import House
from tests.export.test_past import as_it_stood
from web.database import at, engine_type, now, rows
from web.entries import actions, queries
from web.entries.actions import Fields
from web.errors import NotAllowed
from web.kinds import KINDS
from web.people import actions as people_actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.people.actions.spaces import belong
from web.times import DAY

SEED = int(os.environ.get("DUGNAD_SEED", 2026))
LETTERS = "bcdfghjklmnpqrstvwxz"


@dataclass
class Room:
    """`belong`: who belongs to it, until (ms) when, or for good."""

    word: str
    access: str
    public: bool
    belong: dict[str, int | None] = field(default_factory=dict)

    def read_by(self, audience: str, guests: set[str]) -> bool:
        what, _, who = audience.partition(":")
        if self.public or (what == "space" and who == self.word):
            return True
        if what == "person":
            until = self.belong.get(who, 0)
            if until is None or until > now():
                return True
        return self.access == "open" and what != "public" and who not in guests

    def known_to(self, audience: str, guests: set[str]) -> bool:
        listed = self.access == "closed" and audience != "public" and audience.partition(":")[2] not in guests
        return listed or self.read_by(audience, guests)


@dataclass
class Written:
    """`word` stands in its text, its title, its tag and its file; `former` in a text that it had before. The text names the number of
    another, `to`. `reason`: a word in why it was put in the bin."""

    id: int
    room: str
    word: str
    former: str
    to: int
    trashed: bool = False
    reason: str = ""


@dataclass
class Somewhere:
    """A house that chance has made."""

    chance: random.Random
    house: House
    rooms: dict[str, Room] = field(default_factory=dict)
    guests: set[str] = field(default_factory=set)
    people: list[str] = field(default_factory=list)
    entries: list[Written] = field(default_factory=list)

    def word(self) -> str:
        """That means nothing, has no other forms, and stands nowhere else."""
        return "kanari" + "".join(self.chance.choices(LETTERS, k=10))

    async def make(self) -> None:
        astrid = await self.house.viewer("astrid")
        for _ in range(4):
            handle, guest = self.word(), self.chance.random() < 0.4
            await people_actions.add_person(
                NewPerson(handle, f"Name {handle}", f"{handle}@dugnad.test", "et-langt-passord", guest=guest)
            )
            self.people.append(handle)
            self.guests |= {handle} if guest else set()
        for access in ("open", "open", "closed", "secret", "secret", self.chance.choice(("closed", "secret"))):
            room = Room(self.word(), access, access == "open" and self.chance.random() < 0.6)
            id = await people_actions.add_space(room.word, f"Name {room.word}", access, public=room.public)
            await belong(astrid.person or 0, id, "host")
            for handle in self.chance.sample(self.people, 2):
                until = self.chance.choice((None, None, now() - DAY, now() + DAY))
                person = (await people.viewer_by_handle(handle)).person
                assert person
                await belong(person, id, self.chance.choice(("guest", "member", "editor")), until)
                room.belong[handle] = until
            self.rooms[room.word] = room
        for _ in range(18):
            await self.write()
        for _ in range(12):
            await self.change()

    async def write(self) -> None:
        astrid, chance = await self.house.viewer("astrid"), self.chance
        room, word, former = chance.choice(list(self.rooms)), self.word(), self.word()
        kind = KINDS[chance.choice(list(KINDS))]
        parent = None
        if not kind.alone:
            under = [each for each in self.entries if not each.trashed]
            found = await queries.entries(astrid, [each.id for each in under])
            fitting = [each for each in found.values() if each.kind in kind.under]
            if not fitting:
                return
            parent = chance.choice(fitting)
            room = parent.space.slug
        space = await people.readable_space(astrid, room)
        fields = self.fields(kind.name, former, parent.body if parent and "quote" in kind.fields else "")
        id = await actions.post(astrid, kind.name, space, fields, parent)
        file = await self.house.attach("astrid", f"{word}.txt", word.encode(), entry=id)
        entry = await queries.entry(astrid, id)
        to = chance.choice(self.entries).id if self.entries else id
        body = f"{word} is what it says. [f](/files/{file.id}/{word}.txt) [one](/e/{to})"
        fields = Fields(
            f"Title {word}",
            body,
            entry.url and f"https://example.org/{word}",
            tags=word,
            lead=f"{word} it is in short.",
            summary=f"Because of {word}",
        )
        await actions.edit(astrid, id, fields, entry.revision)
        self.entries.append(Written(id, room, word, former, to))

    def fields(self, kind: str, word: str, body_of_parent: str) -> Fields:
        return Fields(
            f"Title {word}" if KINDS[kind].title_max else "", f"{word} is what it said at first.",
            f"https://example.org/{word}" if "url" in KINDS[kind].fields else None,
            body_of_parent.split()[0] if body_of_parent else None, tags=word,
            lead=f"{word} it was in short.",
        )  # fmt: skip

    async def change(self) -> None:
        """Something is moved, thrown away, or given something."""
        astrid = await self.house.viewer("astrid")
        written = self.chance.choice([each for each in self.entries if not each.trashed])
        entry = await queries.entry(astrid, written.id)
        act = self.chance.choice(("move", "move", "trash", "react"))
        if act == "trash":
            written.reason = self.word()
            await actions.trash(astrid, written.id, f"Because of {written.reason}")
            under = {each["id"] for each in await self.below(written.id)} if entry.is_a.alone else set()
            for each in self.entries:
                each.trashed = each.trashed or each.id == written.id or each.id in under
        elif act == "move" and entry.is_a.alone:
            room = self.chance.choice(list(self.rooms))
            await actions.move(astrid, written.id, await people.readable_space(astrid, room))
            under = {each["id"] for each in await self.below(written.id)}
            for each in self.entries:
                each.room = room if each.id in under else each.room
        elif act == "react":
            by = await people.viewer_by_handle(self.chance.choice(self.people))
            if self.rooms[written.room].read_by(f"person:{by.handle}", self.guests):
                with suppress(NotAllowed, IndexError):  # some only read, and to some kinds nothing can be given
                    await actions.react(by, written.id, self.chance.choice(entry.is_a.reactions))

    async def below(self, id: int) -> list[dict[str, int]]:
        return await rows("SELECT id FROM entry WHERE root = {}", id)

    def told_why(self, each: Written, audience: str) -> bool:
        """Those in the house who could read it are told that it is in the bin, and why."""
        return bool(each.reason) and audience != "public" and self.rooms[each.room].read_by(audience, self.guests)

    def hidden_from(self, audience: str, *, history: bool, past: bool = False) -> set[str]:
        """Words that must be in no file. What is in the bin was never there in the `past`."""
        hidden, told = set(), set()
        for each in self.entries:
            read = not each.trashed and self.rooms[each.room].read_by(audience, self.guests)
            (told if read else hidden).add(each.word)
            (told if read and history else hidden).add(each.former)
            why = self.told_why(each, audience) and not past
            (told if read or why else hidden).add(str(each.id))
            if each.reason:
                (told if why else hidden).add(each.reason)
            if read:
                told.add(str(each.to))
        hidden |= {word for word, room in self.rooms.items() if not room.known_to(audience, self.guests)}
        hidden |= {f"{handle}@dugnad.test" for handle in self.people}
        return hidden - told

    def told_to(self, audience: str) -> set[str]:
        read = {
            each.word
            for each in self.entries
            if not each.trashed and self.rooms[each.room].read_by(audience, self.guests)
        }
        return read | {each.reason for each in self.entries if self.told_why(each, audience)}

    @property
    def audiences(self) -> list[str]:
        return [
            "public",
            "everyone",
            *(f"space:{word}" for word in self.rooms),
            *(f"person:{each}" for each in self.people),
        ]


def said_in(folder: Path) -> str:
    """All that is in the files, and what they are called."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = "\n".join(path.relative_to(folder).as_posix() for path in files)
    return "\n".join([names, *(path.read_bytes().decode("utf-8", "replace") for path in files)]).lower()


@pytest.mark.timeout(300)
async def test_nothing_is_told_to_whom_it_is_not_for(house: House, tmp_path: Path) -> None:
    seed = SEED
    somewhere = Somewhere(random.Random(seed), house)
    await somewhere.make()
    read = 0
    # On one engine some of the audiences, on the other the others.
    for number, audience in enumerate(somewhere.audiences[engine_type() == "sqlite" :: 2]):
        out, history = tmp_path / str(number), number % 2 == 0
        await export(lambda: house.app, house.settings, audience, out, history=history)
        said = said_in(out)
        leaked = {word for word in somewhere.hidden_from(audience, history=history) if word in said}
        assert not leaked, f"for {audience}, by chance {seed}: {leaked}"
        missing = {word for word in somewhere.told_to(audience) if word not in said}
        assert not missing, f"for {audience}, by chance {seed}: {missing}"
        read += len(somewhere.told_to(audience))
    assert read > 10


@pytest.mark.timeout(300)
async def test_nothing_is_told_of_the_past_either(house: House, tmp_path: Path) -> None:
    seed = SEED + 1
    somewhere = Somewhere(random.Random(seed), house)
    with at(now() - 3 * DAY):
        await somewhere.make()
    for _ in range(10):
        await somewhere.change()
    for number, audience in enumerate(("public", f"space:{list(somewhere.rooms)[3]}")):
        out = tmp_path / str(number)
        await as_it_stood(house, out, now() - DAY, audience)
        leaked = {word for word in somewhere.hidden_from(audience, history=False, past=True) if word in said_in(out)}
        assert not leaked, f"for {audience}, by chance {seed}: {leaked}"
