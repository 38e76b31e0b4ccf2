"""Tables in HTML: those whose cells are lines become Markdown, and no cell is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imports.test_import_plan import folder as written_in
from tests.imports.test_import_plan import one, plan, sorts
from web import text


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
         ["| A | B |", "| --- | --- |", "| 1 | 2 |"]),
        ("<table>\n<thead>\n <tr>\n  <th>A | a</th>\n </tr>\n</thead>\n</table>", ["| A \\| a |", "| --- |"]),
        ("<table><tr><td>A</td></tr><tr><td><p>One</p><p><b>Two</b></p></td></tr></table>",
         ["| A |", "| --- |", "|  One  **Two**  |"]),
        ('<table><tr><td>A</td></tr><tr><td><a href="x.md">x\n  y</a><br/>`z`</td></tr></table>',
         ["| A |", "| --- |", "| [x y](e:x.md) `z` |"]),
        ("<table><tr><td colspan=2>A</td></tr><tr><td rowspan=2>1</td><td>2</td></tr><tr><td>3</td></tr></table>",
         ["| A | |", "| --- | --- |", "| 1 | 2 |", "| | 3 |"]),
    ],
)  # fmt: skip
def test_a_table_of_lines_becomes_markdown(tmp_path: Path, html: str, lines: list[str]) -> None:
    made = one(tmp_path, f"Before\n{html}\nAfter")
    assert [line for line in made.splitlines() if line.startswith("|")] == lines
    assert made.startswith("Before\n") and made.endswith("\nAfter")
    assert "<table>" in text.render(made).html


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>",
        "<table><tr><td><pre>x</pre></td></tr></table>",
        "<table><caption>x</caption><tr><td>x</td></tr></table>",
        "<table><tr><td>x</table>",
        "<table></table>",
    ],
)
def test_another_is_left_as_it_is_and_reported(tmp_path: Path, html: str) -> None:
    made = plan(written_in(tmp_path, {"a.md": f"Before\n\n{html}"}))
    assert made.pages[0].body == f"Before\n\n{html}"
    assert sorts(made) == [("a.md", 3, "raw HTML")]


def test_cells_that_were_one_are_reported_and_so_is_a_broken_link_in_a_cell(tmp_path: Path) -> None:
    html = "<table>\n<tr><td colspan='2'>A</td></tr>\n<tr><td><a href='gone.md'>x</a></td><td></td></tr></table>"
    assert sorts(plan(written_in(tmp_path, {"a.md": html}))) == [("a.md", 1, "table"), ("a.md", 3, "link")]
