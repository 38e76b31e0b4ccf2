"""Spaces: what is in them, who belongs to them, and how one comes in."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks, urls
from web.entries import following, queries
from web.entries.queries import Filter, Month
from web.entries.rows import Entry
from web.errors import Invalid, NotThere
from web.forms import Form, form_of, typed
from web.http import Notice, go, page
from web.kinds import BY_PATH
from web.people import actions
from web.people import queries as people
from web.people.own_tags import own_tags
from web.people.rows import Space
from web.policy import Viewer
from web.rights import may_name_host
from web.routes.stream import listing, pages_of, place_of
from web.times import day_of

# Of a space with more pages than can be looked over, only those at the top stand in its tree.
_PAGES = 500


@get("/spaces")
async def index(request: Request, viewer: Viewer) -> Response[Any]:
    return await _index(request, viewer)


async def _index(request: Request, viewer: Viewer, wrong: Invalid | None = None, slug: str = "") -> Response[Any]:
    """`slug`: of the space for which something went `wrong`."""
    return page(
        request, "spaces/index.html", spaces=await people.spaces(viewer), hostless=await people.without_host(viewer), wrong=wrong, slug=slug,
    )  # fmt: skip


@get("/spaces/new")
async def new(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("open_space")
    return page(request, "spaces/form.html", space=None, form=Form())


@post("/spaces")
async def create(request: Request, viewer: Viewer) -> Response[Any]:
    form = await form_of(request)
    try:
        slug = await actions.open_space(viewer, form["slug"], form["name"], form["access"] or "open", form["about"])
    except Invalid as wrong:
        return page(request, "spaces/form.html", space=None, form=typed(form), wrong=wrong)
    viewer = await people.viewer(viewer.person or 0)
    return go(request, urls.url_of(await people.space(viewer, slug)), Notice("The space is ready."))


@get(pages_of("/spaces/{slug:str}"))
async def show(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    """What goes on in a space; or, to those who may only know of it, how to come in."""
    space = await people.space(viewer, slug)
    if not space.readable:
        return page(request, "spaces/closed.html", space=space, asked=await people.has_asked(viewer, space))
    return await _listed(request, viewer, space, Filter(space=space.id, pinned=True), None)


@get(pages_of("/spaces/{slug:str}/{kind:str}"))
async def of_kind(request: Request, viewer: Viewer, slug: str, kind: str) -> Response[Any]:
    space = await people.readable_space(viewer, slug)
    if kind not in BY_PATH or not BY_PATH[kind].alone:
        raise NotThere
    return await _listed(
        request, viewer, space, Filter(kinds=(BY_PATH[kind].name,), space=space.id, pinned=True), BY_PATH[kind]
    )


async def _listed(request: Request, viewer: Viewer, space: Space, which: Filter, kind: Any) -> Response[Any]:
    place = place_of(request)
    treed = place is None if kind is None else kind.tree and not isinstance(place, Month)
    return await listing(
        request, viewer, "spaces/show.html", which,
        urls.url_of(space, kind.path) if kind else urls.url_of(space), space=space, kind=kind,
        tree=await queries.tree(viewer, space.id, _PAGES) if treed else (),
        follows=await following.follows(viewer, "space", space.id),
        series=await queries.series_in(viewer, space.id) if kind and kind.serial and place is None else (),
        welcome=await _welcome(viewer, space) if kind is None and place is None else None,
        own_tags=await own_tags(viewer, space.slug) if kind is None and place is None else (),
    )  # fmt: skip


async def _welcome(viewer: Viewer, space: Space) -> Entry | None:
    """What whoever comes in reads first, as far as they may."""
    return (await queries.entries(viewer, [space.welcome])).get(space.welcome) if space.welcome else None


@get("/own-tags")
async def tags_here(request: Request, viewer: Viewer, space: str = "") -> Response[Any]:
    """What is recommended in a space, while somebody chooses where to write."""
    viewer.must("write")
    return page(request, "entries/own_tags.html", block="offered", own_tags=await own_tags(viewer, space))


@get("/spaces/{slug:str}/members")
async def members(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    return await _members(request, viewer, await people.readable_space(viewer, slug))


async def _members(
    request: Request, viewer: Viewer, space: Space, wrong: Invalid | None = None, invitation: str = ""
) -> Response[Any]:
    return page(
        request, "spaces/members.html", space=space, invitation=invitation,
        members=await people.members(viewer, space), askers=await people.askers(viewer, space), wrong=wrong,
        takes_on=may_name_host(viewer, space, viewer.handle),
    )  # fmt: skip


@post("/spaces/{slug:str}/members")
async def set_role(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    """Gives somebody a role, for good or until a day, or, with the role `none`, shows them out."""
    space = await people.readable_space(viewer, slug)
    form = await form_of(request)
    try:
        role = None if form["role"] == "none" else form["role"]
        await actions.set_role(viewer, space, form["handle"], role, checks.until("until", form["until"]))
    except Invalid as wrong:
        return await _members(request, viewer, space, wrong)
    except NotThere:
        return await _members(request, viewer, space, Invalid("handle", "There is nobody with that name here."))
    if form["handle"] == viewer.handle:
        return go(request, urls.url_of("spaces"), Notice("Saved."))
    return go(request, urls.url_of(space, "members"), Notice("Saved."))


@post("/spaces/{slug:str}/invite")
async def invite(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    """Makes a link that lets a guest into this space."""
    space = await people.readable_space(viewer, slug)
    email = (await form_of(request))["email"] if request.app.state.settings.mail else None
    try:
        secret = await actions.invite(viewer, space, email=email)
    except Invalid as wrong:
        return await _members(request, viewer, space, wrong)
    return await _members(request, viewer, space, invitation=urls.invitation_url(secret))


@post("/spaces/{slug:str}/askers")
async def answer_asker(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    space = await people.readable_space(viewer, slug)
    form = await form_of(request)
    await actions.answer_asker(viewer, space, form.id("asker") or 0, admit=form.on("admit"))
    return go(request, urls.url_of(space, "members"), Notice("Saved."))


@post("/spaces/{slug:str}/join")
async def join(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    space = await people.space(viewer, slug)
    await actions.join(viewer, space)
    return go(request, urls.url_of(space), Notice("Welcome in."))


@post("/spaces/{slug:str}/ask")
async def ask(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    space = await people.space(viewer, slug)
    form = await form_of(request)
    await actions.ask(viewer, space, form["why"])
    return go(request, urls.url_of(space), Notice("The hosts have your request."))


@post("/spaces/{slug:str}/leave")
async def leave(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    space = await people.space(viewer, slug)
    form = await form_of(request)
    try:
        await actions.leave(viewer, space, form["host"])
    except Invalid as wrong:
        return await _leaving(request, viewer, space, form, wrong)
    return go(request, urls.url_of("spaces"), Notice("You have left."))


async def _leaving(request: Request, viewer: Viewer, space: Space, form: Form, wrong: Invalid) -> Response[Any]:
    """The last host is asked who comes after them."""
    fit = [each.person for each in await people.members(viewer, space) if not each.person.guest]
    return page(
        request, "spaces/leave.html", space=space, members=[each for each in fit if each.id != viewer.person], form=form,
        wrong=wrong if form["host"] else None, status=422,
    )  # fmt: skip


@post("/spaces/{slug:str}/host")
async def host(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    """Hands over to another, or gives a space that has no host one."""
    space, form = await people.space(viewer, slug), await form_of(request)
    hands_over = viewer.roles.get(space.id) == "host"
    try:
        await (actions.hand_over if hands_over else actions.name_host)(viewer, space, form["host"])
    except Invalid as wrong:
        if space.readable and form["from"] != "list":
            return await _members(request, viewer, space, wrong)
        return await _index(request, viewer, wrong, slug)
    said = Notice("It is in their hands now. You are a member.") if hands_over else Notice("It has a host now.")
    home = urls.url_of(space, "members") if space.readable and form["from"] != "list" else urls.url_of("spaces")
    return go(request, home, said)


@post("/spaces/{slug:str}/follow")
async def follow(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    space = await people.readable_space(viewer, slug)
    form = await form_of(request)
    await following.follow(viewer, "space", space.id, on=not form.on("undo"))
    return go(request, urls.url_of(space))


@get("/spaces/{slug:str}/settings")
async def settings_form(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    space = await people.readable_space(viewer, slug)
    viewer.must("host", space)
    welcome = await _welcome(viewer, space)
    form = {
        "name": space.name, "about": space.about, "access": space.access, "public": "true" if space.public else "",
        "ends": day_of(space.ends_at) if space.ends_at else "", "welcome": welcome.title if welcome else "",
        "nameless": "true" if space.nameless else "",
        "own_tags": "\n".join(f"{each.title} {each.about}".strip() for each in await own_tags(viewer, slug)),
    }  # fmt: skip
    return page(request, "spaces/form.html", space=space, form=Form(form))


@post("/spaces/{slug:str}/settings")
async def change(request: Request, viewer: Viewer, slug: str) -> Response[Any]:
    space = await people.readable_space(viewer, slug)
    form = await form_of(request)
    try:
        await actions.change_space(
            viewer, space, form["name"], form["about"], form["access"], public=form.on("public"), ends=form["ends"], welcome=form["welcome"],
            tags=form["own_tags"], nameless=form.on("nameless"),
        )  # fmt: skip
    except Invalid as wrong:
        return page(request, "spaces/form.html", space=space, form=typed(form), wrong=wrong)
    return go(request, urls.url_of(space), Notice("Saved."))


handlers = [
    index, new, create, show, of_kind, tags_here, members, set_role, invite, answer_asker, join, ask, leave, host, follow, settings_form, change,
]  # fmt: skip
