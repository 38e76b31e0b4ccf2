"""A vault of Obsidian and a wiki of GitHub are folders of Markdown, too, and what they have of their own is known."""

from __future__ import annotations

from pathlib import Path

from tests.imports.test_import_plan import PNG, body, folder, page
from web.imports.plan import plan


def test_what_a_vault_has_of_its_own_becomes_what_there_is(tmp_path: Path) -> None:
    note = (
        "---\naliases: [Kaffe, Svart kaffe]\ntags: [mat/drikke]\n---\n# Kaffe på kjøkkenet\n\n%%ikke si det%% Trakt den. ^trakt\n\n## Bønner\n\n"
        "Malt fint. ^malt\n\n#mat/drikke/varmt\n"
    )
    other = (
        "![[kaffe#Bønner]]\n\n[[Svart kaffe|en kopp]] [[kaffe#^malt]] [[kaffe#^trakt|slik]] [[kaffe#^borte]] ![[kaffe]] ![[kopp.png|300]] ![[kopp.png|50%|left]] "
        "![[kopp.png|En kopp|300x200]]\n\n> [!info]- Til slutt\n> Vask opp.\n\n> [!note]\n> Alltid.\n\n> [!bug]\n> Nei.\n"
    )
    made = plan(folder(tmp_path, {"kaffe.md": note, "b.md": other, "kopp.png": PNG, ".obsidian/app.json": "{}"}))
    assert body(made, "kaffe.md") == " Trakt den.\n\n## Bønner\n\nMalt fint.\n\n#mat-drikke-varmt".lstrip("\n")
    assert page(made, "kaffe.md").front.tags == "mat-drikke"
    said = body(made, "b.md").split("\n\n")
    assert said.pop(0) == "![[Kaffe på kjøkkenet#Bønner]]"
    assert said[0] == (
        "[[Kaffe på kjøkkenet|en kopp]] [[Kaffe på kjøkkenet#Bønner]] [[Kaffe på kjøkkenet|slik]] [[Kaffe på kjøkkenet]] [[Kaffe på kjøkkenet]] "
        "![kopp.png|300](f:kopp.png) ![kopp.png](f:kopp.png) ![En kopp|300](f:kopp.png)"
    )
    assert said[1:] == ["> [!NOTE]\n> **Til slutt**\n>\n> Vask opp.", "> [!note]\n> Alltid.", "> [!CAUTION]\n> Nei."]
    assert sorted((each.file, each.what) for each in made.report.problems) == [
        ("b.md", "block"), ("b.md", "block"), ("b.md", "block"), ("b.md", "embed"), ("kaffe.md", "comment"),
    ]  # fmt: skip


def test_code_in_a_vault_is_left_alone(tmp_path: Path) -> None:
    said = "```\n%% a %% ^b\n> [!info] x\n#a/b\n```\n\n`%%x%%` 100 %% 200 og https://a.no/#b/c"
    assert body(plan(folder(tmp_path, {"a.md": f"# Aa\n\n{said}"})), "a.md") == said


def test_the_pages_of_a_wiki_of_github_come_in_the_order_of_its_menu(tmp_path: Path) -> None:
    files = {
        "Home.md": "Velkommen til [[Første-steg]], [[her|Siste steg]] og [[Siste steg#Til slutt]].", "Siste-steg.md": "# Det siste\n\n## Til slutt\n\nFerdig.",
        "Første-steg.md": "Først. Se [resten](Siste-steg) og [slutten](Siste-steg#til-slutt).", "Alfa.md": "Uten plass i menyen.",
        "_Sidebar.md": "* [[Hjem|Home]]\n* [[Første steg]]\n* [Siste](Siste-steg)", "_Footer.md": "Bunnen.",
    }  # fmt: skip
    made = plan(folder(tmp_path, files))
    assert [each.path for each in made.pages] == [
        "Home.md",
        "Første-steg.md",
        "Siste-steg.md",
        "Alfa.md",
        "_Footer.md",
        "_Sidebar.md",
    ]
    assert body(made, "Home.md") == "Velkommen til [[Første steg]], [[Det siste|her]] og [[Det siste#Til slutt]]."
    assert (
        body(made, "Første-steg.md") == "Først. Se [resten](e:Siste-steg.md) og [slutten](e:Siste-steg.md#s-til-slutt)."
    )
    assert body(made, "_Sidebar.md") == "* [[Home|Hjem]]\n* [[Første steg]]\n* [Siste](e:Siste-steg.md)"
    assert not [each for each in made.report.problems if each.what != "ambiguous"]
