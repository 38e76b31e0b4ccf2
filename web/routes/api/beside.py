"""What hangs together with an entry, for programs: it in other languages, when it goes into the bin, and that it is just what somebody looked for."""

from datetime import UTC
from typing import Any

from litestar import Request, get, post

from web import checks, words
from web.entries import actions, planning, queries
from web.entries.beside import Translation
from web.policy import Viewer
from web.routes.api.shapes import Sent


class InLanguage(Sent, frozen=True):
    """A text in another language; `behind` so many changes of the one that it was translated from."""

    id: int
    title: str
    lang: str | None
    behind: int


class Languages(Sent, frozen=True):
    """What it was translated from, and what was translated from that or from it."""

    source: InLanguage | None
    translations: list[InLanguage]


class Translated(Sent, frozen=True):
    """The text (a revision of another entry) with which it is up to date; without one it is a text of its own."""

    revision: int | None = None


class Ending(Sent, frozen=True):
    """A time in UTC, as 2026-12-31T09:30; empty: it stays."""

    at: str = ""


class Met(Sent, frozen=True):
    """The id of what helped, where that was not said before, and whether it is followed since."""

    given: int | None
    follows: bool


def _in_language(each: Translation) -> InLanguage:
    return InLanguage(each.ref.id, each.ref.title, each.lang, each.behind)


async def _languages(viewer: Viewer, id: int) -> Languages:
    await queries.entry(viewer, id)
    around = await queries.around(viewer, id)
    source = _in_language(around.source) if around.source else None
    return Languages(source, [_in_language(each) for each in around.translations])


@get("/entries/{id:int}/translations")
async def translations(request: Request[Any, Any, Any], viewer: Viewer, id: int) -> Languages:
    return await _languages(viewer, id)


@post("/entries/{id:int}/translate", status_code=200)
async def translate(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Translated) -> Languages:
    revision = checks.integer("revision", data.revision)
    if revision is None:
        await actions.untranslate(viewer, id)
    else:
        await actions.translate(viewer, id, revision)
    return await _languages(viewer, id)


@post("/entries/{id:int}/hide", status_code=200)
async def hide(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Ending) -> Ending:
    """When it goes into the bin, or that it does not after all."""
    at = checks.moment("at", data.at, UTC)
    await planning.hide(viewer, id, at)
    return Ending(words.iso(at) if at else "")


@post("/entries/{id:int}/meet", status_code=200)
async def meet(request: Request[Any, Any, Any], viewer: Viewer, id: int) -> Met:
    """It is just what one looked for: what settled it has helped, and what nothing has settled is asked, and followed, by one more."""
    met = await actions.meet(viewer, id)
    return Met(met.given, met.follows)


handlers = [translations, translate, hide, meet]
