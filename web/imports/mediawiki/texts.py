"""The texts of a page of a wiki, as the texts of an entry."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence

from web.imports import histories
from web.imports.histories import Past
from web.imports.mediawiki import planning
from web.imports.mediawiki.dump import Revision
from web.imports.mediawiki.leading import Found
from web.imports.mediawiki.links import tag_of
from web.imports.mediawiki.marks import fence, tidy
from web.imports.mediawiki.names import FILE, is_address
from web.imports.mediawiki.settling import ANONYMOUS, place, settled
from web.imports.mediawiki.spool import Page, Spool
from web.imports.mediawiki.wikitext import Made
from web.imports.mediawiki.workshop import Job, Workshop
from web.imports.people import People
from web.kinds import Kind
from web.policy import Viewer

Report = Callable[[str, str, str], None]
_WIKI = re.compile(r"\[\[:?(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:]|\.\d)"
)
_UNKNOWN = "somebody"
# A little less than fits, for what stands around it.
_ROOM = 500


class Texts:
    def __init__(
        self, spool: Spool, workshop: Workshop, leads: Found, viewer: Viewer, people: People, keep: bool
    ) -> None:
        self._spool, self._workshop, self.leads = spool, workshop, leads
        self._viewer, self._people, self._keep = viewer, people, keep

    async def of(self, page: Page, said: Sequence[tuple[int, str, Revision]], report: Report | None) -> list[Past]:
        """`report`: told what of the last of them did not become what it was."""
        if not said:
            return [Past(histories.now(), self._viewer.me, page.title, "", summary="Imported")]
        there = [each for each in said if not self._is_gone(each[2])]
        jobs = [Job(each[2].text or "", each[2].model, page.name, planning.is_source(page)) for each in there]
        turned = dict(zip(map(id, there), await asyncio.to_thread(self._workshop.turn, jobs), strict=True))
        return [
            await self._past(page, each, turned.get(id(each)), report if each is said[-1] else None, each is said[-1])
            for each in said
        ]

    def kind_for(self, page: Page, texts: Sequence[Past]) -> Kind:
        """A talk that does not fit into a thread is a page."""
        kind = planning.kind_of(page)
        fits = all(
            len(each.body) <= kind.body_max and (each.body.strip() or "body" not in kind.required or each.gone)
            for each in texts
        )
        return kind if fits else planning.PAGE

    def _is_gone(self, revision: Revision) -> bool:
        return "text" in revision.gone

    async def _past(
        self, page: Page, said: tuple[int, str, Revision], made: Made | None, report: Report | None, last: bool
    ) -> Past:
        at, called, revision = said
        title = called or page.title
        author, summary = self._told(revision)
        if made is None and not last:
            return Past(at, author, title, "", gone=True)
        tell: Report = report or (lambda name, what, detail: None)
        name = page.name.whole
        if made is None:
            tell(name, "text", "The wiki has taken the last text away; the page is empty.")
            made = Made("")
        if revision.text is None and not self._is_gone(revision):
            tell(name, "text", "The dump does not have the text.")
        for what, detail in made.problems:
            tell(name, what, detail)
        await self.leads.keep(
            (*made.files, *([page.name.bare] if page.name.space == FILE else [])),
            lambda file, why: tell(name, "attachment", f"{file}: {why}"),
        )
        body, missing = settled(self._around(page, revision, made, tell), self.leads)
        for what, detail in dict.fromkeys(missing):
            tell(name, what, detail)
        body = await self._fitted(page, body, revision, tell)
        tags = " ".join(dict.fromkeys((*made.tags, *filter(None, [tag_of(planning.own_category(page))]))))
        return Past(at, author, title, body, tags, summary, revision.minor)

    def _around(self, page: Page, revision: Revision, made: Made, tell: Report) -> str:
        """With what a page of this namespace begins with, and the texts that stood beside it."""
        parts = []
        if about := planning.about(page, self._spool):
            parts.append(place("page", about, "", about, ""))
        if page.name.space == FILE and self.leads.file(page.name.bare):
            parts.append(
                place(
                    "picture" if self._is_picture(page.name.bare) else "file", page.name.bare, page.name.whole, "", ""
                )
            )
        if page.leads:
            parts.append(place("page", page.leads, "", page.leads, ""))
        parts.append(made.body)
        if revision.too_long:
            tell(
                page.name.whole, "too long", "Its text is longer than any that a wiki saves; what came first was kept."
            )
        for slot in revision.slots:
            tell(
                page.name.whole,
                "slot",
                f"A text that stood beside it ({slot.role}, {slot.model}) stands in it, as it was written.",
            )
            parts.append("\n".join(fence(tidy(slot.text), slot.role)))
        return "\n\n".join(filter(None, parts))

    def _is_picture(self, name: str) -> bool:
        return name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"))

    async def _fitted(self, page: Page, body: str, revision: Revision, tell: Report) -> str:
        longest = planning.PAGE.body_max
        if len(body) <= longest:
            return body
        name = f"{page.name.bare[:80]}-{revision.id or 'text'}.txt"
        address = await self.leads.whole(name, body)
        tell(page.name.whole, "too long", "The whole text is in a file; the page has its beginning.")
        shown = re.sub(r"[\[\]]", "", name)
        link = f"[{shown}]({address})"
        return f"{link}\n\n{_beginning(body, longest - len(link) - _ROOM)}"

    def _told(self, revision: Revision) -> tuple[int, str]:
        """Who wrote it, as far as anybody may know, and what was said of it."""
        comment = "" if "comment" in revision.gone else _WIKI.sub(r"\1", revision.comment)
        if not self._keep:
            comment = _ADDRESS.sub(lambda found: ANONYMOUS if is_address(found[0]) else found[0], comment)
        who = revision.who
        if "contributor" in revision.gone or not who:
            who = _UNKNOWN
        elif not self._keep and (revision.anonymous or is_address(who)):
            who = ANONYMOUS
        elif (person := self._people.find(who)) is not None:
            return person, histories.line(comment, 300)
        return self._viewer.me, histories.line(f"{histories.line(comment, 200)} ({who[:80]})", 300)


def _beginning(body: str, longest: int) -> str:
    """Whole blocks of it; one of code that is cut ends where it is cut."""
    cut = body[:longest]
    cut = cut[: cut.rfind("\n")] if "\n" in cut else cut
    opened = ""
    for line in cut.split("\n"):
        if found := re.match(r" {0,3}(`{3,})", line):
            opened = "" if opened and line.strip() == opened else opened or found[1]
    return f"{cut}\n{opened}" if opened else cut
