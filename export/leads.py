"""Where links lead: to a file of the snapshot, out of it, or nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from export.addresses import file_of, from_top_to, is_page, key_of, plain
from export.changes import LATELY
from export.check import OUTSIDE
from export.reading import IS_PAGE, Reader
from web import static_files, urls
from web.drawing import PICTURE
from web.errors import NotDone
from web.kinds import BY_PATH
from web.routes import PLAIN, ROUTES, api

# The first words of the addresses that somebody reads; everything else only makes sense where somebody answers.
_WORDS = ("spaces", "people", "tags", "titles", "glossary", "changes", "search", "accessibility")
_READ = {*_WORDS, *BY_PATH, "month", "older", "e", "entries", "files", urls.FEED}
_LIVE = {
    path.split("/")[1] for path in (api.ROOT, *(path for each in (*ROUTES, *PLAIN) for path in each.paths))
} - _READ
_READ_OF_ENTRIES = ("replies", "history")
_MOST_REDIRECTS = 5
_LONGEST = 2000  # letters; no address of the house comes near
_MANY = 100_000
# Before an address of the live house.
_HERE_AND_LIVE = "live:"
_STATIC = ("css/", "icons/", "vendor/fonts/", static_files.READING, static_files.RECALLED, static_files.FORMULAS)
# What all pages say of when this was so; in a file of its own, so that they need not be written anew because another has changed.
DATED = "snapshot.css"
# What every snapshot has of its own, and all pages load.
OWN = (DATED, LATELY)
# In a link, for the way to the top of the snapshot: no page has this sign.
TOP = "\0"


class Faulty(NotDone):
    """A page could not be made; there will be no snapshot of this."""


class Lead(NamedTuple):
    """Where a link leads. `href`: as it stands on the page, with TOP in it, or None for no link; `address`: what it means in the house, when it
    means something there; `to`: the file and fragment of that, empty when there is none."""

    href: str | None
    address: str = ""
    to: str = ""


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


@lru_cache(maxsize=_MANY)
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
    return (
        words[0] in _LIVE
        or words == ["files"]
        or (words[0] == "entries" and (words[2:3] or [""])[0] not in _READ_OF_ENTRIES)
    )


class Leads:
    """`planned`: the addresses that there will be; what else is linked to is asked for, once."""

    def __init__(self, reader: Reader, planned: Iterable[str], ends: Mapping[str, tuple[str, str]], live: str) -> None:
        """`ends`: what stands on the page of something else: that page, and the fragment there."""
        self._reader, self._live = reader, live
        self._planned = {key_of(address): address for address in planned}
        self._asked: dict[str, tuple[str, str] | None] = {
            key_of(address): (file_of(page), fragment) for address, (page, fragment) in ends.items()
        }
        # A link from the top means the same on all pages.
        self._known: dict[str, Lead] = {}
        self.unasked: set[str] = set()

    def lead(self, written: str, page: str) -> Lead:
        """A link on the page with that address. What nobody knows yet is noted in `unasked`."""
        found = self._known.get(written)
        if found is None:
            found = self._lead(written, page)
            if written.startswith("/") and found.address not in self.unasked:
                if len(self._known) >= _MANY:
                    self._known.clear()
                self._known[written] = found
        return found

    def _lead(self, written: str, page: str) -> Lead:
        if written.startswith(PICTURE):
            return Lead(written)
        key = key_of(written)
        if self._planned.get(key) == written and key not in self._asked:  # most are written as they were planned
            return Lead(TOP + from_top_to(file := file_of(written)), written, file)
        if written.startswith(_HERE_AND_LIVE):
            return Lead(f"{self._live.rstrip('/')}{written.removeprefix(_HERE_AND_LIVE)}")
        link = from_top(written, self._live)
        parts = _parts(link)
        if link.startswith("#") or (parts and parts.scheme in OUTSIDE):
            return Lead(link)
        if parts and (parts.path in dress() or parts.path.removeprefix("/") in OWN):
            return Lead(f"{TOP}{from_top_to(parts.path.lstrip('/'))}")
        address = address_of(link, page)
        if parts is None or address is None:
            return Lead(None)
        if (end := self.end(address)) is None:
            return Lead(None, address)
        fragment = parts.fragment or end[1]
        return Lead(TOP + from_top_to(end[0]) + (f"#{fragment}" if fragment else ""), address, spelled(end))

    def end(self, address: str) -> tuple[str, str] | None:
        """The file that an address leads to in the end, and the fragment there; None when there is none."""
        key = key_of(address)
        if key in self._asked:  # also what is there only to lead on
            return self._asked[key]
        if key in self._planned:
            return file_of(self._planned[key]), ""
        self.unasked.add(address)
        return None

    async def ask(self) -> list[str]:
        """Finds out about what was not known; gives the pages that are there."""
        found: list[str] = []
        for address in sorted(self.unasked):
            end = await self._followed(address)
            self._asked[key_of(address)] = end and (file_of(end[0]), end[1])
            if end and key_of(end[0]) not in self._planned:
                found.append(end[0])
        self.unasked.clear()
        return found

    async def _followed(self, address: str) -> tuple[str, str] | None:
        fragment = ""
        for _ in range(_MOST_REDIRECTS):
            if (planned := self._planned.get(key_of(address))) is not None:
                return planned, fragment
            answer = await self._reader.get(address)
            if answer.status >= 500:
                raise Faulty(f"{address} could not be read ({answer.status}). Nothing was published.")
            if answer.status in IS_PAGE:
                slash = "/" if is_page(address) and not address.endswith("/") else ""
                return address + slash, fragment
            target = urljoin(address, answer.location) if answer.location else ""
            found = address_of(target, address, self._live)
            if found is None or not target:
                return None
            address, fragment = found, urlsplit(target).fragment or fragment
        return None


def spelled(end: tuple[str, str] | None) -> str:
    """A file and a fragment in one word; empty for none."""
    return "#".join(filter(None, end)) if end else ""


def _parts(link: str) -> SplitResult | None:
    """None for what is no address at all."""
    try:
        return urlsplit(link)
    except ValueError:
        return None


@cache
def dress() -> dict[str, bytes]:
    """What pages are dressed in, by address, and the script for those that only read."""
    found = static_files.contents().items()
    return {static_files.asset(name): content for name, content in found if name.startswith(_STATIC)}
