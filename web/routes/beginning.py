"""Beginning from a template: what it asks for, and then the form of its kind, filled in. Nothing is saved yet."""

from typing import Any

from litestar import Request, Response, get, post

from web import checks
from web.entries import queries
from web.entries.actions import Fields
from web.entries.prompts import answered, prompts
from web.entries.rows import Entry
from web.errors import Invalid, NotThere
from web.forms import Form, form_of, typed
from web.http import page
from web.policy import Viewer
from web.routes.writing import starting

# The longest answer, in characters.
_LONGEST = 2000


@get("/entries/{id:int}/begin")
async def begin(
    request: Request, viewer: Viewer, id: int, space: str = "", parent: int | None = None, title: str = ""
) -> Response[Any]:
    form = {"space": space, "parent": str(checks.integer("parent", parent) or ""), "title": title}
    entry = await _template(viewer, id)
    asked = prompts(entry.title, entry.body)
    return await _asking(request, entry, asked, form) if asked else await _begun(request, viewer, entry, form, {})


@post("/entries/{id:int}/begin", status_code=200)
async def carry_on(request: Request, viewer: Viewer, id: int) -> Response[Any]:
    entry, form = await _template(viewer, id), await form_of(request)
    asked = prompts(entry.title, entry.body)
    try:
        answers = {each: checks.text(f"answer-{n}", form[f"answer-{n}"], _LONGEST) for n, each in enumerate(asked)}
    except Invalid as wrong:
        return await _asking(request, entry, asked, typed(form), wrong)
    return await _begun(request, viewer, entry, form, answers)


async def _template(viewer: Viewer, id: int) -> Entry:
    viewer.must("share")
    entry = await queries.entry(viewer, id)
    if not entry.is_a.alone:
        raise NotThere
    return entry


async def _asking(
    request: Request, entry: Entry, asked: tuple[str, ...], form: dict[str, str], wrong: Invalid | None = None
) -> Response[Any]:
    return page(
        request, "entries/begin.html", entry=entry, asked=asked, form=Form(form), wrong=wrong, longest_answer=_LONGEST
    )


async def _begun(
    request: Request, viewer: Viewer, entry: Entry, form: dict[str, str], answers: dict[str, str]
) -> Response[Any]:
    made = answered(Fields.of(entry, await queries.form_tags(entry.id)), answers)
    given = Form(form)
    filled = {
        "title": made.title or given["title"], "body": made.body, "lead": made.lead, "url": made.url or "", "tags": made.tags, "lang": made.lang or "",
        "space": given["space"] or entry.space.slug, "parent": given["parent"],
    }  # fmt: skip
    return await starting(request, viewer, entry.is_a, filled, unsaved=True)


handlers = [begin, carry_on]
