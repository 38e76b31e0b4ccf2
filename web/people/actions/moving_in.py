"""The first person in an empty house, and what they settle about it."""

from __future__ import annotations

from dataclasses import replace

from web import checks
from web.database import execute, for_update, in_one_transaction, value
from web.errors import there
from web.facts import HOUSE
from web.people import queries
from web.people.actions.entering import NewPerson, add_person
from web.people.actions.spaces import belong
from web.policy import Viewer


@in_one_transaction
async def move_in(house: str, language: str, person: NewPerson) -> int:
    """Names the house and gives the id of its first administrator. Raises Invalid, and NotThere when somebody lives
    here already."""
    await value("SELECT id FROM house " + for_update())
    there(None if await queries.anybody() else True)
    language = checks.language("language", language) or ""
    name = checks.name("house", house)
    id = await add_person(replace(person, admin=True, language=language))
    everybodys = there(await value("SELECT id FROM space WHERE slug = {}", HOUSE))
    await execute("UPDATE space SET name = {} WHERE id = {}", name, everybodys)
    await execute("UPDATE house SET language = {}", language)
    await belong(id, everybodys, "host")
    return id


async def settle(viewer: Viewer) -> None:
    """Puts the list of first things away."""
    viewer.must("administer")
    await execute("UPDATE house SET settled = {}", True)
