"""What people set for themselves: profile, language, password, the browsers and keys that act for them."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks, identity, urls
from web.entries import queries as entries
from web.entries.actions import end_reply_addresses
from web.errors import Invalid
from web.forms import Form, form_of, typed
from web.http import Notice, Undo, go, language_cookie, page, theme_cookie
from web.people import actions
from web.people import queries as people
from web.people import skills as said
from web.policy import Viewer
from web.routes.entries import ORDERS
from web.times import day_of
from web.words import LANGUAGES, THEMES


@get("/settings")
async def show(request: Request, viewer: Viewer) -> Response[Any]:
    viewer.must("write")
    return await _page(request, viewer)


async def _page(
    request: Request, viewer: Viewer, form: Form | None = None, wrong: Invalid | None = None, secret: str = "", feed_key: str = "",
) -> Response[Any]:  # fmt: skip
    me = await people.person(viewer, viewer.handle)
    mail = await entries.correspondence(viewer)
    kept = Form(
        {
            "name": me.name, "about": me.about, "email": await people.email(viewer) or "", "rhythm": mail.rhythm, "most": str(mail.most),
            "quiet_from": mail.quiet_from, "quiet_until": mail.quiet_until, "away": day_of(me.away_until) if me.away_until else "",
        }
    )  # fmt: skip
    current, acting = identity.session_of(request), await people.signed_in(viewer)
    return page(
        request, "settings.html", form=Form({**kept, **(form or {})}), wrong=wrong, secret=secret,
        sessions=acting["session"], tokens=acting["token"], feed_keys=acting["feed_key"], feed_key=feed_key, failing=bool(mail.failing_at),
        skills=await said.skills(viewer), answers=bool(request.app.state.settings.mail_reply), current=current.id if current else None,
    )  # fmt: skip


@post("/theme")
async def theme(request: Request) -> Response[Any]:
    """Light or dark, in this browser; whoever they are."""
    form = await form_of(request)
    wanted = checks.one_of("theme", form["theme"], tuple(THEMES))
    answer = go(request, urls.safe_next(form["next"]))
    answer.set_cookie(theme_cookie(request, wanted))
    return answer


@post("/settings/profile")
async def profile(request: Request, viewer: Viewer) -> Response[Any]:
    form = await form_of(request)
    try:
        await actions.change_profile(viewer, form["name"], form["about"], form["email"])
    except Invalid as wrong:
        return await _page(request, viewer, typed(form), wrong)
    return go(request, urls.url_of("settings"), Notice("Saved."))


@post("/settings/topics")
async def say(request: Request, viewer: Viewer) -> Response[Any]:
    """What one can be asked about, or not."""
    form = await form_of(request)
    try:
        await said.say(viewer, form["topic"], form["says"], form["instead"])
    except Invalid as wrong:
        return await _page(request, viewer, typed(form), wrong)
    return go(request, f"{urls.url_of('settings')}#knowing", Notice("Saved."))


@post("/settings/topics/{id:int}/end")
async def unsay(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    was = await said.unsay(viewer, id)
    again = {"topic": was.topic, "says": was.says, "instead": was.instead[0] if was.instead else ""}
    undo = Undo(urls.url_of("settings", "topics"), again)
    return go(request, f"{urls.url_of('settings')}#knowing", Notice("You no longer say that.", undo))


@post("/settings/away")
async def away(request: Request, viewer: Viewer) -> Response[Any]:
    form = await form_of(request)
    try:
        await said.be_away(viewer, form["away"])
    except Invalid as wrong:
        return await _page(request, viewer, typed(form), wrong)
    return go(request, f"{urls.url_of('settings')}#away", Notice("Saved."))


@post("/language")
async def language(request: Request, viewer: Viewer) -> Response[Any]:
    """For everybody, signed in or not."""
    form = await form_of(request)
    wanted = form["language"]
    if wanted not in LANGUAGES:
        raise Invalid("language", "This is not a language.")
    if viewer.signed_in:
        await actions.change_language(viewer, wanted)
    answer = go(request, urls.safe_next(form["next"]))
    answer.set_cookie(language_cookie(request, wanted))
    return answer


@post("/settings/order")
async def order(request: Request, viewer: Viewer) -> Response[Any]:
    """How what is said stands: by time, or each answer under what it answers. From where it is read."""
    viewer.must("write")
    form = await form_of(request)
    await actions.read_by_time(viewer, checks.one_of("order", form["order"], ORDERS) == "time")
    return go(request, urls.safe_next(form["next"]))


@post("/settings/password")
async def password(request: Request, viewer: Viewer) -> Response[Any]:
    form = await form_of(request)
    current = identity.session_of(request)
    try:
        await actions.change_password(
            viewer, form["old_password"], form["new_password"], current.id if current else None
        )
    except Invalid as wrong:
        return await _page(request, viewer, wrong=wrong)
    return go(
        request, urls.url_of("settings"), Notice("Your password is changed, and every other browser is signed out.")
    )


@post("/settings/sessions/{id:int}/end")
async def end_session(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    await actions.end_session(viewer, id)
    return go(request, urls.url_of("settings"), Notice("That browser is signed out."))


@post("/settings/tokens")
async def new_token(request: Request, viewer: Viewer) -> Response[Any]:
    """The key is shown once, here."""
    form = await form_of(request)
    return await _page(request, viewer, secret=await actions.new_token(viewer, form["name"]))


@post("/settings/tokens/{id:int}/end")
async def end_token(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    await actions.end_token(viewer, id)
    return go(request, urls.url_of("settings"), Notice("The key no longer works."))


@post("/settings/mail")
async def mail(request: Request, viewer: Viewer) -> Response[Any]:
    form = await form_of(request)
    try:
        await actions.correspond(viewer, form["rhythm"], form["most"], form["quiet_from"], form["quiet_until"])
    except Invalid as wrong:
        return await _page(request, viewer, typed(form), wrong)
    return go(request, f"{urls.url_of('settings')}#mail", Notice("Saved."))


@post("/settings/answers/end")
async def end_answers(request: Request, viewer: Viewer) -> Response[Any]:
    await end_reply_addresses(viewer)
    return go(request, urls.url_of("settings"), Notice("What was sent so far is answered by mail no more."))


@post("/settings/feeds")
async def new_feed_key(request: Request, viewer: Viewer) -> Response[Any]:
    """The addresses are shown once, here."""
    form = await form_of(request)
    try:
        return await _page(request, viewer, feed_key=await actions.new_feed_key(viewer, form["feed_name"]))
    except Invalid as wrong:
        return await _page(request, viewer, typed(form), wrong)


@post("/settings/feeds/{id:int}/end")
async def end_feed_key(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    await actions.end_feed_key(viewer, id)
    return go(request, f"{urls.url_of('settings')}#feeds", Notice("That address leads nowhere any more."))


handlers = [
    theme,
    show,
    profile,
    say,
    unsay,
    away,
    language,
    order,
    password,
    end_session,
    new_token,
    end_token,
    mail,
    end_answers,
    new_feed_key,
    end_feed_key,
]
