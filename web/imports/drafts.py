"""A page's text while it is being changed: every change is an edit at a place in what the file holds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from web.imports.targets import Headings
from web.imports.tree import Page
from web.markdown import Token, parsed, text_of
from web.source import HIDDEN, Lines, blank, comments, without_code

_HEADING = re.compile(
    r"^[ ]{0,3}#{1,6}[ \t]+(?P<words>[^\n]*?)(?P<attributes>[ \t]*\{[:#.\w][^{}\n]*\})?(?:[ \t]+#+)?[ \t]*$"
    r"|^(?P<over>[^\n#>|\-=][^\n]*)\n[ ]{0,3}(?:=+|-{2,})[ \t]*$",
    re.MULTILINE,
)
_ID = re.compile(r"#([\w.:-]+)")
_HTML_ID = re.compile(r"""<[a-z][a-z0-9]*\s(?:[^<>]*\s)?(?:id|name)\s*=\s*["']?([^"'\s<>]+)[^<>]*>""", re.IGNORECASE)
_HTML_TAGS = re.compile(r"<[^<>]*>")


class Draft:
    """A page's text, and what is to be changed in it.

    `shadow` is the text with blanks or HIDDEN where there is code, front matter or a comment; it is as long as the
    text, so that what is found in it has the same place in the text. What is kept of it is read with `said`.
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

    def said(self, start: int, end: int) -> str:
        """What stands there, code included, without comments."""
        parts, last = [], start
        for begun, over in self.hidden[bisect_right(self.hidden, (start,)) : bisect_right(self.hidden, (end,))]:
            parts.append(self.text[last:begun])
            last = min(over, end)
        return "".join([*parts, self.text[last:end]])

    def hide(self, *places: tuple[int, int]) -> None:
        """Nothing more is to be found there."""
        self.shadow = blank(self.shadow, places, HIDDEN)

    def headings(self) -> list[re.Match[str]]:
        return list(_HEADING.finditer(self.shadow))

    def anchors(self) -> Headings:
        """What links to this page's headings can say."""
        if self._headings is None:
            found = self.headings()
            ids = _ids(self.shadow, found)
            self._headings = Headings(
                self.page.title,
                [
                    (_plain(self.said(*each.span("words" if each["words"] is not None else "over"))), ids[number])
                    for number, each in enumerate(found)
                ],
            )
        return self._headings

    def written(self) -> str:
        """The body with all edits made; of two at one place, the first."""
        parts, last = [], self.page.start
        for start, end, new in sorted(self._edits, key=lambda edit: (edit[0], edit[1])):
            if start >= last:
                parts += [self.text[last:start], new]
                last = end
        return "".join([*parts, self.text[last:]]).strip("\n").rstrip()


def _ids(shadow: str, headings: list[re.Match[str]]) -> dict[int, list[str]]:
    """What headings are called besides their words: by an attribute, or by an HTML id above or below."""
    ids: dict[int, list[str]] = defaultdict(list)
    for number, heading in enumerate(headings):
        ids[number] += _ID.findall(heading["attributes"] or "")
    starts, ends = [heading.start() for heading in headings], [heading.end() for heading in headings]
    for tag in _HTML_ID.finditer(shadow) if headings else ():
        number = bisect_right(starts, tag.start()) - 1
        right_above = (
            number + 1 < len(starts) and not _HTML_TAGS.sub("", shadow[tag.start() : starts[number + 1]]).strip()
        )
        within = number >= 0 and tag.start() < ends[number]
        ids[max(number + (right_above and not within), 0)].append(tag[1])
    return ids


def _plain(heading: str) -> str:
    if not re.search(r"[\[<*_`&\\!]", heading):
        return heading
    tokens: list[Token] = parsed(f"# {heading}")[0]
    return text_of(tokens[0].get("children", [])) if tokens else heading
