"""A body as a page shows it: HTML that is made once, with its links settled for whoever reads it."""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import quote

from litestar import Request
from markupsafe import Markup, escape

from web import checks, text, urls
from web.entries import queries
from web.entries.derived import entry_id, rendered
from web.entries.rows import Entry, Links, Ref
from web.entries.trails import link_key
from web.http import language_of
from web.identity import viewer_of
from web.templating import word


async def body_html(language: str, entry: Entry | Any, links: Links) -> Markup:
    """An entry's body as HTML, its links settled for the viewer."""
    done = await rendered(entry.body)
    prefix = "" if entry.is_a.alone else str(entry.id)
    return Markup(_callouts(language, text.resolve(done.html, partial(_settle, entry, links), prefix)))


_CALLOUT = re.compile(r'(<p class="callout-title" data-word="([a-z]+)">)[^<]*')


def _callouts(language: str, html: str) -> str:
    """The word over each callout, in the reader's language."""
    return _CALLOUT.sub(lambda found: found[1] + str(escape(word(language, "CALLOUTS", found[2]))), html)


async def bodies(request: Request, entries: list[Entry] | tuple[Entry, ...]) -> dict[int, Markup]:
    """The bodies of several entries, by id."""
    links = await queries.links(viewer_of(request), [each.id for each in entries])
    language = language_of(request)
    return {each.id: await body_html(language, each, links) for each in entries}


async def body_of_draft(request: Request, body: str) -> Markup:
    """A text that is not saved yet as HTML; its links to other entries are only marked."""
    done = await rendered(checks.text("body", body, text.BODY_MAX))
    return Markup(_callouts(language_of(request), text.resolve(done.html, lambda what, written: None)))


def _settle(entry: Any, links: Links, what: str, written: str) -> text.Found | None:
    match what:
        case "wiki":
            return _wiki(entry, links, written)
        case "entry":
            found = links.by_id.get(entry_id(written) or 0)
            return text.Found(urls.url_of(found) + _fragment(written)) if found else None
        case "mention":
            person = links.people.get(written.lower())
            return text.Found(urls.url_of(person), person.name) if person else None
        case "tag":
            return text.Found(urls.tag_url(text.tag_name(written)))
    return None


def _wiki(entry: Any, links: Links, written: str) -> text.Found:
    found: Ref | None = links.entries.get((entry.id, link_key(written)))
    if found:
        heading = written.partition("#")[2]
        return text.Found(urls.url_of(found) + (f"#s-{text.slug(heading)}" if heading else ""))
    return text.Found(urls.url_of("new", title=written.partition("#")[0], space=entry.space.slug), wanted=True)


def _fragment(address: str) -> str:
    fragment = address.partition("#")[2]
    return f"#{quote(fragment)}" if fragment else ""
