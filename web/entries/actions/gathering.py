"""Out of a conversation into a page: an ordinary text of it, and where that came from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from web.database import execute, in_list, in_one_transaction, new_id, now, row, rows, value, values
from web.entries import queries
from web.entries.actions.fields import Fields
from web.entries.actions.moving import trash
from web.entries.actions.steps import held
from web.entries.actions.writing import edit, post, revert, undo
from web.entries.events import record
from web.entries.merge import LABELS
from web.entries.nameless import must_not_tell
from web.entries.rows import Entry
from web.entries.sections import sections
from web.errors import Invalid, NotThere, there
from web.kinds import TREED
from web.policy import Placed, Viewer

MOST_GATHERED = 100


@dataclass(frozen=True)
class Gathering:
    """The page, the text that it has now and the one that it had before (none for a new one), and whether it was merged with somebody else's."""

    page: int
    revision: int
    before: int | None
    merged: bool = False


@in_one_transaction
async def gather(
    viewer: Viewer, ids: Sequence[int], fields: Fields, *, page: int | None = None, base: int | None = None,
    space: Placed | None = None, section: str = "", labels: tuple[str, str] = LABELS,
) -> Gathering:  # fmt: skip
    """Saves a text into which something of one conversation was put: of a `page`, based on its revision `base`, or of a new one in `space`.
    `section`: the heading that it stands under. Raises Invalid, and what `edit` and `post` raise."""
    said = await _said(viewer, ids)
    for each in said[:1]:  # of one conversation, as is asked next
        await must_not_tell(viewer, each.root, "also")
    target = await held(viewer, page) if page is not None else None
    await may_gather(viewer, said, target.space if target else space)
    if target is not None and (not target.is_a.tree or target.root == said[0].root):
        raise Invalid("page", "Choose another page.")
    if target is not None:
        saved = await edit(viewer, target.id, fields, base, labels=labels)
        made = Gathering(target.id, saved.revision, target.revision, saved.merged)
    else:
        new = await post(viewer, TREED.name, space, fields)
        made = Gathering(new, (await queries.entry(viewer, new)).revision, None)
    body = (await queries.entry(viewer, made.page)).body
    found = next((each for each in await sections(body) if section and each.title == section), None)
    title, anchor = (found.title, found.id) if found else ("", "")
    at = now()
    await execute(
        "INSERT INTO gathered (id, page, page_revision, section, anchor, source, source_revision, talk, person, created_at) VALUES {} "
        "ON CONFLICT (page, source) DO UPDATE SET page_revision = excluded.page_revision, section = excluded.section, anchor = excluded.anchor, "
        "source_revision = excluded.source_revision, talk = excluded.talk, person = excluded.person, created_at = excluded.created_at, dropped_at = NULL",
        values(
            (new_id(), made.page, made.revision, title, anchor, each.id, each.revision, each.root, viewer.person, at)
            for each in said
        ),
    )  # fmt: skip
    await record(viewer, "gather", entry=said[0].root)
    return made


async def _said(viewer: Viewer, ids: Sequence[int]) -> list[Entry]:
    """In the order of the conversation."""
    found = await queries.entries(viewer, set(ids))
    return [there(found.get(id)) for id in sorted(set(ids))]


async def may_gather(viewer: Viewer, said: Collection[Entry], space: Placed | None) -> None:
    """Raises Invalid, also for what others wrote in a room that is not open: that is carried out of it by those who run it alone."""
    if not said:
        raise Invalid("also", "Choose what to put into the page.")
    if len(said) > MOST_GATHERED:
        raise Invalid("also", "Choose fewer of them.")
    if len({each.root for each in said}) > 1:
        raise Invalid("also", "Choose from one conversation.")
    for each in said:
        viewer.must("gather", each)
        if space is None:
            continue
        opens = each.space.access != "open" or (space.public and not each.space.public)
        others = "SELECT 1 FROM revision r WHERE r.entry = {} AND r.author <> {} LIMIT 1"
        if space.id == each.space.id or not opens or viewer.may("carry_out", each):
            continue
        if await value(others, each.id, viewer.person):
            raise Invalid(
                "page", "Others wrote this for those in there. Ask an editor or a host to put it into that page."
            )


@in_one_transaction
async def ungather(viewer: Viewer, page: int, revision: int, before: int | None) -> None:
    """Takes back what the viewer put into a page with that text: it is as it was `before`, but for what others changed since; one that was made
    for it goes into the bin."""
    entry = await held(viewer, page)
    viewer.must("revert", entry)
    mine = "page = {} AND page_revision = {} AND person = {}"
    talk = await row(f"SELECT talk FROM gathered WHERE {mine} LIMIT 1", page, revision, viewer.person)
    if talk is None:
        raise Invalid("page", "That has been taken back, or looked through since. Change the page itself.")
    await execute(f"DELETE FROM gathered WHERE {mine}", page, revision, viewer.person)
    if before is None:
        await trash(viewer, page)
    elif entry.revision == revision != before:
        await revert(viewer, page, before)
    elif revision != before:
        await undo(viewer, page, revision)
    await record(viewer, "ungather", entry=talk["talk"] or page)


@in_one_transaction
async def uncredit(viewer: Viewer, page: int, row: int, *, undo: bool = False) -> None:
    """What was said in a conversation stands on that page no more (the row that says so is kept, for an undo), or does after all. Raises NotThere
    for what the viewer is not told of."""
    entry = await held(viewer, page)
    viewer.must("uncredit", entry)
    gone = "NOT NULL" if undo else "NULL"
    source = await value(
        f"SELECT source FROM gathered WHERE id = {{}} AND page = {{}} AND dropped_at IS {gone}", row, page
    )
    if source is None or source not in await queries.entries(viewer, [source]):
        raise NotThere
    await execute("UPDATE gathered SET dropped_at = {} WHERE id = {}", None if undo else now(), row)
    await record(viewer, "credit" if undo else "uncredit", entry=page, note=str(row))


@in_one_transaction
async def agree(viewer: Viewer, id: int, ids: Collection[int]) -> None:
    """The entry and what it was gathered from, or stands in, still fit: by the rows `ids`. Somebody has seen both as they stand."""
    entry = await held(viewer, id)
    viewer.must("agree", entry)
    for mine, other in (("page", "source"), ("source", "page")):
        found = await rows(f"SELECT id, {other} FROM gathered WHERE {mine} = {{}} AND id IN {{}}", id, in_list(ids))
        seen = await queries.entries(viewer, [each[other] for each in found])
        await execute(
            f"UPDATE gathered SET {other}_revision = (SELECT x.revision FROM entry x WHERE x.id = gathered.{other}) WHERE id IN {{}}",
            in_list(each["id"] for each in found if each[other] in seen),
        )
    await record(viewer, "agree", entry=id)
