"""The walk through the house: from the front door along every link that a reader can follow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from export.addresses import file_of
from export.pages import links_in
from web import urls
from web.http import MENU
from web.static_files import PREFIX

SEEDS = (
    "/",
    *(urls.url_of(kind) for kind in MENU),
    *(urls.url_of(word) for word in ("spaces", "people", "tags", "accessibility")),
)
# What only makes sense where somebody answers.
_LIVE = (
    "new",
    "sign-in",
    "sign-out",
    "settings",
    "search",
    "api",
    "complete",
    "preview",
    "bin",
    "followed",
    "language",
    "invitation",
)
_MOST_REDIRECTS = 5
Progress = Callable[[int, int], None]


class Faulty(Exception):
    """A page could not be made; there will be no snapshot of this."""


@dataclass
class Walked:
    """What the walk found. `files` says which file holds what an address gives; `leads` where an address leads in
    the end, with its fragment; `missing` are addresses with nothing behind them for this audience."""

    files: dict[str, str] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)


def address_of(link: str, page: str) -> str | None:
    """The path in the house that a link on a page means; None when it leads elsewhere, or only to a live house."""
    if link.startswith("#"):
        return None
    try:
        parts = urlsplit(urljoin(page, link))
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.query:
        return None
    words = [word for word in parts.path.split("/") if word]
    if words[:1] and (
        words[0] in _LIVE or f"/{words[0]}" == PREFIX or (words[0] == "entries" and words[2:3] != ["replies"])
    ):
        return None
    return parts.path


async def walk(client: httpx.AsyncClient, folder: Path, progress: Progress) -> Walked:
    """Writes what it reads into the folder, links as they are. Raises Faulty."""
    walked = Walked()
    waiting = deque(dict.fromkeys(SEEDS))
    known = set(waiting)
    while waiting:
        path = waiting.popleft()
        for link in await _visit(client, folder, path, walked):
            address = address_of(link, path)
            if address is not None and address not in known:
                known.add(address)
                waiting.append(address)
        progress(len(known) - len(waiting), len(known))
    return walked


async def _visit(client: httpx.AsyncClient, folder: Path, path: str, walked: Walked) -> list[str]:
    """Gives the links that go on from there."""
    answer = await client.get(path)
    if answer.is_redirect:
        target = urlsplit(urljoin(path, answer.headers["location"]))
        walked.leads[path] = target._replace(scheme="", netloc="").geturl()
        return [target.path]
    if answer.status_code >= 500:
        raise Faulty(f"{path} could not be read ({answer.status_code}). Nothing was published.")
    if answer.status_code != 200:
        walked.missing.add(path)
        return []
    name = walked.files[path] = file_of(path)
    target_file = folder / name
    target_file.parent.mkdir(parents=True, exist_ok=True)
    target_file.write_bytes(answer.content)
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    return links_in(answer.text) if is_page else []


def end_of(path: str, walked: Walked) -> tuple[str, str] | None:
    """The file that an address leads to in the end, and the fragment there; None when there is none."""
    fragment = ""
    for _ in range(_MOST_REDIRECTS):
        if path in walked.files:
            return walked.files[path], fragment
        if path not in walked.leads:
            return None
        target = urlsplit(walked.leads[path])
        path, fragment = target.path, target.fragment or fragment
    return None
