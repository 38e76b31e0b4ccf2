"""A snapshot that is not right any more, from the pages that have to be made to what stands in the place of the older one."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing

from litestar import Litestar

from export.audience import Snapshot
from export.changes import LATELY, script
from export.check import sheet_faults
from export.crew import Crew, Job
from export.indexing import Indexing, is_index
from export.kept import Kept
from export.known import Known
from export.leads import DATED, Leads, dress, spelled
from export.leaks import Secrets, hidden_from, said_in
from export.manifest import MANIFEST, File, Manifest, pieces_of
from export.placing import Workshop, write
from export.plan import Plan
from export.reading import Reader
from export.report import refuse_broken
from web.errors import NotDone
from web.policy import Viewer
from web.program import program
from web.publishing.signing import SigningKey
from web.settings import Settings
from web.words import date

# Where links lead elsewhere than they did because the house has changed meanwhile, pages are made again, so often.
_ROUNDS = 3
Progress = Callable[[int, int], None]


class Run:
    """What is asked for is told by `export.snapshot`; `as_of`: when (ms) something last happened in it."""

    def __init__(
        self,
        build: Callable[[], Litestar],
        settings: Settings,
        viewer: Viewer,
        snapshot: Snapshot,
        language: str,
        shop: Workshop,
        plan: Plan,
        as_of: int,
        *,
        strict: bool,
        key: SigningKey | None,
        hidden: Secrets | None,
    ) -> None:
        self._build, self._settings, self._viewer, self._snapshot = build, settings, viewer, snapshot
        self._language, self._shop, self._plan, self._as_of = language, shop, plan, as_of
        self._strict, self._key, self._hidden = strict, key, hidden
        self._known = Known(shop.before)
        self._secrets: Secrets

    async def make(self, progress: Progress, processes: int) -> None:
        """Raises Faulty and NotDone."""
        self._secrets = self._hidden or await hidden_from(self._viewer, self._settings.mail_to)
        self._keep()
        planned = set(self._plan.addresses) | self._known.pages.keys()
        wanted = planned - self._known.pages.keys()
        for _ in range(_ROUNDS):
            await self._made_now(wanted, planned, progress, processes)
            if not (wanted := await self._misled(planned)):
                return
        raise NotDone("The house changes faster than it can be published. Try again in a while.")

    async def _made_now(self, wanted: set[str], planned: set[str], progress: Progress, processes: int) -> None:
        """All of it, and what it leads to."""
        addresses, ends = tuple(sorted(planned)), self._plan.ends
        job = Job(
            self._settings,
            self._snapshot,
            self._language,
            self._shop.folder,
            addresses,
            ends,
            self._secrets.of,
            program(),
        )
        with closing(Crew(self._build, job, processes)) as crew:
            while wanted:
                planned |= wanted
                found: set[str] = set()
                asked = [(address, self._plan.validator(address)) for address in sorted(wanted, key=_by_what_it_shows)]
                async for batch in crew.make(asked):
                    for each in batch.made:
                        self._known.take(each)
                    self._shop.note(batch.made)
                    planned.difference_update(batch.gone)
                    found.update(batch.found)
                    progress(len(self._known.pages), len(planned | found))
                wanted = found - self._known.pages.keys()

    def _keep(self) -> None:
        """What is still right of what was published before, and of what a run that was ended by force had made."""
        if before := self._shop.before:
            for address, page in before.pages.items():
                if self._is_right(address, page.validator) and self._shop.stands(page.file):
                    self._known.keep(address, before)
        for made in self._shop.made_before().values():
            if self._is_right(made.address, made.validator):
                self._known.take(made)

    def _is_right(self, address: str, validator: str) -> bool:
        return bool(validator) and validator == self._plan.validator(address)

    async def _misled(self, planned: set[str]) -> set[str]:
        """The pages with links that lead elsewhere by now than they say, and those that nobody has made yet."""
        known, ends = self._known, self._plan.ends
        there = {(address, page.file) for address, page in known.pages.items() if address not in ends}
        told = known.leads() - there  # most lead to a page that there is
        reader = Reader(self._build, self._viewer, self._snapshot, self._language)
        leads = Leads(reader, planned, ends, self._snapshot.live)
        for address, _ in told:
            leads.end(address)
        new = set(await leads.ask()) - known.pages.keys()
        return new | known.leading((address, to) for address, to in told if spelled(leads.end(address)) != to)

    async def publish(self) -> tuple[Manifest, list[str]]:
        """What is published now, and what had to be taken out of it. Raises NotDone when there is anything in it that must not be."""
        manifest, removed = await self._manifest()
        if self._strict:
            refuse_broken(manifest)
        pieces, signed = self._looked_through(pieces_of(manifest)), b""
        if self._key:
            pieces = [b"".join(pieces)]
            signed = self._key.sign(pieces[0], f"as_of:{self._as_of} audience:{manifest.audience}")
        await asyncio.to_thread(self._shop.publish, manifest, pieces, signed)
        return manifest, removed

    def _looked_through(self, pieces: Iterable[bytes]) -> Iterable[bytes]:
        for each in pieces:
            self._refuse_leaks(MANIFEST, each)
            yield each

    async def _manifest(self) -> tuple[Manifest, list[str]]:
        known = self._known
        known.forget_unreached(self._plan.addresses)
        more = await self._search() | self._write(
            {address.lstrip("/"): content for address, content in dress().items()}
            | {
                DATED: _date_sheet(self._as_of, self._language).encode(),
                LATELY: script(self._snapshot, self._language, self._as_of, self._plan.late),
            }
        )
        faulty, key = known.faulty(), self._key.name if self._key else ""
        texts, stamp = self._plan.texts, self._plan.stamp
        self._plan.let_go()  # a manifest of all takes as much room again
        manifest = known.manifest(self._snapshot.audience, self._as_of, self._snapshot.live, texts, stamp, key, more)
        wrong = [sentence for each in faulty for sentence in each.wrong]
        if wrong := wrong + self._wrong_sheets(more) + _missing(manifest):
            raise NotDone(f"The snapshot is not sound, and nothing was published: {wrong[0]} ({len(wrong)} in all).")
        return manifest, [f"{each.file}: {what}" for each in faulty for what in each.removed]

    def _refuse_leaks(self, name: str, content: bytes) -> None:
        if wrong := said_in(name, content, self._secrets):
            raise NotDone(f"The snapshot is not sound, and nothing was published: {wrong[0]}.")

    # What the page that searches looks into.

    async def _search(self) -> dict[str, File]:
        before = self._shop.before
        older = {name: file for name, file in before.files.items() if is_index(name)} if before else {}
        stands = all(map(self._shop.stands, older))
        if before and before.index == self._plan.texts and stands:
            return older
        kept = Kept(self._settings.data / "cache" / "search")
        index = Indexing(self._viewer, self._plan, self._known.places_of_entries(), kept)
        files: dict[str, File] = {}
        async for some in index.files(older if stands else {}, self._shop.published):
            changed = {name: content for name, content in some.items() if content is not None}
            files |= self._write(changed) | {name: older[name] for name in some.keys() - changed.keys()}
        index.remember(files)
        return files

    def _write(self, files: Mapping[str, bytes]) -> dict[str, File]:
        """What is not there already. Raises NotDone for what may not be published."""
        written = {name: File(hashlib.sha256(content).hexdigest(), len(content)) for name, content in files.items()}
        before = self._shop.before.files if self._shop.before else {}
        for name, content in files.items():
            if before.get(name) != written[name] or not self._shop.stands(name):
                self._refuse_leaks(name, content)
                write(self._shop.folder / name, content)
        return written

    def _wrong_sheets(self, files: Mapping[str, File]) -> list[str]:
        """Not of the older snapshot again: it had been looked at."""
        before = self._shop.before.files if self._shop.before else {}
        sheets = [name for name, file in files.items() if name.endswith(".css") and before.get(name) != file]
        return [
            fault
            for name in sheets
            for fault in sheet_faults(name, (self._shop.folder / name).read_text("utf-8"), files)
        ]


def _by_what_it_shows(address: str) -> tuple[str, str]:
    """The same month of one list and of the other shows the same entries: made one after the other, each is made once."""
    return address[address.find("month/") :] if "month/" in address else address, address


def _missing(manifest: Manifest) -> list[str]:
    gone = {place for place, (_, to) in enumerate(manifest.leads) if to and to.partition("#")[0] not in manifest.files}
    return [
        f"{page.file} links to {manifest.leads[place][1]}, which is not there"
        for page in (manifest.pages.values() if gone else ())
        for place in sorted(gone.intersection(page.leads))
    ]


def _date_sheet(as_of: int, language: str) -> str:
    return f'.as-of::after {{ content: ", {date(as_of, language)}"; }}\n' if as_of else ""
