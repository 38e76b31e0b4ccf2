"""Out of a conversation into a page, for programs."""

from dataclasses import replace
from typing import Any

import msgspec
from litestar import Request, post

from web import checks
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.drafting import drafted
from web.errors import Invalid
from web.people import queries as people
from web.policy import Viewer
from web.routes.api.shapes import Sent


class Gather(Sent, frozen=True):
    """What is put (`replies`: the ids of what was said, the conversation itself among them) into a `page`, at the end of the section with that number, from 0,
    or last, under a `heading`; or into a new page with a `title` in a `space`. `body`: the whole text of the page with it, as you have worked it in,
    based on its `revision`."""

    replies: list[int] = []
    page: int | None = None
    section: int | None = None
    heading: str = ""
    space: str = ""
    title: str = ""
    body: str | None = None
    revision: int | None = None


class Gathered(msgspec.Struct, frozen=True):
    page: int
    revision: int
    section: str
    merged: bool


@post("/entries/{id:int}/gather", status_code=200)
async def gather(request: Request[Any, Any, Any], viewer: Viewer, id: int, data: Gather) -> Gathered:
    entry = await queries.entry(viewer, id)
    viewer.must("gather", entry)
    found = await queries.entries(viewer, [checks.integer("replies", each) or 0 for each in data.replies])
    said = [found[each] for each in sorted(found) if found[each].root == entry.root]
    page, revision = checks.integer("page", data.page), checks.integer("revision", data.revision)
    target = await queries.entry(viewer, page) if page is not None else None
    space = None if target else await people.readable_space(viewer, checks.slug("space", data.space))
    await actions.may_gather(viewer, said, target.space if target else space)
    body, heading = await drafted(
        said, target.body if target else "", checks.integer("section", data.section), data.heading
    )
    if data.body is not None and target and revision is None:
        raise Invalid("revision", "Say which revision this text is based on.")
    fields = (
        Fields.of(target, await queries.form_tags(target.id)) if target else Fields(data.title or (said[0].title or ""))
    )
    done = await actions.gather(
        viewer, [each.id for each in said], replace(fields, body=body if data.body is None else data.body),
        page=target.id if target else None, base=(revision or target.revision) if target else None, space=space, section=heading,
    )  # fmt: skip
    return Gathered(done.page, done.revision, heading, done.merged)


handlers = [gather]
