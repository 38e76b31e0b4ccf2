"""What a text shows of others: their text where it says `![[Title]]`, and answers to what it asks, both as whoever reads may read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from markupsafe import escape

from web import text, urls
from web.entries import listing, queries, sections
from web.entries.derived import entry_id, link_key, rendered
from web.entries.listing import Line
from web.entries.rows import Entry, Links, Ref
from web.policy import Viewer
from web.templating import environment

# Texts in texts in a text: so deep, so many on a page, and so many characters of them together.
_DEEPEST, _MOST, _LONGEST = 3, 30, text.BODY_MAX
# How a text becomes HTML once it is known where its links lead; the prefix sets its headings apart.
Settle = Callable[[str, Entry, Links, str], str]


class Worded(Protocol):
    """An entry, or what is to be one."""

    @property
    def id(self) -> int: ...
    @property
    def body(self) -> str: ...


@dataclass
class Shown:
    """What the texts on a page show of others. `texts`: by their ids; `answers`: by what is asked."""

    language: str
    settle: Settle
    texts: dict[int, Entry] = field(default_factory=dict)
    links: Links = field(default_factory=lambda: Links({}, {}, {}))
    answers: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    left: int = _MOST
    room: int = _LONGEST

    async def fill(self, html: str, entry: Worded, links: Links, above: tuple[int, ...] = ()) -> str:
        """The HTML of an entry's text with all of that in it; `above`: in which texts it is shown itself."""
        if "data-embed" not in html and "data-list" not in html:
            return html
        above = (*above, entry.id)
        made = {written: await self._part(written, entry, links, above) for written in await _embedded(entry)}
        return text.filled(html, made.get, self._answer)

    async def _part(self, written: str, entry: Worded, links: Links, above: tuple[int, ...]) -> str | None:
        """None for what may not be read or is not there, for a text in itself, and when there is too much of it."""
        ref = _ref(written, entry, links)
        found = self.texts.get(ref.id) if ref else None
        if ref is None or found is None or found.id in above or len(above) > _DEEPEST or not self.left:
            return None
        # Looking counts too: each of a thousand headings that are not there would be looked for in all of a text.
        self.left -= 1
        body, heading = await _section(found.body, written)
        if body is None or len(body) > self.room:
            return None
        self.room -= len(body)
        done = await rendered(body)
        html = self.settle(done.html, found, self.links, f"{found.id}-{self.left}")
        inside = await self.fill(html, found, self.links, above)
        link = f"<a{text.attributes(href=urls.url_of(found) + heading)}>{escape(found.title or found.author.name)}</a>"
        return f'<div{text.attributes(class_="embed", lang=found.lang)}>{inside}<p class="embed-of">{link}</p></div>\n'

    def _answer(self, asked: str) -> str | None:
        if asked not in self.answers:
            return None
        template = environment(self.language).get_template("entries/_listed.html")
        return template.render(lines=self.answers[asked], most=listing.MOST_LINES)


async def _embedded(entry: Worded) -> tuple[str, ...]:
    return (await rendered(entry.body)).embeds


def _ref(written: str, entry: Worded, links: Links) -> Ref | None:
    """What it leads to; in a text that is not saved yet, by title alone."""
    if (id := entry_id(written)) is not None:
        return links.by_id.get(id)
    key = link_key(written)
    return links.entries.get((entry.id, key)) or links.entries.get((0, key))


async def _section(body: str, written: str) -> tuple[str | None, str]:
    """The part of a text that is meant, and the fragment that leads there."""
    _, mark, heading = written.partition("#")
    if not mark:
        return body, ""
    id = f"s-{text.slug(heading)}"
    part = next((each for each in await sections.sections(body) if each.id == id), None)
    return (part.of(body), f"#{id}") if part else (None, "")


async def shown_in(viewer: Viewer, language: str, entries: Sequence[Worded], links: Links, settle: Settle) -> Shown:
    """Of these texts, which are about to be shown."""
    shown = Shown(language, settle)
    asked = [question for each in entries for question in (await rendered(each.body)).lists]
    if asked:
        shown.answers = await listing.answers(viewer, asked)
    wanted = await _wanted(entries, links)
    for _ in range(_DEEPEST):
        if not (wanted := wanted - shown.texts.keys()):
            break
        found = await queries.entries(viewer, sorted(wanted)[:_MOST])
        leads = await queries.links(viewer, list(found))
        shown.texts |= found
        shown.links = Links(
            {**shown.links.entries, **leads.entries}, {**shown.links.by_id, **leads.by_id}, {**shown.links.people, **leads.people},
            {**shown.links.pictures, **leads.pictures},
        )  # fmt: skip
        wanted = await _wanted(list(found.values()), leads)
    return shown


async def _wanted(entries: Sequence[Worded], links: Links) -> set[int]:
    found: set[int] = set()
    for each in entries:
        for written in await _embedded(each):
            ref = _ref(written, each, links)
            if ref and not ref.gone:
                found.add(ref.id)
    return found
