"""One page after the other: asked for, its links made relative, looked through, and written down."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import msgspec

from export.addresses import file_of, is_page
from export.check import page_faults
from export.leads import DATED, Faulty, Leads, dress
from export.leaks import Secrets, said_in
from export.pages import rewritten
from export.reading import Reader
from web.kinds import BY_PATH

# Where an entry stands on a page of its own, and what pages of entries begin with.
_PLACE = re.compile(r'\sid="entry-(\d+)"')
_OF_ENTRIES = {*BY_PATH, "entries"}


class Made(msgspec.Struct):
    """A file of a snapshot, and what was seen when it was made.

    leads: each address that it links to, with the file and fragment there (empty: there is none).
    entries: the ids of those that are read there.
    broken: the links, as written, that lead nowhere. removed: what only makes sense on a server and was there nevertheless.
    unlinked: how many links to what only a live house has are plain text now.
    wrong: why it cannot be published, each as a sentence.
    """

    address: str
    validator: str
    file: str
    sha256: str
    size: int
    leads: tuple[tuple[str, str], ...] = ()
    entries: tuple[int, ...] = ()
    broken: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unlinked: int = 0
    wrong: tuple[str, ...] = ()


class Maker:
    """Writes into `folder`. What it came across and nobody had planned is in `found`."""

    def __init__(self, reader: Reader, leads: Leads, secrets: Secrets, folder: Path) -> None:
        self._reader, self._leads, self._secrets, self._folder = reader, leads, secrets, folder
        self.found: set[str] = set()

    async def make(self, address: str, validator: str) -> Made | None:
        """None when there is nothing there any more. Raises Faulty."""
        answer = await self._reader.get(address)
        if answer.status >= 500:
            raise Faulty(f"{address} could not be read ({answer.status}). Nothing was published.")
        if answer.status != 200:
            return None
        name = file_of(address)
        if is_page(address):
            made, content = await self._page(address, name, validator, answer.body.decode("utf-8"))
        else:
            content = answer.body
            made = Made(address, validator, name, "", 0)
        made.sha256, made.size = hashlib.sha256(content).hexdigest(), len(content)
        made.wrong += tuple(said_in(name, content, self._secrets))
        file = self._folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return made

    async def _page(self, address: str, name: str, validator: str, html: str) -> tuple[Made, bytes]:
        while True:
            made = Made(address, validator, name, "", 0)
            page = self._rewritten(made, html)
            if not self._leads.unasked:
                break
            self.found.update(await self._leads.ask())
        if address.split("/")[1] in _OF_ENTRIES:
            made.entries = tuple(map(int, _PLACE.findall(page)))
        made.wrong = tuple(page_faults(name, page, {to.partition("#")[0] for _, to in made.leads} | _always()))
        return made, page.encode("utf-8")

    def _rewritten(self, made: Made, html: str) -> str:
        broken: dict[str, None] = {}
        leads: dict[str, str] = {}

        def link(written: str) -> str | None:
            lead = self._leads.lead(written, made.address, made.file)
            if lead.address:
                leads[lead.address] = lead.to
                if not lead.to:
                    broken[written] = None
            elif lead.href is None:
                made.unlinked += 1
            return lead.href

        page, removed = rewritten(html, link)
        made.leads, made.broken, made.removed = tuple(leads.items()), tuple(broken), tuple(removed)
        return page


@cache
def _always() -> frozenset[str]:
    """What every snapshot has."""
    return frozenset((DATED, *(address.lstrip("/") for address in dress())))
