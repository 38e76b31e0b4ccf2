"""The main paths, for whoever has no mouse, no JavaScript, or a colleague who writes at the same time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Live, Opens, empty_house
from tests.browser.test_looks import judge
from tests.browser.test_use import body_of, press, share
from web.demo import PASSWORD
from web.kinds import ALONE, KINDS

pytestmark = pytest.mark.browser
_MOST_TABS = 120
# Where somebody is who cannot see the mouse: the outline must be there, and not the browser's own guess.
OUTLINED = (
    "each => getComputedStyle(each).outlineStyle !== 'none' && parseFloat(getComputedStyle(each).outlineWidth) >= 2"
)


def tab_to(page: Page, place: Locator, key: str = "Tab") -> None:
    """From where one is, with one key, as people must who have nothing else."""
    place.first.wait_for()
    for _ in range(_MOST_TABS):
        if place.first.evaluate("each => each === document.activeElement"):
            assert place.first.evaluate(OUTLINED), "one sees where one is"
            return
        page.keyboard.press(key)
    raise AssertionError(f"{_MOST_TABS} times {key} do not lead to {place}")


def typed(page: Page, place: Locator, words: str) -> None:
    tab_to(page, place)
    page.keyboard.type(words)


def test_an_empty_house_is_moved_into_by_keyboard(opens: Opens, tmp_path: Path) -> None:
    with empty_house(tmp_path) as house:
        page = opens(home=house.address, base_url=house.address)
        page.goto(json.loads(house.dugnad("welcome", "--json"))["link"])
        judge(page, "the door of an empty house")
        for name, words in (("house", "Fjellvik"), ("name", "Solveig"), ("handle", "solveig"), ("password", PASSWORD)):
            typed(page, page.locator(f"main [name={name}]"), words)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Den første gruppen")
        typed(page, page.locator("main [name=name]"), "Verksted")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Be kolleger inn")
        typed(page, page.locator("main [name=people]"), "Anne")
        tab_to(page, page.get_by_role("button", name="Lag lenkene"))
        page.keyboard.press("Enter")
        invited = page.locator("main code").inner_text()
        judge(page, "links for colleagues")
        tab_to(page, page.get_by_role("link", name="Gå inn"))
        page.keyboard.press("Enter")
        expect(page.locator(".first .done")).to_have_count(2)
        judge(page, "the first things to do")
        anne = opens(home=house.address, base_url=house.address)
        anne.goto(invited)
        judge(anne, "an invitation")
        for name, words in (("name", "Anne"), ("handle", "anne"), ("password", PASSWORD)):
            typed(anne, anne.locator(f"main [name={name}]"), words)
        anne.keyboard.press("Enter")
        expect(anne.locator("header .me")).to_be_visible()
        for each in (page, anne):
            each.close()


def test_the_main_paths_need_no_mouse(live: Live, opens: Opens) -> None:
    page = opens()
    page.goto("/sign-in/")
    typed(page, page.locator("main [name=name]"), "ingrid")
    typed(page, page.locator("main [name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("header .me")).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    typed(page, page.locator(".composer [name=body]"), "Uten mus")
    page.keyboard.press("Control+b")
    page.keyboard.type("fet")
    tab_to(page, page.locator(".composer .into .button"))
    page.keyboard.press("Enter")
    expect(page.locator(".entry")).to_contain_text("Uten mus")

    page.keyboard.press("/")
    page.keyboard.type("avtalegiro")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=avtalegiro"))
    tab_to(page, page.locator(".rows h2 a, .rows h3 a"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/\w+/\d+/"))

    page.goto(live.path(live.first("article")))
    reaction = page.locator(".entry .reactions button").first
    given = (
        reaction.get_attribute("aria-pressed") == "true"
    )  # the latest article is another one at another time of the day
    tab_to(page, reaction)
    page.keyboard.press("Space")
    expect(reaction).to_have_attribute("aria-pressed", "false" if given else "true")
    expect(reaction).to_be_focused()
    page.goto(live.path(live.first("question")))
    typed(page, page.locator("form.answer textarea[name=body]").last, "Svart med ti fingre.")
    tab_to(page, page.locator("form.answer").last.get_by_role("button", name="Send"))
    page.keyboard.press("Enter")
    expect(page.locator(".threads")).to_contain_text("Svart med ti fingre.")


def _fill(page: Page, kind: str, word: str) -> None:
    """Everything that a kind asks for."""
    for field in KINDS[kind].fields:
        given = page.locator(f"main .write [name={field}]")
        if given.count() and given.first.is_visible():
            given.first.fill("https://example.org/" + word if field == "url" else f"Om {word}")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("kind", ALONE)
def test_each_kind_is_written_and_shared(opens: Opens, kind: str, javascript: bool) -> None:
    page = opens("tore", java_script_enabled=javascript)
    page.goto(f"/new/{kind}/")
    word = f"{kind}{'med' if javascript else 'uten'}"
    _fill(page, kind, word)
    share(page)
    page.wait_for_url(re.compile(rf"/{KINDS[kind].path}/\d+/"))
    expect(page.locator(".entry")).to_contain_text(f"Om {word}")


def test_two_who_change_the_same_line_lose_nothing(live: Live, opens: Opens) -> None:
    with live.program("tore") as program:
        made = program.post(
            "/api/entries", json={"kind": "page", "space": "house", "title": "Nøkler", "body": "Hos Kari.\n"}
        )
        address = f"/entries/{made.json()['id']}/edit/"
    one, other = opens("tore"), opens("ingrid")
    for page in (one, other):
        page.goto(address)
    body_of(one).fill("Hos Per i resepsjonen.\n")
    press(one, "Lagre")
    one.locator(".entry").wait_for()
    body_of(other).fill("Hos Ingrid på lageret.\n")
    press(other, "Lagre")
    expect(other.locator(".sides")).to_be_visible()
    for words in ("Hos Per i resepsjonen.", "Hos Ingrid på lageret."):
        assert words in (other.locator(".sides").text_content() or "") + body_of(other).input_value()
    body_of(other).fill("Hos Per i resepsjonen, reserve hos Ingrid.\n")
    press(other, "Lagre")
    expect(other.locator(".entry .prose")).to_have_text("Hos Per i resepsjonen, reserve hos Ingrid.")


def test_what_one_shares_the_other_is_told_of(opens: Opens) -> None:
    reader, writer = opens("per"), opens("tore")
    reader.goto("/")
    reader.locator(".rows").wait_for()
    writer.goto("/")
    writer.locator(".composer [name=body]").fill("Sett fra en annen nettleser")
    writer.locator(".composer .into .button").click()
    writer.locator(".entry").wait_for()
    expect(reader.locator("dugnad-live")).to_be_visible()
    reader.locator("dugnad-live a").click()
    expect(reader.locator(".rows").first).to_contain_text("Sett fra en annen nettleser")
