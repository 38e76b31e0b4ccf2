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

from web import edge, forms, http, identity, static_files, templating, validators, words
from web.collecting import Fetching
from web.database import limit_reads
from web.entries.contents import read_due
from web.entries.planning import settle_due
from web.entries.seeking import seek_due
from web.entries.surviving import Counting
from web.entries.telling import tell_due
from web.furthest import Furthest
from web.known import Known
from web.live import Pulse
from web.mailing import send_due
from web.opening import TABLES as TABLES
from web.opening import NotReady as NotReady
from web.opening import opened as opened
from web.people.passwords import nobodys
from web.program import program
from web.publishing.pressing import publish_due
from web.readers import Readers, counted
from web.rounds import Rounds
from web.routes import PLAIN, READ, ROUTES, OneRouter, api
from web.settings import Settings
from web.storage import cache_of, shelf_of, storage_of
from web.times import zone_named
from web.validators import Pages

_log = logging.getLogger("dugnad")
# In seconds. Nobody waits longer for a page, and others want to read too.
_LONGEST_READ = 10.0


class _App(Litestar):
    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        """Without those for libraries that happen to be installed: Pydantic alone takes a third of a second and twelve
        megabytes of every worker, and nothing here is made of it."""
        return [*plugins, MsgspecDIPlugin()]


def create_app(settings: Settings, *, to_read: bool = False) -> Litestar:
    """The whole of Dugnad as an ASGI application. It opens its database when it starts. Raises WrongSetting. `to_read`: what people read and
    nothing else, which takes a third of the time to make."""
    routes = READ if to_read else ROUTES
    for_programs: list[Any] = [] if to_read else [api.router(), api.description]
    app = _App(
        [
            OneRouter("/", route_handlers=[*PLAIN], include_in_schema=False),
            OneRouter("/", route_handlers=[*routes], include_in_schema=False, before_request=http.arrive),
            *for_programs,
        ],
        dependencies={"viewer": Provide(identity.viewer_of, sync_to_thread=False)},
        exception_handlers={Exception: _went_wrong},
        compression_config=CompressionConfig(
            backend="brotli", brotli_quality=1, minimum_size=1000, exclude=["^/files/"], exclude_opt_key="as_it_is"
        ),
        openapi_config=None if to_read else api.openapi_config,
        request_max_body_size=forms.MOST_BYTES,
        logging_config=None,
        state=_state(settings),
        lifespan=[_database],
    )
    app.asgi_handler = edge.edge(
        identity.identified(counted(validators.validated(app.asgi_handler))), https=settings.url.startswith("https:")
    )
    return app


def _state(settings: Settings) -> State:
    """What all requests share."""
    return State(
        {
            "settings": settings, "live": Pulse(), "known": Known(), "pages": Pages(), "readers": Readers(), "furthest": Furthest(), "files": storage_of(settings),
            "thumbnails": cache_of(settings), "shelf": shelf_of(settings),
        }
    )  # fmt: skip


def _went_wrong(request: Request[Any, Any, Any], wrong: Exception) -> Response[Any]:
    if identity.is_for_programs(request.url.path):
        return api.problem(request, wrong)
    return http.error_page(request, wrong)


def _warm() -> None:
    """Makes what is made once, while the first answers are given already."""
    for language in words.LANGUAGES:
        templating.environment(language)
    program()
    nobodys()
    static_files.pack()


async def _post(settings: Settings, state: State) -> None:
    """Nobody is told of what they have just read."""
    await tell_due(zone_named(settings.zone), first=partial(state.furthest.keep, at_once=True))
    await send_due(settings)


def _fetching(settings: Settings, state: State) -> list[Rounds]:
    if not settings.imap:
        return []
    return [Rounds("The mailbox", partial(Fetching().fetch_due, settings, state.files))]


def _looking_behind(settings: Settings) -> list[Rounds]:
    if not settings.previews:
        return []
    from web.entries.previews import (
        look_behind,  # what it asks and reads pages with weighs more than all the rest of it
    )

    return [Rounds("What stands behind links", look_behind)]


def _rounds(settings: Settings, state: State) -> list[Rounds]:
    """What is done while the house is open."""
    posts = [Rounds("The letters", partial(_post, settings, state))] if settings.mail else []
    return [
        *posts,
        *_looking_behind(settings),
        *_fetching(settings, state),
        Rounds("The searches that are followed", seek_due),
        Rounds("What is to be shared", partial(settle_due, mail=bool(settings.mail))),
        Rounds("The editions", partial(publish_due, settings)),
        Rounds("The number of readers", state.readers.keep),
        Rounds("How far people have read", state.furthest.keep),
        Rounds("What stands in files", partial(read_due, state.files)),
        Rounds("How much of whose words stands in pages", Counting().count_due),
    ]


@asynccontextmanager
async def _database(app: Litestar) -> AsyncIterator[None]:
    async with opened(app.state.settings):
        limit_reads(_LONGEST_READ)
        warming = asyncio.create_task(asyncio.to_thread(_warm))
        rounds = _rounds(app.state.settings, app.state)
        for each in rounds:
            each.start()
        yield
        await warming
        for each in rounds:
            await each.rest()
        await app.state.readers.keep(at_once=True)
        await app.state.furthest.keep(at_once=True)
        await app.state.live.rest()
