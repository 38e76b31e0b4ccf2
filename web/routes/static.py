"""The files that pages are dressed in, and what the world asks every site for."""

import mimetypes
from pathlib import Path
from typing import Any

from litestar import Response, get

from web.errors import NotThere
from web.static_files import asset, contents

_FOR_EVER = "public, max-age=31536000, immutable"
mimetypes.add_type("font/woff2", ".woff2")


@get("/static/{fingerprint:str}/{path:path}")
async def static(fingerprint: str, path: Path) -> Response[bytes]:
    """By name, out of what was read at the start: what is asked for never reaches the file system."""
    content = contents().get(str(path).lstrip("/"))
    if content is None:
        raise NotThere
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = {"cache-control": _FOR_EVER, "x-content-type-options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


@get("/robots.txt")
async def robots() -> Response[str]:
    """What is inside a house is not for search engines."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


@get("/favicon.ico")
async def favicon() -> Response[Any]:
    return Response(b"", status_code=301, media_type="text/plain", headers={"location": asset("icons/mark.svg")})


handlers = [static, robots, favicon]
