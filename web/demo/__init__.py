"""A house with people in it, to try things out in: a ferry and bus company. Everybody and everything in it is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from web import handbook
from web.database import at, in_one_transaction, now, rows
from web.demo import kept
from web.demo.story import Scene, told
from web.entries import actions, queries
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed, NotThere
from web.people import actions as people_actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.policy import Viewer
from web.storage import Storage
from web.times import DAY, MINUTE
from web.words import LANGUAGES

PASSWORD = "dugnad-i-fellesskap"  # noqa: S105 (the demo tells everybody)
_HERE = Path(__file__).parent
# Those whom it is worth signing in as: one of each sort.
_WORTH_MEETING = ("kari", "per", "ingrid", "tore", "sunniva", "gjest")


class Somebody(msgspec.Struct, frozen=True):
    """Who can sign in, and what they are in the house."""

    handle: str
    name: str
    about: str = ""
    what: str = "member"


class Room(msgspec.Struct, frozen=True):
    """A space, and who is in it."""

    slug: str
    name: str
    access: str
    about: str
    hosts: list[str]
    members: list[str] = []
    guests: list[str] = []
    public: bool = False


class Company(msgspec.Struct, frozen=True):
    """Everybody, and where they meet."""

    name: str
    about: str
    people: list[Somebody]
    spaces: list[Room]


COMPANY = msgspec.toml.decode((_HERE / "house.toml").read_bytes(), type=Company)
PEOPLE = tuple(each for each in COMPANY.people if each.handle in _WORTH_MEETING)


def _silent(done: int, of: int) -> None:
    pass


@in_one_transaction
async def fill(files: Storage, *, whole: bool = True, progress: Callable[[int, int], None] = _silent) -> None:
    """Fills an empty house: with two years of life, or (not `whole`) with one day of it."""
    scenes = told(now(), whole=whole)
    with at(scenes[0].at - DAY):
        await _move_in()
        if whole:
            kari = await people.first_administrator()
            for language in LANGUAGES:
                await handbook.put_in(kari, language, files)
        await people_actions.settle(await people.first_administrator())
    viewers = {each.handle: await people.viewer_by_handle(each.handle) for each in COMPANY.people}
    named: dict[str, int] = {}
    for number, (moment, scene) in enumerate((each.at, each.scene) for each in scenes):
        try:
            await _play(viewers, named, moment, scene)
        except (Invalid, NotAllowed, NotThere, KeyError) as wrong:
            raise ValueError(
                f"in the scene of {scene.who}, {scene.title or scene.name or scene.body[:60]!r}: {wrong!r}"
            ) from wrong
        progress(number + 1, len(scenes))
    if whole:
        await kept.keep(files, viewers, named, scenes[-1].at)


async def is_here() -> bool:
    """Whether the people of the demo live in this house."""
    try:
        return all([await people.viewer_by_handle(person.handle) for person in PEOPLE])
    except NotThere:
        return False


async def _move_in() -> None:
    ids = {each.handle: await _add(each) for each in COMPANY.people}
    await _name_the_house()
    for room in COMPANY.spaces:
        space = await people_actions.add_space(room.slug, room.name, room.access, room.about, public=room.public)
        for role, handles in (("host", room.hosts), ("member", room.members), ("guest", room.guests)):
            for handle in handles:
                await people_actions.add_member(ids[handle], space, role)


async def _name_the_house() -> None:
    """The space that is everybody's."""
    viewer = await people.first_administrator()
    house = await people.space(viewer, "house")
    await people_actions.change_space(
        viewer, house, COMPANY.name, COMPANY.about, house.access, public=False, nameless=True
    )


async def _add(each: Somebody) -> int:
    admin, guest = each.what.startswith("administrator"), each.what.startswith("guest")
    email, password = f"{each.handle}@dugnad.example", PASSWORD if each in PEOPLE else None
    id = await people_actions.add_person(NewPerson(each.handle, each.name, email, password, admin, guest, "nb"))
    await people_actions.change_profile(await people.viewer(id), each.name, each.about, email)
    return id


async def _play(viewers: dict[str, Viewer], named: dict[str, int], moment: int, scene: Scene) -> None:
    viewer = viewers[scene.who]
    with at(moment):
        id = await _write(viewer, scene, named) if scene.kind else named[scene.name]
        if scene.kind and scene.name:
            if scene.name in named:
                raise Invalid("name", f"Two scenes are called {scene.name}.")
            named[scene.name] = id
        elif not scene.kind:
            await _change(viewer, scene, named)
        if scene.outdated:
            await actions.outdate(viewer, id, scene.outdated, named.get(scene.instead))
        if scene.accepts:
            await actions.accept(viewer, id, named[scene.accepts])
    await _respond(viewers, scene, id, moment)


async def _write(viewer: Viewer, scene: Scene, named: dict[str, int]) -> int:
    parent = await queries.entry(viewer, named[scene.under]) if scene.under else None
    space = await people.readable_space(viewer, scene.space) if parent is None else parent.space
    fields = Fields(
        scene.title,
        scene.body.strip(),
        scene.url or None,
        scene.quote or None,
        None,
        scene.tags,
        scene.lang or None,
        scene.lead,
        series=scene.series,
        sort=scene.sort or None,
        choices="\n".join(scene.choices),
    )
    id = await actions.post(viewer, scene.kind, space, fields, parent)
    for each in scene.together:
        await actions.write_with(viewer, id, each)
    if scene.translates:
        await actions.translate(viewer, id, (await queries.entry(viewer, named[scene.translates])).revision)
    return id


async def _change(viewer: Viewer, scene: Scene, named: dict[str, int]) -> None:
    id = named[scene.name]
    if scene.split:
        await actions.split(viewer, id, scene.split, scene.title)
        return
    if scene.merge:
        await actions.merge(viewer, id, named[scene.merge])
    if scene.title or scene.body or scene.swap or scene.add:
        await _edit(viewer, scene, id)
    if scene.stage:
        await actions.stage(viewer, id, scene.stage, scene.note)
    if scene.turn:
        await actions.turn(viewer, id, scene.turn, scene.title)
    if scene.move:
        await actions.move(viewer, id, await people.readable_space(viewer, scene.move))
    if scene.trash:
        await actions.trash(viewer, id, scene.trash)


async def _edit(viewer: Viewer, scene: Scene, id: int) -> None:
    entry = await queries.entry(viewer, id)
    body = scene.body.strip() or entry.body
    for old, new in scene.swap:
        if old not in body:
            raise Invalid("swap", f"{old!r} is not in the text.")
        body = body.replace(old, new)
    body = f"{body}\n\n{scene.add.strip()}" if scene.add else body
    tags = scene.tags or await queries.form_tags(id)
    fields = Fields(
        scene.title or entry.title, body, entry.url, tags=tags, lang=entry.lang, lead=entry.lead, summary=scene.summary, correction=scene.correction,
    )  # fmt: skip
    await actions.edit(viewer, id, fields, entry.revision)


async def _respond(viewers: dict[str, Viewer], scene: Scene, id: int, moment: int) -> None:
    """In the hours after, one after the other."""
    for verb in ("recommend", "helped", "vote", "watch"):
        for each in getattr(scene, verb):
            handle, _, note = each.partition(": ")
            moment += 7 * MINUTE
            with at(min(moment, now())):
                if verb == "watch":
                    await actions.watch(viewers[handle], id)
                else:
                    await actions.react(viewers[handle], id, verb, note=note or None)
    chosen = [each["id"] for each in await rows("SELECT id FROM choice WHERE entry = {} ORDER BY id", id)]
    for each in scene.choose:
        handle, _, number = each.partition(": ")
        moment += 7 * MINUTE
        with at(min(moment, now())):
            await actions.choose(viewers[handle], id, [chosen[int(number) - 1]])
