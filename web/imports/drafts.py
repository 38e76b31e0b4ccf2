"""A page's text while it is being changed: every change is an edit at a place in what the file holds."""

from __future__ import annotations

import re

from web.imports.code import Lines, blank, comments, without_code
from web.imports.targets import Headings
from web.imports.tree import Page
from web.markdown import Token, parsed, text_of

_HEADING = re.compile(
    r"^[ ]{0,3}#{1,6}[ \t]+(?P<words>[^\n]*?)(?P<attributes>[ \t]*\{[:#.\w][^{}\n]*\})?(?:[ \t]+#+)?[ \t]*$"
    r"|^(?P<over>[^\n#>|\-=][^\n]*)\n[ ]{0,3}(?:=+|-{2,})[ \t]*$",
    re.MULTILINE,
)
_ID = re.compile(r"#([\w.:-]+)")


class Draft:
    """A page's text, and what is to be changed in it.

    `shadow` is the text with blanks where there is code, front matter or a comment; it is as long as the text, so
    that what is found in it has the same place in the text.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.text = page.text
        self._lines = Lines(page.text)
        self._edits: list[tuple[int, int, str]] = []
        front = page.text[: page.start]
        shadow = without_code(re.sub(r"[^\n]", " ", front) + page.text[page.start :])
        self.hidden = comments(shadow)
        self.shadow = blank(shadow, self.hidden)
        self._headings: Headings | None = None

    def edit(self, start: int, end: int, new: str) -> None:
        self._edits.append((start, end, new))

    def line(self, place: int) -> int:
        return self._lines.at(place)

    def report(self, place: int, what: str, detail: str) -> None:
        self.page.report(self.line(place), what, detail)

    def hide(self, start: int, end: int) -> None:
        """Nothing more is to be found there."""
        self.shadow = blank(self.shadow, [(start, end)])

    def headings(self) -> list[re.Match[str]]:
        return list(_HEADING.finditer(self.shadow))

    def anchors(self) -> Headings:
        """What links to this page's headings can say."""
        if self._headings is None:
            self._headings = Headings(self.page.title, (_named(self.text, found) for found in self.headings()))
        return self._headings

    def written(self) -> str:
        """The body with all edits made; of two at one place, the first."""
        parts, last = [], self.page.start
        for start, end, new in sorted(self._edits, key=lambda edit: (edit[0], edit[1])):
            if start >= last:
                parts += [self.text[last:start], new]
                last = end
        return "".join([*parts, self.text[last:]]).strip("\n").rstrip()


def _named(text: str, found: re.Match[str]) -> tuple[str, str]:
    group = "words" if found["words"] is not None else "over"
    given = _ID.search(found["attributes"] or "")
    return _plain(text[found.start(group) : found.end(group)]), given[1] if given else ""


def _plain(heading: str) -> str:
    if not re.search(r"[\[<*_`&\\!]", heading):
        return heading
    tokens: list[Token] = parsed(f"# {heading}")[0]
    return text_of(tokens[0].get("children", [])) if tokens else heading
