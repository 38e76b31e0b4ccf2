"""Changes that somebody suggests to a text: by whoever reads it, until one of those who may edit it lets them in or does not."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from web import checks
from web.database import execute, in_one_transaction, insert, new_id, now, value
from web.entries import queries
from web.entries.actions.fields import Fields, Saved, checked, same
from web.entries.actions.steps import held, kept
from web.entries.actions.writing import edit, merged_with, write_anew
from web.entries.events import record
from web.entries.merge import LABELS, marked
from web.entries.nameless import must_not_tell, signed, signs
from web.entries.proposing import Proposal, Text, proposal
from web.entries.rows import Entry, Face
from web.entries.suggested import Suggestion
from web.errors import Conflict, Invalid, NotAllowed, Version
from web.people.queries import viewer as viewer_of
from web.policy import Viewer

# Of one person upon one text, that wait.
MOST_WAITING = 20


@dataclass(frozen=True)
class Taking:
    """What of a suggestion is accepted. `seen`: the revision that it was compared with. chosen: the numbers of its changes, None for all
    of them; title: with its title. sides: in the places where both changed the same lines, by their keys, which side is kept. made: the
    text that whoever accepts it made of that, None where they left it."""

    seen: int | None = None
    chosen: Collection[int] | None = None
    title: bool = True
    sides: Mapping[str, str] = field(default_factory=dict)
    made: Text | None = None


@in_one_transaction
async def suggest(viewer: Viewer, id: int, fields: Fields, base: int | None) -> int:
    """Keeps a text that was based on the revision `base`, with why (`summary`); gives its id. Raises Invalid where it changes nothing."""
    entry = await held(viewer, id)
    viewer.must("suggest", entry)
    await must_not_tell(viewer, id)
    given = checked(entry.is_a, replace(fields, url=entry.url, tags="", lang=None))
    checks.needed("summary", given.summary)
    old = await kept(viewer, entry.id, base)
    if (given.title, given.body) == (old.title, old.body):
        raise Invalid("body", "This is the text as it is. Change something in it first.")
    waiting = "SELECT count(*) FROM suggestion WHERE entry = {} AND author = {} AND outcome IS NULL"
    if int(await value(waiting, id, viewer.person)) >= MOST_WAITING:
        raise Invalid("body", "Many of your suggestions for this text wait already. Take some of them back first.")
    suggestion = new_id()
    await insert(
        "suggestion", id=suggestion, entry=id, author=viewer.person, base=old.id, title=given.title, body=given.body,
        summary=given.summary, created_at=now(),
    )  # fmt: skip
    await record(viewer, "suggest", entry=id)
    return suggestion


async def proposed(viewer: Viewer, suggestion: Suggestion, seen: int, labels: tuple[str, str] = LABELS) -> Proposal:
    """What it would do to that text of its entry."""
    base, stands = (
        await kept(viewer, suggestion.entry.id, suggestion.base),
        await kept(viewer, suggestion.entry.id, seen),
    )
    texts = [Text(each.title, each.body) for each in (base, stands, suggestion)]
    return await asyncio.to_thread(proposal, texts[0], texts[1], texts[2], labels)


@in_one_transaction
async def adopt(viewer: Viewer, id: int, taking: Taking, labels: tuple[str, str] = LABELS) -> Saved:
    """Lets a suggestion in, or some of its changes: as a text by whoever suggested it, and what the viewer made of that as one by the
    viewer. Raises Conflict where somebody saved meanwhile what cannot be merged."""
    suggestion, entry = await _waiting(viewer, id, "adopt")
    seen = taking.seen or entry.revision
    offer = await proposed(viewer, suggestion, seen, labels)
    text, whole = _text_of(offer, taking)
    current = Fields.of(entry, await queries.form_tags(entry.id))
    theirs = replace(current, title=text.title, body=text.body, summary=suggestion.summary)
    if seen != entry.revision:
        theirs = await merged_with(viewer, entry, current, theirs, seen, labels)
    theirs = checked(entry.is_a, theirs)
    saved, further = None, None
    if not same(theirs, current):
        saved = new_id()
        await write_anew(
            await _writer(suggestion.author),
            entry,
            theirs,
            saved,
            merged=suggestion.base != entry.revision,
            accepted_by=await signs(viewer, entry.id),
        )
    if taking.made is not None:
        further = await _further(viewer, entry.id, text, theirs, taking.made, labels)
    await _decide(viewer, suggestion, "adopted" if whole else "partly", revision=saved, further=further)
    await record(viewer, "adopt", entry=entry.id, people=(suggestion.author.id,), revision=saved)
    return Saved(further or saved or entry.revision, seen != entry.revision)


def _text_of(offer: Proposal, taking: Taking) -> tuple[Text, bool]:
    """What is taken, and whether that is all of it. Raises Invalid where it is nothing, and where a place is still open."""
    if not offer.merged.clean:
        if taking.made is None or marked(taking.made.body):
            raise Invalid(
                "body", "There are still places with two texts. Choose one of them, or write your own in the text."
            )
        return offer.settled(taking.sides), True
    if taking.chosen is None:
        return offer.then, True
    chosen = offer.numbers & frozenset(taking.chosen)
    title = taking.title and offer.retitles
    if offer.changes and not chosen and not title and taking.made is None:
        raise Invalid("suggestion", "Tick at least one change, or decline the suggestion.")
    return offer.taken(chosen, title=taking.title), len(chosen) + title == offer.changes


async def _further(
    viewer: Viewer, id: int, text: Text, theirs: Fields, made: Text, labels: tuple[str, str]
) -> int | None:
    """`made` of `text`; what was saved besides is in `theirs` already. Raises Conflict."""
    mine = replace(theirs, title=made.title, body=made.body, summary="")
    entry = await queries.entry(viewer, id)
    if theirs.body != text.body:
        both = await asyncio.to_thread(proposal, text, Text(theirs.title, theirs.body), made, labels)
        mine = replace(mine, title=both.then.title, body=both.then.body)
        if not both.merged.clean:
            versions = (Version(each.title, each.body) for each in (text, theirs, made, both.then))
            raise Conflict(entry.revision, *versions)
    before = entry.revision
    saved = await edit(viewer, id, mine, before)
    return saved.revision if saved.revision != before else None


@in_one_transaction
async def decline(viewer: Viewer, id: int, reason: str) -> None:
    """Whoever suggested it reads the reason."""
    suggestion, entry = await _waiting(viewer, id, "decline")
    reason = checks.needed("reason", checks.line("reason", reason))
    await _decide(viewer, suggestion, "declined", reason=reason)
    await record(viewer, "decline", entry=entry.id, people=(suggestion.author.id,))


@in_one_transaction
async def withdraw(viewer: Viewer, id: int) -> None:
    """Its author takes it back."""
    suggestion, entry = await _waiting(viewer, id)
    _must_have_written(viewer, suggestion)
    await must_not_tell(viewer, entry.id)
    await _decide(viewer, suggestion, "withdrawn")
    await record(viewer, "withdraw", entry=entry.id)


@in_one_transaction
async def reopen(viewer: Viewer, id: int) -> None:
    """It waits again. What was accepted of it is taken out of the text, and what came later is kept; raises Invalid where that cannot
    be done."""
    suggestion = await queries.suggestion(viewer, id)
    entry = await held(viewer, suggestion.entry.id)
    suggestion = await queries.suggestion(viewer, id)
    if suggestion.outcome == "withdrawn":
        _must_have_written(viewer, suggestion)
        await must_not_tell(viewer, entry.id)
    else:
        viewer.must("adopt", entry)
    if suggestion.outcome is None or suggestion.gone:
        raise Invalid("suggestion", "There is nothing to take back.")
    if suggestion.revision or suggestion.further:
        await _take_out(viewer, entry, suggestion)
    await execute(
        "UPDATE suggestion SET outcome = NULL, decided_by = NULL, decided_at = NULL, reason = '', revision = NULL, further = NULL "
        "WHERE id = {}",
        id,
    )
    await record(viewer, "reopen", entry=entry.id, people=(suggestion.author.id,))


async def _take_out(viewer: Viewer, entry: Entry, suggestion: Suggestion) -> None:
    first, last = suggestion.revision or suggestion.further or 0, suggestion.further or suggestion.revision
    before = await queries.revision_before(viewer, entry.id, first)
    if before is None:
        raise Invalid("suggestion", "The text before it has been taken away: there is nothing to go back to.")
    await kept(viewer, entry.id, last)
    fields = Fields(before.title, before.body, before.url, tags=before.tags, lang=before.lang, lead=before.lead)
    try:
        await edit(viewer, entry.id, fields, last, verb="revert")
    except Conflict:
        raise Invalid(
            "suggestion", "Later changes touch the same lines. Undo the change in the history: there you can settle it."
        ) from None


async def _waiting(viewer: Viewer, id: int, verb: str = "") -> tuple[Suggestion, Entry]:
    """One that nothing has come of yet, and its entry, which nobody else changes until the transaction ends. Raises Invalid."""
    suggestion = await queries.suggestion(viewer, id)
    entry = await held(viewer, suggestion.entry.id)
    if verb:
        viewer.must(verb, entry)
    suggestion = await queries.suggestion(viewer, id)
    if suggestion.outcome is not None:
        raise Invalid("suggestion", "Somebody has decided about this already.")
    return suggestion, entry


def _must_have_written(viewer: Viewer, suggestion: Suggestion) -> None:
    if suggestion.author.id != viewer.me:
        raise NotAllowed("withdraw")


async def _decide(
    viewer: Viewer,
    suggestion: Suggestion,
    outcome: str,
    reason: str = "",
    revision: int | None = None,
    further: int | None = None,
) -> None:
    await execute(
        "UPDATE suggestion SET outcome = {}, decided_by = {}, decided_at = {}, reason = {}, revision = {}, further = {} WHERE id = {}",
        outcome, signed(viewer, suggestion.entry.id), now(), reason, revision, further, suggestion.id,
    )  # fmt: skip


async def _writer(author: Face) -> Viewer:
    """Whoever suggested it, with what they may today: what the text leads to, and which files it takes, goes by that, and by nobody
    else's rights."""
    found = await viewer_of(author.id)
    return found if found.signed_in else Viewer(person=author.id, handle=author.handle, name=author.name)
