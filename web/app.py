"""The application, wired: rooms, routes, errors, what is in front of them and behind them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.router import Router

from web import edge, forms, http, identity, static_files, templating, validators, words
from web.database import close_database, limit_reads, open_database
from web.database.migrate import State as Shape
from web.database.migrate import state as shape
from web.entries.tables import TABLES as ENTRY_TABLES
from web.known import Known
from web.live import Pulse
from web.mailing import send_due
from web.people.passwords import nobodys
from web.people.tables import TABLES as PEOPLE_TABLES
from web.publishing.pressing import publish_due
from web.publishing.tables import TABLES as PUBLISHING_TABLES
from web.rounds import Rounds
from web.routes import PLAIN, ROUTES, api
from web.settings import Settings
from web.storage import cache_of, shelf_of, storage_of
from web.validators import Pages

TABLES = (*PEOPLE_TABLES, *ENTRY_TABLES, *PUBLISHING_TABLES)
_log = logging.getLogger("dugnad")
# In seconds. Nobody waits longer for a page, and others want to read too.
_LONGEST_READ = 10.0


class NotReady(Exception):
    """The database is not one that this program can serve; says what to do."""


_WHAT_TO_DO = {
    Shape.EMPTY: "The database is empty. Run `dugnad migrate` first.",
    Shape.BEHIND: "The database is older than this program. Make a backup, then run `dugnad migrate`.",
    Shape.UNKNOWN: "The database was not made by this version of Dugnad: it is newer, or something else. "
    "Point DUGNAD_DATABASE at another one, or run the version that made it.",
}


class _App(Litestar):
    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        """Without those for libraries that happen to be installed: Pydantic alone takes a third of a second and twelve
        megabytes of every worker, and nothing here is made of it."""
        return [*plugins, MsgspecDIPlugin()]


def create_app(settings: Settings) -> Litestar:
    """The whole of Dugnad as an ASGI application. It opens its database when it starts. Raises WrongSetting."""
    app = _App(
        [
            Router("/", route_handlers=[*PLAIN], include_in_schema=False),
            Router("/", route_handlers=[*ROUTES], include_in_schema=False, before_request=http.arrive),
            api.router,
            api.description,
        ],
        dependencies={"viewer": Provide(identity.viewer_of, sync_to_thread=False)},
        exception_handlers={Exception: _went_wrong},
        compression_config=CompressionConfig(
            backend="brotli", brotli_quality=1, minimum_size=1000, exclude=["^/files/"], exclude_opt_key="as_it_is"
        ),
        openapi_config=api.openapi_config,
        request_max_body_size=forms.MOST_BYTES,
        logging_config=None,
        state=_state(settings),
        lifespan=[_database],
    )
    app.asgi_handler = edge.edge(
        identity.identified(validators.validated(app.asgi_handler)), https=settings.url.startswith("https:")
    )
    return app


def _state(settings: Settings) -> State:
    """What all requests share."""
    return State(
        {
            "settings": settings, "live": Pulse(), "known": Known(), "pages": Pages(), "files": storage_of(settings),
            "thumbnails": cache_of(settings), "shelf": shelf_of(settings),
        }
    )  # fmt: skip


def _went_wrong(request: Request[Any, Any, Any], wrong: Exception) -> Response[Any]:
    if identity.is_for_programs(request.url.path):
        return api.problem(request, wrong)
    return http.error_page(request, wrong)


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


def _warm() -> None:
    """Makes what is made once, while the first answers are given already."""
    for language in words.LANGUAGES:
        templating.environment(language)
    validators.program()
    nobodys()
    static_files.pack()


def _rounds(settings: Settings) -> list[Rounds]:
    """What is done while the house is open."""
    posts = [Rounds("The letters", partial(send_due, settings))] if settings.mail else []
    return [*posts, Rounds("The editions", partial(publish_due, settings))]


@asynccontextmanager
async def _database(app: Litestar) -> AsyncIterator[None]:
    async with opened(app.state.settings):
        limit_reads(_LONGEST_READ)
        warming = asyncio.create_task(asyncio.to_thread(_warm))
        rounds = _rounds(app.state.settings)
        for each in rounds:
            each.start()
        yield
        await warming
        for each in rounds:
            await each.rest()
        await app.state.live.rest()
