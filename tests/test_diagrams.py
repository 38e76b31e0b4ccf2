"""Diagrams: Mermaid becomes a picture, its text stays, and none keeps the house from its work."""

from __future__ import annotations

from urllib.parse import unquote
from xml.etree import ElementTree

import html5lib
import pytest

from tests.cast import House
from web import drawing, markup
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.marking import Note, marked
from web.text import render
from web.urls import url_of

CALL = "flowchart LR\n  A[Somebody calls] --> B{An incident?}\n  B -->|Yes| C[<b>Write</b> it down]"
# Of each card there are two, and each is in the other.
ENDLESS = "kanban\n" + " todo\n  n\n" * 19 + " todo\n  a[x]"
PICTURE = "data:image/svg+xml,"


def written(source: str) -> str:
    return f"Before.\n\n```mermaid\n{source}\n```\n\nAfter.\n"


def pictures(html: str) -> list[dict[str, str]]:
    return [each.attrib for each in html5lib.parseFragment(html, namespaceHTMLElements=False).iter("img")]


def test_a_diagram_is_a_picture_that_says_its_words_with_its_text_under_it() -> None:
    made = render(written(CALL.replace("<b>Write</b>", "Write")))
    (picture,) = pictures(made.html)
    assert picture["src"].startswith(PICTURE)
    svg = ElementTree.fromstring(unquote(picture["src"].removeprefix(PICTURE)))
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    _, _, width, height = (float(each) for each in svg.attrib["viewBox"].split())
    assert abs(int(picture["width"]) - width) <= 1 and abs(int(picture["height"]) - height) <= 1
    assert {"Somebody calls", "An incident?", "Write it down", "Yes"} <= set(picture["alt"].split(", "))
    assert made.plain.startswith("Before.\nflowchart LR\n  A[Somebody calls]") and made.plain.endswith("\nAfter.")


def test_the_same_text_is_the_same_picture() -> None:
    first = render(written(CALL)).html
    drawing._aside.end()
    assert render(written(CALL)).html == first


def test_a_title_that_it_gives_itself_is_what_is_read_out() -> None:
    made = render(
        written("---\ntitle: Above\n---\nsequenceDiagram\n  accTitle: A call\n  accDescr: Who says what\n  A->>B: Hi")
    )
    assert pictures(made.html)[0]["alt"] == "A call, Who says what"


@pytest.mark.parametrize(
    "source", ["nothing that is known", "flowchart LR\n a[", "", "flowchart LR\n" + "a-->b\n" * 4000]
)
def test_what_cannot_be_drawn_says_why_and_stands_as_it_was_typed(source: str) -> None:
    made = render(written(source))
    assert not made.degraded and not pictures(made.html) and "This diagram cannot be drawn" in made.html
    assert "This diagram" not in made.plain and source.strip() in made.plain.replace("\n ", "\n ")


def test_one_that_never_ends_is_given_up_and_so_are_those_after_it_in_its_text() -> None:
    made = render(written(ENDLESS) + written(CALL))
    assert not pictures(made.html) and made.html.count("This diagram cannot be drawn") == 2
    assert len(pictures(render(written(CALL)).html)) == 1, "the next text has its own"


def test_nothing_that_somebody_gets_into_one_is_in_the_page() -> None:
    source = (
        'flowchart LR\n  a["<img src=x onerror=alert(1)>"] --> b["</svg><script>alert(1)</script>"]\n'
        '  click a "javascript:alert(1)" "\'><script>"\n  c@{ img: "https://example.org/x.png" }\n'
    )
    made = render(written(source))
    page = html5lib.parseFragment(made.html, namespaceHTMLElements=False)
    assert {each.tag for each in page.iter()} <= {
        "DOCUMENT_FRAGMENT",
        "p",
        "figure",
        "img",
        "details",
        "summary",
        "pre",
        "code",
        "aside",
    }
    assert all(each.attrib["src"].startswith(PICTURE) for each in page.iter("img"))


def test_without_anything_to_draw_with_it_is_shown_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "draws", lambda: False)
    made = render(written(CALL))
    assert 'data-lang="mermaid"' in made.html and not pictures(made.html) and "cannot be drawn" not in made.html


async def test_the_words_about_it_are_in_the_language_of_its_reader(house: House) -> None:
    mons = await house.viewer("mons")
    made = await queries.entry(
        mons, await actions.post(mons, "page", house.spaces["torget"], Fields("Calls", written(CALL)))
    )
    async with house.browser("ole") as browser:
        assert '<summary data-word="diagram">The diagram as text</summary>' in (await browser.get(url_of(made))).text
        await browser.post("/language/", data={"language": "nb"})
        assert ">Diagrammet som tekst</summary>" in (await browser.get(url_of(made))).text


def test_a_passage_after_one_has_its_mark_behind_it() -> None:
    made = render(written(CALL))
    html, numbers = marked(made.html, made.plain, [Note(1, "After.", made.plain.index("After."), "said")])
    assert numbers == {1: 1} and "After.<sup>" in html
