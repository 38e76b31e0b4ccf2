"""The rest of the house for programs: spaces, people, tags, files, kinds, and who the key acts for."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post

from web import checks
from web.entries import attachments, queries, versions
from web.forms import MOST_WITH_FILE, form_of
from web.kinds import KINDS
from web.people import actions
from web.people import queries as people
from web.policy import Viewer
from web.routes.api import shapes
from web.routes.api.entries import how_many, origin
from web.text import tag_name


class Me(msgspec.Struct, frozen=True):
    """Whoever the key acts for, and their role in each space they belong to."""

    handle: str
    name: str
    admin: bool
    guest: bool
    spaces: dict[str, str]


@get("/me")
async def me(viewer: Viewer) -> Me:
    roles = {space.slug: space.role for space in viewer.spaces}
    return Me(viewer.handle, viewer.name, viewer.admin, not viewer.colleague, roles)


@get("/kinds")
async def kinds() -> list[dict[str, Any]]:
    """What can be written, and what each kind asks for."""
    names = (
        "name",
        "fields",
        "required",
        "under",
        "reactions",
        "accepts",
        "stages",
        "turns_into",
        "body_max",
        "title_max",
    )
    return [{name: getattr(kind, name) for name in names} for kind in KINDS.values()]


@get("/spaces")
async def list_spaces(request: Request, viewer: Viewer) -> shapes.Spaces:
    return shapes.Spaces([shapes.space(each, origin(request)) for each in await people.spaces(viewer)])


@get("/spaces/{slug:str}")
async def read_space(request: Request, viewer: Viewer, slug: str) -> shapes.Space:
    return shapes.space(await people.space(viewer, slug), origin(request))


@post("/spaces")
async def open_space(request: Request, viewer: Viewer, data: shapes.NewSpace) -> Response[shapes.Space]:
    """Whoever opens a space is its first host."""
    slug = await actions.open_space(viewer, data.slug, data.name, data.access, data.about)
    made = await people.space(await people.viewer(viewer.person or 0), slug)
    return Response(
        shapes.space(made, origin(request)), status_code=201, headers={"location": f"/api/spaces/{made.slug}"}
    )


@get("/spaces/{slug:str}/members")
async def members(viewer: Viewer, slug: str) -> shapes.Members:
    found = await people.members(viewer, await people.readable_space(viewer, slug))
    return shapes.Members([shapes.member(each) for each in found])


@post("/spaces/{slug:str}/members", status_code=204)
async def set_role(viewer: Viewer, slug: str, data: shapes.SetRole) -> None:
    """Gives somebody a role in the space, or shows them out; for its hosts."""
    space = await people.readable_space(viewer, slug)
    await actions.set_role(viewer, space, data.handle, data.role, checks.until("until", data.until))


@get("/people")
async def list_people(request: Request, viewer: Viewer, limit: int = 100, cursor: str = "") -> shapes.People:
    """By handle; the cursor is the last handle of the page before."""
    found = await people.people(viewer, after=cursor[:40], limit=how_many(limit) + 1)
    more = found[limit - 1].handle if len(found) > limit else None
    return shapes.People([shapes.person(each, origin(request)) for each in found[:limit]], more)


@get("/people/{handle:str}")
async def read_person(request: Request, viewer: Viewer, handle: str) -> shapes.Person:
    return shapes.person(await people.person(viewer, handle), origin(request))


@get("/tags")
async def list_tags(request: Request, viewer: Viewer) -> shapes.Tags:
    return shapes.Tags([shapes.tag(each, origin(request)) for each in await queries.tags(viewer)])


@get("/tags/{name:str}")
async def read_tag(request: Request, viewer: Viewer, name: str) -> shapes.Tag:
    return shapes.tag(await queries.tag(viewer, tag_name(name)), origin(request))


@get("/attachments")
async def list_attachments(request: Request, viewer: Viewer) -> shapes.Attachments:
    """The newest that one has sent oneself."""
    return shapes.Attachments(
        [shapes.attachment(each, origin(request)) for each in await attachments.recent_of(viewer)]
    )


@get("/attachments/{id:int}")
async def read_attachment(request: Request, viewer: Viewer, id: int) -> shapes.Attachment:
    return shapes.attachment(await attachments.attachment(viewer, id), origin(request))


@post("/attachments", request_max_body_size=MOST_WITH_FILE)
async def send(request: Request, viewer: Viewer) -> Response[shapes.Attachment]:
    """A file as multipart/form-data: `file`, and `alt` for what it shows. It belongs to the first text that uses it."""
    form = await form_of(request)
    given = form.file("file")
    file = await attachments.keep(viewer, request.app.state.files, given.filename, given.file, alt=form["alt"])
    return Response(shapes.attachment(file, origin(request)), status_code=201)


@post("/attachments/{id:int}/bring", request_max_body_size=MOST_WITH_FILE)
async def bring(request: Request, viewer: Viewer, id: int) -> shapes.Attachment:
    """A new version, as multipart/form-data: `file`, and `note` for what is new in it. The address stays."""
    await attachments.attachment(viewer, id)
    form = await form_of(request)
    await versions.bring(viewer, request.app.state.files, id, form.file("file").file, form["note"])
    return shapes.attachment(await attachments.attachment(viewer, id), origin(request))


handlers = [
    me, kinds, list_spaces, read_space, open_space, members, set_role, list_people, read_person, list_tags, read_tag, list_attachments,
    read_attachment, send, bring,
]  # fmt: skip
