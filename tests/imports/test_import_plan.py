"""What becomes of a folder of Markdown, before anything is written."""

from __future__ import annotations

import io
import os
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from web import text
from web.imports import targets
from web.imports.plan import Plan, plan
from web.imports.tree import Page


def folder(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def page(made: Plan, path: str) -> Page:
    return next(each for each in made.pages if each.path == path)


def body(made: Plan, path: str) -> str:
    """With the path for an address: `e:path` for a page, `f:path` for a file."""
    return targets.settle(
        page(made, path).body,
        {each.path: f"e:{each.path}" for each in made.pages},
        {name: f"f:{name}" for name in made.files},
    )


def one(root: Path, written: str, name: str = "a.md", **others: str) -> str:
    """What becomes of one text in a folder with some others."""
    return body(plan(folder(root, {name: written, "b/c d.md": "# C\n\n## Part one", "x.md": "# Ex", **others})), name)


def sorts(made: Plan) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.what) for problem in made.report.problems]


def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (1, 1)).save(made, "PNG")
    return made.getvalue()


PNG = _picture()


# The tree.


def test_folders_become_parents_with_their_index_as_their_page(tmp_path: Path) -> None:
    made = plan(
        folder(
            tmp_path,
            {"index.md": "Hi", "a/index.md": "# First", "a/b.md": "x", "c/d.md": "y", "e.md": "", "e/f.md": "z"},
        )
    )
    above = {each.path: each.parent.path if each.parent else None for each in made.pages}
    assert above == {
        "index.md": None, "a/index.md": None, "a/b.md": "a/index.md", "c/": None, "c/d.md": "c/", "e.md": None, "e/f.md": "e.md",
    }  # fmt: skip
    assert made.pages[0].path == "index.md"
    assert made.report.files == 6
    assert made.report.folders == 1


def test_parents_come_before_what_stands_under_them(tmp_path: Path) -> None:
    made = plan(folder(tmp_path, {"z/y/x/w.md": "1", "z/y/x/v/README.md": "2", "a.md": "3"}))
    seen: set[str] = set()
    for each in made.pages:
        assert each.parent is None or each.parent.path in seen
        seen.add(each.path)
    assert seen == {"a.md", "z/", "z/y/", "z/y/x/", "z/y/x/w.md", "z/y/x/v/README.md"}


def test_order_is_by_number_then_by_name_where_two_comes_before_ten(tmp_path: Path) -> None:
    made = plan(
        folder(tmp_path, {"10-b.md": "", "2-a.md": "", "z.md": "---\nweight: 1\n---\n", "m.md": "---\norder: x\n---\n"})
    )
    assert [each.path for each in made.pages] == ["z.md", "2-a.md", "10-b.md", "m.md"]


@pytest.mark.parametrize(
    ("name", "written", "title", "left"),
    [
        ("a.md", "---\ntitle: Hei på deg\n---\nText", "Hei på deg", "Text"),
        ("a.md", "# One *word*\n\nText", "One word", "Text"),
        ("a.md", "One\n===\n\nText", "One", "Text"),
        ("a.md", "---\ntitle: One\n---\n# One\nText", "One", "Text"),
        ("a.md", "---\ntitle: One\n---\n# Two\nText", "One", "# Two\nText"),
        ("a.md", "Before\n\n# Later\n", "Later", "Before\n\n# Later"),
        ("a.md", "```\n# no\n```\n", "A", "```\n# no\n```"),
        ("a.md", "---\ntitle: Про нас\n---\n# Вступ\nText", "Про нас", "# Вступ\nText"),
        ("02-slik_gjør-du.md", "Text", "Slik gjør du", "Text"),
        ("mappe/README.md", "Text", "mappe".title(), "Text"),
        ("a.md", "# Setup {#sec-setup .unnumbered}\nText", "Setup", "Text"),
        ("a.md", "+++\ntitle = 'Hugo'\n+++\nText", "Hugo", "Text"),
        ("a.md", "---\nText between rules\n---\nMore", "A", "---\nText between rules\n---\nMore"),
    ],
)
def test_a_title_is_in_front_or_the_first_heading_or_the_name(
    tmp_path: Path, name: str, written: str, title: str, left: str
) -> None:
    made = plan(folder(tmp_path, {name: written}))
    assert (page(made, name).title, body(made, name)) == (title, left)


def test_front_matter_that_cannot_be_read_is_reported_and_kept(tmp_path: Path) -> None:
    made = plan(
        folder(tmp_path, {"a.md": "---\ntitle: [x\n---\nText", "b.md": "---\n" + "a: [" * 5000 + "\n---\nText"})
    )
    assert sorts(made) == [("a.md", 1, "front matter"), ("b.md", 1, "front matter")]
    assert "title: [x" in body(made, "a.md")


def test_front_matter_gives_tags_language_and_who_wrote_it(tmp_path: Path) -> None:
    written = (
        "---\ntags: [New here, drift]\ncategories: HR, drift\nlang: nb\nauthor: Kari\ndate: 2024-02-30\nodd: 1\n---\n"
    )
    made = plan(folder(tmp_path, {"a.md": written, "b.md": "---\nauthor: Kari\n---\n"}))
    front = page(made, "a.md").front
    assert (front.tags, front.lang, front.authors, front.date) == ("New-here drift HR", "nb", ("Kari",), "2024-02-30")
    assert [problem.detail for problem in made.report.problems if problem.what == "author"] == [
        "Kari (2 pages) is named in the history only."
    ]
    assert ("a.md", 1, "front matter") in sorts(made)


# What is not read.


def test_every_file_is_a_page_or_in_the_report(tmp_path: Path) -> None:
    made = plan(folder(tmp_path, {
        "good.md": "x", "latin.md": "bl\xe5".encode("latin-1"), "binary.md": b"\x00\x01\xff", "bom.md": b"\xef\xbb\xbf# Bom",
        "long.md": "x" * (256 * 1024 + 1), "huge.md": b"x" * (9 << 20), "title.md": "# " + "t" * 201, "bell.md": "a\x07b",
        ".git/no.md": "x", "node_modules/no.md": "x", "empty.md": "",
    }))  # fmt: skip
    titles = {each.path: each.title for each in made.pages}
    assert titles == {"good.md": "Good", "latin.md": "Latin", "bom.md": "Bom", "bell.md": "Bell", "empty.md": "Empty"}
    assert made.report.files == len(made.pages) + made.report.not_imported == 9
    named = {(file, what) for file, _, what in sorts(made)}
    assert named == {
        ("latin.md", "encoding"), ("bell.md", "encoding"), ("binary.md", "file"), ("huge.md", "file"),
        ("long.md", "not imported"), ("title.md", "not imported"), ("node_modules/", "file"),
    }  # fmt: skip
    assert body(made, "latin.md") == "blå"


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    folder(tmp_path, {"out/secret.md": "secret", "in/a.md": "[x](../out/secret.md) ![y](/../out/secret.md)"})
    (tmp_path / "in/link.md").symlink_to(tmp_path / "out/secret.md")
    (tmp_path / "in/linked").symlink_to(tmp_path / "out")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    (tmp_path / "in/gone.md").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "in/pipe.md")
    made = plan(tmp_path / "in")
    assert [each.path for each in made.pages] == ["a.md"]
    assert "secret" not in body(made, "a.md").replace("secret.md", "")
    assert {problem.file for problem in made.report.problems} == {
        "a.md",
        "link.md",
        "linked/",
        "loop/",
        "gone.md",
        "pipe.md",
    }


def test_broken_links_in_comments_are_named_on_their_line(tmp_path: Path) -> None:
    made = plan(folder(tmp_path, {"a.md": "Text\n\n<!-- two\n[x](gone.md) [y](a.md) -->"}))
    assert sorts(made) == [("a.md", 3, "comment"), ("a.md", 4, "link")]


def test_what_stands_under_a_page_that_is_left_out_moves_up(tmp_path: Path) -> None:
    made = plan(folder(tmp_path, {"a/index.md": "x" * 300_000, "a/b.md": "x"}))
    assert [(each.path, each.parent) for each in made.pages] == [("a/b.md", None)]


# Links.


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("[x](b/c%20d.md)", "[x](e:b/c d.md)"),
        ("[x](<b/c d.md>)", "[x](e:b/c d.md)"),
        ("[x](b/c d.md)", "[x](e:b/c d.md)"),
        ("[x](./b/c%20d)", "[x](e:b/c d.md)"),
        ("[x](/b/c%20d.md 'T')", "[x](e:b/c d.md 'T')"),
        ("[x](B/C%20D.html)", "[x](e:b/c d.md)"),
        ("[x](b/)", "[x](e:b/)"),
        ("[x](b)", "[x](e:b/)"),
        ("[x](b/c%20d.md#part-one)", "[x](e:b/c d.md#s-part-one)"),
        ("[x](b/c%20d.md?q=1#Part%20One)", "[x](e:b/c d.md#s-part-one)"),
        ("[x](b/c%20d.md#c)", "[x](e:b/c d.md)"),
        ("[x][y] and [z]\n\n[y]: x.md 'T'\n[z]: <b/c d.md>", "[x][y] and [z]\n\n[y]: e:x.md 'T'\n[z]: e:b/c d.md"),
        ("[`x`](x.md)", "[`x`](e:x.md)"),
        ("[![](p.png)](x.md)", "[![](f:p.png)](e:x.md)"),
        ("[x]({% page '/x' %})", "[x](e:x.md)"),
        ("`[x](x.md)` and ``[x](x.md)` ``", "`[x](x.md)` and ``[x](x.md)` ``"),
        ("~~~\n[x](x.md)\n~~~\n[x](x.md)", "~~~\n[x](x.md)\n~~~\n[x](e:x.md)"),
        ("> ```\n> [x](x.md)\n\n[x](x.md)", "> ```\n> [x](x.md)\n\n[x](e:x.md)"),
        ("t\n\n    [x](x.md)", "t\n\n    [x](x.md)"),
        ("- t\n\n    [x](x.md)", "- t\n\n    [x](e:x.md)"),
        ("- t\n\n      [x](x.md)", "- t\n\n      [x](x.md)"),
        ("\\[x](x.md) https://a.b/x.md", "\\[x](e:x.md) https://a.b/x.md"),
        ("[x](https://a.b/x.md) [m](mailto:a@b.no) [n](//a.b)", "[x](https://a.b/x.md) [m](mailto:a@b.no) [n](//a.b)"),
        ('<a href="x.md">Ex</a>', "[Ex](e:x.md)"),
        ('Se <img src="p.png" alt="Et [bilde]" width=1/>', "Se ![Et  bilde ](f:p.png)"),
        ('<a href="x.md"><img src="p.png"></a>', "[![](f:p.png)](e:x.md)"),
        ('<iframe src="https://a.b/c?d=1&amp;e=2" title="Film"></iframe>', "[Film](https://a.b/c?d=1&e=2)"),
        ('<table><tr><td><a href="x.md">X</a></table>', '<table><tr><td><a href="e:x.md">X</a></table>'),
        ('<div>\n      <img src="p.png">\n</div>', "\n![](f:p.png)"),
        ("[[x]] [[Ex|label]] [[c d#Part one]]", "[[Ex]] [[Ex|label]] [[C#Part one]]"),
        ("![[p.png]] ![[x]] `[[x]]`", "![p.png](f:p.png) [[Ex]] `[[x]]`"),
    ],
)  # fmt: skip
def test_links_lead_to_pages_and_files(tmp_path: Path, written: str, becomes: str) -> None:
    folder(tmp_path, {"p.png": PNG})
    assert one(tmp_path, f"Start\n\n{written}") == f"Start\n\n{becomes}"


def test_norwegian_names_are_found_composed_and_decomposed(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "på-øya.md")
    made = plan(
        folder(
            tmp_path,
            {apart: "# Øya\n\n## Ås og å", "a.md": f"[x](på-øya.md#ås-og-å) [y]({apart}) [z](p%C3%A5-%C3%B8ya)"},
        )
    )
    assert body(made, "a.md") == "[x](e:på-øya.md#s-as-og-a) [y](e:på-øya.md) [z](e:på-øya.md)"
    assert made.report.problems == []


def test_what_leads_nowhere_is_reported_with_its_line_and_left_alone(tmp_path: Path) -> None:
    written = "---\ntitle: A\n---\n\n[x](gone.md)\n\n![y](gone.png) [z][w]\n\n[[Gone]] [h](#gone)\n\n[d]: gone2.md\n\n{{ x }}\n"
    made = plan(folder(tmp_path, {"a.md": written}))
    assert sorted(sorts(made)) == [
        ("a.md", 5, "link"), ("a.md", 7, "image"), ("a.md", 7, "reference"), ("a.md", 9, "heading"), ("a.md", 9, "wiki link"),
        ("a.md", 11, "link"), ("a.md", 13, "template"),
    ]  # fmt: skip
    assert body(made, "a.md") == written.split("---\n\n")[1].strip()


def test_a_title_that_two_pages_have_is_linked_by_address(tmp_path: Path) -> None:
    made = plan(folder(tmp_path, {"a.md": "[[one/x]] [[x]]", "one/x.md": "# Same", "two/x.md": "# Same"}))
    assert body(made, "a.md").startswith("[Same](e:one/x.md) [Same](e:")
    assert sorts(made) == [("a.md", 1, "ambiguous")]


def test_headings_are_found_by_their_words_their_number_and_their_own_id(tmp_path: Path) -> None:
    made = plan(folder(tmp_path, {
        "a.md": "[1](b.md#12-why--how) [2](b.md#twice-1) [3](b.md#sec-own) [4](b.md#html)",
        "b.md": "# B\n\n## 1.2 Why & how?\n\n## Twice\n\n## Twice\n\n## Other {#sec-own}\n\n<a id='html'></a>\n\n## Last *one*\n",
    }))  # fmt: skip
    ids = [heading.id for heading in text.render(page(made, "b.md").body).headings]
    assert body(made, "a.md") == "[1](e:b.md#{}) [2](e:b.md#{}) [3](e:b.md#{}) [4](e:b.md#{})".format(ids[0], *ids[2:])


# Other programs' Markdown.


@pytest.mark.parametrize(
    ("written", "becomes", "what"),
    [
        ("::: {.callout-note}\nHi\n\n- a\n:::", "> [!NOTE]\n> Hi\n>\n> - a", None),
        ('::: {.callout-warning title="Stopp"}\n[x](x.md)\n:::', "> [!WARNING]\n> **Stopp**\n>\n> [x](e:x.md)", None),
        (":::tip\n## Head\nHi\n:::", "> [!TIP]\n> ## Head\n> Hi", None),
        ("::: {.columns}\nHi\n:::", "\nHi", "block"),
        ("## Head {.unnumbered}", "## Head", "attributes"),
        ("```{.python filename='x'}\n1\n```", "```python\n1\n```", None),
        ("See @fig-one.", "See @fig-one.", "cross-reference"),
        ("{% include x.html %}", "{% include x.html %}", "template"),
        ("{{< video x.mp4 >}}", "{{< video x.mp4 >}}", "template"),
        ("<Tabs>x</Tabs>", "<Tabs>x</Tabs>", "JSX"),
        ("a <b>bold</b> <!-- not\n\nshown --> c", "a **bold**  c", "comment"),
        ("!!! note\n", "!!! note", "block"),
        ("A thing^[a note].", "A thing^[a note].", "note"),
        ("<b>see `x`</b><br>\n`y` <a href='x.md'>`z`</a>", "**see `x`**\n`y` [`z`](e:x.md)", None),
        ("<b><a href='x.md'>z</a></b>", "**[z](e:x.md)**", None),
        ("<h3>The `x`</h3>", "\n### The `x`", None),
        ("# Make `it` `{.x}` {.intro}", "# Make `it` `{.x}`", "attributes"),
        ("## {.pro-tip}", "## Pro tip", "attributes"),
        ("x <!-- [x](x.md) -->", "x", "comment"),
    ],
)
def test_dialects_are_turned_or_reported(tmp_path: Path, written: str, becomes: str, what: str | None) -> None:
    made = plan(folder(tmp_path, {"a.qmd": f"Start\n\n{written}", "x.md": "# Ex"}))
    assert body(made, "a.qmd") == f"Start\n\n{becomes}"
    assert [problem.what for problem in made.report.problems] == ([what] if what else [])


def test_images_that_cannot_be_kept_are_reported(tmp_path: Path) -> None:
    made = plan(folder(tmp_path, {"a.md": "![x](x.png) ![y](y.png)", "x.png": PNG, "y.png": b"\x00nothing"}))
    assert list(made.files) == ["x.png"]
    assert [(problem.file, problem.what) for problem in made.report.problems] == [("y.png", "attachment")]
    assert body(made, "a.md") == "![x](f:x.png) ![y](y.png)"


# Long texts.


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    ["{% ", "::: a    ", ":", "`", "` ``", "<b>x</b>", "<!--", "](", "[[", "<a ", "<div>\n", "![x](", "[x](y)", "{{", "> ", "- ", "<td ", " ", "`x` ", "<table>", "<table><tr>", "<a x>y\n", "<table></table>", "\\", "\n#"],
)  # fmt: skip
def test_a_text_made_to_take_long_does_not(tmp_path: Path, piece: str) -> None:
    made = plan(
        folder(tmp_path, {"a.md": "::: " + piece * (120_000 // len(piece)), "b.md": piece * (120_000 // len(piece))})
    )
    assert len(made.pages) == 2
