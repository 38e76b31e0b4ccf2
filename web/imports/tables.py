"""A table in HTML becomes one in Markdown when each of its cells can be one line of text; others are left as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from web.imports.drafts import Draft

_OPEN = re.compile(r"^(?P<indent>[ \t]*)<table\b", re.IGNORECASE | re.MULTILINE)
_CLOSE = re.compile(r"</table\s*>", re.IGNORECASE)
_SPAN = re.compile(r"""\b(?P<way>col|row)span\s*=\s*["']?(?P<times>\d{1,2})""", re.IGNORECASE)
_CELLS = ("td", "th")
_AROUND = frozenset({"table", "thead", "tbody", "tfoot", "colgroup", "col"})
# What stands in a line for what opens and what closes such a thing.
_IN_LINE = {
    "br": (" ", " "), "p": (" ", " "), "div": (" ", " "), "ul": (" ", " "), "ol": (" ", " "), "li": ("• ", " "),
    "b": ("**", "**"), "strong": ("**", "**"), "i": ("*", "*"), "em": ("*", "*"), "code": ("`", "`"),
    **{f"h{level}": ("**", "**") for level in range(1, 7)},
}  # fmt: skip
_LEFT_TO_OTHERS = frozenset({"a", "img", "span", "font", "small", "center"})


@dataclass
class _Table:
    """The edits that make it, and the tags that they have done away with."""

    indent: str
    rows: list[list[int]] = field(default_factory=list)
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    gone: list[tuple[int, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    below: dict[int, int] = field(default_factory=dict)

    def replace(self, start: int, end: int, new: str) -> None:
        self.edits.append((start, end, new))
        self.gone.append((start, end))


class _Odd(Exception):
    """This is no table of such lines."""


def convert(draft: Draft, tag: re.Pattern[str]) -> None:
    for opened, end in list(_found(draft)):
        try:
            made = _read(draft, tag, opened, end)
        except _Odd:
            continue
        for edit in made.edits:
            draft.edit(*edit)
        if _SPAN.search(draft.shadow, opened.start(), end):
            draft.report(opened.start(), "table", "Cells over several rows or columns were set apart.")
        draft.hide(*sorted(made.gone))


def _found(draft: Draft) -> Iterator[tuple[re.Match[str], int]]:
    last = 0
    for opened in _OPEN.finditer(draft.shadow):
        if opened.start() < last:
            continue
        closed = _CLOSE.search(draft.shadow, opened.end())
        if closed is None:
            return
        last = closed.end()
        yield opened, closed.end()


def _read(draft: Draft, tag: re.Pattern[str], opened: re.Match[str], end: int) -> _Table:
    made, place, cell = _Table(opened["indent"]), opened.end("indent"), 0
    for found in tag.finditer(draft.shadow, place, end):
        _between(draft, made, place, found.start(), bool(cell))
        cell = _tag(made, found, cell)
        place = found.end()
    if place != end or cell or not made.rows:
        raise _Odd
    _even(made)
    return made


def _between(draft: Draft, made: _Table, start: int, end: int, in_cell: bool) -> None:
    between = draft.text[start:end]
    if not in_cell:
        if draft.said(start, end).strip():
            raise _Odd
        made.edits.append((start, end, ""))
        return
    for line_end in re.finditer(r"[ \t]*\n\s*|(?<!\\)\|", between):
        made.edits.append((start + line_end.start(), start + line_end.end(), "\\|" if line_end[0] == "|" else " "))


def _tag(made: _Table, found: re.Match[str], cell: int) -> int:
    """Gives how many columns the cell has that is open after this tag; 0 for none."""
    name, closes = found["name"].lower(), bool(found["close"])
    if cell and name in _CELLS and closes:
        made.replace(*found.span(), " |" * cell)
        return 0
    if cell and name in _IN_LINE:
        made.replace(*found.span(), _IN_LINE[name][closes])
        return cell
    if cell and name in _LEFT_TO_OTHERS:
        return cell
    if cell or not (name in _AROUND or name == "tr" or (name in _CELLS and made.rows)):
        raise _Odd
    if name in _CELLS:
        return _cell(made, found)
    if name == "tr":
        _row(made, found, closes)
    elif not (name == "table" and made.rows and not closes):
        made.replace(*found.span(), "\n" if name == "table" else "")
    else:
        raise _Odd  # one in another
    return 0


def _row(made: _Table, found: re.Match[str], closes: bool) -> None:
    if closes:
        made.ends.append(len(made.edits))
    else:
        made.rows.append([])
    made.replace(*found.span(), "" if closes else f"\n{made.indent}|")


def _cell(made: _Table, found: re.Match[str]) -> int:
    spans = {span["way"].lower(): int(span["times"]) or 1 for span in _SPAN.finditer(found["attributes"])}
    row, above = made.rows[-1], 0
    while made.below.get(sum(row) + above, 0):
        made.below[sum(row) + above] -= 1
        above += 1
    wide = spans.get("col", 1)
    for column in range(sum(row) + above, sum(row) + above + wide):
        made.below[column] = spans.get("row", 1) - 1
    row.append(above + wide)
    made.replace(*found.span(), " |" * above + " ")
    return wide


def _even(made: _Table) -> None:
    """Every row gets as many cells, and the first is the heading."""
    if len(made.ends) != len(made.rows):
        raise _Odd
    columns = max(map(sum, made.rows))
    for number, (row, at) in enumerate(zip(made.rows, made.ends, strict=True)):
        start, end, _ = made.edits[at]
        rule = f"\n{made.indent}|{' --- |' * columns}" if number == 0 else ""
        made.edits[at] = (start, end, " |" * (columns - sum(row)) + rule)
