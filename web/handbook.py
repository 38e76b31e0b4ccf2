"""How the program is used, as pages that a house can put in: a space of their own for each language."""

from __future__ import annotations

from contextlib import suppress

from web import text, words
from web.entries import queries
from web.entries.rows import Entry
from web.errors import NotThere
from web.imports.markdown import import_markdown
from web.imports.memory import came_from
from web.people import actions
from web.people import queries as people
from web.people.rows import Space
from web.policy import Viewer
from web.static_files import handbook_root
from web.storage import Storage
from web.words import N_

_NAME, _ABOUT = N_("Handbook"), N_("How we use Dugnad: ask, write, share and find.")


def _slug(language: str) -> str:
    """The word in the address of the handbook's space."""
    return text.slug(words.catalogue(language).gettext(_NAME))


SLUGS = {each: _slug(each) for each in words.LANGUAGES}


async def put_in(viewer: Viewer, language: str, files: Storage) -> str:
    """Gives the slug of the new space. Raises NotAllowed, and Taken when there is such a space."""
    viewer.must("administer")
    said = words.catalogue(language).gettext
    made = await actions.open_space(viewer, SLUGS[language], said(_NAME), "open", said(_ABOUT))
    host = await people.viewer(viewer.me)
    await import_markdown(host, handbook_root(language), await people.space(host, made), files)
    return made


async def about(viewer: Viewer, topic: str, language: str) -> Entry | None:
    """The page about something, in this language or else in another; None when the handbook has none. Raises NotThere
    when no handbook is put in that the viewer may read."""
    space = await _nearest(viewer, language)
    with suppress(NotThere):
        return await queries.entry(viewer, await came_from(space.id, f"{topic}.md") or 0)
    return None


async def _nearest(viewer: Viewer, language: str) -> Space:
    for each in sorted(SLUGS, key=lambda other: other != language):
        with suppress(NotThere):
            return await people.readable_space(viewer, SLUGS[each])
    raise NotThere
