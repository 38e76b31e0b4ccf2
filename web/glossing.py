"""Terms in a text that is about to be shown: what they mean, as far as its reader may read that, stands behind the words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from cachetools import LRUCache
from markupsafe import escape

from web import urls
from web.entries import queries
from web.entries.rendered import digest_of
from web.entries.rows import Place
from web.entries.terms import Lexicon, Term, marked
from web.markup import attributes
from web.policy import Viewer

# In characters: what is shorter is gone through faster than a thread is reached.
_SHORT = 20_000
# On one page.
_MOST = 500
# So often a name is tried on one page, however many begin with the words that stand there.
_MOST_TRIED = 50_000
# By the lexicon's number and what stands for the text.
_said: LRUCache[tuple[int, bytes], frozenset[int]] = LRUCache(2_000)


class Said(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def space(self) -> Place: ...


@dataclass(frozen=True)
class Glossary:
    """Of the terms that stand in some texts, those that the viewer may read."""

    terms: dict[int, Term] = field(default_factory=dict)

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon(self.terms.values())

    @cached_property
    def _tries(self) -> Iterator[int]:
        return iter(range(_MOST_TRIED))

    async def put_in(self, html: str, entry: Said) -> str:
        """The HTML of an entry's text, with what its terms mean; a term does not explain itself."""
        terms = {id: each for id, each in self.terms.items() if id != entry.id}
        if not terms:
            return html
        if len(html) < _SHORT:
            return _marked(html, self._lexicon, terms, entry, self._tries)
        return await asyncio.to_thread(_marked, html, self._lexicon, terms, entry, self._tries)


def _marked(html: str, lexicon: Lexicon, terms: dict[int, Term], entry: Said, tries: Iterator[int]) -> str:
    def mark(term: Term, words: str, number: str) -> str:
        id = f"term-{entry.id}-{number}"
        link = f"<a{attributes(href=urls.url_of(term.ref))}>{escape(term.ref.title)}</a>"
        says = attributes(class_="says", id=id, hidden="", dir="auto", lang=term.lang)
        return (
            f'<span class="term"><span{attributes(role="term", tabindex="0", aria_describedby=id)}>{words}</span>'
            f"<span{says}>{escape(term.says)} {link}</span></span>"
        )

    return marked(html, lexicon, terms, entry.space.id, mark, tries)


async def glossary_of(viewer: Viewer, lexicon: Lexicon, texts: Iterable[str]) -> Glossary:
    """Of what stands in these plain texts. The lexicon is that of the house."""
    found: set[int] = set()
    if lexicon:
        for plain in texts:
            found |= await _said_in(lexicon, plain)
    some = sorted(found)[:_MOST]
    return Glossary({each.id: each for each in await queries.terms(viewer, some)} if some else {})


async def _said_in(lexicon: Lexicon, plain: str) -> frozenset[int]:
    key = lexicon.number, digest_of(plain)
    known = _said.get(key)
    if known is None:
        known = lexicon.said_in(plain) if len(plain) < _SHORT else await asyncio.to_thread(lexicon.said_in, plain)
        _said[key] = known
    return known
