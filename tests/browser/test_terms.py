"""What a word means shows without a script: to whoever points at it, presses it or comes there by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Live, Opens
from tests.browser.test_looks import ALL

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_with_terms(live: Live) -> str:
    with live.program("tore") as tore:
        term = {
            "kind": "page",
            "space": "house",
            "title": "Fortøyning",
            "body": "Det som holder ferga.",
            "tags": "begrep",
        }
        tore.post("/api/entries", json=term).raise_for_status()
        body = "Se til at fortøyningen holder, og at ingen står i bukta."
        text = {"kind": "page", "space": "house", "title": "Ved kai", "body": body}
        return live.path(tore.post("/api/entries", json=text).json())


def test_it_shows_on_pointing_and_on_focus_and_goes_on_escape(opens: Opens, page_with_terms: str) -> None:
    page = opens("per")
    page.goto(page_with_terms)
    word, says = page.get_by_role("term"), page.locator(".says")
    expect(says).to_be_hidden()
    word.hover()
    expect(says).to_be_visible()
    box = says.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(says).to_be_visible()
    page.keyboard.press("Escape")
    expect(says).to_be_hidden()
    page.mouse.move(0, 0)
    word.focus()
    expect(says).to_be_visible()
    found = Axe().run(page, options=ALL)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Tab")
    expect(says.get_by_role("link", name="Fortøyning")).to_be_focused()
    page.keyboard.press("Escape")
    expect(says).to_be_hidden()
    expect(word).to_be_focused()
    page.emulate_media(media="print")
    assert word.evaluate("word => getComputedStyle(word).textDecorationLine") == "none"


def test_a_press_is_enough_on_a_telephone_without_scripts(
    chromium: Browser, live: Live, page_with_terms: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("terms") / "copy"
    live.dugnad("export", str(copy), "--audience", "everyone")
    context = chromium.new_context(has_touch=True, java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto((copy / page_with_terms.strip("/") / "index.html").as_uri())
    page.get_by_role("term").tap()
    expect(page.locator(".says")).to_be_visible()
    page.locator(".says a").tap()
    expect(page.get_by_role("heading", name="Fortøyning")).to_be_visible()
    context.close()
