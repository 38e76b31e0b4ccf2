"""Wikitext becomes Markdown, and no word of it is lost."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.imports.dumps import SPACES
from web import text
from web.cli import main
from web.imports.mediawiki import pandoc
from web.imports.mediawiki.names import Names
from web.imports.mediawiki.settling import Lead, settled
from web.imports.mediawiki.wikitext import Made, turned


class Leads:
    """Every page of the main namespace is there, and one file."""

    def page(self, whole: str) -> Lead | None:
        return Lead(handle="kari") if whole == "Bruker:Kari" else None if ":" in whole else Lead(whole)

    def file(self, name: str) -> str | None:
        return "/files/1/Kart.png" if name == "Kart.png" else None


def names() -> Names:
    made = Names()
    for number, word in SPACES.items():
        made.add(number, word, exact=False)
    return made


def markdown(said: str) -> str:
    known = names()
    return settled(turned(said, known.name("Side"), known).body, Leads())[0]


CASES = {
    "'''fet''', ''skrå'' og '''''begge'''''": "**fet**, *skrå* og ***begge***",
    "* a\n** b\n**# c\n*: mer\n* d": "- a\n  - b\n    1. c\n\n  mer\n- d",
    "; term : mening\n; to": "- **term**\\\n  mening\n- **to**",
    ": inn\n:: innerst": "> inn\n>\n> > innerst",
    "== Over ''skrift'' ==\ntekst": "## Over *skrift*\n\ntekst",
    "[[side]]r [[Annen|ord]] [[Annen#Del]] [[#Del|hit]] [[/Under]]": "[[Side|sider]] [[Annen|ord]] [[Annen#Del]] [hit](#s-del) [[Side/Under|/Under]]",
    "[[Bruker:Kari]] [[Bruker:Ukjent|U]] [[Bruker:192.0.2.1]] [[Spesial:Bidrag/192.0.2.1|ip]]": "@kari U anonymous anonymous",
    "[https://a.no/x navn] [https://a.no] https://b.no/a_b [javascript:x y]": "[navn](https://a.no/x) <https://a.no> https://b.no/a_b \\[javascript:x y]",
    "[[Fil:Kart.png|miniatyr|alt=Øya|Sett fra ''sør'']]": "![Øya](/files/1/Kart.png)\\\nSett fra *sør*",
    "[[Bilde:kart.png|20px]] [[Fil:Borte.png|thumb|Borte]]": "![Kart](/files/1/Kart.png)\n\nBorte (Fil:Borte.png)".replace("\n\n", " \n\n").replace(" \n", "\n"),
    '{|\n|+ Ruter\n! A !! B\n|-\n| rowspan="2" | c || [[Annen|d]]\n|-\n| <nowiki>|</nowiki>\n|}': (
        "**Ruter**\n\n| A | B |\n| --- | --- |\n| c | [[Annen\\|d]] |\n|  | \\| |"
    ),
    "a<ref name=x>En ''note''</ref> b<ref name=x /> c<ref>To</ref>\n<references />": "a[^1] b[^1] c[^2]\n\n[^1]: En *note*\n[^2]: To",
    '<syntaxhighlight lang="python">\nif a < b:\n    pass\n</syntaxhighlight>': "```python\nif a < b:\n    pass\n```",
    " kode ''x''\n mer": "```\nkode x\nmer\n```",
    "<code>a|b</code> <math>x_1</math> <nowiki>''nei''</nowiki>": "`a|b` `x_1` ''nei''",
    "Se {{Mal|x}}.\n\n{{Boks\n|a=1}}": "Se `{{Mal|x}}`.\n\n```wikitext\n{{Boks\n|a=1}}\n```",
    "{{Advarsel|Is på ''brygga''.}}": "> [!WARNING]\n> Is på *brygga*.",
    "1. nei\n# ja\n- nei\n@kari #tag *x* <b>b</b> a_b _c_ `d`": "1\\. nei\n\n1. ja\n\n\\- nei\n\\@kari \\#tag \\*x\\* **b** a_b \\_c\\_ \\`d\\`",
    "__TOC__x<!-- gjemt --> &nbsp;&amp;lt; <br>y": "x  \\&lt;\\\ny",
    "<div>a</div>\n<blockquote>b</blockquote>": "a\n\n> b",
    "[[nb:Oslo]][[:en:Oslo|O]] [[w:Oslo]]": "[O](https://en.wikipedia.org/wiki/Oslo) [w:Oslo](https://en.wikipedia.org/wiki/Oslo)",
}  # fmt: skip


@pytest.mark.parametrize("said", CASES)
def test_wikitext_becomes_markdown(said: str) -> None:
    assert markdown(said) == CASES[said]
    assert not text.render(CASES[said]).degraded


@pytest.mark.parametrize(
    "sign", ["[[", "{{", "<div>", "'''''a", "{|\n|a\n", "<ref>", "<!--", ":" * 9, "[[a|", "{{{", "|-\n|"]
)
def test_what_never_ends_is_text(sign: str) -> None:
    said = f"Begynner. {sign * 300} Slutter."
    assert {"Begynner", "Slutter"} <= set(re.findall(r"\w{6,}", markdown(said)))


# They say how something looks, and stand in no text.
_LOOKS = re.compile(
    r"<[^<>]*>|\[\[[^\[\]]*\]\]|\{\|[^\n]*|^\|-[^\n]*|[a-z-]+ *= *(\"[^\"]*\"|'[^']*'|\S+)|__[A-Z]+__",
    re.MULTILINE | re.IGNORECASE,
)


def test_no_word_of_what_mediawiki_is_tried_with_is_lost(shared: Path) -> None:
    cases, lost, known = 0, [], names()
    for file in sorted((shared / "mw-parsertests" / "tests" / "parser").glob("*.txt")):
        for case in re.finditer(
            r"^!!\s*(?:wikitext|text)\n(.*?)(?=^!!)", file.read_text("utf-8"), re.DOTALL | re.MULTILINE
        ):
            made: Made = turned(case[1], known.name("Side"), known)
            body, missing = settled(made.body, Leads())
            assert not re.search("[\ufdd0-\ufdef]", body) and not text.render(body).degraded
            assert not [problem for problem in made.problems if problem[0] == "source"], case[1]
            words = set(re.findall(r"[^\W\d_]{4,}", _LOOKS.sub(" ", case[1]).casefold()))
            kept = f"{body} {made.tags} {made.files} {made.problems} {missing}".casefold()
            lost += [word for word in words if word not in kept]
            cases += 1
    assert cases > 2000
    assert len(lost) < 120, sorted(lost)  # of attributes that no pattern finds


def test_a_dump_of_mediawikis_own_tests_comes_in_or_is_refused(
    shared: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUGNAD_DATABASE", address)
    monkeypatch.setenv("DUGNAD_DATA", str(tmp_path))
    assert main(["migrate"]) == 0 and main(["person", "add", "kari", "--name", "Kari", "--admin"]) == 0
    refused = {"BadXML.xml", "MissingMediaWikiTag.xml", "entity-expansion-small.xml", "xxe-external-entity.xml"}
    for file in sorted(
        [
            *(shared / "mw-core-fixtures").rglob("*.xml"),
            shared / "mw-nb-derived" / "dev-sample.xml",
            shared / "mw-mwxml" / "dump.xml",
        ]
    ):
        assert main(["import", "mediawiki", str(file), "--space", "house"]) == int(file.name in refused), file
    assert main(["check"]) == 0


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="needs pandoc")
def test_pandoc_turns_it_too_where_somebody_wants_it() -> None:
    known = names()
    said = "== Båt ==\n'''Tau''' og [[annen|mer]] [[Fil:Kart.png|Kart]] {{Mal|x}} [[Kategori:Sjø]]<!-- gjemt -->\n* a\n** b"
    made = pandoc.turned(said, known.name("Side"), known, keep=False)
    said = re.sub(r"- +", "- ", settled(made.body, Leads())[0])
    assert (
        re.sub(r"\n +", "\n  ", said)
        == "## Båt\n\n**Tau** og [[Annen|mer]] ![Kart](/files/1/Kart.png) `{{Mal|x}}`\n\n- a\n  - b"
    )
    assert made.tags == ("Sjø",) and {what for what, _ in made.problems} == {"template", "comment"}
