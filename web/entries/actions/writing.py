"""Writing, and writing anew: every text is a revision, and nobody's words are overwritten."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TypeVar

from web import text
from web.database import execute, in_one_transaction, insert, new_id, now, row, value
from web.entries import headings, nameless, passages, queries, trails
from web.entries.actions import polling
from web.entries.actions.fields import Fields, Saved, checked, kind_named, same
from web.entries.actions.steps import (
    count_children,
    count_watchers,
    held,
    kept,
    last_position,
    lock,
    must_change,
    revise,
    same_tree,
    subscribe,
)
from web.entries.actions.together import join_series
from web.entries.derived import title_key
from web.entries.events import record
from web.entries.merge import LABELS, merge
from web.entries.rows import Entry
from web.errors import Closed, Conflict, Invalid, Version, there
from web.kinds import Kind
from web.policy import Placed, Viewer
from web.times import MINUTE

_FOLD = 10 * MINUTE


@in_one_transaction
async def post(
    viewer: Viewer,
    kind: str,
    space: Placed | None,
    fields: Fields,
    parent: Entry | None = None,
    *,
    id: int | None = None,
    own: bool = True,
) -> int:
    """Writes a new entry and gives its id. What hangs under another takes its space from `parent`.

    `id` is for entries that lead to each other before they are written: one that `new_id` gave. What others wrote and is only
    written once more is not the viewer's `own`: it takes no file of theirs.
    """
    what = kind_named(kind)
    if parent is not None and not what.alone:
        await lock(parent.root)  # nobody closes it meanwhile
    parent = await held(viewer, parent.id) if parent else None
    space = await placed(viewer, what, space, parent)
    fields = checked(what, fields)
    asked, until = polling.asked(what, fields)
    if fields.quote and parent is not None:
        fields = replace(fields, anchor=await passages.find(parent, fields.quote, fields.anchor, fields.before))
    id, revision, at = id or new_id(), new_id(), now()
    root = parent.root if parent and not what.alone else id
    author = await _author(viewer, what, space, fields, None if parent is None or root == id else parent.root)
    await insert(
        "entry", id=id, kind=what.name, space=space.id, author=author, parent=parent.id if parent else None,
        root=root, revision=revision, title=fields.title, title_key=title_key(fields.title),
        slug=text.slug(fields.title), body=fields.body, lead=fields.lead, lang=fields.lang, url=fields.url, quote=fields.quote,
        anchor=fields.anchor, sort=fields.sort, stage=what.stages[0] if what.stages else None,
        position=await last_position(space.id, parent) if what.tree else 0,
        watchers=int(root == id), created_at=at, updated_at=at, active_at=at,
    )  # fmt: skip
    if author != viewer.person:
        await nameless.keep(viewer, id)
    await revise(viewer, id, revision, None, fields, at)
    await trails.keep(viewer, id, space, fields.title, fields.body, fields.tags, own=own, new=True)
    if fields.sort and what.alone and not await queries.thanked(id, viewer.me):
        raise Invalid("body", "Say whom you thank, with the @ before their name.")
    await record(viewer, what.verb, entry=id, revision=revision)
    if fields.series:
        await join_series(id, fields.series)
    if asked:
        await polling.begin(id, asked, until, several=fields.several)
    if parent and root != id:
        await count_children(root, parent.id)
        await execute("UPDATE entry SET active_at = {} WHERE id = {}", at, root)
    if await subscribe(viewer, root) and root != id:
        await count_watchers(root)
    return id


async def _author(viewer: Viewer, what: Kind, space: Placed, fields: Fields, root: int | None) -> int:
    """Who stands there as having written it: `root` heads the conversation that it is said in."""
    if not fields.nameless:
        return viewer.me if root is None else await nameless.speaks(viewer, root)
    if not what.nameless:
        raise Invalid("nameless", "Only a question is asked without one's name.")
    await nameless.must_be_asked_so(space.id)
    return await nameless.stand_in()


async def placed(viewer: Viewer, what: Kind, space: Placed | None, parent: Entry | None) -> Placed:
    """Where a new entry comes to stand, when the viewer may put it there."""
    if what.alone:
        if space is None:
            raise Invalid("space", "Choose where this belongs.")
        viewer.must("post", space)
        if parent is not None:
            same_tree(what, space, parent)
        return space
    if parent is None:
        raise Invalid("parent", "Say what this is written under.")
    if parent.kind not in what.under:
        raise Invalid("parent", "This cannot be written under that.")
    if parent.closed_at is not None:
        raise Closed(what.verb)
    viewer.must(what.verb, parent)
    if what.sums_up and await queries.summary(viewer, parent.id):
        raise Invalid("body", "Somebody has said it in short already. Put what you wrote into that.")
    return parent.space


@in_one_transaction
async def edit(
    viewer: Viewer, id: int, fields: Fields, base: int | None, verb: str = "edit", labels: tuple[str, str] = LABELS,
    *, own: bool = True,
) -> Saved:  # fmt: skip
    """Saves a new text that was based on the revision `base`.

    What somebody else saved meanwhile is merged in. Raises Conflict when that cannot be done; `labels` then say which
    side is which. `own`: as for `post`.
    """
    entry = await held(viewer, id)
    must_change(viewer, entry, verb)
    fields = checked(entry.is_a, replace(fields, quote=entry.quote, anchor=entry.anchor))
    current = Fields.of(entry, await queries.form_tags(id))
    merged = base != entry.revision
    if merged:
        fields = await merged_with(viewer, entry, current, fields, base, labels)
    if same(fields, current):
        return Saved(entry.revision, merged)
    revision = new_id()
    await write_anew(
        viewer,
        entry,
        fields,
        revision,
        merged=merged,
        own=own and verb != "revert",
        folds=await _folds(viewer, entry, fields, merged, now()),
    )
    await record(viewer, verb, entry=id, revision=revision, note=fields.summary)
    return Saved(revision, merged)


async def write_anew(
    writer: Viewer, entry: Entry, fields: Fields, revision: int, *, merged: bool = False, own: bool = True, folds: bool = False,
    accepted_by: int | None = None,
) -> None:  # fmt: skip
    """Makes these the text of an entry that is held, by `writer`; that it was done is noted by whoever calls this. `folds`: together
    with the text before it is one line of the history."""
    id, at = entry.id, now()
    await revise(writer, id, revision, entry.revision, fields, at, merged=merged, accepted_by=accepted_by)
    if folds:
        await execute("UPDATE revision SET folded = {} WHERE id = {}", True, entry.revision)
    await execute(
        "UPDATE entry SET revision = {}, title = {}, title_key = {}, slug = {}, body = {}, lead = {}, url = {}, lang = {}, "
        "updated_at = {}, revisions = revisions + {} WHERE id = {}",
        revision, fields.title, title_key(fields.title), text.slug(fields.title), fields.body, fields.lead, fields.url, fields.lang,
        at, 0 if folds else 1, id,
    )  # fmt: skip
    if not fields.minor:
        await execute("UPDATE entry SET active_at = {} WHERE id = {}", at, entry.root)
    await trails.keep(writer, id, entry.space, fields.title, fields.body, fields.tags, own=own)
    await headings.keep_up(entry, fields.body, minor=fields.minor)
    if entry.is_a.annotated or entry.annotations:  # they may be in the bin
        await passages.find_again(entry, fields.body)


async def revert(viewer: Viewer, id: int, revision: int, summary: str = "") -> Saved:
    """Makes an older text the current one, as a new revision."""
    entry = await queries.entry(viewer, id)
    must_change(viewer, entry, "revert")
    old = await kept(viewer, id, revision)
    fields = Fields(old.title, old.body, old.url, tags=old.tags, lang=old.lang, lead=old.lead, summary=summary)
    return await edit(viewer, id, fields, entry.revision, verb="revert")


async def undo(viewer: Viewer, id: int, revision: int, summary: str = "", labels: tuple[str, str] = LABELS) -> Saved:
    """Takes back what one revision changed in the text before it, and keeps what came later. Raises Conflict where that
    cannot be done; what is `mine` there is the text before it."""
    must_change(viewer, await queries.entry(viewer, id), "revert")
    await kept(viewer, id, revision)
    before = await queries.revision_before(viewer, id, revision)
    if before is None:
        raise Invalid("revision", "This is the first text: there is nothing to go back to.")
    fields = Fields(
        before.title, before.body, before.url, tags=before.tags, lang=before.lang, lead=before.lead, summary=summary
    )
    return await edit(viewer, id, fields, revision, verb="revert", labels=labels)


async def tag(viewer: Viewer, id: int, tags: str) -> Saved:
    """Gives an entry these tags (besides those in its text) and no others."""
    entry = await queries.entry(viewer, id)
    fields = replace(Fields.of(entry, tags), minor=True)
    return await edit(viewer, id, fields, entry.revision, verb="tag")


async def merged_with(
    viewer: Viewer, entry: Entry, theirs: Fields, mine: Fields, base: int | None, labels: tuple[str, str]
) -> Fields:
    """`mine`, which is based on the revision `base`, with what was saved since. Raises Conflict."""
    if base is None:
        raise Invalid("revision", "Say which revision this text is based on.")
    old = await queries.revision(viewer, entry.id, base)
    body = await asyncio.to_thread(merge, old.body, theirs.body, mine.body, labels)
    title, one_title = _either(old.title, theirs.title, mine.title)
    url, one_url = _either(old.url, theirs.url, mine.url)
    lead, one_lead = _either(old.lead, theirs.lead, mine.lead)
    lang, _ = _either(old.lang, theirs.lang, mine.lang)
    if not (body.clean and one_title and one_url and one_lead):
        raise Conflict(
            entry.revision, Version(old.title, old.body, old.url, lead=old.lead),
            Version(theirs.title, theirs.body, theirs.url, lead=theirs.lead),
            Version(mine.title, mine.body, mine.url, lead=mine.lead),
            Version(title, body.text, url, _all_tags(old.tags, theirs.tags, mine.tags), lang, lead),
        )  # fmt: skip
    return replace(
        mine,
        title=title,
        url=url,
        body=body.text,
        lead=lead,
        lang=lang,
        tags=_all_tags(old.tags, theirs.tags, mine.tags),
    )


T = TypeVar("T")


def _either(base: T, theirs: T, mine: T) -> tuple[T, bool]:
    """The side that changed, and whether only one did (or both in the same way)."""
    return (theirs, True) if mine == base else (mine, theirs in (base, mine))


def _all_tags(base: str, theirs: str, mine: str) -> str:
    old, one, other = base.split(), theirs.split(), mine.split()
    gone = {word for word in old if word not in one or word not in other}
    return " ".join(word for word in dict.fromkeys(one + other) if word not in gone)


def _in_common(one: str, other: str) -> int:
    """How many words."""
    return (Counter(one.split()) & Counter(other.split())).total()


async def _folds(viewer: Viewer, entry: Entry, fields: Fields, merged: bool, at: int) -> bool:
    """Whether this save and the one before make one line of the history: same hand, close in time, most words the
    same, nothing said about it, and nobody has done anything in between."""
    if merged or fields.summary:
        return False
    if 2 * _in_common(entry.body, fields.body) < len(entry.body.split()):
        return False  # what is written anew is worth finding again
    last = there(
        await row(
            "SELECT author, created_at, merged, summary, accepted_by, {} AS me FROM revision WHERE id = {}",
            nameless.signed(viewer, entry.id), entry.revision,
        )
    )  # fmt: skip
    if last["author"] != last["me"] or at - last["created_at"] > _FOLD or last["merged"] or last["summary"]:
        return False
    if last["accepted_by"]:
        return False
    others = "SELECT 1 FROM event WHERE entry = {} AND created_at >= {} AND actor <> {} LIMIT 1"
    return entry.active_at <= last["created_at"] and not await value(others, entry.id, last["created_at"], last["me"])
