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
from export.indexing import indexed
from export.leads import DATED, Leads, dress, spelled
from export.leaks import Secrets, hidden_from, said_in
from export.manifest import MANIFEST, File, Made, Manifest, manifest_of, written
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
_SEARCH = "search/"
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
        self._made: dict[str, Made] = {}
        self._leads: dict[tuple[str, str], tuple[str, str]] = {}
        self._secrets: Secrets

    async def make(self, progress: Progress, processes: int) -> None:
        """Raises Faulty and NotDone."""
        self._secrets = self._hidden or await hidden_from(self._viewer, self._settings.mail_to)
        before = self._shop.before.made() if self._shop.before else {}
        self._keep(each for each in before.values() if self._shop.stands(each.file))
        self._keep(self._shop.made_before().values())
        planned = set(self._plan.addresses) | self._made.keys()
        wanted = planned - self._made.keys()
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
                        # Most pages lead to the same places: a hundred thousand of them hold each once.
                        each.leads = tuple(self._leads.setdefault(lead, lead) for lead in each.leads)
                        self._made[each.address] = each
                    self._shop.note(batch.made)
                    planned.difference_update(batch.gone)
                    found.update(batch.found)
                    progress(len(self._made), len(planned | found))
                wanted = found - self._made.keys()

    def _keep(self, made: Iterable[Made]) -> None:
        """What is still right of it."""
        for each in made:
            if each.validator and each.validator == self._plan.validator(each.address):
                self._made[each.address] = each

    async def _misled(self, planned: set[str]) -> set[str]:
        """The pages with links that lead elsewhere by now than they say, and those that nobody has made yet."""
        reader = Reader(self._build, self._viewer, self._snapshot, self._language)
        leads = Leads(reader, planned, self._plan.ends, self._snapshot.live)
        told = _told(self._made.values())
        for address, _ in told:
            leads.end(address)
        new = set(await leads.ask()) - self._made.keys()
        wrong = {(address, to) for address, to in told if spelled(leads.end(address)) != to}
        misled = {address for address, each in self._made.items() if wrong.intersection(each.leads)} if wrong else set()
        return new | misled

    async def publish(self) -> tuple[Manifest, list[str]]:
        """What is published now, and what had to be taken out of it. Raises NotDone when there is anything in it that must not be."""
        manifest, removed = await self._manifest()
        content = written(manifest)
        self._refuse_leaks(MANIFEST, content)
        if self._strict:
            refuse_broken(manifest)
        comment = f"as_of:{self._as_of} audience:{manifest.audience}"
        signed = self._key.sign(content, comment) if self._key else b""
        await asyncio.to_thread(self._shop.publish, manifest, content, signed)
        return manifest, removed

    async def _manifest(self) -> tuple[Manifest, list[str]]:
        made = self._reached()
        self._made.clear()  # a manifest of all that takes as much room again
        more = await self._search(made) | self._write(
            {address.lstrip("/"): content for address, content in dress().items()}
            | {
                DATED: _date_sheet(self._as_of, self._language).encode(),
                LATELY: script(self._snapshot, self._language, self._as_of, self._plan.late),
            }
        )
        wrong = [sentence for each in made for sentence in each.wrong]
        if wrong := wrong + self._wrong_sheets(more) + _missing(made, more):
            raise NotDone(f"The snapshot is not sound, and nothing was published: {wrong[0]} ({len(wrong)} in all).")
        key = self._key.name if self._key else ""
        texts, stamp = self._plan.texts, self._plan.stamp
        snapshot = self._snapshot
        manifest = manifest_of(snapshot.audience, self._as_of, snapshot.live, texts, stamp, key, made, more)
        return manifest, [f"{each.file}: {what}" for each in made for what in each.removed]

    def _refuse_leaks(self, name: str, content: bytes) -> None:
        if wrong := said_in(name, content, self._secrets):
            raise NotDone(f"The snapshot is not sound, and nothing was published: {wrong[0]}.")

    def _reached(self) -> list[Made]:
        """Without what nobody had planned and nothing leads to any more."""
        by_file = {each.file: each for each in self._made.values()}
        waiting = [self._made[address] for address in self._plan.addresses if address in self._made]
        reached = {each.file: each for each in waiting}
        while waiting:
            for _, to in waiting.pop().leads:
                name = to.partition("#")[0]
                if name and name not in reached and name in by_file:
                    reached[name] = by_file[name]
                    waiting.append(by_file[name])
        return sorted(reached.values(), key=lambda each: each.address)

    # What the page that searches looks into.

    async def _search(self, made: Iterable[Made]) -> dict[str, File]:
        before = self._shop.before
        if before and before.index == self._plan.texts and all(map(self._shop.stands, filter(_is_index, before.files))):
            return {name: file for name, file in before.files.items() if _is_index(name)}
        places = {id: f"{each.file}#entry-{id}" for each in made for id in each.entries}
        kept = self._settings.data / "cache" / "search"
        return {
            name: file
            async for scripts in indexed(self._viewer, self._plan, places, kept)
            for name, file in self._write(
                {f"{_SEARCH}{name}.js": content.encode() for name, content in scripts.items()}
            ).items()
        }

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


def _is_index(name: str) -> bool:
    return name.startswith(_SEARCH) and name.endswith(".js")


def _missing(made: Iterable[Made], more: Mapping[str, File]) -> list[str]:
    files = {each.file for each in made} | more.keys()
    gone = {lead for lead in _told(made) if lead[1] and lead[1].partition("#")[0] not in files}
    return (
        [
            f"{each.file} links to {to}, which is not there"
            for each in made
            for _, to in sorted(gone.intersection(each.leads))
        ]
        if gone
        else []
    )


def _told(made: Iterable[Made]) -> set[tuple[str, str]]:
    """Where the links of all of them lead, each once."""
    return set().union(*(each.leads for each in made))


def _date_sheet(as_of: int, language: str) -> str:
    return f'.as-of::after {{ content: ", {date(as_of, language)}"; }}\n' if as_of else ""
