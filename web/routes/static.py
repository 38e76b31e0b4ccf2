"""The files that pages are dressed in, and what the world asks every site for."""

import json
import mimetypes
import re
from pathlib import Path

from litestar import Request, Response, get

from web import urls, words
from web.errors import NotThere
from web.http import house_of, language_of
from web.static_files import CODINGS, asset, contents, packed
from web.words import N_

_A_DAY = "public, max-age=86400"
_BIRCH = "#faf8f3"
_SHORT = 12
_ICONS = (
    ("icon-192", "192x192", "any"), ("icon-512", "512x512", "any"), ("icon-maskable", "512x512", "maskable"),
)  # fmt: skip
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


@get("/manifest.webmanifest")
async def manifest(request: Request) -> Response[bytes]:
    """How the house looks among the apps of a telephone, in the language of whoever installs it."""
    language, house = language_of(request), house_of(request)
    said = words.catalogue(language).gettext
    app = {
        "name": house.name, "short_name": house.name[:_SHORT], "lang": language, "id": urls.url_of("stream"),
        "start_url": urls.url_of("stream"), "scope": urls.url_of("stream"), "display": "standalone",
        "background_color": _BIRCH, "theme_color": _BIRCH,
        "icons": [
            {"src": asset(f"icons/{name}.png"), "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in _ICONS
        ],
        "shortcuts": [
            {"name": said(name), "url": url} for name, url in (
                (N_("Share something"), urls.url_of("new")), (N_("Search"), urls.url_of("search")),
            )
        ],
    }  # fmt: skip
    headers = {"cache-control": "private, no-cache", "vary": "Cookie, Accept-Language"}
    return Response(json.dumps(app).encode(), media_type="application/manifest+json", headers=headers)


handlers = [static, robots, favicon, manifest]
