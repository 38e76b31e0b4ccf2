"""A list as an Atom feed (RFC 4287): what its page shows, with all of each text, for programs that look in now and then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from web import text, urls, words
from web.entries.queries import ALONE, Filter
from web.entries.rows import Entry, Step, Tag

MEDIA_TYPE = "application/atom+xml"
_TITLE = 80
_CORRECTED = words.N_("Corrected %(when)s:")
# What no XML may hold, not even spelled otherwise.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# In HTML of our own a `<` in a text, and a quotation mark in a value, are always entities.
_TAG = re.compile(r'<[a-z](?:[^>"]++|"[^"]*+")*+>')
_LINK_OR_VALUE = re.compile(r'(?<=\s)(href|src)="([^"]*)"|"[^"]*"')


@dataclass(frozen=True)
class Feed:
    """`here`: the address of the list's page. `origin`: what stands before each address. `itself`: whether it is read where
    the house says that it is; a copy may lie anywhere."""

    title: str
    here: str
    origin: str
    language: str
    itself: bool = True


def has_feed(which: Filter, *, copied: bool) -> bool:
    """Whether that list has one. What one person follows has none in a copy, which has none either of the many lists whose entries stand in
    the feed of a larger one as well."""
    return not copied or (
        which.followed_by is None and (which.tag is None and (which.space is None or which.kinds == ALONE))
    )


def atom(
    feed: Feed, entries: Sequence[Entry], bodies: Mapping[int, str], tags: Mapping[int, Iterable[Tag]],
    corrections: Mapping[int, Iterable[Step]],
) -> bytes:  # fmt: skip
    """The feed's bytes. By the ids of the entries: `bodies`, as pages show them, and `corrections`, the latest first."""
    top = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language})
    here = feed.origin + feed.here
    _add(top, "id", here)
    _add(top, "title", feed.title)
    _add(top, "updated", words.iso(max((each.updated_at for each in entries), default=0)))
    _add(top, "link", rel="alternate", type="text/html", href=here)
    if feed.itself:
        _add(top, "link", rel="self", type=MEDIA_TYPE, href=feed.origin + urls.feed_url(feed.here))
    for each in entries:
        foot = "".join(_corrected(one, feed.language) for one in corrections.get(each.id, ()))
        _entry(top, feed, each, bodies[each.id] + foot, tags.get(each.id, ()))
    indent(top, space="")
    made: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return made


def _entry(top: Element, feed: Feed, entry: Entry, body: str, tags: Iterable[Tag]) -> None:
    made = SubElement(top, "entry", {"xml:lang": entry.lang} if entry.lang else {})
    origin, address = feed.origin, feed.origin + urls.url_of(entry)
    _add(made, "id", origin + urls.permalink(entry))
    _add(made, "title", _title(entry) or words.catalogue(feed.language).gettext(words.KIND[entry.kind]))
    _add(made, "link", rel="alternate", type="text/html", href=address)
    if entry.url:
        _add(made, "link", rel="related", href=entry.url)
    for each in entry.by:
        author = _add(made, "author")
        _add(author, "name", each.name)
        _add(author, "uri", origin + urls.url_of(each))
    _add(made, "published", words.iso(entry.created_at))
    _add(made, "updated", words.iso(entry.updated_at))
    for tag in tags:
        _add(made, "category", term=tag.name, label=tag.title, scheme=origin + urls.url_of("tags"))
    if entry.lead:
        _add(made, "summary", entry.lead)
    _add(made, "content", _about(entry) + whole_links(body, address), type="html")


def _corrected(step: Step, language: str) -> str:
    said = words.catalogue(language).gettext(_CORRECTED) % {"when": words.date(step.created_at, language)}
    return f"<p><strong>{escape(said)}</strong> {escape(step.summary)}</p>\n"


def _add(above: Element, name: str, said: str = "", **attributes: str) -> Element:
    made = SubElement(above, name, {each: _NOT_XML.sub("\ufffd", value) for each, value in attributes.items()})
    made.text = _NOT_XML.sub("\ufffd", said) or None
    return made


def _title(entry: Entry) -> str:
    """What has none begins like its text, or what that is about."""
    return entry.title or text.excerpt(entry.excerpt or entry.quote or entry.url or "", _TITLE)


def _about(entry: Entry) -> str:
    """What the text is about, where that is not in it."""
    quote = f"<blockquote>{escape(entry.quote)}</blockquote>\n" if entry.quote else ""
    return f'{quote}<p><a href="{escape(entry.url)}">{escape(entry.url)}</a></p>\n' if entry.url else quote


def whole_links(html: str, address: str) -> str:
    """The same HTML, with its links as they are meant on the page at `address`, which has them from its own place."""

    def link(found: re.Match[str]) -> str:
        return found[0] if found[1] is None else f'{found[1]}="{escape(_whole(unescape(found[2]), address))}"'

    return _TAG.sub(lambda tag: _LINK_OR_VALUE.sub(link, tag[0]), html)


def _whole(link: str, address: str) -> str:
    try:
        return link if urlsplit(link).scheme else urljoin(address, link)
    except ValueError:  # it leads nowhere on the page either
        return link
