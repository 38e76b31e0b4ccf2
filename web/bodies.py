"""A body as a page shows it: HTML that is made once, with its links settled for whoever reads it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any
from urllib.parse import quote

from litestar import Request
from markupsafe import Markup, escape

from web import checks, text, urls
from web.embeds import Shown, shown_in
from web.entries import queries
from web.entries.derived import entry_id, file_id, link_key, rendered
from web.entries.marking import Note, marked
from web.entries.rows import Entry, Links, Ref
from web.glossing import Glossary, glossary_of
from web.http import language_of
from web.identity import viewer_of
from web.kinds import TREED
from web.templating import word
from web.words import N_, catalogue

_MOST_LEADS = 200
_NO_TERMS = Glossary()


async def body_html(
    shown: Shown, entry: Entry, links: Links, *, alone: bool = True, glossary: Glossary = _NO_TERMS
) -> Markup:
    """An entry's body as HTML, its links settled for the viewer, and what it shows of others in it; not `alone`, where others that stand
    alone are on the same page."""
    done = await rendered(entry.body)
    prefix = "" if entry.is_a.alone and alone else str(entry.id)
    html = await glossary.put_in(_settled(shown.language, done.html, entry, links, prefix), entry)
    return Markup(await shown.fill(html, entry, links))


async def _glossary(request: Request, entries: Sequence[Entry]) -> Glossary:
    lexicon = await request.app.state.known.lexicon()
    return await glossary_of(viewer_of(request), lexicon, [(await rendered(each.body)).plain for each in entries])


def _settled(language: str, html: str, entry: Entry | Any, links: Links, prefix: str) -> str:
    return _worded(language, text.resolve(html, partial(_settle, entry, links), prefix))


_OVER = re.compile(r'(<(?:p class="callout-title"|summary) data-word="([a-z]+)">)[^<]*')


def _worded(language: str, html: str) -> str:
    """The words over callouts and such, in the reader's language."""
    return _OVER.sub(lambda found: found[1] + str(escape(word(language, "OVER", found[2]))), html)


async def bodies(
    request: Request, entries: list[Entry] | tuple[Entry, ...], *, alone: bool = True, explained: bool = False
) -> dict[int, Markup]:
    """The bodies of several entries, by id; not `alone`, where more than one of them has a page of its own; `explained`: with what terms
    mean."""
    viewer, language = viewer_of(request), language_of(request)
    links = await queries.links(viewer, [each.id for each in entries])
    shown = await shown_in(viewer, language, entries, links, partial(_settled, language))
    glossary = await _glossary(request, entries) if explained else _NO_TERMS
    return {each.id: await body_html(shown, each, links, alone=alone, glossary=glossary) for each in entries}


async def marked_bodies(
    request: Request, entry: Entry, below: Sequence[Entry]
) -> tuple[dict[int, Markup], Mapping[int, int]]:
    """The same of an entry and of what stands below it; with a mark in it behind each passage that something open is said of, and their
    numbers, by the ids of what was said. What it shows of other texts is theirs, and has none."""
    viewer, language = viewer_of(request), language_of(request)
    links = await queries.links(viewer, [entry.id, *(each.id for each in below)])
    shown = await shown_in(viewer, language, [entry, *below], links, partial(_settled, language))
    said = catalogue(language).gettext(_SAID)
    notes = [
        Note(each.id, each.quote, each.anchor, said % {"name": each.author.name})
        for each in below
        if each.quote and each.anchor is not None and each.parent == entry.id and not each.settled
    ]
    done = await rendered(entry.body)
    html = _settled(language, done.html, entry, links, "")
    numbers: Mapping[int, int] = {}
    if notes:
        html, numbers = await asyncio.to_thread(marked, html, done.plain, notes)
    glossary = await _glossary(request, [entry, *below])
    html = await glossary.put_in(html, entry)
    made = {each.id: await body_html(shown, each, links, glossary=glossary) for each in below}
    return {entry.id: Markup(await shown.fill(html, entry, links)), **made}, numbers


_SAID = N_("What %(name)s says of this")


async def bodies_of_then(request: Request, entries: Sequence[Entry]) -> dict[int, Markup]:
    """The bodies of entries as they stood, by id: links that are in their texts no more lead where their titles do today."""
    viewer, language = viewer_of(request), language_of(request)
    done = [await rendered(each.body) for each in entries]
    titles = [link_key(link.written) for each in done for link in each.links if link.kind_of == "wiki"]
    handles = [handle.lower() for each in done for handle in each.mentions]
    today = await queries.links(viewer, [each.id for each in entries])
    named = await queries.leads(viewer, titles[:_MOST_LEADS], handles[:_MOST_LEADS])
    links = Links({**named.entries, **today.entries}, today.by_id, {**named.people, **today.people}, today.pictures)
    # What was in other texts then is not known here: there is a link to each.
    shown = Shown(language, partial(_settled, language))
    return {each.id: await body_html(shown, each, links) for each in entries}


def as_many_as_fit(entries: tuple[Entry, ...], longest: int) -> tuple[Entry, ...]:
    """The first of them: at least one, and no more than have bodies of so many characters together."""
    lengths = accumulate(len(each.body) for each in entries)
    return entries[: max(1, sum(length <= longest for length in lengths))]


@dataclass(frozen=True)
class _Draft:
    """A text that is no entry yet, as far as its own words go."""

    id: int
    body: str


async def body_of_draft(request: Request, body: str) -> Markup:
    """A text that is not saved yet as HTML, its links settled as far as that can be said before it has a space."""
    viewer, language = viewer_of(request), language_of(request)
    done = await rendered(checks.text("body", body, text.BODY_MAX))
    titles = [link_key(link.written) for link in done.links if link.kind_of == "wiki"]
    handles = [handle.lower() for handle in done.mentions]
    links = await queries.leads(viewer, titles[:_MOST_LEADS], handles[:_MOST_LEADS])
    html = _worded(language, text.resolve(done.html, partial(_settle_draft, links)))
    draft = _Draft(0, body)
    shown = await shown_in(viewer, language, [draft], links, partial(_settled, language))
    return Markup(await shown.fill(html, draft, links))


def _settle_draft(links: Links, what: str, written: str) -> text.Found | None:
    if what == "wiki":
        found = links.entries.get((0, link_key(written)))
        return text.Found(urls.url_of(found)) if found else None
    return _settle(None, links, what, written)


def _settle(entry: Any, links: Links, what: str, written: str) -> text.Found | None:
    match what:
        case "wiki":
            return _wiki(entry, links, written)
        case "entry":
            found = links.by_id.get(entry_id(written) or 0)
            return _lead(found, _fragment(written)) if found else None
        case "mention":
            person = links.people.get(written.lower())
            return text.Found(urls.url_of(person), person.name) if person else None
        case "tag":
            return text.Found(urls.tag_url(text.tag_name(written)))
        case "file":
            return text.Found(written, size=links.pictures.get(file_id(written) or 0))
    return None


def _wiki(entry: Any, links: Links, written: str) -> text.Found:
    key = link_key(written)
    found: Ref | None = links.entries.get((entry.id, key)) or links.entries.get((0, key))
    if found:
        heading = written.partition("#")[2]
        return _lead(found, f"#s-{text.slug(heading)}" if heading else "")
    to = urls.url_of("new", TREED.name, title=written.partition("#")[0], space=entry.space.slug)
    return text.Found(to, looks="wanted")


def _lead(found: Ref, fragment: str) -> text.Found:
    if found.gone:
        return text.Found(urls.url_of(found), looks="gone")
    # What it is called is said where the text says nothing of it.
    return text.Found(urls.url_of(found) + fragment, found.title or text.excerpt(found.excerpt, 60))


def _fragment(address: str) -> str:
    fragment = address.partition("#")[2]
    return f"#{quote(fragment)}" if fragment else ""
