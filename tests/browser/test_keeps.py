"""Nothing that was typed is lost, whatever happens to the session, the tab or the kind; and the keyboard leads where one writes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, Opens, sign_in
from tests.browser.test_manners import stayed, stays, written
from tests.browser.test_use import body_of, press, share, sign_in_again

pytestmark = pytest.mark.browser


def begin(page: Page, path: str, title: str, body: str) -> None:
    page.goto(path)
    page.get_by_label("Tittel").fill(title)
    body_of(page).fill(body)


def kept_as_a_draft(page: Page) -> None:
    """Waits until the server has what was typed."""
    expect(page.locator("form.write [name=draft]")).not_to_have_value("")


def test_words_come_back_for_those_they_were_meant_for(opens: Opens) -> None:
    page = opens("kari")
    page.goto("/")
    page.locator("select[name=space]").select_option("ledelse")
    page.locator(".composer [name=body]").fill("Bare for noen få")
    page.goto("/questions/")
    page.goto("/")
    expect(page.locator(".composer [name=body]")).to_have_value("Bare for noen få")
    expect(page.locator(".write .into .button")).to_have_text("Del med Ledelse · 6 personer")
    page.locator(".composer [name=body]").fill("")


def test_what_is_back_can_be_put_away_and_taken_out_again(opens: Opens) -> None:
    page = opens("sunniva")
    begin(page, "/new/thread/", "Lagt bort", "Og tatt fram.")
    kept_as_a_draft(page)
    page.goto("/new/thread/")
    expect(body_of(page)).to_have_value("Og tatt fram.")
    with page.expect_response(lambda answer: "/drop" in answer.url):
        press(page, "Begynn på nytt")
    expect(body_of(page)).to_have_value("")
    expect(page.locator(".kept-text")).to_contain_text("Det er lagt bort.")
    with page.expect_response(lambda answer: "/drop" in answer.url):
        page.locator(".kept-text button").click()
    expect(body_of(page)).to_have_value("Og tatt fram.")
    with page.expect_response(lambda answer: "/drop" in answer.url):
        page.locator(".kept-text button").click()
    page.goto("/drafts/")
    expect(page.locator("main")).not_to_contain_text("Lagt bort")


def test_what_was_shared_leaves_no_draft_behind_though_the_page_was_loaded_anew(opens: Opens) -> None:
    page = opens("sunniva")
    begin(page, "/new/thread/", "Lastet på nytt", "Og så delt.")
    kept_as_a_draft(page)
    page.reload()
    expect(body_of(page)).to_have_value("Og så delt.")
    share(page)
    page.locator(".entry").wait_for()
    page.goto("/drafts/")
    expect(page.locator("main")).not_to_contain_text("Lastet på nytt")


def test_a_title_that_a_kind_has_no_field_for_stands_in_the_text_and_comes_back(opens: Opens) -> None:
    page = opens("per")
    begin(page, "/new/question/", "Hvem har nøkkelen?", "Til boden.")
    page.locator(".onward").get_by_role("button", name="Kort innlegg").click()
    expect(page.locator("h1")).to_have_text("Hva vil du dele?")
    expect(page).to_have_url(re.compile("/new/micropost/$"))
    expect(body_of(page)).to_have_value("Hvem har nøkkelen?\n\nTil boden.")
    page.locator(".onward").get_by_role("button", name="Spørsmål").click()
    expect(page.locator("h1")).to_have_text("Nytt spørsmål")
    expect(page).to_have_title(re.compile("Nytt spørsmål"))
    expect(page.get_by_label("Tittel")).to_have_value("Hvem har nøkkelen?")
    expect(body_of(page)).to_have_value("Til boden.")
    press(page, "Skriv ferdig senere")
    expect(page.locator("main")).to_contain_text("Hvem har nøkkelen?")
    expect(page.locator(".notice")).to_contain_text("Det ligger her")


@pytest.mark.parametrize("elsewhere", [True, False], ids=["signed out in another tab", "a session that ended"])
def test_a_reply_survives_the_end_of_the_session(live: Live, opens: Opens, elsewhere: bool) -> None:
    entry = written(live, "tore", "Økten tok slutt", "thread")
    page = opens()
    sign_in(page, "ingrid")
    page.goto(live.path(entry))
    page.locator("form.answer textarea[name=body]").last.fill("Ja!")
    if elsewhere:
        other = page.context.new_page()
        other.goto("/")
        press(other, "Logg ut")
        other.get_by_label("Passord").wait_for()
    else:
        page.context.clear_cookies()
    page.locator("form.answer").last.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Logg inn igjen")
    expect(page.locator(".kept textarea")).to_have_value("Ja!")
    sign_in_again(page, "ingrid")
    expect(page).to_have_url(re.compile(re.escape(live.path(entry))))
    expect(page.locator("form.answer textarea[name=body]").last).to_have_value("Ja!")


def test_an_act_after_the_session_has_ended_asks_who_one_is(live: Live, opens: Opens) -> None:
    page = opens()
    sign_in(page, "ingrid")
    page.goto(live.path(live.first("article")))
    page.context.clear_cookies()
    page.locator(".entry .reactions button").first.click()
    expect(page.locator("h1")).to_have_text("Logg inn igjen")
    sign_in_again(page, "ingrid")
    expect(page.locator(".entry .reactions")).to_be_visible()


def test_a_reply_that_is_begun_is_found_among_the_drafts(live: Live, opens: Opens) -> None:
    entry = written(live, "tore", "Svares på senere", "thread")
    page = opens("per")
    page.goto(live.path(entry))
    with page.expect_response(lambda answer: answer.url.endswith("/drafts/") and answer.ok):
        page.locator("form.answer textarea[name=body]").last.fill("Halvveis i et svar.")
    there = opens("per")
    there.goto("/drafts/")
    there.get_by_role("link", name="Halvveis i et svar.").click()
    area = there.locator("form.answer textarea[name=body]")
    expect(area).to_have_value("Halvveis i et svar.")
    expect(area).to_be_focused()
    there.keyboard.press("Control+Enter")
    expect(there.locator(".threads")).to_contain_text("Halvveis i et svar.")
    there.goto("/drafts/")
    expect(there.locator("main")).not_to_contain_text("Halvveis i et svar.")


def test_the_keys_lead_to_where_one_writes(live: Live, opens: Opens) -> None:
    entry = written(live, "tore", "Tastene", "thread")
    page = opens("per")
    page.goto(live.path(entry))
    page.keyboard.press("r")
    page.keyboard.type("Rett i boksen.")
    expect(page.locator("form.answer textarea[name=body]").last).to_have_value("Rett i boksen.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".threads .reply")).to_contain_text("Rett i boksen.")
    page.locator(".entry .acts a", has_text="Svar").click()
    expect(page.locator("form.answer textarea[name=body]").last).to_be_focused()
    page.goto("/threads/")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("form.answer textarea[name=body]").last).to_be_focused()
    page.goto("/spaces/kundeservice/")
    page.keyboard.press("c")
    expect(body_of(page)).to_be_focused()
    expect(page.locator("select[name=space]")).to_have_value("kundeservice")
    page.goto("/tags/")
    page.keyboard.press("j")
    expect(page.locator(".cloud a").first).to_be_focused()


def test_places_that_two_changed_are_settled_by_choosing(live: Live, opens: Opens) -> None:
    table = "| Sted | Tid |\n|---|---|\n| Tindevik | {} |\n| Eidsosen | 08:05 |"
    entry = written(live, "tore", "To i tabellen", body=table.format("07:15"))
    page = opens("ingrid")
    page.goto(f"/entries/{entry['id']}/edit/")
    with live.program("tore") as program:
        theirs = {"revision": entry["revision"], "title": entry["title"], "body": table.format("07:20")}
        program.post(f"/api/entries/{entry['id']}/edit", json=theirs).raise_for_status()
    body_of(page).fill(table.format("07:30"))
    press(page, "Lagre")
    expect(page.locator(".clash")).to_have_count(1)
    press(page, "Lagre")
    expect(page.locator("[role=alert]")).to_contain_text("to tekster")
    page.locator(".clash [value=mine]").check()
    press(page, "Lagre")
    expect(page.locator(".entry .prose table")).to_contain_text("07:30")
    expect(page.locator(".entry .prose")).not_to_contain_text("<<<")


def test_the_menu_of_a_phone_opens_over_the_page_and_closes_again(opens: Opens) -> None:
    page = opens("per", viewport={"width": 360, "height": 740})
    page.goto("/")
    page.evaluate("scrollTo(0, 700)")
    there = page.evaluate("scrollY")
    assert there > 300
    menu = page.locator("#menu")
    # Not by the mouse, for which Playwright would scroll first.
    page.locator(".to-menu").evaluate("each => each.click()")
    expect(menu).to_be_in_viewport()
    page.locator(".leave-menu").click()
    expect(menu).to_be_hidden()
    page.wait_for_function("was => Math.abs(scrollY - was) < 60", arg=there)
    page.locator(".to-menu").click()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    page.locator(".to-menu").click()
    menu.get_by_role("link", name="Stikkord").click()
    expect(page.locator("h1")).to_have_text("Stikkord")


def test_a_preview_without_javascript_keeps_the_form(opens: Opens) -> None:
    page = opens(java_script_enabled=False)
    sign_in(page, "tore")
    begin(page, "/new/question/", "Før det deles", "Se på #ferge, @ingrid.")
    press(page, "Forhåndsvis")
    expect(page.locator(".preview a", has_text="Ingrid")).to_be_visible()
    expect(page.locator(".preview a", has_text="#ferge")).to_be_visible()
    share(page)
    expect(page.locator("h1")).to_have_text("Før det deles")


def test_a_title_that_is_taken_is_shown_before_it_is_written_twice(opens: Opens) -> None:
    page = opens("tore")
    page.goto("/new/page/")
    page.get_by_label("Tittel").press_sequentially("Flytte avtale")
    expect(page.locator(".similar a").first).to_have_text("Flytte avtalegiro")
    page.get_by_label("Tittel").fill("Avtalegiro på to konti")
    meant = page.locator(".similar li", has_text="Hvem vet hvordan vi flytter avtalegiro")
    meant.get_by_role("button", name="Det var dette").click()
    expect(page.locator(".notice")).to_contain_text("Fint at det fantes fra før")
    press(page, "Angre")
    expect(page.get_by_label("Tittel")).to_have_value("Avtalegiro på to konti")


def test_the_palette_finds_words_anywhere_and_signs_out(opens: Opens) -> None:
    page = opens()
    sign_in(page, "tore")
    stays(page)
    for letters, found in (("avtalegiro", "Flytte avtalegiro"), ("sporsmal", "Spørsmål"), ("mørk", "Mørk")):
        page.keyboard.press("Control+k")
        page.keyboard.type(letters)
        expect(page.locator("dialog[open] [role=option]", has_text=found).first).to_be_visible()
        page.keyboard.press("Escape")
    assert stayed(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("logg ut")
    expect(page.locator("dialog[open] [role=option]").first).to_contain_text("Logg ut")
    page.keyboard.press("Enter")
    page.get_by_label("Passord").wait_for()
