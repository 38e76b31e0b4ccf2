"""A small house with people in it, to try things out in. Everybody and everything in it is made up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from web.database import in_one_transaction
from web.entries import actions, queries
from web.entries.actions import Fields
from web.errors import NotThere
from web.people import actions as people_actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.policy import Viewer

PASSWORD = "dugnad-i-fellesskap"  # noqa: S105 (the demo tells everybody)
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Somebody:
    """Who can sign in, and what they are in the house."""

    handle: str
    name: str
    what: str


PEOPLE = (
    Somebody("kari", "Kari Haugen", "administrator"),
    Somebody("per", "Per Lunde", "host of Customer service"),
    Somebody("ingrid", "Ingrid Vold", "member"),
    Somebody("tore", "Tore Berg", "member"),
    Somebody("sunniva", "Sunniva Aas", "member"),
    Somebody("gjest", "Gina Gjest", "guest, in Customer service only"),
)
SPACES = (
    ("kundeservice", "Kundeservice", "open", "per", ("ingrid", "tore"), "Alt om dem vi er her for."),
    (
        "fagforum-data",
        "Fagforum data",
        "open",
        "sunniva",
        ("tore", "kari"),
        "Verktøy, metoder og det vi lærte på veien.",
    ),
    ("ledelse", "Ledelse", "closed", "kari", ("per",), "Planer som ikke er ferdige ennå."),
    ("overraskelse", "Overraskelsen", "secret", "ingrid", ("tore",), "Ikke si det til noen."),
)


class Scene(msgspec.Struct, frozen=True):
    """One thing that somebody does, as told in story.toml. `name` is what later scenes call it by."""

    who: str
    kind: str = ""
    space: str = "house"
    title: str = ""
    body: str = ""
    url: str = ""
    quote: str = ""
    tags: str = ""
    name: str = ""
    under: str = ""
    recommend: list[str] = []
    helped: list[str] = []
    vote: list[str] = []
    accepts: str = ""
    stage: str = ""


@in_one_transaction
async def fill() -> None:
    """Fills an empty house."""
    for each in PEOPLE:
        await people_actions.add_person(
            NewPerson(
                each.handle, each.name, f"{each.handle}@dugnad.example", PASSWORD, admin=each.handle == "kari",
                guest=each.handle == "gjest", language="nb",
            )
        )  # fmt: skip
    for slug, name, access, host, members, about in SPACES:
        space = await people_actions.add_space(slug, name, access, about)
        await people_actions.add_member(await _id(host), space, "host")
        for member in members:
            await people_actions.add_member(await _id(member), space)
    kundeservice = await people.readable_space(await people.viewer_by_handle("per"), "kundeservice")
    await people_actions.add_member(await _id("gjest"), kundeservice.id, "guest")
    await _play(msgspec.toml.decode((_HERE / "story.toml").read_bytes(), type=dict[str, list[Scene]])["scene"])


async def is_here() -> bool:
    """Whether the people of the demo live in this house."""
    try:
        return all([await people.viewer_by_handle(person.handle) for person in PEOPLE])
    except NotThere:
        return False


async def _id(handle: str) -> int:
    return (await people.viewer_by_handle(handle)).person or 0


async def _play(scenes: list[Scene]) -> None:
    named: dict[str, int] = {}
    for scene in scenes:
        viewer = await people.viewer_by_handle(scene.who)
        id = named[scene.name] if not scene.kind else await _write(viewer, scene, named)
        named[scene.name or str(id)] = id
        await _respond(viewer, scene, id, named)


async def _write(viewer: Viewer, scene: Scene, named: dict[str, int]) -> int:
    parent = await queries.entry(viewer, named[scene.under]) if scene.under else None
    space = await people.readable_space(viewer, scene.space) if parent is None else parent.space
    fields = Fields(scene.title, scene.body.strip(), scene.url or None, scene.quote or None, None, scene.tags)
    return await actions.post(viewer, scene.kind, space, fields, parent)


async def _respond(viewer: Viewer, scene: Scene, id: int, named: dict[str, int]) -> None:
    for reaction in ("recommend", "helped", "vote"):
        for handle in getattr(scene, reaction):
            await actions.react(await people.viewer_by_handle(handle), id, reaction)
    if scene.accepts:
        await actions.accept(viewer, id, named[scene.accepts])
    if scene.stage:
        await actions.stage(viewer, id, scene.stage)
