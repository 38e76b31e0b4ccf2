"""Where titles and names of files lead, in this wiki and in the house."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from web.entries import attachments, media
from web.errors import Invalid
from web.imports.mediawiki.names import USER
from web.imports.mediawiki.settling import Lead
from web.imports.mediawiki.spool import Spool
from web.imports.people import People
from web.policy import Viewer
from web.storage import Storage
from web.urls import file_url, permalink


class Found:
    """`used`: the files that some text shows. `kept`: those that are here, by name."""

    def __init__(
        self, viewer: Viewer, spool: Spool, storage: Storage, files: Mapping[str, Path], attached: dict[tuple[str, str], int], people: People,
        dry_run: bool,
    ) -> None:  # fmt: skip
        self._viewer, self._spool, self._storage, self._files = viewer, spool, storage, files
        self._attached, self._people, self._dry_run = attached, people, dry_run
        self.used: set[str] = set()
        self.kept: dict[str, str] = {}
        self._refused: set[str] = set()

    def page(self, whole: str) -> Lead | None:
        found = self._spool.page_of(whole)
        if found:
            _, title, alone, entry = found
            return Lead(title, "" if alone else permalink(entry))
        name = self._spool.names.name(whole)
        if name.space == USER:
            handle = self._people.handle(name.bare)
            return Lead(handle=handle) if handle else None
        # Nobody has written it yet, and whoever follows the link may.
        return Lead(whole) if name.space == 0 else None

    def file(self, name: str) -> str | None:
        return self.kept.get(name)

    async def keep(self, names: Iterable[str], refused: Callable[[str, str], None]) -> None:
        """Brings files into the house that are not there yet."""
        for name in names:
            if name not in self._files or name in self._refused:
                continue
            self.used.add(name)
            if name not in self.kept:
                try:
                    self.kept[name] = await self._address(self._files[name])
                except Invalid as wrong:
                    self._refused.add(name)
                    refused(name, wrong.why % wrong.values if wrong.values else wrong.why)
                except OSError as wrong:
                    self._refused.add(name)
                    refused(name, f"Cannot be read: {wrong.strerror}.")

    async def _address(self, path: Path) -> str:
        with path.open("rb") as data:
            media.recognised(data)
            data.seek(0)
            key = (hashlib.file_digest(data, "sha256").hexdigest(), media.tidy_name(path.name))
            if key not in self._attached and not self._dry_run:
                self._attached[key] = (await attachments.keep(self._viewer, self._storage, path.name, data)).id
        return file_url(self._attached.get(key, 0), key[1])

    async def whole(self, name: str, text: str) -> str:
        """The address of a text that is too long to stand in a page."""
        from io import BytesIO

        data = text.encode()
        key = (hashlib.sha256(data).hexdigest(), media.tidy_name(name))
        if key not in self._attached and not self._dry_run:
            self._attached[key] = (await attachments.keep(self._viewer, self._storage, name, BytesIO(data))).id
        return file_url(self._attached.get(key, 0), key[1])
