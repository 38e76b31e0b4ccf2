"""A house with as much in it as one asks for, written by the program itself, and its server."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass

from web.app import TABLES
from web.database import close_database, open_database
from web.database.migrate import migrate
from web.entries import actions, queries
from web.entries.actions import Fields
from web.kinds import KINDS
from web.people import actions as people_actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.policy import Viewer

REPLIES = 200
_WORDS = [
    f"{start}{end}"
    for start in ("sol", "fjord", "skog", "bre", "vind", "eng", "havn", "lys")
    for end in ("en", "ene", "vei", "stua", "dag", "")
]
_KINDS = tuple(kind.name for kind in KINDS.values() if kind.alone)


@dataclass(frozen=True)
class Filled:
    """What the measurements ask for."""

    session: str
    token: str
    page: int
    thread: int


async def fill(address: str, entries: int) -> Filled:
    """Writes the entries through the verbs, so that everything that hangs on them is there."""
    await open_database(address, TABLES)
    try:
        await migrate()
        for handle in ("kari", "per"):
            await people_actions.add_person(NewPerson(handle, handle.title()))
        kari, per = await people.viewer_by_handle("kari"), await people.viewer_by_handle("per")
        thread = await _thread(kari, per)
        page = await _written(per, "page", 0)
        for number in range(1, entries):
            await _written((kari, per)[number % 2], _KINDS[number % len(_KINDS)], number)
            if number % 100 == 0:
                print(f"\r{number} of {entries} entries", end="", file=sys.stderr)
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
        session = await people_actions.start_session(kari.me)
        return Filled(session, await people_actions.new_token(kari), page, thread)
    finally:
        await close_database()


async def _thread(kari: Viewer, per: Viewer) -> int:
    id = await _written(kari, "thread", 0)
    for number in range(REPLIES):
        body = f"Reply {number}, and it says some words: {_text(number, 30)}"
        await actions.post(per, "reply", None, Fields(body=body), await queries.entry(per, id))
    return id


async def _written(viewer: Viewer, kind: str, number: int) -> int:
    space = await people.readable_space(viewer, "house")
    rare = "blåbærsyltetøy " if number % 500 == 1 else ""
    body = _text(number, 60) + f"\n\n## Mer\n\n{rare}dugnad **{number}** og [lenke](https://example.org/{number})."
    fields = Fields(
        f"Tittel {number} {_text(number, 3)}",
        body[:500] if kind == "micropost" else body,
        f"https://example.org/{number}",
        tags=f"tag{number % 40}",
    )
    return await actions.post(viewer, kind, space, fields)


def _text(seed: int, words: int) -> str:
    return " ".join(random.Random(seed).choices(_WORDS, k=words))
