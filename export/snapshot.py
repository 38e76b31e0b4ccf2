"""The snapshot, from what there will be in it to what stands in its place: plan, make what is not right any more, check, publish."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Litestar

from export.addresses import relative
from export.changes import LATELY, script
from export.check import sheet_faults
from export.crew import Crew, Job, processors
from export.leads import DATED, Faulty, Leads, dress, spelled
from export.leaks import Secrets, hidden_from, said_in
from export.manifest import MANIFEST, File, Made, Manifest, is_portable, manifest_of, written
from export.placing import Workshop, workshop, write
from export.plan import Plan, plan
from export.reading import METADATA, Reader, Snapshot, way_back
from export.report import Report, broken_in
from export.searching import Document, Index
from export.telling import telling
from web.entries.reading import last_change, texts
from web.errors import NotDone
from web.kinds import BY_PATH, KINDS
from web.policy import Viewer
from web.publishing.recalled import recall_of
from web.publishing.signing import SigningKey
from web.settings import Settings
from web.text import excerpt
from web.words import DEFAULT, date, kinds_by_word

_TITLE = 80
# Where links lead elsewhere than they did because the house has changed meanwhile, pages are made again, so often.
_ROUNDS = 3
_SEARCH = "search/"
Progress = Callable[[int, int], None]


async def export(
    build: Callable[[], Litestar], settings: Settings, audience: str, out: Path, *, progress: Progress = lambda done, known: None,
    language: str = DEFAULT, history: bool = False, spaces: Sequence[str] = (), strict: bool = False,
    key: SigningKey | None = None, processes: int | None = None, moment: int = 0, hidden: Secrets | None = None,
    pack: Callable[[Path], object] | None = None, metadata: str = METADATA[0],
) -> Report:  # fmt: skip
    """Publishes the house for an audience into the folder `out`; what is right there already stays as it is. The caller has the
    database open. `build` gives the application, when there is something to ask it for.

    With `history`, older texts come along; with `spaces`, nothing but what is in these; a `strict` one has no broken links; one with a `key`
    is signed. Of a house as it stood, `moment` says when (ms), and `hidden` what may not be read of it (`past_house`). `pack` makes
    something else of the folder, while nobody can publish into it. `metadata`: whether files keep what they say of themselves.
    Raises NotDone; then what was published before still stands.
    """
    recall, back = recall_of(settings, audience), way_back(settings, audience)
    snapshot = Snapshot(audience, settings.url, history, tuple(sorted(spaces)), moment, recall, back, metadata)
    viewer = await snapshot.viewer()
    if is_portable(out):
        raise NotDone(f"{out} holds a house in Markdown. Choose another folder, or empty it first.")
    began = time.monotonic()
    with workshop(out) as shop, _seldom_tidied():
        shop.open()
        try:
            run = _Run(
                cache(build), settings, viewer, snapshot, viewer.language or language, shop, strict=strict, key=key,
                hidden=hidden,
            )  # fmt: skip
            if await run.is_right():
                shop.throw_away()
            else:
                await run.make(progress, processes or processors())
                await run.publish()
            if pack:
                await asyncio.to_thread(pack, out)
            return await run.report(began)
        except Exception as wrong:
            shop.throw_away()
            if isinstance(wrong, Faulty):
                raise NotDone(str(wrong)) from wrong
            raise


@contextmanager
def _seldom_tidied() -> Iterator[None]:
    """All that is held here is needed until the end: looking through it again and again for what is not took a third of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Run:
    def __init__(
        self,
        build: Callable[[], Litestar],
        settings: Settings,
        viewer: Viewer,
        snapshot: Snapshot,
        language: str,
        shop: Workshop,
        *,
        strict: bool,
        key: SigningKey | None,
        hidden: Secrets | None,
    ) -> None:
        self._build, self._settings, self._viewer, self._snapshot = build, settings, viewer, snapshot
        self._language, self._shop, self._strict, self._key = language, shop, strict, key
        self._made: dict[str, Made] = {}
        self._leads: dict[tuple[str, str], tuple[str, str]] = {}
        self._plan: Plan
        self._secrets: Secrets
        self._hidden = hidden
        self._published: Manifest
        self._removed: list[str] = []
        self._as_of, self._stamp = 0, ""

    async def is_right(self) -> bool:
        """Whether what was published before is what would be published now."""
        # What changes after this is noticed the next time, or has come along already.
        self._as_of = self._snapshot.moment or await last_change(self._viewer)
        self._plan = await plan(self._viewer, self._snapshot, self._language)
        self._stamp = self._plan.stamp
        before = self._shop.before
        if before is None or (before.plan, before.as_of, before.key) != (self._stamp, self._as_of, self._signer):
            return False
        if self._strict:
            self._refuse_broken(before)
        self._published, self._removed = before, []
        return self._shop.is_signed == bool(self._key) and all(map(self._shop.stands, before.files))

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
        job = Job(self._settings, self._snapshot, self._language, self._shop.folder, addresses, ends, self._secrets.of)
        with closing(Crew(self._build, job, processes)) as crew:
            while wanted:
                planned |= wanted
                found: set[str] = set()
                asked = sorted((address, self._plan.validator(address)) for address in wanted)
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

    async def publish(self) -> None:
        """Raises NotDone when there is anything in it that must not be."""
        made = self._reached()
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
        snapshot = self._snapshot
        manifest = manifest_of(
            snapshot.audience, self._as_of, snapshot.live, self._plan.texts, self._stamp, self._signer, made, more
        )
        content = written(manifest)
        self._refuse_leaks(MANIFEST, content)
        if self._strict:
            self._refuse_broken(manifest)
        comment = f"as_of:{self._as_of} audience:{snapshot.audience}"
        signed = self._key.sign(content, comment) if self._key else b""
        await asyncio.to_thread(self._shop.publish, manifest, content, signed)
        self._published, self._removed = manifest, [f"{each.file}: {what}" for each in made for what in each.removed]

    @property
    def _signer(self) -> str:
        return self._key.name if self._key else ""

    def _refuse_leaks(self, name: str, content: bytes) -> None:
        if wrong := said_in(name, content, self._secrets):
            raise NotDone(f"The snapshot is not sound, and nothing was published: {wrong[0]}.")

    def _refuse_broken(self, manifest: Manifest) -> None:
        if broken := broken_in(manifest):
            raise NotDone(f"Nothing was published: {broken[0].sentence()} ({len(broken)} in all).")

    async def report(self, began: float) -> Report:
        before = self._shop.before
        files, former = self._published.files, before.files if before else {}
        pages = self._published.pages.values()
        return Report(
            self._snapshot.audience, sum(each.file.endswith("index.html") for each in pages), len(files),
            sum(file.size for file in files.values()), sum(former.get(name) != file for name, file in files.items()),
            len(former.keys() - files.keys()), broken_in(self._published), self._removed,
            await telling(self._viewer, self._settings, self._published.pages) if self._snapshot.strips else [],
            sum(each.unlinked for each in pages),
            round(time.monotonic() - began, 3),
        )  # fmt: skip

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
        index = Index()
        written: dict[str, File] = {}
        async for text in texts(self._viewer):
            if at := places.get(text["id"]):
                written |= self._write(_scripts(index.add(_document(text, at))))
        called = {kind.name: kind.name for kind in KINDS.values()} | {path: kind.name for path, kind in BY_PATH.items()}
        files = await asyncio.to_thread(lambda: self._write(_scripts(index.close(kinds_by_word() | called))))
        return written | files

    def _write(self, files: Mapping[str, bytes]) -> dict[str, File]:
        """Raises NotDone for what may not be published."""
        written = {}
        for name, content in files.items():
            self._refuse_leaks(name, content)
            write(self._shop.folder / name, content)
            written[name] = File(hashlib.sha256(content).hexdigest(), len(content))
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


def _scripts(scripts: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    return {f"{_SEARCH}{name}.js": content.encode("utf-8") for name, content in scripts}


def _document(text: Mapping[str, Any], at: str) -> Document:
    file, _, fragment = at.partition("#")
    title = text["title"] or text["under"] or excerpt(text["quote"] or text["body"], _TITLE)
    named = [
        f"kind:{text['kind']}",
        f"in:{text['space']}",
        f"by:{text['author']}",
        *(f"tag:{tag}" for tag in text["tags"]),
    ]
    return Document(
        f"{relative('search/index.html', file)}#{fragment}", title, text["body"], text["kind"], text["space_name"],
        text["author_name"], datetime.fromtimestamp(text["created_at"] / 1000, UTC).date().isoformat(), tuple(named),
    )  # fmt: skip
