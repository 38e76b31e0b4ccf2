"""Moving in: the first person in an empty house, its name, its first space, whom to ask in, and what to do then."""

from typing import Any

from litestar import Request, Response, get, post

from web import handbook, identity, urls
from web.errors import Invalid, NotThere, Taken
from web.forms import Form, form_of, typed
from web.http import Notice, go, language_of, page
from web.people import actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.policy import Viewer
from web.routes.sign_in import let_in

# The address itself is the secret: it goes to no other site.
_QUIET = {"referrer-policy": "no-referrer"}


@get("/welcome/{code:str}")
async def form(request: Request, code: str) -> Response[Any]:
    """Only whoever started the house knows the code, and it opens nothing once somebody lives here."""
    await _must_open(request, code)
    return page(request, "welcome/house.html", form=Form(language=language_of(request)), headers=_QUIET)


async def _must_open(request: Request, code: str) -> None:
    if not identity.is_welcome(request.app.state.settings, code) or await people.anybody():
        raise NotThere


@post("/welcome/{code:str}")
async def move_in(request: Request, code: str) -> Response[Any]:
    await _must_open(request, code)
    form = await form_of(request)
    new = NewPerson(form["handle"], form["name"], form["email"], form["password"])
    try:
        id = await actions.move_in(form["house"], form["language"], new)
    except Invalid as wrong:
        return page(request, "welcome/house.html", form=typed(form), wrong=wrong, headers=_QUIET)
    return await let_in(request, id, urls.url_of("welcome", "space"))


@get("/welcome/space")
async def space_form(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("administer")
    return page(request, "welcome/space.html", form=Form(access="open"))


@post("/welcome/space")
async def space(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("administer")
    form = await form_of(request)
    try:
        await actions.open_space(viewer, form["slug"], form["name"], form["access"] or "open", form["about"])
    except Invalid as wrong:
        return page(request, "welcome/space.html", form=typed(form), wrong=wrong)
    return go(request, urls.url_of("welcome", "people"), Notice("The space is ready."))


@get("/welcome/people")
async def people_form(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("administer")
    return page(request, "welcome/people.html", form=Form(), invited=())


@post("/welcome/people", status_code=200)
async def invite(request: Request, viewer: Viewer) -> Response[Any]:
    """A link for each line."""
    form = await form_of(request)
    try:
        invited = await actions.invite_all(viewer, form["people"], by_mail=bool(request.app.state.settings.mail))
    except Invalid as wrong:
        return page(request, "welcome/people.html", form=typed(form), wrong=wrong, invited=())
    links = tuple((whom, urls.invitation_url(secret)) for whom, secret in invited)
    return page(request, "welcome/people.html", form=Form(), invited=links)


@post("/welcome/handbook")
async def put_in_handbook(request: Request, viewer: Viewer) -> Response[Any]:
    """In the language of whoever asks for it."""
    try:
        slug = await handbook.put_in(viewer, language_of(request), request.app.state.files)
    except Taken:
        return go(request, urls.url_of("help"))
    return go(request, urls.url_of(await people.space(viewer, slug)), Notice("The handbook is in."))


@post("/welcome/settled")
async def settled(request: Request, viewer: Viewer) -> Response[Any]:
    """Puts the list of first things away."""
    await actions.settle(viewer)
    return go(request, urls.url_of("stream"))


handlers = [form, move_in, space_form, space, people_form, invite, put_in_handbook, settled]
