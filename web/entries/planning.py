"""What is shared at a time, and what goes into the bin at one.

Until it is shared it is a draft like any other: nobody else reads it, finds it or counts it. Whichever process of an open house comes
first does what is due, by the verbs that the buttons do; should none be open then, the next one that is.
"""

from __future__ import annotations

import logging

from web.database import execute, for_update, in_one_transaction, now, row, rows, value
from web.entries import actions, drafts, queries
from web.entries.actions import Fields, polling
from web.entries.actions.moving import put_away
from web.entries.drafts import Draft
from web.entries.nameless import having_asked, signed
from web.entries.rows import Entry
from web.errors import Invalid, NotAllowed, NotThere
from web.people import queries as people
from web.people.actions import letters
from web.people.rows import Space
from web.policy import Placed, Viewer
from web.times import DAY, HOUR, MINUTE

_log = logging.getLogger("dugnad")
_FURTHEST = 3660 * DAY
# Whoever is still typing is not interrupted in the middle of a sentence.
_QUIET = MINUTE
_TRIED = HOUR


# Saying when.


@in_one_transaction
async def plan(viewer: Viewer, id: int, share_at: int | None, hide_at: int | None = None) -> None:
    """The viewer's draft is shared at a time (ms), and goes into the bin at another, if one is said; with no time to share it at, neither.
    Raises Invalid for what could not be shared as it stands."""
    viewer.must("write")
    draft = await drafts.draft(viewer, id)
    if share_at is None:
        hide_at = None
    else:
        _ahead("share_at", share_at)
        if hide_at is not None and hide_at <= share_at:
            raise Invalid("hide_at", "It cannot go out of sight before it is shared.")
        await _shareable(viewer, draft)
        await drafts.drop(viewer, id, back=True)
    await execute("UPDATE draft SET share_at = {}, hide_at = {}, failed = '' WHERE id = {}", share_at, hide_at, id)


def _ahead(field: str, at: int) -> None:
    if at <= now():
        raise Invalid(field, "That time has passed. Choose one that has not.")
    if at > now() + _FURTHEST:
        raise Invalid(field, "That is more than ten years away.")


async def _shareable(viewer: Viewer, draft: Draft) -> tuple[Space, Fields]:
    """Where it goes, and what. Raises Invalid, and NotAllowed."""
    if not draft.is_a.planned or draft.entry is not None:
        raise Invalid("share_at", "Only something new that stands by itself can be shared at a time.")
    try:
        space = await people.readable_space(viewer, draft.space)
    except NotThere:
        raise Invalid("space", "Choose where this belongs.") from None
    viewer.must("post", space)
    fields = actions.checked(draft.is_a, _fields(draft))
    polling.asked(draft.is_a, fields)
    return space, fields


def _fields(draft: Draft) -> Fields:
    return Fields(
        draft.title, draft.body, draft.url, tags=draft.tags, lang=draft.lang, lead=draft.lead, summary=draft.summary, series=draft.series,
        choices=draft.choices, several=bool(draft.several), until=draft.until, sort=draft.sort or None,
        nameless=draft.nameless == "true",
    )  # fmt: skip


@in_one_transaction
async def hide(viewer: Viewer, id: int, at: int | None) -> None:
    """An entry goes into the bin at a time (ms), or not after all."""
    entry = await actions.held(viewer, id)
    viewer.must("hide", entry)
    if at is not None:
        _ahead("at", at)
    await _ends(viewer, id, at)


# Doing it.


@in_one_transaction
async def share(viewer: Viewer, id: int) -> int:
    """Makes an entry of the viewer's draft, now, and gives its id. The draft is thrown away; whoever has it open still is told what became
    of it."""
    await rows("SELECT id FROM draft WHERE id = {} AND person = {} " + for_update(), id, viewer.person or 0)
    draft = await drafts.draft(viewer, id)
    space, fields = await _shareable(viewer, draft)
    parent = await queries.entry(viewer, draft.parent) if draft.parent else None
    if draft.gathered:
        new = (await actions.gather(viewer, draft.gathered, fields, space=space, section=draft.under)).page
    else:
        new = await actions.post(viewer, draft.kind, space, fields, parent)
    await actions.begun_from(viewer, new, draft.translates, draft.base)
    if draft.put_to and draft.is_a.accepts:
        await actions.put_to(having_asked(viewer, new) if fields.nameless else viewer, new)
    if draft.hide_at is not None:
        await _ends(viewer, new, draft.hide_at)
    await execute(
        "UPDATE draft SET entry = {}, base = (SELECT revision FROM entry WHERE id = {}), share_at = NULL, hide_at = NULL, dropped_at = {} "
        "WHERE id = {}",
        new, new, now(), id,
    )  # fmt: skip
    return new


async def _ends(viewer: Viewer, entry: int, at: int | None) -> None:
    by = signed(viewer, entry) if at is not None else None
    await execute("UPDATE entry SET hide_at = {}, hide_by = {} WHERE id = {}", at, by, entry)


@in_one_transaction
async def share_typed(
    viewer: Viewer, draft: int | None, kind: str, space: Placed | None, fields: Fields, parent: Entry | None, *,
    source: tuple[int | None, int | None] = (None, None),
) -> tuple[int, int | None]:  # fmt: skip
    """Makes an entry of a form that `draft` was kept of, and gives its id; and, if it had been made of that meanwhile, its revision of then:
    nothing is done in that case. `source`: what it was translated from, and which revision of that."""
    kept = "SELECT entry, base, hide_at, dropped_at FROM draft WHERE id = {} AND person = {} " + for_update()
    found = await row(kept, draft, viewer.person or 0) if draft else None
    if found and found["dropped_at"] and found["entry"]:
        return found["entry"], found["base"]
    new = await actions.post(viewer, kind, space, fields, parent)
    await actions.begun_from(viewer, new, *source)
    if found:
        if found["hide_at"] is not None:
            await _ends(viewer, new, found["hide_at"])
        await drafts.shared(viewer, draft)
    return new, None


async def settle_due(*, mail: bool = False) -> None:
    """Everything that is due, one after the other. Several processes may do it at once: nothing is done twice. `mail`: whether the house
    sends any."""
    while (due := await _due()) is not None:
        try:
            if not await _share_due(due):
                break  # another process has it
        except (Invalid, NotAllowed, NotThere) as wrong:
            why = "words" if isinstance(wrong, Invalid) and wrong.field != "space" else "rights"
            await _not_shared(due, why, mail=mail)
        except Exception:  # a database that is away for a moment; whatever is wrong with one, the others are shared
            _log.exception("Draft %d was not shared", due)
            if not await _put_off(due):
                await _not_shared(due, "ended", mail=mail)
    while await _hide_due():
        pass


_IS_DUE = "share_at <= {} AND updated_at <= {} AND failed = '' AND dropped_at IS NULL"


async def _due() -> int | None:
    first = f"SELECT id FROM draft WHERE {_IS_DUE} ORDER BY share_at, id LIMIT 1"
    return await value(first, now(), now() - _QUIET)


@in_one_transaction
async def _share_due(id: int) -> bool:
    """In the name of whoever wrote it, if they may still do so, and by no other process at the same time."""
    due = f"SELECT person FROM draft WHERE id = {{}} AND {_IS_DUE} {for_update(unheld=True)}"
    found = await row(due, id, now(), now() - _QUIET)
    if found:
        await share(await people.viewer(found["person"]), id)
    return found is not None


async def _put_off(id: int) -> bool:
    """It is tried again in a minute, but not for ever."""
    again = "UPDATE draft SET updated_at = {} WHERE id = {} AND share_at > {} RETURNING id"
    return bool(await rows(again, now(), id, now() - _TRIED))


@in_one_transaction
async def _not_shared(id: int, why: str, *, mail: bool) -> None:
    """It stays a draft, and whoever wrote it is told."""
    found = await rows(
        "UPDATE draft SET failed = {} WHERE id = {} AND share_at <= {} AND failed = '' RETURNING person", why, id, now()
    )
    for each in found if mail else ():
        to = await row("SELECT email, language FROM person WHERE id = {} AND active", each["person"])
        if to and to["email"]:
            await letters.write("missed", to["email"], str(id), to["language"])


@in_one_transaction
async def _hide_due() -> bool:
    """What somebody decided when they might goes out of sight, whether or not they still might."""
    due = "SELECT id, COALESCE(hide_by, author) AS hide_by, trashed_at FROM entry WHERE hide_at <= {} ORDER BY hide_at, id LIMIT 1 "
    found = await rows(due + for_update(unheld=True), now())
    for each in found:
        if each["trashed_at"] is None:
            await put_away(each["hide_by"], each["id"])
        await execute("UPDATE entry SET hide_at = NULL, hide_by = NULL WHERE id = {}", each["id"])
    return bool(found)
