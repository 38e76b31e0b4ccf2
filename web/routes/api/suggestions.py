"""Suggested changes for programs: the same queries and actions as the pages."""

from collections.abc import Awaitable, Callable

import msgspec
from litestar import get, post

from web import checks, words
from web.entries import actions, queries
from web.entries.actions import Fields, Taking
from web.entries.proposing import Proposal, Text
from web.entries.queries import Suggestions
from web.entries.suggested import Suggestion as Row
from web.policy import Viewer
from web.routes.api.shapes import Sent


class Suggestion(msgspec.Struct, frozen=True):
    """A change to an entry that somebody suggested; `outcome` is null while it waits. In lists the body is left out."""

    id: int
    entry: int
    author: str
    base: int
    title: str
    body: str
    summary: str
    created_at: str
    outcome: str | None
    decided_at: str | None
    reason: str
    revision: int | None
    further: int | None


class Change(msgspec.Struct, frozen=True):
    """One that can be accepted by itself: what it takes away, and what it puts there."""

    number: int
    removed: str
    added: str


class Changes(msgspec.Struct, frozen=True):
    """What a suggestion would do to the text `revision`, which stands now. What cannot be merged (not `clean`) has no changes of its own."""

    revision: int
    title: str
    body: str
    clean: bool
    changes: list[Change]


class Listed(msgspec.Struct, frozen=True):
    items: list[Suggestion]
    next: str | None


class Suggest(Sent, frozen=True):
    """A text that is based on `revision`, and why. What is left out stays as it is there."""

    revision: int
    summary: str
    title: str | None = None
    body: str | None = None


class Adopt(Sent, frozen=True):
    """`changes`: the numbers of those that are accepted, as they are compared with `revision`; null for all. `title`, `body`: what is made of
    it before it is saved, as a text of whoever accepts it; needed where it cannot be merged."""

    revision: int | None = None
    changes: list[int] | None = None
    with_title: bool = True
    title: str | None = None
    body: str | None = None


class Decline(Sent, frozen=True):
    reason: str


def _shaped(each: Row) -> Suggestion:
    same = ("id", "base", "title", "body", "summary", "outcome", "reason", "revision", "further")
    return Suggestion(
        entry=each.entry.id, author=each.author.handle, created_at=words.iso(each.created_at),
        decided_at=words.iso(each.decided_at) if each.decided_at else None, **{name: getattr(each, name) for name in same},
    )  # fmt: skip


_LISTS: dict[str, Callable[[Viewer, int | None], Awaitable[Suggestions]]] = {
    "waiting": queries.waiting_suggestions,
    "decided": queries.decided_suggestions,
    "mine": queries.my_suggestions,
}


def _listed(found: Suggestions) -> Listed:
    return Listed([_shaped(each) for each in found.items], str(found.older) if found.older else None)


@get("/suggestions")
async def all_suggestions(viewer: Viewer, what: str = "waiting", cursor: int | None = None) -> Listed:
    """Upon what you may edit: `waiting` or `decided`; or those that are `mine`. The latest first."""
    which = checks.one_of("what", what, tuple(_LISTS))
    return _listed(await _LISTS[which](viewer, checks.integer("cursor", cursor)))


@get("/entries/{id:int}/suggestions")
async def suggestions_of(viewer: Viewer, id: int, cursor: int | None = None) -> Listed:
    """Upon one entry: all where you may edit it, else your own."""
    entry = await queries.entry(viewer, id)
    return _listed(await queries.suggestions_of(viewer, entry, checks.integer("cursor", cursor)))


@get("/suggestions/{suggestion:int}")
async def read_suggestion(viewer: Viewer, suggestion: int) -> Suggestion:
    return _shaped(await queries.suggestion(viewer, suggestion))


@get("/suggestions/{suggestion:int}/changes")
async def read_changes(viewer: Viewer, suggestion: int) -> Changes:
    """For those who may accept it."""
    found = await queries.suggestion(viewer, suggestion)
    entry = await queries.entry(viewer, found.entry.id)
    viewer.must("adopt", entry)
    offer = await actions.proposed(viewer, found, entry.revision)
    changes = [
        Change(number, _words(offer, number, ("removed", "left")), _words(offer, number, ("added", "came")))
        for number in sorted(offer.numbers)
    ]
    return Changes(entry.revision, offer.then.title, offer.then.body, offer.merged.clean, changes)


def _words(offer: Proposal, number: int, of: tuple[str, ...]) -> str:
    """Lines that came or left, and those in which words did."""
    blocks = [block for part in offer.parts if part.number == number for block in part.blocks]
    lines = (
        "".join(piece.text for piece in block.pieces if piece.what in (*of, "same"))
        for block in blocks
        if block.what in (*of, "changed")
    )
    return "\n".join(lines)


@post("/entries/{id:int}/suggest", status_code=201)
async def suggest(viewer: Viewer, id: int, data: Suggest) -> Suggestion:
    old = await queries.revision(viewer, id, checks.integer("revision", data.revision) or 0)
    title, body = (was if given is None else given for given, was in ((data.title, old.title), (data.body, old.body)))
    made = await actions.suggest(viewer, id, Fields(title, body, summary=data.summary), old.id)
    return await _now(viewer, made)


@post("/suggestions/{suggestion:int}/adopt", status_code=200)
async def adopt(viewer: Viewer, suggestion: int, data: Adopt | None = None) -> Suggestion:
    """409 where somebody saved meanwhile what cannot be merged."""
    data = data or Adopt()
    seen = checks.integer("revision", data.revision)
    made = None
    if data.body is not None or data.title is not None:
        found = await queries.suggestion(viewer, suggestion)
        made = Text(found.title if data.title is None else data.title, found.body if data.body is None else data.body)
    await actions.adopt(viewer, suggestion, Taking(seen, data.changes, data.with_title, made=made))
    return await _now(viewer, suggestion)


@post("/suggestions/{suggestion:int}/decline", status_code=200)
async def decline(viewer: Viewer, suggestion: int, data: Decline) -> Suggestion:
    await actions.decline(viewer, suggestion, data.reason)
    return await _now(viewer, suggestion)


@post("/suggestions/{suggestion:int}/withdraw", status_code=200)
async def withdraw(viewer: Viewer, suggestion: int, data: Sent | None = None) -> Suggestion:
    await actions.withdraw(viewer, suggestion)
    return await _now(viewer, suggestion)


@post("/suggestions/{suggestion:int}/reopen", status_code=200)
async def reopen(viewer: Viewer, suggestion: int, data: Sent | None = None) -> Suggestion:
    """Waits again; what was accepted of it is taken out of the text."""
    await actions.reopen(viewer, suggestion)
    return await _now(viewer, suggestion)


async def _now(viewer: Viewer, id: int) -> Suggestion:
    return _shaped(await queries.suggestion(viewer, id))


handlers = [all_suggestions, suggestions_of, read_suggestion, read_changes, suggest, adopt, decline, withdraw, reopen]
