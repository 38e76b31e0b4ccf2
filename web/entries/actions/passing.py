"""Passing on what somebody else wrote, in one's own words; and putting what one wrote on top of one's own page."""

from __future__ import annotations

from dataclasses import replace

from web.database import execute, in_one_transaction, insert, new_id, now, value
from web.entries import queries
from web.entries.actions.fields import Fields
from web.entries.actions.giving import react
from web.entries.actions.steps import held
from web.entries.actions.writing import post
from web.entries.events import record
from web.entries.nameless import must_not_tell
from web.errors import Invalid
from web.kinds import QUICK
from web.policy import Placed, Viewer

_MOST_FEATURED = 5


@in_one_transaction
async def quote(viewer: Viewer, id: int, space: Placed | None, fields: Fields) -> int:
    """A post of one's own that shows the entry to those who may read that; it is recommended too, where it can be. Gives the id of the post.
    What was quoted is told nothing of it: not everybody who reads that may read the post."""
    entry = await held(viewer, id)
    viewer.must("quote", entry)
    await must_not_tell(viewer, id)
    shown = f"\n\n![[/e/{id}]]"
    most = QUICK.body_max - len(shown)
    words = fields.body.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid("body", "This cannot be empty.")
    if len(words) > most:
        raise Invalid("body", "This is too long: at most %(longest)d characters.", longest=most)
    made = await post(viewer, QUICK.name, space, replace(fields, body=words + shown))
    if viewer.may("recommend", entry):
        await react(viewer, id, "recommend")
    return made


@in_one_transaction
async def feature(viewer: Viewer, id: int, *, undo: bool = False) -> None:
    """On top of the viewer's own page, or not any more."""
    entry = await held(viewer, id)
    viewer.must("feature", entry)
    await must_not_tell(viewer, id, "feature")
    if undo:
        await execute("DELETE FROM featured WHERE person = {} AND entry = {}", viewer.person, id)
    elif not await queries.is_featured(viewer, id):
        await execute("UPDATE person SET id = id WHERE id = {}", viewer.person)  # one after the other
        if int(await value("SELECT count(*) FROM featured WHERE person = {}", viewer.person)) >= _MOST_FEATURED:
            raise Invalid("feature", "Five entries stand on top of your page already. Take one of them off first.")
        await insert("featured", id=new_id(), entry=id, person=viewer.person, created_at=now())
    else:
        return
    await record(viewer, "feature", entry=id, note="undo" if undo else "")
