"""What programs are told when something goes wrong: problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from web.errors import Conflict, Invalid
from web.http import headers_of, noted, status_of


def problem(request: Request, wrong: Exception) -> Response[dict[str, Any]]:
    """Any error, as a program reads it."""
    if isinstance(wrong, RecursionError):
        wrong = Invalid("", "This is nested too deeply to be read.")
    status = status_of(wrong)
    noted(request, wrong, status)
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _detail(wrong, status),
        **_more(wrong),
    }
    headers = headers_of(wrong)
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return Response(said, status_code=status, headers=headers, media_type="application/problem+json")


_DETAILS = {
    401: "Send a key: Authorization: Bearer …",
    403: "You may see this, but not do that to it.",
    404: "There is nothing here that you may see.",
    500: "Something went wrong here. It is our fault; try again in a while.",
    503: "The files cannot be reached right now. Try again in a while.",
}


def _detail(wrong: Exception, status: int) -> str:
    if isinstance(wrong, Invalid):
        return _why(wrong)
    if isinstance(wrong, HTTPException) and status != 500:
        return "This cannot be read." if status == 422 else str(wrong.detail)
    return _DETAILS.get(status, str(wrong))


def _why(wrong: Invalid) -> str:
    return wrong.why % wrong.values if wrong.values else wrong.why


def _more(wrong: Exception) -> dict[str, Any]:
    if isinstance(wrong, Invalid):
        return {"field": wrong.field, "errors": [{"field": wrong.field, "why": _why(wrong)}]}
    if isinstance(wrong, Conflict):
        sides = {side: {"title": each.title, "body": each.body} for side in _SIDES if (each := getattr(wrong, side))}
        return {"revision": wrong.revision, **sides}
    if isinstance(wrong, HTTPException) and isinstance(wrong.extra, list):
        errors = [each for each in wrong.extra if isinstance(each, dict)]
        return {"errors": [{"field": str(each.get("key", "")), "why": str(each.get("message", ""))} for each in errors]}
    if isinstance(wrong, HTTPException) and isinstance(wrong.__cause__, msgspec.DecodeError):
        return {"errors": [{"field": "", "why": str(wrong.__cause__)}]}
    return {}


_SIDES = ("base", "theirs", "mine", "merged")
