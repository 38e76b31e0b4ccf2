"""Whether a browser has the page that it asks for already: told before anything is read for it, by the database's own mark.

The mark is another one after every commit of anybody. So what it says is never too old, and at worst a page is made anew
though nothing on it has changed.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request

from web import static_files
from web.database import mark, now

_PROGRAM = Path(__file__).resolve().parent
# Times are told by the minute ("3 min ago").
_MINUTE = 60_000
# What htmx says of the part it wants.
_ASKED = ("hx-request", "hx-request-type", "hx-history-restore-request")


async def validator(request: Request, *seen_by: Any) -> str:
    """An ETag of all that the page is made of; `seen_by` is what the caller knows of the reader."""
    headers = [request.headers.get(name, "") for name in _ASKED]
    made_of = (
        program(),
        str(request.url.path),
        request.scope["query_string"],
        headers,
        seen_by,
        now() // _MINUTE,
        await mark(),
    )
    return f'W/"{hashlib.sha256(repr(made_of).encode()).hexdigest()[:32]}"'


def has_it(request: Request, etag: str) -> bool:
    """Whether the browser says that it has just this."""
    given = request.headers.get("if-none-match", "")
    return etag in (each.strip() for each in given.split(","))


@cache
def program() -> str:
    """A hash of all that pages are made by: another version of the program makes other ones."""
    digest = hashlib.sha256(static_files.fingerprint().encode())
    for folder in (_PROGRAM, static_files.templates_root()):
        for file in sorted(each for each in folder.rglob("*") if each.suffix in (".py", ".html", ".svg", ".po")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
