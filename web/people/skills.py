"""What people say of themselves: what they can be asked about and what not, what they are learning, and until when they are away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web import checks, text
from web.database import SQL, execute, in_one_transaction, insert, new_id, now, row, rows, value
from web.entries.queries import meaning
from web.errors import Invalid, there
from web.people.rows import Skill
from web.policy import Viewer, people_known_to
from web.times import DAY

SAYS = ("ask", "learning", "pass")
MOST_SKILLS = 50
# How far ahead somebody can be away: whoever is for longer is no longer here.
_LONGEST_AWAY = 2 * 366 * DAY


def here(person: str = "p") -> SQL:
    """A condition on a person: who is not away."""
    return SQL(f"({person}.away_until IS NULL OR {person}.away_until < {{}})", now())


def turn(person: str) -> str:
    """In SQL: the place of a person, by their id, among those whom an entry `e` is put to. Another order for each, always the same for one; no
    number in it is too large for a database."""
    return f"(({person} % 1000003) * (e.id % 999983 + 1)) % 1000003"


async def skills(viewer: Viewer) -> tuple[Skill, ...]:
    """All that the viewer says of themself, by topic."""
    found = await rows(
        "SELECT k.id, k.topic, k.says, q.handle, q.name FROM skill k LEFT JOIN person q ON q.id = k.instead AND q.active AND {} "
        "WHERE k.person = {} ORDER BY k.topic",
        people_known_to(viewer, "q"), viewer.me,
    )  # fmt: skip
    return tuple(map(_skill, found))


def _skill(found: Mapping[str, Any]) -> Skill:
    other = (found["handle"], found["name"]) if found["handle"] else None
    return Skill(found["id"], found["topic"], found["says"], other)


@in_one_transaction
async def say(viewer: Viewer, topic: object, says: object, instead: object = "") -> int:
    """Says it of oneself, in place of what one said of that topic before; gives its id. Another word for a tag is the tag."""
    viewer.must("write")
    name = (await meaning(text.tag_name(checks.line("topic", topic, 200).replace(" ", "-")))).name
    if not name:
        raise Invalid("topic", "Write a word, as tags are written: letters, digits and hyphens.")
    said = checks.one_of("says", says, SAYS)
    other = await _instead(viewer, checks.line("instead", instead, 120)) if said == "pass" else None
    await execute("DELETE FROM skill WHERE person = {} AND topic = {}", viewer.me, name)
    if await value("SELECT count(*) FROM skill WHERE person = {}", viewer.me) >= MOST_SKILLS:
        raise Invalid("topic", "You have said enough of yourself. Take something back first.")
    id = new_id()
    await insert("skill", id=id, person=viewer.me, topic=name, says=said, instead=other, created_at=now())
    return id


async def _instead(viewer: Viewer, typed: str) -> int | None:
    if not typed:
        return None
    handle = typed.removeprefix("@").lower()
    found = await value(
        "SELECT p.id FROM person p WHERE p.handle = {} AND p.active AND {}", handle, people_known_to(viewer)
    )
    if not found or found == viewer.me:
        raise Invalid("instead", "Nobody else here goes by that name. Write it as in @kari.")
    return int(found)


@in_one_transaction
async def unsay(viewer: Viewer, id: int) -> Skill:
    """Takes back what one said, and gives it, for whoever would say it again. Raises NotThere."""
    viewer.must("write")
    found = there(
        await row(
            "SELECT k.id, k.topic, k.says, q.handle, q.name FROM skill k LEFT JOIN person q ON q.id = k.instead WHERE k.id = {} AND k.person = {}",
            id, viewer.me,
        )
    )  # fmt: skip
    await execute("DELETE FROM skill WHERE id = {}", id)
    return _skill(found)


@in_one_transaction
async def be_away(viewer: Viewer, day: object) -> int | None:
    """Until the end of that day (2026-12-31), which it gives in ms; nothing typed means that one is here."""
    viewer.must("write")
    until = checks.until("away", day)
    if until is not None and not now() <= until < now() + _LONGEST_AWAY:
        raise Invalid("away", "Choose a day that is still to come, within two years.")
    await execute("UPDATE person SET away_until = {} WHERE id = {}", until, viewer.me)
    return until
