"""What people do with a mouse, with a keyboard, and without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, Opens
from tests.test_files import picture

pytestmark = pytest.mark.browser
LISTS = ["/", "/pages/", "/questions/", "/bookmarks/", "/ideas/", "/spaces/", "/spaces/kundeservice/", "/spaces/kundeservice/members/",
         "/people/", "/people/per/", "/tags/", "/search/?q=avtale", "/new/", "/new/bookmark/", "/settings/", "/bin/", "/files/",
         "/accessibility/", "/nothing/"]  # fmt: skip


def first(page: Page, kind: str) -> str:
    """The address of the first entry of a kind, without what is in front."""
    page.goto(f"/{kind}/")
    address = page.locator("main article h2 a, main article .when").first.get_attribute("href")
    assert address
    return address


def test_a_reaction_is_given_and_taken_back_in_place(opens: Opens) -> None:
    page = opens("kari")
    page.goto(first(page, "articles"))
    page.evaluate("window.stayed = true")
    button = page.locator(".entry .reactions button").first
    before = button.get_attribute("aria-pressed")
    for expected in ("false" if before == "true" else "true", before):
        button.click()
        expect(button).to_have_attribute("aria-pressed", expected or "")
    assert page.evaluate("window.stayed")


def test_a_text_is_completed_by_keyboard_previewed_and_shared(opens: Opens) -> None:
    page = opens("ingrid")
    page.goto("/new/page/")
    page.get_by_label("Tittel").fill("Fra tastaturet")
    area = page.locator("textarea[name=body]")
    for typed, becomes in (
        ("Spør @tor", "Spør @tore "),
        (" om #avt", "#avtalegiro "),
        (" og [[flyt", "[[Flytte avtalegiro]] "),
    ):
        area.press_sequentially(typed)
        page.locator(".suggestions [role=option]").first.wait_for()
        area.press("Enter")
        expect(area).to_have_value(re.compile(re.escape(becomes) + "$"))
    page.get_by_role("button", name="Forhåndsvis").click()
    expect(page.locator(".previewed")).to_contain_text("Spør")
    page.get_by_role("button", name="Del", exact=True).click()
    expect(page.locator(".entry .prose a", has_text="Tore Berg")).to_be_visible()
    expect(page.locator(".entry .prose a", has_text="Flytte avtalegiro")).to_be_visible()


def test_a_picture_that_is_chosen_stands_in_the_text(opens: Opens) -> None:
    page = opens("ingrid")
    page.goto("/new/page/")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "å.png", "mimeType": "image/png", "buffer": picture((40, 30))}
    )
    area = page.locator("textarea[name=body]")
    expect(area).to_have_value(re.compile(r"!\[å\.png\]\(/files/\d+/"))
    page.get_by_label("Tittel").fill("Med bilde")
    page.get_by_role("button", name="Del", exact=True).click()
    image = page.locator(".entry .prose img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40


def test_a_passage_is_chosen_in_the_text_and_annotated(opens: Opens) -> None:
    page = opens("tore")
    page.goto(first(page, "articles"))
    page.evaluate("""() => {
        const text = document.querySelector(".entry .prose p").firstChild;
        getSelection().setBaseAndExtent(text, 0, text, 30);
        document.dispatchEvent(new Event("selectionchange"));
    }""")
    page.locator(".entry .prose").first.dispatch_event("pointerup")
    page.locator(".quote-this").click()
    form = page.locator("form.answer", has=page.locator("[name=quote]"))
    passage = form.locator("[name=quote]").input_value()
    assert len(passage) > 20
    form.locator("[name=body]").fill("Dette kjenner jeg igjen.")
    form.get_by_role("button", name="Send").click()
    expect(page.locator(".annotations .quoted").last).to_have_text(passage)


def test_what_was_typed_is_there_when_one_comes_back(opens: Opens) -> None:
    page = opens("sunniva")
    page.goto("/new/question/")
    page.locator("textarea[name=body]").fill("Nesten ferdig")
    page.goto("/people/")
    page.goto("/new/question/")
    expect(page.locator("textarea[name=body]")).to_have_value("Nesten ferdig")


def test_words_survive_a_session_that_ended_meanwhile(opens: Opens) -> None:
    page = opens("sunniva")
    page.goto("/new/idea/")
    page.get_by_label("Tittel").fill("En idé")
    page.locator("textarea[name=body]").fill("Som ikke må bli borte")
    page.context.clear_cookies()
    page.get_by_role("button", name="Del", exact=True).click()
    expect(page.locator("main")).to_contain_text("Som ikke må bli borte")


def test_everything_is_done_without_javascript(opens: Opens) -> None:
    page = opens("tore", java_script_enabled=False)
    page.locator(".composer textarea").fill("Uten skript")
    page.locator(".composer .button").click()
    expect(page.locator("h1")).to_contain_text("Uten skript")
    page.goto("/new/question/")
    page.get_by_label("Tittel").fill("Går det uten skript?")
    page.get_by_role("button", name="Forhåndsvis").click()
    page.go_back()
    page.get_by_label("Tittel").fill("Går det uten skript?")
    page.get_by_role("button", name="Del", exact=True).click()
    address = page.url
    answerer = opens("per", java_script_enabled=False)
    answerer.goto(address)
    answerer.locator("form.answer textarea[name=body]").last.fill("Ja.")
    answerer.get_by_role("button", name="Send").last.click()
    answerer.goto(address)
    answerer.locator(".entry .reactions button").first.click()
    assert answerer.locator(".entry .reactions button").first.get_attribute("aria-pressed") == "true"
    page.goto(address)
    page.get_by_role("button", name="Dette er svaret").click()
    expect(page.locator(".accepted")).to_contain_text("Ja.")
    page.locator(".entry .acts a", has_text="Rediger").click()
    page.locator("textarea[name=body]").fill("Det gjør det.")
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator(".entry .prose")).to_have_text(re.compile("Det gjør det."))
    page.locator("header [type=search]").fill("uten skript")
    page.locator("header [type=search]").press("Enter")
    expect(page.locator(".rows")).to_contain_text("Går det uten skript?")
    page.goto(address)
    page.locator(".entry .acts summary").click()
    page.locator(".entry .acts a[href$='/trash/']").click()
    page.locator("main .danger").click()
    page.locator(".notice button").click()
    expect(page.locator("h1")).to_contain_text("Går det uten skript?")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["nb-NO", "en-GB"])
def test_axe_finds_nothing(opens: Opens, live: Live, dark: bool, language: str) -> None:
    page = opens("per", color_scheme="dark" if dark else "light", locale=language)
    page.goto("/settings/")
    page.locator(f"form[action='/language/'] button[value={language[:2]}]").click()
    kinds = [
        first(page, kind) for kind in ("pages", "articles", "questions", "threads", "microposts", "bookmarks", "ideas")
    ]
    about = re.sub(r"^/\w+/(\d+)/.*", r"/entries/\1/", first(page, "pages"))
    one = [f"{about}{word}/" for word in ("edit", "history", "turn", "move", "place", "trash", "reply", "annotate")]
    for address in [*LISTS, *kinds, *one]:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language[:2]
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}\n{found.generate_report()}"


def test_no_page_is_wider_than_a_phone(opens: Opens) -> None:
    page = opens("per", viewport={"width": 360, "height": 740})
    kinds = [first(page, kind) for kind in ("pages", "articles", "questions", "bookmarks", "ideas")]
    for address in [*LISTS, *kinds]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_a_snapshot_can_be_read_by_everybody(opens: Opens, snapshot: Path) -> None:
    page = opens()
    page = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    for file in [snapshot / "index.html", *sorted(snapshot.glob("questions/*/*/index.html"))[:2]]:
        page.goto(f"file://{file}")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{file.name}\n{found.generate_report()}"
    page.context.close()
