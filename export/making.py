"""One page after the other: asked for, its links made relative, looked through, and written down."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from export.addresses import file_of, is_page, to_top
from export.before import Before
from export.check import page_faults
from export.leads import OWN, TOP, Faulty, Leads, dress, spelled
from export.leaks import Secrets, said_in
from export.manifest import Made
from export.pages import is_still, rewritten, rewritten_quickly
from export.placing import write
from export.reading import IS_PAGE, Reader
from web.kinds import BY_PATH
from web.templating import environment

# Where an entry stands on a page of its own; lists show it too, and are not where it is read.
_PLACE = re.compile(r' id="entry-(\d+)"')
_OF_ENTRIES = re.compile(rf"/(?:{'|'.join((*BY_PATH, 'entries'))})/\d+/")
# So begins a link that means the same on all pages.
_ANYWHERE = ("/", "#", "live:", "http:", "https:", "mailto:")
_MOST, _LONGEST = 50_000, 2_000


class _Part(NamedTuple):
    """What became of a line of a page, or of a tag. `anywhere`: it would have become the same on every page."""

    text: str
    leads: tuple[tuple[str, str], ...] = ()
    broken: tuple[str, ...] = ()
    unlinked: int = 0
    wrong: tuple[str, ...] = ()
    anywhere: bool = True

    @property
    def tells(self) -> bool:
        """Anything besides its text."""
        return bool(self.leads or self.unlinked or self.wrong or not self.anywhere)


class Maker:
    """Writes into `folder`. What it came across and nobody had planned is in `found`. What was made `before` need not be made again."""

    def __init__(
        self, reader: Reader, leads: Leads, secrets: Secrets, folder: Path, before: Before | None = None
    ) -> None:
        self._reader, self._leads, self._secrets, self._folder, self._before = reader, leads, secrets, folder, before
        # Where links lead, of those that lead there still.
        self._right: set[tuple[str, str]] = set()
        # Most lines of a page stand on many pages: the menu, the foot, a row of a list; and most tags of the others.
        self._lines: dict[str, _Part] = {}
        self._tags: dict[str, _Part] = {}
        self.found: set[str] = set()

    async def make(self, address: str, validator: str) -> Made | None:
        """None when there is nothing there any more. Raises Faulty."""
        if (found := await self._made_before(validator)) is not None:
            made, content = found
            write(self._folder / made.file, content)
            return made
        answer = await self._reader.get(address)
        if answer.status >= 500:
            raise Faulty(f"{address} could not be read ({answer.status}). Nothing was published.")
        name = file_of(address)
        if answer.status == 301:
            made, content = await self._page(address, name, validator, self._moved(address, answer.location))
        elif answer.status not in IS_PAGE:
            return None
        elif is_page(address):
            made, content = await self._page(address, name, validator, answer.body.decode("utf-8").replace(TOP, ""))
        else:
            content = answer.body
            made = Made(address, validator, name, "", 0)
        made.sha256, made.size = hashlib.sha256(content).hexdigest(), len(content)
        made.wrong += tuple(said_in(name, content, self._secrets))
        write(self._folder / name, content)
        if self._before:
            self._before.add(made, content)
        return made

    def keep(self) -> None:
        """What was made, for the next time."""
        if self._before:
            self._before.keep()

    async def _made_before(self, validator: str) -> tuple[Made, bytes] | None:
        """Not when something on it leads elsewhere by now."""
        found = self._before.find(validator) if self._before and validator else None
        if found is None:
            return None
        new = set(found[0].leads) - self._right
        for address, _ in new:
            self._leads.end(address)
        self.found.update(await self._leads.ask())
        self._right |= {(address, to) for address, to in new if spelled(self._leads.end(address)) == to}
        return found if self._right.issuperset(new) else None

    def _moved(self, address: str, to: str) -> str:
        """What stands at an address that leads to another; `at_once` is no link that would be made relative."""
        template = environment(self._reader.language).get_template("moved.html")
        return template.render(to=to, at_once=self._leads.lead(to, address).href or TOP)

    async def _page(self, address: str, name: str, validator: str, html: str) -> tuple[Made, bytes]:
        while True:
            made = Made(address, validator, name, "", 0)
            page = self._by_line(made, html) or self._rewritten(made, html)
            if not self._leads.unasked:
                break
            self.found.update(await self._leads.ask())
        if _OF_ENTRIES.match(address):
            made.entries = tuple(map(int, _PLACE.findall(page)))
        return made, page.replace(TOP, to_top(name)).encode("utf-8")

    def _by_line(self, made: Made, html: str) -> str | None:
        """None for a page that has to be read as a whole."""
        lists = not _OF_ENTRIES.match(made.address)  # each shows what others show; a text stands on a page of its own
        text: list[str] = []
        lines: list[_Part] = []
        for written in html.split("\n"):
            if "<" not in written:
                text.append(written)
                continue
            line = self._lines.get(written)
            if line is None:
                if is_still(written):
                    if lists:
                        self._keep(self._lines, written, _Part(written))
                    text.append(written)
                    continue
                line = self._by_tag(made, written) or self._as_a_whole(made, written)
                if line is None:
                    return None
                self._keep(self._lines, written, line)
            text.append(line.text)
            if line.tells:
                lines.append(line)
        _note(made, _together("", lines))
        return "\n".join(text)

    def _by_tag(self, made: Made, line: str) -> _Part | None:
        """None for a line in which there is more than texts and tags that may stay."""
        start, *written = line.split("<")
        text = [start]
        tags: list[_Part] = []
        for each in written:
            inside, _, after = each.partition(">")
            tag = self._tags.get(inside)
            if tag is None:
                tag = self._as_a_whole(made, f"<{inside}>")
                if tag is None:
                    return None
                self._keep(self._tags, inside, tag)
            text += (tag.text, after)
            if tag.tells:
                tags.append(tag)
        return _together("".join(text), tags) if tags else _Part("".join(text))

    def _as_a_whole(self, made: Made, written: str) -> _Part | None:
        seen = _Seen(self._leads, made)
        text = rewritten_quickly(written, seen.link)
        return seen.part(text) if text is not None else None

    def _keep(self, parts: dict[str, _Part], written: str, part: _Part) -> None:
        if part.anywhere and len(written) <= _LONGEST and not self._leads.unasked:
            if len(parts) >= _MOST:
                parts.clear()
            parts[written] = part

    def _rewritten(self, made: Made, html: str) -> str:
        seen = _Seen(self._leads, made)
        page, removed = rewritten(html, seen.link)
        _note(made, seen.part(page))
        made.removed = tuple(removed)
        return page


@dataclass(frozen=True)
class _Files:
    """Some, and what every snapshot has."""

    some: Container[str]

    def __contains__(self, name: object) -> bool:
        return name in self.some or name in _always()


class _Seen:
    """The links of a page, or of a line of it, as they are made relative."""

    def __init__(self, leads: Leads, made: Made) -> None:
        self._leads, self._made = leads, made
        self._found: dict[tuple[str, str], None] = {}
        self._broken: dict[str, None] = {}
        self._unlinked = 0
        self._anywhere = True

    def link(self, written: str) -> str | None:
        self._anywhere &= written.startswith(_ANYWHERE)
        lead = self._leads.lead(written, self._made.address)
        if lead.address:
            self._found[lead.address, lead.to] = None
            if not lead.to:
                self._broken[written] = None
        elif lead.href is None:
            self._unlinked += 1
        return lead.href

    def part(self, text: str) -> _Part:
        """Looked through, once more and by another, for what must not be in a snapshot."""
        files = {to.partition("#")[0] for _, to in self._found}
        wrong = page_faults(self._made.file, text.replace(TOP, to_top(self._made.file)), _Files(files))
        return _Part(text, tuple(self._found), tuple(self._broken), self._unlinked, tuple(wrong), self._anywhere)


def _together(text: str, parts: Sequence[_Part]) -> _Part:
    """What they are one after the other."""
    return _Part(
        text,
        tuple(dict.fromkeys(chain.from_iterable([each.leads for each in parts]))),
        tuple(dict.fromkeys(chain.from_iterable([each.broken for each in parts]))),
        sum([each.unlinked for each in parts]),
        tuple(chain.from_iterable([each.wrong for each in parts])),
        all(each.anywhere for each in parts),
    )


def _note(made: Made, whole: _Part) -> None:
    made.leads, made.broken, made.unlinked, made.wrong = whole.leads, whole.broken, whole.unlinked, whole.wrong


@cache
def _always() -> frozenset[str]:
    """What every snapshot has."""
    return frozenset((*OWN, *(address.lstrip("/") for address in dress())))
