"""The house itself: what it says of itself, how it is used, and whom it keeps out without meaning to."""

import json
from typing import Any

from litestar import Request, Response, get

from web import handbook, urls, words
from web.errors import NotThere
from web.http import go, house_of, language_of, page
from web.policy import Viewer
from web.static_files import asset
from web.words import N_

_BIRCH = "#faf8f3"
_SHORT = 12
_ICONS = (
    ("icon-192", "192x192", "any"), ("icon-512", "512x512", "any"), ("icon-maskable", "512x512", "maskable"),
)  # fmt: skip


@get("/accessibility")
async def accessibility(request: Request) -> Response[Any]:
    return page(request, "accessibility.html")


@get(["/help", "/help/{topic:str}"])
async def help(request: Request, viewer: Viewer, topic: str = "index") -> Response[Any]:
    """To the page of the handbook about it; or, where none is put in, what to do about that."""
    viewer.must("write")
    try:
        found = await handbook.about(viewer, topic, language_of(request))
    except NotThere:
        return page(request, "help.html", there=False)
    return go(request, urls.url_of(found)) if found else page(request, "help.html", there=True)


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


@get("/{path:path}")
async def nothing(path: str) -> None:
    """Any other address. It is a route of its own so that the page which says so knows who reads it."""
    raise NotThere


handlers = [accessibility, help, manifest, nothing]
