"""Answers after a while, for programs: how they helped, that they hold no more, whom a question is put to, and who asked it."""

from typing import Any

import msgspec
from litestar import Request, get, post

from web import checks, words
from web.entries import actions, queries
from web.errors import NotThere
from web.policy import Viewer
from web.routes.api.entries import shown
from web.routes.api.shapes import Entry, Sent


class Worked(msgspec.Struct, frozen=True):
    """What somebody said of how it helped them, and when."""

    handle: str
    at: str
    note: str


class Outdated(msgspec.Struct, frozen=True):
    """Since when it holds no more, why, who said so, and the id of the answer to read instead."""

    at: str
    why: str
    handle: str | None
    instead: int | None


class Answer(msgspec.Struct, frozen=True):
    """Of one answer, the latest of `worked` first."""

    id: int
    accepted: bool
    helped: int
    worked: list[Worked]
    outdated: Outdated | None


class Helped(Sent, frozen=True):
    """`note`: with what, where an answer to a question is meant; empty, what was said is taken back. `undo` takes back all of it."""

    undo: bool = False
    note: str | None = None


class Outdate(Sent, frozen=True):
    """`instead`: another answer to the same question; `undo` says that it holds after all."""

    why: str = ""
    instead: int | None = None
    undo: bool = False


class PutTo(Sent, frozen=True):
    """One of its `topic`s, without one all its tags; `undo` takes back what you asked just now."""

    topic: str = ""
    undo: bool = False


class Asker(msgspec.Struct, frozen=True):
    """Whoever asked without their name."""

    handle: str
    name: str


class Asked(msgspec.Struct, frozen=True):
    """How many were told; of fewer than five, nothing is said."""

    asked: int | None


async def _answers(viewer: Viewer, id: int, only: int | None = None) -> list[Answer]:
    head, found = await queries.conversation(viewer, id)
    if not head.is_a.accepts:
        raise NotThere
    ids = [each.id for each in found if each.parent == id and each.is_a.noted and only in (None, each.id)]
    talk = (await queries.my_marks(viewer, ids, id, head=head)).talk
    by_id = {each.id: each for each in found}
    return [
        Answer(
            each, each == head.accepted, by_id[each].helped,
            [Worked(one.by.handle, words.iso(one.at), one.note) for one in talk.helped(each)],
            Outdated(words.iso(old.at), old.why, old.by.handle if old.by else None, old.instead) if (old := talk.outdated.get(each)) else None,
        )
        for each in ids
    ]  # fmt: skip


@get("/entries/{id:int}/answers")
async def answers(request: Request[Any, Any, Any], viewer: Viewer, id: int) -> list[Answer]:
    """To a question, the oldest first: so many as its page shows at once."""
    return await _answers(viewer, id)


@post("/entries/{id:int}/helped", status_code=200)
async def helped(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Helped | None = None) -> Entry:
    await actions.react(viewer, id, "helped", undo=data.undo if data else False, note=data.note if data else None)
    return await shown(request, viewer, id)


@post("/entries/{id:int}/outdate", status_code=200)
async def outdate(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Outdate) -> Answer:
    if data.undo:
        await actions.uphold(viewer, id)
    else:
        await actions.outdate(viewer, id, data.why, checks.integer("instead", data.instead))
    entry = await queries.entry(viewer, id)
    return (await _answers(viewer, entry.root, id))[0]


@post("/entries/{id:int}/put_to", status_code=200)
async def put_to(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: PutTo | None = None) -> Asked:
    """Tells a few of those who know about its tags."""
    said = data or PutTo()
    if said.undo:
        await actions.unput(viewer, id, said.topic)
        return Asked(None)
    return Asked(actions.how_many(await actions.put_to(viewer, id, said.topic)))


@post("/entries/{id:int}/identify", status_code=200)
async def identify(request: Request[Any, Any, Any], viewer: Viewer, id: int) -> Asker:
    """Who asked this without their name, for whoever runs the space: they are told who looked."""
    await queries.entry(viewer, id)
    asker = await actions.identify(viewer, id)
    return Asker(asker.handle, asker.name)


handlers = [answers, helped, outdate, put_to, identify]
