"""The database, open for whatever is to be done in the house."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from web.database import close_database, open_database
from web.database.migrate import State as Shape
from web.database.migrate import state as shape
from web.entries.attention import TABLES as ATTENTION_TABLES
from web.entries.posted import TABLES as POSTED_TABLES
from web.entries.tables import TABLES as ENTRY_TABLES
from web.entries.talk_tables import TABLES as TALK_TABLES
from web.entries.tallies import Tally
from web.people.tables import TABLES as PEOPLE_TABLES
from web.publishing.tables import TABLES as PUBLISHING_TABLES
from web.settings import Settings

TABLES = (*PEOPLE_TABLES, *ENTRY_TABLES, *ATTENTION_TABLES, *POSTED_TABLES, *TALK_TABLES, Tally, *PUBLISHING_TABLES)


class NotReady(Exception):
    """The database is not one that this program can serve; says what to do."""


_WHAT_TO_DO = {
    Shape.EMPTY: "The database is empty. Run `dugnad migrate` first.",
    Shape.BEHIND: "The database is older than this program. Make a backup, then run `dugnad migrate`.",
    Shape.UNKNOWN: "The database was not made by this version of Dugnad: it is newer, or something else. "
    "Point DUGNAD_DATABASE at another one, or run the version that made it.",
}


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database, open and known to be one that this program understands. Raises NotReady or Unreachable."""
    await open_database(settings.database, TABLES)
    try:
        if (found := await shape()) in _WHAT_TO_DO:
            raise NotReady(_WHAT_TO_DO[found])
        yield
    finally:
        await close_database()


def application(settings: Settings) -> Any:
    """The program as far as it is read, for whoever needs it at last: to enter its rooms takes longer than most commands do."""
    from web.app import create_app

    return create_app(settings, to_read=True)
