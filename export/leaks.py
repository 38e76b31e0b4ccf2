"""What the audience may not read is looked for in everything that was written: the second wall.

The first is that whoever makes a snapshot reads the house as its audience. Should a page ever say more than that, the snapshot is not
published. Looked for are the numbers, titles and a few words of each text, the names of spaces and files, and addresses of people;
but not what the audience may read somewhere else too, which gives nothing away.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from html import escape, unescape
from typing import Any

import ahocorasick

from web import urls, words
from web.database import SQL, rows
from web.people import queries as people_queries
from web.policy import Viewer, file_visible_to, listed_for, people_known_to, trashed_for, visible_to

_TEXTS = {".html", ".md", ".js", ".json", ".jsonl", ".css", ".xml", ".txt", ".svg", ".atom"}
_AT_ONCE, _PART = 1000, 1 << 20
# What is shorter, of one word, or with a number in it stands in many places by chance.
_LEAST = 12
_RUN = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){4,9}")


class Secrets:
    """Words that nobody of the audience may read, looked for all at once."""

    def __init__(self, of: Mapping[str, str]) -> None:
        """`of`: what each is of."""
        self.of = dict(of)
        self._machine = ahocorasick.Automaton()
        for each in of:
            self._machine.add_word(each, each)
        self._machine.make_automaton()

    def found_in(self, text: str) -> set[str]:
        return {each for _, each in self._machine.iter(text)} if self.of else set()


async def hidden_from(viewer: Viewer, openly: str = "") -> Secrets:
    """What the viewer may not read, and can read nowhere else either. `openly`: what whoever runs the house has set to be told."""
    found: dict[str, str] = {}
    async for of, said in _hidden(viewer):
        for each in said:
            found[each] = found[escape(each)] = of
    if not found:
        return Secrets({})
    hidden = Secrets(found)
    told = hidden.found_in(openly)
    async for text in _readable(viewer):
        told |= hidden.found_in(text)
    return Secrets({each: of for each, of in found.items() if each not in told and escape(each) not in told})


def said_in(name: str, content: bytes, secrets: Secrets) -> list[str]:
    """What a file says of it, each as a sentence that does not say it again; an empty list is good."""
    if posixpath.splitext(name)[1] not in _TEXTS:
        return []
    found: set[str] = set()
    for text in _parts(content):
        found |= secrets.found_in(text)
        if name.endswith(urls.FEED):  # there a page stands as a text
            found |= secrets.found_in(unescape(text))
    told = (f"{name} holds something of {secrets.of[each]}, which its readers may not read" for each in sorted(found))
    return list(dict.fromkeys(told))


def _parts(content: bytes) -> Iterator[str]:
    """A large file some lines at a time: nothing that is looked for goes on in the next one."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + _PART) + 1 or len(content)
        yield content[start:end].decode("utf-8", "replace")
        start = end


# What is hidden.


async def _hidden(viewer: Viewer) -> AsyncIterator[tuple[str, list[str]]]:
    """What it is of, and what to look for."""
    entries = SQL(
        "SELECT e.id, e.title, e.lead, t.body, p.series, CASE WHEN {} THEN 1 ELSE 0 END AS gone FROM entry e JOIN entry_text t ON t.id = e.id "
        "LEFT JOIN part p ON p.id = e.id WHERE NOT {}",
        trashed_for(viewer), visible_to(viewer),
    )  # fmt: skip
    async for each in _each(entries, "e.id"):
        # That something is in the bin may be told; what it said may not.
        number = [] if each["gone"] else [str(each["id"])]
        said = [*_named(each["title"]), *_said(each["body"]), *_said(each["lead"]), *_named(each["series"] or "")]
        yield f"entry {each['id']}", [*number, *said]
    asked = SQL(
        "SELECT c.id, c.entry, c.words FROM choice c JOIN entry e ON e.id = c.entry WHERE NOT {}", visible_to(viewer)
    )
    async for each in _each(asked, "c.id"):
        yield f"entry {each['entry']}", [*_named(each["words"])]
    drafts = SQL("SELECT d.id, d.title, d.lead, d.body, d.series, d.choices FROM draft d WHERE 1 = 1")
    async for each in _each(drafts, "d.id"):
        said = [
            *_named(each["title"]),
            *_said(each["body"]),
            *_said(each["lead"]),
            *_named(each["series"]),
            *_said(each["choices"]),
        ]
        yield f"draft {each['id']}", said
    suggestions = SQL(
        "SELECT g.id, g.title, g.body, g.summary, g.reason, r.body AS base FROM suggestion g JOIN revision r ON r.id = g.base WHERE 1 = 1"
    )
    async for each in _each(suggestions, "g.id"):
        said = [*_said(each["body"], each["base"]), *_said(each["summary"]), *_said(each["reason"])]
        yield f"suggestion {each['id']}", [*_named(each["title"]), *said]
    files = SQL("SELECT f.id, f.name, f.alt FROM attachment f WHERE NOT {}", file_visible_to(viewer))
    async for each in _each(files, "f.id"):
        yield f"file {each['id']}", [str(each["id"]), *_named(each["name"]), *_said(each["alt"])]
    # What was said of older versions is said in no copy.
    noted = SQL("SELECT v.id, v.file, v.note FROM file_version v WHERE v.note <> ''")
    async for each in _each(noted, "v.id"):
        yield f"file {each['file']}", [*_said(each["note"])]
    for each in await rows("SELECT s.id, s.slug, s.name FROM space s WHERE NOT {}", listed_for(viewer)):
        yield f"space {each['id']}", [f"spaces/{each['slug']}/", *_named(each["name"])]
    for each in await rows("SELECT id, email FROM person WHERE email IS NOT NULL"):
        yield f"person {each['id']}", [each["email"]]
    for each in await rows("SELECT p.id, p.handle FROM person p WHERE NOT {}", people_known_to(viewer)):
        yield f"person {each['id']}", [f"people/{each['handle']}/"]


def _named(name: str) -> Iterator[str]:
    if len(name) >= _LEAST and " " in name.strip() and not any(sign.isdigit() for sign in name):
        yield name


def _said(text: str, before: str = "") -> Iterator[str]:
    """The longest row of words that no sign divides: it is written so in every form of a text. Of a text that was made of one `before` it, one
    that did not stand there."""
    stood = frozenset(_RUN.findall(before))
    if runs := [run for run in _RUN.findall(text) if run not in stood]:
        yield max(runs, key=len)


# What can be read.


async def _readable(viewer: Viewer) -> AsyncIterator[str]:
    """Everything from which pages are made for the viewer, and what pages say by themselves."""
    entries = SQL(
        "SELECT e.id, e.title, e.lead, e.body, e.url, e.quote, t.body AS plain, p.series FROM entry e JOIN entry_text t ON t.id = e.id "
        "LEFT JOIN part p ON p.id = e.id WHERE {}",
        visible_to(viewer),
    )
    revisions = SQL(
        "SELECT r.id, r.title, r.lead, r.body, r.url, r.tags, r.summary FROM revision r JOIN entry e ON e.id = r.entry WHERE {}",
        visible_to(viewer),
    )
    noted = SQL(
        "SELECT v.id, v.note FROM event v JOIN entry e ON e.id = v.entry WHERE v.verb IN ('stage', 'verify', 'series') AND {}",
        visible_to(viewer),
    )
    asked = SQL("SELECT c.id, c.words FROM choice c JOIN entry e ON e.id = c.entry WHERE {}", visible_to(viewer))
    gone = SQL("SELECT e.id, e.trash_reason FROM entry e WHERE {}", trashed_for(viewer))
    files = SQL("SELECT f.id, f.name, f.alt FROM attachment f WHERE {}", file_visible_to(viewer))
    spaces = SQL("SELECT s.id, s.slug, s.name, s.about FROM space s WHERE {}", listed_for(viewer))
    people = SQL("SELECT p.id, p.handle, p.name, p.about FROM person p WHERE {}", people_known_to(viewer))
    for statement, key in (
        (entries, "e.id"),
        (revisions, "r.id"),
        (noted, "v.id"),
        (asked, "c.id"),
        (gone, "e.id"),
        (files, "f.id"),
        (spaces, "s.id"),
        (people, "p.id"),
    ):
        async for each in _each(statement, key):
            yield "\n".join(str(value) for value in each.values() if value)
    yield (await people_queries.house()).name
    for language in words.LANGUAGES:
        messages: Mapping[Any, str] = getattr(words.catalogue(language), "_catalog", {})
        yield "\n".join([*messages.values(), *(each if isinstance(each, str) else each[0] for each in messages)])


async def _each(statement: SQL, key: str) -> AsyncIterator[dict[str, Any]]:
    """Its rows, some at a time. The statement ends in a condition and gives `id`, which `key` is there."""
    after = -1
    while found := await rows(f"{{}} AND {key} > {{}} ORDER BY {key} LIMIT {{}}", statement, after, _AT_ONCE):
        for each in found:
            yield each
        after = found[-1]["id"]
