"""The files that pages are dressed in, and what the world asks every site for."""

import mimetypes
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Response, get
from litestar.response import File

from web.errors import NotThere
from web.static_files import asset, static_root

_FOR_EVER = "public, max-age=31536000, immutable"
mimetypes.add_type("font/woff2", ".woff2")


@cache
def _files() -> dict[str, Path]:
    """By the name in their address: what is asked for never reaches the file system."""
    root = static_root()
    return {file.relative_to(root).as_posix(): file for file in root.rglob("*") if file.is_file()}


@get("/static/{fingerprint:str}/{path:path}")
async def static(fingerprint: str, path: Path) -> File:
    file = _files().get(str(path).lstrip("/"))
    if file is None:
        raise NotThere
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {"cache-control": _FOR_EVER, "x-content-type-options": "nosniff"}
    return File(file, media_type=media_type, content_disposition_type="inline", headers=headers)


@get("/robots.txt")
async def robots() -> Response[str]:
    """What is inside a house is not for search engines."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


@get("/favicon.ico")
async def favicon() -> Response[Any]:
    return Response(b"", status_code=301, media_type="text/plain", headers={"location": asset("icons/mark.svg")})

    return asset("icons/mark.svg")


handlers = [static, robots, favicon]
