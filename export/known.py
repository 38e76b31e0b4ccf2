"""What is known of the pages of a snapshot while it is made, as its manifest will say it: where links lead is held once for all of them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from export.manifest import FORMAT, File, Made, Manifest, Page

Lead = tuple[str, str]


class Known:
    """`pages` by their addresses. `before`: the manifest of what was published before."""

    def __init__(self, before: Manifest | None) -> None:
        self.pages: dict[str, Page] = {}
        self._files: dict[str, File] = {}
        self._leads = [*before.leads] if before else []
        self._places = {lead: place for place, lead in enumerate(self._leads)}
        self._faulty: dict[str, Made] = {}  # those of which something has to be said

    def keep(self, address: str, before: Manifest) -> None:
        """It is what it was."""
        page = self.pages[address] = before.pages[address]
        self._files[page.file] = before.files[page.file]

    def take(self, made: Made) -> None:
        leads = tuple(sorted({self._place(lead) for lead in made.leads}))
        self.pages[made.address] = Page(made.file, made.validator, leads, made.entries, made.broken, made.unlinked)
        self._files[made.file] = File(made.sha256, made.size)
        self._faulty.pop(made.address, None)
        if made.wrong or made.removed:
            self._faulty[made.address] = made

    def _place(self, lead: Lead) -> int:
        place = self._places.setdefault(lead, len(self._leads))
        if place == len(self._leads):
            self._leads.append(lead)
        return place

    def leads(self, of: Iterable[Page] | None = None) -> set[Lead]:
        """Where the links of these lead, or of all, each once."""
        places = set().union(*(page.leads for page in (self.pages.values() if of is None else of)))
        return {self._leads[place] for place in places}

    def leading(self, to: Iterable[Lead]) -> set[str]:
        """The pages that link there."""
        places = {self._places[lead] for lead in to}
        return {address for address, page in self.pages.items() if places.intersection(page.leads)} if places else set()

    def forget_unreached(self, planned: Iterable[str]) -> None:
        """What nobody had planned and nothing leads to any more."""
        others = {page.file: address for address, page in self.pages.items()}
        new = [self.pages[address] for address in planned if address in self.pages]
        for page in new:
            others.pop(page.file, None)
        while others and new:
            names = {to.partition("#")[0] for _, to in self.leads(new)}
            new = [self.pages[others.pop(name)] for name in names & others.keys()]
        for name, address in others.items():
            del self.pages[address], self._files[name]

    def places_of_entries(self) -> dict[int, str]:
        """The file and the fragment where each is read."""
        reading = sorted(address for address, page in self.pages.items() if page.entries)
        return {id: f"{page.file}#entry-{id}" for page in map(self.pages.__getitem__, reading) for id in page.entries}

    def faulty(self) -> list[Made]:
        """Those with something in them that cannot be published, or that had to be taken out."""
        return [made for address, made in sorted(self._faulty.items()) if address in self.pages]

    def manifest(
        self, audience: str, as_of: int, live: str, index: str, plan: str, key: str, more: dict[str, File]
    ) -> Manifest:
        """`more`: the files that are no pages. Nothing is known after that: it would take as much room again."""
        used = sorted(set().union(*(page.leads for page in self.pages.values())), key=self._leads.__getitem__)
        leads = [self._leads[place] for place in used]
        now = {place: number for number, place in enumerate(used)} if leads != self._leads else None
        pages = {address: _renumbered(self.pages.pop(address), now) for address in sorted(self.pages)}
        return Manifest(
            FORMAT, audience, as_of, live, index, plan, key, dict(sorted((self._files | more).items())), pages, leads
        )


def _renumbered(page: Page, now: dict[int, int] | None) -> Page:
    if now is None:
        return page
    return msgspec.structs.replace(page, leads=tuple(sorted(map(now.__getitem__, page.leads))))
