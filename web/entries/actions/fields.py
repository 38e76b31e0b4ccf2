"""What somebody typed, and whether an entry of that kind can be made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from web import checks
from web.entries.derived import form_tags, series_key
from web.entries.rows import Entry
from web.errors import Invalid
from web.kinds import BY_PATH, KINDS, Kind


@dataclass(frozen=True)
class Fields:
    """What somebody typed. `tags` are separated by blanks; `anchor` counts code points; `before`: what stands before the quote; `series`: what
    something new is a part of; `choices` (a line for each), `several` and `until` (a day): the poll in something new; `nameless`: it is asked
    without the name of whoever asks."""

    title: str = ""
    body: str = ""
    url: str | None = None
    quote: str | None = None
    anchor: int | None = None
    tags: str = ""
    lang: str | None = None
    lead: str = ""
    summary: str = ""
    minor: bool = False
    correction: bool = False
    before: str = ""
    sort: str | None = None
    series: str = ""
    choices: str = ""
    several: bool = False
    until: str = ""
    nameless: bool = False

    @classmethod
    def of(cls, entry: Entry, tags: str) -> Fields:
        return cls(
            entry.title, entry.body, entry.url, entry.quote, entry.anchor, tags=tags, lang=entry.lang, lead=entry.lead
        )


@dataclass(frozen=True)
class Saved:
    """The text that now stands, and whether it was merged with somebody else's."""

    revision: int
    merged: bool = False


def kind_named(name: object) -> Kind:
    """By its name or its word in addresses. Raises Invalid."""
    if isinstance(name, str) and (found := KINDS.get(name) or BY_PATH.get(name)):
        return found
    return KINDS[checks.one_of("kind", name, tuple(KINDS))]


def checked(what: Kind, fields: Fields) -> Fields:
    """The fields that this kind has, tidied. Raises Invalid."""
    given = replace(
        fields,
        title=checks.line("title", fields.title, what.title_max) if what.title_max else "",
        body=checks.text("body", fields.body, what.body_max),
        url=checks.web_address("url", fields.url) if "url" in what.fields else None,
        quote=checks.text("quote", fields.quote).strip() if "quote" in what.fields else None,
        anchor=checks.integer("anchor", fields.anchor) if "quote" in what.fields else None,
        sort=checks.one_of("sort", fields.sort, what.sorts) if fields.sort and what.sorts else None,
        tags=" ".join(form_tags(checks.line("tags", fields.tags))),
        lang=checks.language("lang", fields.lang),
        lead=checks.line("lead", fields.lead) if "lead" in what.fields else "",
        summary=checks.line("summary", fields.summary),
        series=checked_series(fields.series) if what.serial else "",
    )
    if "title" in what.fields and not given.title and given.url:
        given = replace(given, title=given.url[: what.title_max])
    if given.correction:
        if not what.told:
            raise Invalid("correction", "Of this, corrections are not told.")
        given = replace(given, minor=False)
        if not given.summary:
            raise Invalid("summary", "Say what was wrong: it stands under the text.")
    for field in what.required:
        checks.needed(field, getattr(given, field) or "")
    return given


def checked_series(name: str) -> str:
    """Raises Invalid."""
    name = checks.line("series", name)
    if name and not series_key(name):
        raise Invalid("series", "Give it a name with letters or digits in it.")
    return name


def first_line(body: str, longest: int = 80) -> str:
    first = next((line.strip("#>*- ") for line in body.splitlines() if line.strip("#>*- ")), "")
    return first if len(first) <= longest else first[:longest].rsplit(" ", 1)[0] + "…"


def same(one: Fields, other: Fields) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("title", "body", "url", "tags", "lang", "lead"))
