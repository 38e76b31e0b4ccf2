"""Terms in a text that is about to be shown: what they mean, as far as its reader may read that, stands behind the words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from cachetools import LRUCache
from markupsafe import escape

from web import urls
from web.entries import queries
from web.entries.rows import Place
from web.entries.terms import Lexicon, Term, marked
from web.markup import attributes
from web.policy import Viewer

# In characters: what is shorter is gone through faster than a thread is reached.
_SHORT = 20_000
# On one page.
_MOST = 500
# By the lexicon's number and the text, which the renderer keeps too.
_said: LRUCache[tuple[int, str], frozenset[int]] = LRUCache(2_000)


class Said(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def space(self) -> Place: ...


@dataclass(frozen=True)
class Glossary:
    """Of the terms that stand in some texts, those that the viewer may read."""

    terms: dict[int, Term] = field(default_factory=dict)

    async def put_in(self, html: str, entry: Said) -> str:
        """The HTML of an entry's text, with what its terms mean; a term does not explain itself."""
        terms = [each for each in self.terms.values() if each.id != entry.id]
        if not terms:
            return html
        if len(html) < _SHORT:
            return _marked(html, terms, entry)
        return await asyncio.to_thread(_marked, html, terms, entry)


def _marked(html: str, terms: list[Term], entry: Said) -> str:
    def mark(term: Term, words: str, number: str) -> str:
        id = f"term-{entry.id}-{number}"
        link = f"<a{attributes(href=urls.url_of(term.ref))}>{escape(term.ref.title)}</a>"
        says = attributes(class_="says", id=id, hidden="", dir="auto", lang=term.lang)
        return (
            f'<span class="term"><span{attributes(role="term", tabindex="0", aria_describedby=id)}>{words}</span>'
            f"<span{says}>{escape(term.says)} {link}</span></span>"
        )

    return marked(html, Lexicon(terms), {each.id: each for each in terms}, entry.space.id, mark)


async def glossary_of(viewer: Viewer, lexicon: Lexicon, texts: Iterable[str]) -> Glossary:
    """Of what stands in these plain texts. The lexicon is that of the house."""
    found: set[int] = set()
    if lexicon:
        for plain in texts:
            found |= await _said_in(lexicon, plain)
    some = sorted(found)[:_MOST]
    return Glossary({each.id: each for each in await queries.terms(viewer, some)} if some else {})


async def _said_in(lexicon: Lexicon, plain: str) -> frozenset[int]:
    key = lexicon.number, plain
    known = _said.get(key)
    if known is None:
        known = lexicon.said_in(plain) if len(plain) < _SHORT else await asyncio.to_thread(lexicon.said_in, plain)
        if len(plain) < _SHORT * 10:
            _said[key] = known
    return known
