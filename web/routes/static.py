"""What nobody's name is needed for: the files that pages are dressed in, and what the world and machines ask every site for."""

import mimetypes
import re
from pathlib import Path

from litestar import Request, Response, get

from web.database import value
from web.errors import NotThere
from web.static_files import CODINGS, contents, packed

_A_DAY = "public, max-age=86400"
_FOR_EVER = "public, max-age=31536000, immutable"
mimetypes.add_type("font/woff2", ".woff2")


@get("/static/{fingerprint:str}/{path:path}", as_it_is=True)
async def static(request: Request, fingerprint: str, path: Path) -> Response[bytes]:
    """By name, out of what was read at the start: what is asked for never reaches the file system."""
    name = str(path).lstrip("/")
    if name not in contents():
        raise NotThere
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = {"cache-control": _FOR_EVER, "x-content-type-options": "nosniff", "vary": "Accept-Encoding"}
    for coding in CODINGS:
        if _accepts(request, coding) and (small := packed(name, coding)) is not None:
            return Response(small, media_type=media_type, headers={**headers, "content-encoding": coding})
    return Response(contents()[name], media_type=media_type, headers=headers)


def _accepts(request: Request, coding: str) -> bool:
    asked = request.headers.get("accept-encoding", "").lower()
    return re.search(rf"(?:^|,)\s*{coding}\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)", asked) is not None


@get("/robots.txt")
async def robots() -> Response[str]:
    """What is inside a house is not for search engines."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


@get("/favicon.ico")
async def favicon() -> Response[bytes]:
    """For browsers and programs that look nowhere else."""
    return Response(contents()["icons/favicon.ico"], media_type="image/x-icon", headers={"cache-control": _A_DAY})


@get("/health")
async def health() -> Response[str]:
    """For whoever watches the machine: 200 while the database answers."""
    await value("SELECT 1")
    return Response("ok\n", media_type="text/plain", headers={"cache-control": "no-store"})


handlers = [static, robots, favicon, health]
