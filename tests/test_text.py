"""The renderer: what can be written, what it becomes, and that no text at all does harm with it."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import mistune
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from web import markdown
from web.text import BODY_MAX, Found, Heading, Written, excerpt, render, resolve, slug, tag_name

SHARED = Path(os.environ.get("DUGNAD_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
FORBIDDEN = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "svg",
    "math",
    "base",
    "link",
    "meta",
    "template",
    "button",
    "video",
}
SCHEMES = ("http:", "https:", "mailto:", "tel:", "/", "#", "?")


def found(what: str, written: str) -> Found:
    return Found(f"/{what}-found/")


def nothing(what: str, written: str) -> None:
    return None


def shown(md: str, settle: Any = found) -> str:
    """A body as HTML, all of it rendered."""
    done = render(md)
    assert not done.degraded
    return resolve(done.html, settle).strip()


def dom(html: str) -> Element:
    return html5lib.parseFragment(html, namespaceHTMLElements=False)


def words(element: Element) -> str:
    """Without blanks, and without the word over a callout, which is the reader's."""
    inside = "" if element.get("class") == "callout-title" else element.text or ""
    return "".join((inside + "".join(words(each) + (each.tail or "") for each in element)).split())


def assert_harmless(html: str) -> None:
    for each in dom(html).iter():
        assert isinstance(each.tag, str), "a comment came through"
        assert each.tag not in FORBIDDEN
        for name, value in each.attrib.items():
            assert not name.startswith(("on", "hx-", "data-hx-", "style", "srcset", "xlink", "formaction")), (
                name,
                value,
            )
            if name in ("href", "src"):
                bare = re.sub(r"[\x00-\x20]", "", value).lower()
                assert bare.startswith(SCHEMES) or ":" not in re.split(r"[/?#]", bare)[0], value
            if name == "id":
                assert value.startswith(("s-", "fn-", "fnref-")), value
        if each.tag == "a":
            assert not each.findall(".//a"), "a link in a link"


def shared(path: str) -> Any:
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"{path} is not here; set DUGNAD_SHARED to the folder that holds data/")
    return json.loads(file.read_text(encoding="utf-8"))


# What can be written.


def test_headings_begin_under_the_title_and_have_names_of_their_own() -> None:
    done = render("# Blåbær & rømme\n\n## Blåbær, rømme!\n\n###### Deep\n\n# 你好\n\nBlåbær rømme 2\n---\n")
    assert done.headings == (
        Heading(2, "s-blabaer-romme", "Blåbær & rømme"), Heading(3, "s-blabaer-romme-2", "Blåbær, rømme!"),
        Heading(6, "s-deep", "Deep"), Heading(2, "s-section", "你好"), Heading(3, "s-blabaer-romme-2-2", "Blåbær rømme 2"),
    )  # fmt: skip
    assert '<h2 id="s-blabaer-romme">Blåbær &amp; rømme</h2>' in done.html
    assert "<h1" not in done.html


def test_the_highest_headings_of_a_text_come_right_under_its_title() -> None:
    assert [heading.level for heading in render("## One\n\n### Two\n\n## Three\n").headings] == [2, 3, 2]
    assert [heading.level for heading in render("### One\n\n# Late\n").headings] == [4, 2]


def test_a_heading_can_be_linked_to_by_its_words() -> None:
    assert 'href="#s-forste-dag"' in shown("[[#Første dag]]")
    assert 'href="#s-forste-dag"' in shown("[there](#første-dag)")
    assert 'href="#s-forste-dag"' in shown("[there](#s-forste-dag)")


def test_wiki_links_are_settled_later() -> None:
    done = render("[[Rutiner]], [[drift/Rutiner#Oppstart|våre *rutiner*]] and [[Rutiner]] `[[Not]]`")
    assert done.links == (Written("wiki", "Rutiner"), Written("wiki", "drift/Rutiner#Oppstart"))
    assert resolve(done.html, lambda what, written: Found(f"/x?{what}&{written}", "Now called <this>")).startswith(
        '<p><a class="wiki" href="/x?wiki&amp;Rutiner">Now called &lt;this&gt;</a>, '
        '<a class="wiki" href="/x?wiki&amp;drift/Rutiner#Oppstart">våre *rutiner*</a>'
    )
    assert '<a class="wanted" href="/new/">Rutiner</a>' in resolve(
        done.html, lambda what, written: Found("/new/", looks="wanted")
    )
    assert '<span class="wiki">Rutiner</span>' in resolve(done.html, nothing)


def test_a_wiki_link_in_a_table_escapes_its_bar() -> None:
    done = render("| a |\n|---|\n| [[Rutiner\\|våre]] |\n")
    assert done.links == (Written("wiki", "Rutiner"),)
    assert ">våre</a>" in done.html


def test_people_are_mentioned_by_handle_and_shown_by_name() -> None:
    done = render("@Kari.N, (@ola_2)! a@b.no @x@host.no \\@no `@code` https://x.no/@you @kari.n")
    assert done.mentions == ("kari.n", "ola_2")
    assert '<a class="mention" href="/p/">Kari &amp; co</a>' in resolve(
        done.html, lambda what, written: Found("/p/", "Kari & co")
    )
    assert '<span class="mention">@Kari.N</span>' in resolve(done.html, nothing)


def test_tags_are_found_as_typed() -> None:
    done = render("#Blåbær #år-2024 #2024 a#b &#35; \\#no `#code` https://x.no/#frag #Bla\u030abær #slutt.")
    assert done.tags == ("Blåbær", "år-2024", "Bla\u030abær", "slutt")
    assert '<a class="tag" href="/tag-found/">#Blåbær</a>' in resolve(done.html, found)
    assert all(tag_name(word) for word in done.tags)


def test_nothing_is_a_link_inside_a_link() -> None:
    html = shown("[see #tag @kari [[Page]] https://x.no ![p](https://y.no/p.png) [^1]](/somewhere)\n\n[^1]: note")
    assert html.partition("<section")[0].count("<a ") == 1 and "see #tag @kari Page https://x.no p" in html
    assert render("[#tag @kari](/x)").tags == render("[#tag @kari](/x)").mentions == ()


def test_own_addresses_are_followed_only_by_those_who_may() -> None:
    done = render('[one](/e/42) [*two*](/pages/42/x/#part "T") [three](/people/kari/)')
    assert done.links == tuple(Written("address", a) for a in ("/e/42", "/pages/42/x/#part", "/people/kari/"))
    assert resolve(done.html, nothing) == '<p>one <em>two</em> <a href="/people/kari/">three</a></p>\n'
    assert '<a href="/entry-found/" title="T"><em>two</em></a>' in resolve(done.html, found)


def test_files_keep_their_address_unless_they_have_another() -> None:
    done = render('![a "b"](/files/7/a.png) [c](/files/8/c.pdf) [![d](/files/9/d.png)](/e/42)')
    assert '<img src="/files/7/a.png" alt="a &quot;b&quot;" loading="lazy">' in resolve(done.html, nothing)
    assert '<a href="/files/8/c.pdf">c</a>' in resolve(done.html, nothing)
    assert '<a href="/entry-found/"><img src="/file-found/" alt="d" loading="lazy"></a>' in resolve(done.html, found)
    assert [link.written for link in done.links] == ["/files/7/a.png", "/files/8/c.pdf", "/files/9/d.png", "/e/42"]


def test_pictures_elsewhere_are_links_so_that_reading_sends_nothing_out() -> None:
    html = shown(
        "![a *map*](https://elsewhere.example/map.png) ![](//elsewhere.example/p.gif) ![x](data:image/png;base64,AA)"
    )
    assert "<img" not in html and html.count("<a ") == 2
    assert '<a href="https://elsewhere.example/map.png" rel="nofollow noopener noreferrer ugc">a map</a>' in html


def test_links_that_lead_out_say_so() -> None:
    rel = 'rel="nofollow noopener noreferrer ugc"'
    assert f'<a href="https://x.no/a" {rel} class="bare">https://x.no/a</a>.' in shown("See https://x.no/a.")
    assert rel in shown("[x](http://x.no)") and rel in shown("[x](//x.no)") and rel in shown("<HTTPS://x.no>")
    assert 'href="mailto:a@b.no"' in shown("<a@b.no>") and rel not in shown("<a@b.no>")
    assert rel not in shown("[x](/people/kari/)")


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "java&#10;script:alert(1)", "vbscript:x", "data:text/html,x",
     "<\x01javascript:alert(1)>", "file:///etc/passwd", "<java\tscript:alert(1)>", "%01javascript:alert(1)"],
)  # fmt: skip
def test_addresses_that_run_are_no_links(address: str) -> None:
    for md in (f"[x]({address})", f"![x]({address})", f"[x][y]\n\n[y]: {address}"):
        html = shown(md)
        assert "<img" not in html
        assert_harmless(html)


def test_html_is_shown_as_written() -> None:
    assert (
        shown("a <b onclick='x'>bold</b> <!-- c -->") == "<p>a &lt;b onclick='x'&gt;bold&lt;/b&gt; &lt;!-- c --&gt;</p>"
    )
    assert "&lt;script&gt;" in shown("<script>alert(1)</script>")
    assert '<a href="/p">l</a>' in shown('<a href="x">[l](/p)')
    assert shown("&ouml; &amp; &lt;") == "<p>ö &amp; &lt;</p>"


def test_tables_can_be_scrolled_with_the_keyboard_and_have_no_inline_style() -> None:
    html = shown("| A | *B* |\n|:-:|--:|\n| 1 | a \\| b |\n")
    assert html.startswith('<div class="table" tabindex="0" role="region" aria-label="A, B"><table>')
    assert '<th scope="col" class="center">A</th>' in html and '<td class="right">a | b</td>' in html
    assert "style" not in html


def test_rows_of_a_table_need_not_be_even_and_nothing_in_them_is_lost() -> None:
    html = shown("| a | b |\n|:-:|--|\n| 1 |\n| 2 | `x\\|y` | 3 |\n| one<br>two<BR /> | |\nafter")
    assert '<td class="center">1</td>\n<td></td>' in html
    assert "<td><code>x|y</code> | 3</td>" in html
    assert re.search(r"<td class=\"center\">one<br ?/?>\s*two<br ?/?>\s*</td>", html)
    assert html.rstrip().endswith("</table></div>\n<p>after</p>")


@pytest.mark.parametrize(
    "text", ["| a | b |\n| - |\n", "a | b\n---\n", "| a | b |\n| x | y |\n", "| a |", "|\n|\n", "||\n||\n"]
)
def test_what_lacks_its_line_of_dashes_is_no_table(text: str) -> None:
    assert "<table" not in shown(text)


def test_tables_stand_in_quotes_and_lists_too() -> None:
    assert "<table>" in shown("> | a | b |\n> |---|---|\n> | 1 | 2 |\n")
    assert "<table>" in shown("- text\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n")


def test_tasks_are_labelled_boxes() -> None:
    html = shown("- [ ] to *do*\n- [x] done\n\n  more\n")
    assert '<li class="task"><label><input type="checkbox" disabled=""> to <em>do</em></label></li>' in html
    assert '<label><input type="checkbox" disabled="" checked=""> done</label><p>more</p>' in html


def test_footnotes_of_two_bodies_do_not_collide() -> None:
    one, two = shown("a[^x] b[^x]\n\n[^x]: First."), shown("c[^x]\n\n[^x]: Second.")
    ids = re.findall(r'id="([^"]+)"', one + two)
    assert len(ids) == len(set(ids)) == 4
    for target in re.findall(r'href="#([^"]+)"', one + two):
        assert target in ids


def test_callouts_carry_their_word() -> None:
    html = shown("> [!WARNING]\n> Mind the *gap*.\n>\n> - one\n")
    assert html.startswith(
        '<aside class="callout callout-warning">\n<p class="callout-title" data-word="warning">Warning</p>\n<p>Mind'
    )
    assert "<li>one</li>" in html
    assert shown("> [!NOTE] not alone\n").startswith("<blockquote>")
    assert shown("> [!ELSE]\n> x\n").startswith("<blockquote>")


def test_code_has_colours_by_class_only() -> None:
    html = shown("```python\ndef f(): return '<&>'\n```\n")
    assert '<span class="k">def</span>' in html and "&lt;&amp;&gt;" in html and "style" not in html
    assert html.startswith('<pre class="code" tabindex="0" data-lang="python"><code>')
    assert (
        shown('```no-such"lang\n<x>\n```')
        == '<pre class="code" tabindex="0" data-lang="no-such&quot;lang"><code>&lt;x&gt;\n</code></pre>'
    )


def test_much_code_is_shown_without_colours() -> None:
    assert "<span" not in render("```python\n" + "x = 'a'\n" * 3000 + "```\n").html
    assert "<span" not in render("```python\nx = '" + "a" * 600 + "'\n```\n").html
    assert render("```python\nx = 1\n```\n\n" * 1000).html.count('<span class="n">x') == 200


def test_code_that_takes_long_to_colour_is_shown_without() -> None:
    html = render("```c\n" + "\n" * 15_000 + "int x;\n```\n\n```python\nx = 1\n```\n").html
    assert "int x;" in html and "x = 1" in html and "<span" not in html


def test_strikethrough_and_line_breaks() -> None:
    assert shown("~~gone~~  \nnext") == "<p><del>gone</del><br>\nnext</p>"


# Plain text.


def test_plain_text_is_what_a_reader_sees() -> None:
    md = "# A *b*\n\nOne\ntwo [[Page|label]] @kari &amp; <i>\n\n- x\n- y\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\n  if x:\n\n    y\n```\n"
    assert render(md).plain == "A b\nOne two label @kari & <i>\nx\ny\na b\n1 2\n  if x:\n\n    y"


def test_excerpts_end_between_words() -> None:
    assert excerpt("One.\ntwo  three\nfour", 200) == "One. two three · four", "blocks do not run into each other"
    assert excerpt("one two three", 9) == "one two…"
    assert excerpt("one two three", 7) == "one two…"
    assert excerpt("x" * 500, 10) == "x" * 10 + "…"


@pytest.mark.parametrize(
    ("title", "made"),
    [("Blåbær og Rømme!", "blabaer-og-romme"), ("Ærlig", "aerlig"), ("Crème brûlée", "creme-brulee"), ("  --  ", ""), ("你好", ""), ("../x", "x"),
     ("Bla\u030a", "bla"), ("a" * 100, "a" * 80), ("ord " * 30, "-".join(["ord"] * 20))],
)  # fmt: skip
def test_slugs_are_plain_words(title: str, made: str) -> None:
    assert slug(title) == made and len(made) <= 80


@pytest.mark.parametrize(
    ("word", "name"),
    [("Blåbær", "blåbær"), ("#Bla\u030abær", "blåbær"), ("a_b-C1", "a_b-c1"), ("2024", ""), ("_x", ""), ("a b", ""), ("a/b", ""), ("", ""),
     ("x" * 50, "x" * 50), ("x" * 51, "")],
)  # fmt: skip
def test_tag_names_fold(word: str, name: str) -> None:
    assert tag_name(word) == name == tag_name(name)


# Harm.


def test_no_text_can_imitate_a_link_of_ours() -> None:
    mark = '<a data-link="wiki" data-to="secret">x</a>'
    asked: list[str] = []
    for md in (mark, f"`{mark}`", f"```\n{mark}\n```", f'[x](https://x.no "{mark}")', f"[x](<https://x.no/{mark}>)", f"![{mark}](/files/1/a.png)",
               mark.replace("<", "&lt;"), f"[[{mark}]]", f"| {mark} |\n|---|\n", "x" * BODY_MAX + mark, f"``` {mark}\n```"):  # fmt: skip
        resolve(render(md).html, lambda what, written: asked.append(f"{what} {written}"))
    assert "wiki secret" not in asked


def test_payloads_against_sanitisers_do_nothing() -> None:
    for each in shared("adv-dompurify/derived/expect.json"):
        for md in (
            each["payload"],
            f"text {each['payload']}",
            f"[x]({each['payload']})",
            f"> {each['payload']}",
            f"| {each['payload']} |\n|---|\n",
        ):
            assert_harmless(resolve(render(md).html, found))


def test_naughty_strings_do_nothing() -> None:
    for each in shared("adv-blns/blns.json"):
        for md in (
            each,
            f"# {each}",
            f"[[{each}]]",
            f"[{each}](<{each}>)",
            f"@{each} #{each}",
            f"```{each}\n{each}\n```",
        ):
            done = render(md)
            assert_harmless(resolve(done.html, found))
            done.html.encode(), done.plain.encode()


PATHOLOGICAL = {
    "crossed emphasis": ("*a _b ", "_ *"), "brackets": ("[", ""), "pictures": ("![", ""), "half links": ("[a](", ""), "quotes": ("> ", ""),
    "tables that end badly": ("a|b\n-|-\n", "a|b|c\n"), "wide tables": ("a|" * 500 + "\n" + "-|" * 500 + "\n", "|\n"), "backticks": ("`", ""), "lists": ("- ", ""), "lazy": ("> a\nb\n", ""), "tags": ("#a ", ""),
    "mentions": ("@a ", ""), "wiki": ("[[a|", ""), "html": ("<a b='", ""), "addresses": ("http://a.", ""), "notes": ("[^a", ""), "entities": ("&#1", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_work_grows_with_the_length_or_is_given_up(name: str) -> None:
    before, after = PATHOLOGICAL[name]
    small, large = (markdown.steps_for(before * n + after * n) for n in (1000, 8000))
    assert large <= 9 * small + 1000 or large > markdown.MOST_STEPS
    longest = (before * BODY_MAX)[: BODY_MAX - 3] + after
    assert markdown.steps_for(longest) <= markdown.MOST_STEPS or render(longest).degraded


def test_a_text_that_takes_too_long_is_shown_as_typed() -> None:
    hostile = "*a _b " * 20_000 + "_ *" * 20_000
    done = render(hostile)
    assert done.degraded and done.plain == hostile and done.links == ()
    assert done.html == f'<pre class="plain">{hostile}</pre>'
    assert_harmless(resolve(done.html, found))


def test_one_long_address_used_often_does_not_swell() -> None:
    assert render("[a]: /" + "x" * 100_000 + "\n\n" + "[a] " * 30_000).degraded


def test_a_text_over_the_limit_is_shown_as_typed() -> None:
    assert not render(("word " * 100 + "\n\n") * (BODY_MAX // 502)).degraded
    assert render("<" * (BODY_MAX + 1)).html == '<pre class="plain">' + "&lt;" * (BODY_MAX + 1) + "</pre>"


def test_what_is_no_character_is_replaced() -> None:
    done = render("a\0b\ud800c [[x\udfff]]")
    assert not done.degraded and done.plain == "a\ufffdb\ufffdc x\ufffd"


def test_threads_render_the_same() -> None:
    bodies = [f"# H{n}\n\n[[P{n}]] @p{n} #t{n} *x* note[^1]\n\n[^1]: n\n" for n in range(40)]
    alone = [render(body) for body in bodies]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(render, bodies * 3)) == alone * 3


_BITS = st.sampled_from(
    ["[[", "]]", "|", "@kari", "#tag", "[", "](", ")", "/e/42", "/files/7/a.png", "!", "*", "_", "`", "```", "\n", "\n\n", "> ", "- ", "- [ ] ", "1. ",
     "# ", "    ", "~~", "[^1]", "[^1]: ", "[!NOTE]", "|---|", "<a ", "</a>", "<b>", "<!--", '"', "'", "&amp;", "&", "http://x.no", "javascript:", "\\",
     "\0", "\ud800", "å", "x", " ", "\t", 'data-link="wiki"']
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@example("> [!NOTE]")
@given(st.lists(_BITS | st.text(max_size=5), max_size=40).map("".join))
def test_any_text_is_rendered_and_settled(md: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # What the last resort would hide is a failure here.
        patch.setattr(logging.getLogger("dugnad"), "exception", lambda *said: pytest.fail(f"{said}"))
        done = render(md)
    assert not done.degraded
    for settle in (found, nothing, lambda what, written: Found("/x", "<&>", looks="wanted")):
        html = resolve(done.html, settle)
        assert "data-link" not in {name for each in dom(html).iter() for name in each.attrib}
        assert_harmless(html)
    assert "".join(done.plain.split()) == words(dom(done.html))


# CommonMark.


def _tree(html: str) -> Any:
    def flat(element: Element) -> Any:
        inside = [_spaces(element.text, element.tag)]
        for child in element:
            inside += [flat(child), _spaces(child.tail, element.tag)]
        return (element.tag, sorted(element.attrib.items()), [part for part in inside if part])

    return flat(dom(html))


def _spaces(words: str | None, tag: Any) -> str:
    return (words or "").strip("\n") if tag in ("code", "pre") else " ".join((words or "").split())


def test_commonmark_is_read_as_its_specification_says(record_property: Callable[[str, object], None]) -> None:
    examples = shared("spec-commonmark/derived/commonmark-0.31.2.json")
    bare = markdown.reader(mistune.HTMLRenderer(escape=False, allow_harmful_protocols=True))
    missed = [each["example"] for each in examples if _tree(str(bare(each["markdown"]))) != _tree(each["html"])]
    record_property("CommonMark", f"{len(examples) - len(missed)} of {len(examples)} examples; missed {missed}")
    assert len(examples) - len(missed) >= 640
