"""The walk through the house: from the front door along every link that a reader can follow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from export.addresses import apart, file_of, key_of, plain
from export.pages import links_in
from web import urls
from web.kinds import BY_PATH
from web.routes import PLAIN, ROUTES, api
from web.templating import MENU

_WORDS = ("spaces", "people", "tags", "search", "accessibility")
SEEDS = ("/", *(urls.url_of(kind) for kind in MENU), *(urls.url_of(word) for word in _WORDS))
# The first words of the addresses that somebody reads; everything else only makes sense where somebody answers.
_READ = {*_WORDS, *BY_PATH, "older", "e", "entries", "files"}
_LIVE = {
    path.split("/")[1] for path in (api.router.path, *(path for each in (*ROUTES, *PLAIN) for path in each.paths))
} - _READ
_MOST_REDIRECTS = 5
_LONGEST = 2000  # letters; no address of the house comes near, and a client refuses far longer ones
Progress = Callable[[int, int], None]


class Faulty(Exception):
    """A page could not be made; there will be no snapshot of this."""


@dataclass
class Walked:
    """What the walk found, by the key of each address. `files` says which file holds what it gives, and `pages` those
    of them that are pages, with their address; `leads` where it leads in the end, with its fragment."""

    live: str = ""
    files: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)


def from_top(link: str, live: str) -> str:
    """A link that spells out where the live house is means the same as one that begins with a slash.

    The bare address of the house stays as it is: it is how somebody says where the live pages are.
    """
    start = live.rstrip("/") + "/"
    return f"/{link.removeprefix(start)}" if live and link.startswith(start) and link != start else link


def address_of(link: str, page: str, live: str = "") -> str | None:
    """The path in the house that a link on a page means; None when it leads elsewhere, or only to a live house."""
    if link.startswith("#"):
        return None
    link = from_top(link, live)
    try:
        return _address(link if link.startswith("/") else urljoin(page, link))
    except ValueError:
        return None


@lru_cache(maxsize=100_000)
def _address(link: str) -> str | None:
    """The same for a whole one. Most pages link to the same few. Raises ValueError."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.query or len(parts.path) > _LONGEST:
        return None
    address = plain(parts.path)
    return None if address is None or _is_live(address) else address


def _is_live(address: str) -> bool:
    """Judged by the one spelling of an address: the application understands the others too."""
    words = [word for word in address.split("/") if word]
    if not words:
        return False
    return words[0] in _LIVE or words == ["files"] or (words[0] == "entries" and words[2:3] != ["replies"])


async def walk(client: httpx.AsyncClient, folder: Path, progress: Progress, live: str = "") -> Walked:
    """Writes what it reads into the folder, links as they are. Raises Faulty."""
    walked = Walked(live)
    waiting = deque(dict.fromkeys(SEEDS))
    known = {key_of(seed) for seed in waiting}
    while waiting:
        path = waiting.popleft()
        for link in await _visit(client, folder, path, walked):
            address = address_of(link, path, live)
            if address is not None and key_of(address) not in known:
                known.add(key_of(address))
                waiting.append(address)
        progress(len(known) - len(waiting), len(known))
    return walked


async def _visit(client: httpx.AsyncClient, folder: Path, path: str, walked: Walked) -> list[str]:
    """Gives the links that go on from there."""
    answer = await client.get(path)
    if answer.is_redirect:
        target = urljoin(path, answer.headers["location"])
        walked.leads[key_of(path)] = target
        return [target]
    if answer.status_code >= 500:
        raise Faulty(f"{path} could not be read ({answer.status_code}). Nothing was published.")
    if answer.status_code != 200:
        return []
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    file = folder / _name(path, walked, page=is_page)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(answer.content)
    return links_in(answer.text) if is_page else []


def _name(path: str, walked: Walked, *, page: bool) -> str:
    name = file_of(path, page=page)
    if name.casefold() in walked.taken:
        name = apart(name, path)
    walked.taken.add(name.casefold())
    walked.files[key_of(path)] = name
    if page:
        walked.pages[path] = name
    return name


def end_of(address: str, walked: Walked) -> tuple[str, str] | None:
    """The file that an address leads to in the end, and the fragment there; None when there is none."""
    fragment = ""
    for _ in range(_MOST_REDIRECTS):
        key = key_of(address)
        if key in walked.files:
            return walked.files[key], fragment
        target = walked.leads.get(key, "")
        found = address_of(target, address, walked.live)
        if found is None or not target:
            return None
        address, fragment = found, urlsplit(target).fragment or fragment
    return None
