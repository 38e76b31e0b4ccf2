"""Tables of wikitext: rows of cells, with as many in each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeGuard

from mwparserfromhell.nodes import Node, Tag

from web.imports.mediawiki.blocks import Lines
from web.imports.mediawiki.marks import CELL, ESCAPE, OPEN

if TYPE_CHECKING:
    from web.imports.mediawiki.wikitext import Turning

_WIDEST, _SPANS = 200, 100


def table(turning: Turning, node: Tag) -> str:
    captions: list[str] = []
    nested: list[str] = []
    rows: list[list[Tag]] = []
    _gather(turning, node.contents, captions, rows)
    grid, spanned = _grid(turning, rows, nested)
    if spanned:
        turning.report("table", "Cells that reach over several rows or columns became several.")
    out = [turning.blocks.keep([f"**{caption}**"]) for caption in captions if caption]
    if grid:
        out.append(turning.blocks.keep(_written(grid)))
    return "".join([*out, *nested]) or "\n"


def _gather(turning: Turning, nodes: Any, captions: list[str], rows: list[list[Tag]]) -> None:
    for each in getattr(nodes, "nodes", ()):
        if not isinstance(each, Tag):
            if str(each).strip():
                _loose(turning, each, captions)
            continue
        name = str(each.tag).strip().lower()
        if name == "tr":
            rows.append([])
            _gather(turning, each.contents, captions, rows)
        elif name == "td" and str(each.wiki_markup or "") == "|" and str(each.contents).startswith("+"):
            _loose(turning, each, captions)  # how the parser sees a caption
        elif name in ("td", "th"):
            if not rows:
                rows.append([])
            rows[-1].append(each)
        elif name in ("tbody", "thead", "tfoot"):
            _gather(turning, each.contents, captions, rows)
        else:
            _loose(turning, each, captions)


def _loose(turning: Turning, node: Node, captions: list[str]) -> None:
    """What stands in a table and in none of its cells: its caption, mostly."""
    said = turning.flat(node.contents if isinstance(node, Tag) and node.contents is not None else [node])
    said = said.removeprefix("|").removeprefix("+").removeprefix(ESCAPE).removeprefix("+").strip()
    if said:
        captions.append(said)


def _grid(turning: Turning, rows: list[list[Tag]], nested: list[str]) -> tuple[list[list[tuple[str, bool]]], bool]:
    """Each cell, and whether it heads something; those that others reach into are empty."""
    grid: list[list[tuple[str, bool]]] = []
    below: dict[int, int] = {}
    spanned = False
    for row in (each for each in rows if each):
        cells: list[tuple[str, bool]] = []
        for cell in row:
            while below.get(len(cells), 0) and len(cells) < _WIDEST:
                below[len(cells)] -= 1
                cells.append(("", False))
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            spanned = spanned or wide > 1 or high > 1
            start = len(cells)
            cells.append((_cell(turning, cell, nested), str(cell.tag).strip().lower() == "th"))
            cells += [("", False)] * (wide - 1)
            for column in range(start, start + wide):
                below[column] = high - 1
        grid.append(cells[:_WIDEST])
        if len(cells) > _WIDEST:
            turning.report("table", f"More than {_WIDEST} columns; the others were left out.")
    return grid, spanned


def _span(cell: Tag, way: str) -> int:
    try:
        return max(1, min(int(str(cell.get(way).value).strip().strip("\"'")), _SPANS)) if cell.has(way) else 1
    except (ValueError, AttributeError):
        return 1


def _cell(turning: Turning, cell: Tag, nested: list[str]) -> str:
    inside = [each for each in cell.contents.nodes if not _is_table(each)] if cell.contents else []
    for each in cell.contents.nodes if cell.contents else ():
        if _is_table(each):
            turning.report("table", "A table in a table stands after it.")
            nested.append(table(turning, each))
    said = turning.inline(inside)
    lines = turning.blocks.lines(said, code=False)
    if any(line.startswith("```") for line in lines):
        return _bar(turning.blocks.flat(said, "<br>"))
    lines = [re.sub(r"^(\s*)- ", r"\1• ", line).removesuffix("\\") for line in lines if line.strip()]
    return _bar("<br>".join(line.strip() for line in lines))


def _bar(said: str) -> str:
    return said.replace(ESCAPE + "|", "|").replace("|", "\\|").replace("\n", " ").replace(OPEN, OPEN + CELL)


def _is_table(node: Node) -> TypeGuard[Tag]:
    return isinstance(node, Tag) and str(node.tag).strip().lower() == "table"


def _written(grid: list[list[tuple[str, bool]]]) -> Lines:
    wide = max(len(row) for row in grid)
    if len(grid) == 1 and not any(heads for _, heads in grid[0]):
        grid = [[("", True)] * wide, *grid]
    first, *rest = grid
    # A heading at the side stands out, too.
    body = [
        [f"**{said}**" if heads and said and "**" not in said and "`" not in said else said for said, heads in row]
        for row in rest
    ]
    rows = [[said for said, _ in first], *body]
    lines = ["| " + " | ".join([*row, *[""] * (wide - len(row))]) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * wide, *lines[1:]]
