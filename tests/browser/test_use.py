"""What people do with a mouse, with a keyboard, and without JavaScript."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Live, Opens, sign_in
from tests.test_files import picture
from web.demo import PASSWORD

pytestmark = pytest.mark.browser
# Gives the text area a file as the clipboard or the mouse would.
HAND_OVER = """(area, [how, name, data]) => {
    const file = new File([Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))], name, { type: "image/png" });
    const given = new DataTransfer();
    given.items.add(file);
    const event = how === "paste" ? new ClipboardEvent(how, { clipboardData: given, bubbles: true, cancelable: true })
        : new DragEvent(how, { dataTransfer: given, bubbles: true, cancelable: true });
    area.dispatchEvent(event);
}"""


def body_of(page: Page) -> Locator:
    return page.locator("main .write textarea[name=body]")


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def share(page: Page) -> None:
    page.locator("main .write .into .button").first.click()


def sign_in_again(page: Page, handle: str) -> None:
    page.locator("main [name=name]").fill(handle)
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Logg inn").click()


def test_a_reaction_is_given_and_taken_back_in_place(live: Live, opens: Opens) -> None:
    page = opens("kari")
    page.goto(live.path(live.first("article")))
    page.evaluate("window.stayed = true")
    button = page.locator(".entry .reactions button").first
    before = button.get_attribute("aria-pressed") or ""
    for expected in ("false" if before == "true" else "true", before):
        button.click()
        expect(button).to_have_attribute("aria-pressed", expected)
        expect(button).to_be_focused()
    assert page.evaluate("window.stayed")


def test_a_reply_is_written_where_one_reads(live: Live, opens: Opens) -> None:
    page = opens("kari")
    page.goto(live.path(live.first("thread")))
    page.evaluate("window.stayed = true")
    reply = page.locator(".threads .reply").first
    reply.locator("a.act", has_text="Svar").click()
    reply.locator("form.answer textarea[name=body]").first.fill("Under dette.")
    assert page.evaluate("window.stayed")
    reply.locator("form.answer").get_by_role("button", name="Send").click()
    expect(page.locator(".threads .under")).to_contain_text("Under dette.")
    expect(page.locator(":target")).to_contain_text("Under dette.")


def test_a_text_is_completed_by_keyboard_previewed_and_shared(opens: Opens) -> None:
    page = opens("ingrid")
    page.goto("/new/page/")
    page.get_by_label("Tittel").fill("Fra tastaturet")
    area = body_of(page)
    options = page.locator(".suggestions [role=option]")
    for typed, becomes in (
        ("Spør @tor", "Spør @tore "),
        (" om #avt", "#avtalegiro "),
        (" og [[flyt", "[[Flytte avtalegiro]] "),
    ):
        area.press_sequentially(typed)
        options.first.wait_for()
        expect(area).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
        area.press("Enter")
        expect(area).to_have_value(re.compile(re.escape(becomes) + "$"))
    area.press_sequentially("@")
    area.press_sequentially("kar")
    options.first.wait_for()
    area.press("Escape")
    expect(options.first).to_be_hidden()
    press(page, "Forhåndsvis")
    expect(page.locator(".previewed")).to_contain_text("Spør")
    share(page)
    for name in ("Tore Berg", "Flytte avtalegiro"):
        expect(page.locator(".entry .prose a", has_text=name)).to_be_visible()


def test_a_file_is_chosen_dropped_and_pasted_into_a_text(opens: Opens) -> None:
    page = opens("ingrid")
    page.goto("/new/page/")
    area, image = body_of(page), picture((40, 30))
    page.locator(".write input[type=file]").set_input_files({"name": "å.png", "mimeType": "image/png", "buffer": image})
    expect(area).to_have_value(re.compile(r"!\[å\.png\]\(/files/\d+/"))
    expect(page.locator(".write .said-of-files")).to_contain_text("hva den viser")
    page.keyboard.type("En liten kai")
    expect(area).to_have_value(re.compile(r"!\[En liten kai\]\(/files/\d+/"))
    area.press("Control+End")
    for turn, how in enumerate(("drop", "paste"), start=2):
        name = f"{how}.png"
        data = base64.b64encode(picture((40, 30 + turn))).decode()
        area.evaluate(HAND_OVER, [how, name, data])
        expect(area).to_have_value(re.compile(rf"!\[{re.escape(name)}\]\(/files/\d+/"))
    page.locator(".write input[type=file]").set_input_files({"name": "x.exe", "mimeType": "", "buffer": b"MZ\0\0"})
    expect(page.locator(".write .said-of-files")).not_to_have_text(re.compile("^$|Sender"))
    assert area.input_value().count("/files/") == 3
    page.get_by_label("Tittel").fill("Med bilder")
    share(page)
    images = page.locator(".entry .prose img")
    expect(images).to_have_count(3)
    for number in range(3):
        assert images.nth(number).evaluate("image => image.decode().then(() => image.naturalWidth)") == 40


SHEET = r"""(area) => {
    const given = new DataTransfer();
    given.setData("text/html", "<table><tr><td>Kai</td><td>Dybde</td></tr><tr><td>Nord | øst</td><td>7</td></tr></table>");
    given.setData("text/plain", "Kai\tDybde\nNord | øst\t7\n");
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true }));
}"""


def test_a_table_is_pasted_and_changed_cell_by_cell_and_stays_markdown(opens: Opens) -> None:
    page = opens("ingrid")
    page.goto("/new/page/")
    area, grid = body_of(page), page.locator("dialog.grid")
    area.fill("Før.")
    area.press("Control+End")
    area.evaluate(SHEET)
    pasted = "Før.\n\n| Kai         | Dybde |\n| ----------- | ----- |\n| Nord \\| øst | 7     |\n"
    expect(area).to_have_value(pasted)
    area.press("ArrowUp")
    page.locator(".write [data-format=table]").click()
    expect(grid.locator("input")).to_have_count(4)
    expect(grid.locator("input").nth(2)).to_have_value("Nord | øst")
    grid.locator("input").nth(3).click()
    page.keyboard.press("Enter")
    page.keyboard.type("Sør")
    page.keyboard.press("Tab")
    page.keyboard.type("12")
    page.keyboard.press("Alt+ArrowUp")
    press(page, "Høyre")
    press(page, "Sorter etter kolonnen")
    press(page, "Sorter etter kolonnen")
    expect(grid.locator("input").nth(3)).to_have_value("12")
    press(page, "Sett den inn i teksten")
    changed = (
        "Før.\n\n| Kai         | Dybde |\n| ----------- | ----: |\n| Sør         | 12    |\n| Nord \\| øst | 7     |\n"
    )
    expect(area).to_have_value(changed)
    expect(area).to_be_focused()
    area.press("Control+z")
    expect(area).to_have_value(pasted)
    press(page, "Forhåndsvis")
    expect(page.locator(".previewed td").first).to_have_text("Nord | øst")


def test_a_passage_is_chosen_in_the_text_and_annotated(live: Live, opens: Opens) -> None:
    page = opens("tore")
    page.goto(live.path(live.first("article")))
    page.locator(".entry .prose p").first.click(click_count=3)
    page.locator(".quote-this button").click()
    form = page.locator("form.answer", has=page.locator("[name=quote]"))
    passage = form.locator("[name=quote]").input_value()
    assert len(passage) > 20
    expect(form.locator("[name=body]")).to_be_focused()
    form.locator("[name=body]").fill("Dette kjenner jeg igjen.")
    form.get_by_role("button", name="Send").click()
    expect(page.locator(".annotations")).to_contain_text("Dette kjenner jeg igjen.")
    expect(page.locator(".annotations .quoted", has_text=re.sub(r"\s+", " ", passage)).last).to_be_visible()
    assert page.evaluate("CSS.highlights.get('quoted').size") > 0


CHOOSE = """([words, nth]) => {
    const walker = document.createTreeWalker(document.querySelector(".entry .prose"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(), left = nth; node; node = walker.nextNode()) {
        const at = node.data.indexOf(words);
        if (at >= 0 && left-- === 0) getSelection().setBaseAndExtent(node, at, node, at + words.length);
    }
}"""


def test_of_the_same_words_twice_those_that_were_chosen_are_meant(live: Live, opens: Opens) -> None:
    body = "Kaia er stengt. Vent inne.\n\nFerga går ikke.\n\nKaia er stengt. Gå hjem.\n"
    with live.program("sunniva") as program:
        sent = {"kind": "article", "space": "house", "title": "Kaia", "body": body}
        id = program.post("/api/entries", json=sent).raise_for_status().json()["id"]
    page = opens("tore")
    page.goto(f"/e/{id}")
    page.evaluate(CHOOSE, ["Kaia er stengt.", 1])
    page.locator(".quote-this button").click()
    page.locator("form.answer [name=body]").first.fill("Hvor lenge?")
    page.get_by_label("Noe er feil").first.check()
    page.locator("form.answer", has=page.locator("[name=quote]")).get_by_role("button", name="Send").click()
    mark = page.locator(".prose a.noted")
    expect(mark).to_have_text("1")
    assert "Gå hjem" in (mark.locator("xpath=ancestor::p").inner_text()), "it stands behind the second"
    chosen = "[...CSS.highlights.get('quoted')][0]"
    assert page.evaluate(f"{chosen}.startContainer.parentElement.innerText").endswith("Gå hjem.")
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reply:target, :target > .reply")).to_contain_text("Hvor lenge?")
    page.evaluate(CHOOSE, ["Vent inne.", 0])
    page.locator(".quote-this").get_by_role("link", name="Foreslå en endring").click()
    area = page.locator("textarea[name=body]")
    expect(area).to_be_focused()
    assert area.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)") == "Vent inne."
    area.fill(body.replace("Vent inne.", "Vent i kafeen."))
    page.get_by_label("Hvorfor").fill("Der er det varmt")
    page.get_by_role("button", name="Send forslaget").click()
    expect(page.locator(".waits")).to_have_text("1 forslag fra deg")


def test_what_was_typed_is_there_after_the_tab_was_closed_until_it_is_shared(opens: Opens) -> None:
    page = opens("sunniva")
    page.goto("/new/question/")
    page.get_by_label("Tittel").fill("Et halvt spørsmål")
    body_of(page).fill("Nesten ferdig")
    browser = page.context
    page.close()
    page = browser.new_page()
    page.goto("/new/question/")
    expect(body_of(page)).to_have_value("Nesten ferdig")
    expect(page.get_by_label("Tittel")).to_have_value("Et halvt spørsmål")
    share(page)
    page.locator(".entry").wait_for()
    page.goto("/new/question/")
    expect(body_of(page)).to_have_value("")


def test_what_one_person_typed_is_not_shown_to_another_in_the_same_browser(opens: Opens) -> None:
    page = opens("tore")
    page.goto("/new/thread/")
    body_of(page).fill("Bare for Tore")
    page.context.clear_cookies()
    sign_in(page, "ingrid")
    page.goto("/new/thread/")
    expect(body_of(page)).to_have_value("")
    press(page, "Logg ut")
    page.get_by_label("Passord").wait_for()
    sign_in(page, "tore")
    page.goto("/new/thread/")
    expect(body_of(page)).to_have_value("")


def test_words_survive_a_session_that_ended_and_are_saved_after_signing_in(opens: Opens) -> None:
    page = opens("sunniva")
    page.goto("/new/idea/")
    page.get_by_label("Tittel").fill("En idé")
    body_of(page).fill("Som ikke må bli borte, uansett")
    page.context.clear_cookies()
    share(page)
    expect(page.locator(".kept textarea")).to_have_value("Som ikke må bli borte, uansett")
    sign_in_again(page, "sunniva")
    expect(body_of(page)).to_have_value("Som ikke må bli borte, uansett")
    share(page)
    expect(page.locator(".entry .prose")).to_have_text("Som ikke må bli borte, uansett")


def test_words_that_become_another_kind_are_kept_there_and_not_where_they_were(opens: Opens) -> None:
    page = opens("per")
    page.goto("/")
    page.locator(".composer [name=body]").fill("Dette er egentlig en idé")
    page.locator(".composer .onward").get_by_role("button", name="idé").click()
    expect(page.locator("[name=title]")).to_be_focused()
    expect(body_of(page)).to_have_value("Dette er egentlig en idé")
    page.goto("/")
    expect(page.locator(".composer [name=body]")).to_have_value("")
    page.goto("/new/idea/")
    expect(body_of(page)).to_have_value("Dette er egentlig en idé")


def test_choosing_another_kind_changes_what_is_asked_for_and_keeps_every_word(opens: Opens) -> None:
    page = opens("per")
    page.goto("/")
    page.evaluate("window.stayed = true")
    page.keyboard.press("c")
    page.keyboard.type("Noen som vet?")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+b")
    expect(page.locator(".composer [name=body]")).to_have_value("**Noen som vet?**")
    button = page.locator(".write .into .button")
    expect(button).to_have_text("Del med Tindevik Rutelag · alle 40")
    page.locator("select[name=space]").select_option("ledelse")
    expect(button).to_have_text("Del med Ledelse · 6 personer")
    page.locator(".onward").get_by_role("button", name="Spørsmål").click()
    expect(page.locator("[name=title]")).to_be_focused()
    expect(body_of(page)).to_have_value("**Noen som vet?**")
    expect(button).to_have_text("Del med Ledelse · 6 personer")
    page.keyboard.type("Hvem har nøkkelen?")
    assert page.evaluate("window.stayed")
    page.locator(".onward").get_by_role("button", name="Idé").click()
    expect(page.locator("input[name=kind]")).to_have_value("idea")
    expect(page.locator("[name=title]")).to_have_value("Hvem har nøkkelen?")
    share(page)
    expect(page.locator("h1")).to_have_text("Hvem har nøkkelen?")
    expect(page.locator(".entry .prose strong")).to_have_text("Noen som vet?")


def test_a_button_of_the_box_at_rest_stays_under_a_slow_finger(opens: Opens) -> None:
    for width in (1320, 360):
        page = opens("per", viewport={"width": width, "height": 900})
        page.goto("/")
        expect(page.locator(".composer .asks")).to_be_hidden()
        page.locator(".onward").get_by_role("button", name="Spørsmål").click(delay=200)
        expect(page.locator("[name=title]")).to_be_focused()


def test_what_one_says_to_a_quotation_follows_it(live: Live, opens: Opens) -> None:
    page = opens("per")
    page.goto(f"/entries/{live.first('thread')['id']}/reply/?quote=true")
    said = page.locator(".answer [name=body]")
    expect(said).to_be_focused()
    page.keyboard.type("Enig.")
    expect(said).to_have_value(re.compile(r"^\[.+\n\n> .+\n\nEnig\.$", re.DOTALL))


def test_the_bar_of_a_telephone_has_two_rows_in_either_language(opens: Opens) -> None:
    page = opens("per", viewport={"width": 360, "height": 740})
    page.goto("/bin/")
    expect(page.locator(".mark span")).to_be_in_viewport()
    for label in ("Del noe", "Share something"):
        page.locator(".account .button").evaluate("(each, label) => { each.textContent = label; }", label)
        assert page.locator("header.bar").evaluate("(bar) => bar.offsetHeight") < 120, label


def test_nothing_that_is_pasted_is_cut(opens: Opens) -> None:
    page = opens("per")
    page.goto("/")
    page.locator(".composer [name=body]").fill("ord " * 200)
    expect(page.locator(".composer .left:not([hidden])")).to_have_text("300 tegn for mye. Ingenting blir kuttet.")
    share(page)
    expect(body_of(page)).to_have_value("ord " * 200)
    page.locator(".onward").get_by_role("button", name="Side").click()
    expect(body_of(page)).to_have_value("ord " * 200)


def test_the_keys_go_where_one_wants_and_explain_themselves(live: Live, opens: Opens) -> None:
    page = opens("per")
    page.goto("/people/")
    page.keyboard.press("?")
    expect(page.locator("dialog[open] dd")).to_have_count(8 + 19)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("header [type=search]")).to_be_focused()
    page.keyboard.type("c/?")
    expect(page.locator("header [type=search]")).to_have_value("c/?")
    page.locator("header [type=search]").blur()
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/new/$"))
    expect(body_of(page)).to_be_focused()
    body_of(page).blur()
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page).to_have_url(re.compile("/questions/$"))
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/questions/[0-9]+/"))


def test_a_few_letters_lead_anywhere(opens: Opens) -> None:
    page = opens("per")
    page.goto("/")
    for letters, address in (
        ("ingrid", "/people/ingrid/"),
        ("kundes", "/spaces/kundeservice/"),
        ("velkommen", "/pages/[0-9]+/velkommen"),
    ):
        page.keyboard.press("Control+k")
        expect(page.locator("dialog[open] input")).to_be_focused()
        page.keyboard.type(letters)
        page.keyboard.press("Enter")  # at once: what is shown for fewer letters is not meant
        expect(page).to_have_url(re.compile(address))
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_everything_is_done_without_javascript(opens: Opens) -> None:
    page = opens(java_script_enabled=False)
    sign_in(page, "tore")
    page.locator(".composer [name=body]").fill("Uten skript")
    page.locator(".composer .into .button").click()
    expect(page.locator("h1")).to_contain_text("Uten skript")
    page.goto("/files/")
    page.locator("main [type=file]").set_input_files(
        {"name": "b.png", "mimeType": "image/png", "buffer": picture((20, 20))}
    )
    press(page, "Send")
    markdown = page.locator(".secret code").inner_text()
    page.goto("/new/question/")
    page.get_by_label("Tittel").fill("Går det uten skript?")
    body_of(page).fill(f"Se her: {markdown}")
    press(page, "Forhåndsvis")
    expect(page.locator(".preview img")).to_be_visible()
    page.go_back()
    expect(body_of(page)).to_have_value(f"Se her: {markdown}")
    share(page)
    expect(page.locator(".entry .prose img")).to_be_visible()
    address = page.url
    _answers_and_recommends(opens("per", java_script_enabled=False), address)
    page.goto(address)
    press(page, "Dette er svaret")
    expect(page.locator(".accepted")).to_contain_text("Ja.")
    page.locator(".entry .acts a", has_text="Rediger").click()
    body_of(page).fill("Det gjør det.")
    press(page, "Lagre")
    expect(page.locator(".entry .prose")).to_have_text("Det gjør det.")
    page.locator("header [type=search]").fill("uten skript")
    page.locator("header [type=search]").press("Enter")
    expect(page.locator(".rows")).to_contain_text("Går det uten skript?")
    page.goto(address)
    page.locator(".entry .acts summary").click()
    page.locator(".entry .acts a[href$='/trash/']").click()
    page.locator("main .danger").click()
    page.locator(".notice button").click()
    expect(page.locator("h1")).to_contain_text("Går det uten skript?")


def test_what_has_a_time_a_series_and_files_is_done_without_javascript_too(opens: Opens) -> None:
    page = opens("tore", java_script_enabled=False)
    page.goto("/new/article/")
    page.get_by_label("Tittel").fill("Siden, uten skript")
    body_of(page).fill("Delt når det passer.")
    page.get_by_label("Del av serien").fill("Uten skript")
    page.locator(".when > summary").click()
    page.get_by_label("Deles").fill(f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}")
    press(page, "Del den da")
    waiting = page.locator("main li", has_text="Siden, uten skript")
    expect(waiting).to_contain_text("Deles")
    waiting.get_by_role("button", name="Del den nå").click()
    expect(page.locator(".series")).to_contain_text("Uten skript")
    page.goto("/files/")
    page.locator("main [type=file]").set_input_files({"name": "c.txt", "mimeType": "text/plain", "buffer": b"Forrige"})
    press(page, "Send")
    page.goto("/files/")
    page.get_by_role("link", name="c.txt").first.click()
    page.locator("main [type=file]").set_input_files({"name": "c.txt", "mimeType": "text/plain", "buffer": b"Denne"})
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main .chip")).to_have_text("Vises nå")
    press(page, "Hent tilbake")
    expect(page.locator("main .row")).to_have_count(3)


def _answers_and_recommends(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("form.answer textarea[name=body]").last.fill("Ja.")
    page.get_by_role("button", name="Send").last.click()
    expect(page.locator(".threads")).to_contain_text("Ja.")
    for pressed in ("true", "false", "true"):
        page.locator(".entry .reactions button").first.click()
        expect(page.locator(".entry .reactions button").first).to_have_attribute("aria-pressed", pressed)


def test_an_open_page_says_that_there_is_more_to_see(live: Live, opens: Opens) -> None:
    page = opens("per")
    page.goto(live.path(live.first("question")))
    id = live.first("question")["id"]
    said = page.locator("dugnad-live")
    expect(said).to_be_hidden()
    with live.program("tore") as tore:
        assert tore.post(f"/api/entries/{id}/reply", json={"body": "Nytt mens du leste."}).status_code == 201
        expect(said).to_have_text("Ett nytt svar")
        page.goto("/")
        assert (
            tore.post("/api/entries", json={"kind": "micropost", "space": "house", "body": "Nytt."}).status_code == 201
        )
        expect(said).to_have_text("Én ny ting")
        assert (
            tore.post("/api/entries", json={"kind": "micropost", "space": "house", "body": "Mer."}).status_code == 201
        )
        expect(said).to_have_text("2 nye ting")
    said.locator("a").click()
    expect(page.locator(".rows").first).to_contain_text("Mer.")
    expect(said).to_be_hidden()


def test_what_is_begun_in_one_browser_is_found_in_another_and_gone_when_it_is_shared(opens: Opens) -> None:
    here, there = opens("tore"), opens("tore")
    here.goto("/new/page/")
    with here.expect_response(lambda answer: answer.url.endswith("/drafts/") and answer.ok):
        here.get_by_label("Tittel").fill("Begynt på jobben")
        body_of(here).fill("Ferdig hjemme.")
    there.goto("/drafts/")
    there.get_by_role("link", name="Begynt på jobben").click()
    expect(body_of(there)).to_have_value("Ferdig hjemme.")
    share(there)
    expect(there.locator("h1")).to_have_text("Begynt på jobben")
    there.goto("/drafts/")
    expect(there.locator("main")).not_to_contain_text("Begynt på jobben")


def test_pages_are_put_in_order_by_keyboard_and_by_hand_and_branches_fold(opens: Opens, live: Live) -> None:
    with live.program("tore") as tore:
        made: dict[str, int] = {}
        for title, above in (("Rot", ""), ("Gren", "Rot"), ("Kvist", "Rot"), ("Blad", "Rot")):
            said = {"kind": "page", "space": "kundeservice", "title": title, "body": "Tre."}
            made[title] = tore.post("/api/entries", json=said).json()["id"]
            if above:
                tore.post(f"/api/entries/{made[title]}/place", json={"parent": made[above]}).raise_for_status()
    page = opens("tore")
    page.goto("/spaces/kundeservice/tree/")
    rows = page.locator(f"li[data-page='{made['Rot']}'] li label")
    expect(rows).to_have_text(["Gren", "Kvist", "Blad"])
    blad = page.locator(f"#page-{made['Blad']}")
    blad.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(rows).to_have_text(["Gren", "Blad", "Kvist"])
    expect(blad).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(f"li[data-page='{made['Gren']}'] li label")).to_have_text(["Blad"])
    page.get_by_role("button", name="Angre").click()
    expect(rows).to_have_text(["Gren", "Blad", "Kvist"])
    page.goto("/spaces/kundeservice/tree/")
    page.locator("label", has_text="Kvist").drag_to(
        page.locator("label", has_text="Gren"), target_position={"x": 30, "y": 4}
    )
    expect(rows).to_have_text(["Kvist", "Gren", "Blad"])
    last = page.locator("label", has_text="Blad")
    low = (last.bounding_box() or {"height": 0})["height"] - 3
    page.locator("label", has_text="Kvist").drag_to(last, target_position={"x": 30, "y": low})
    expect(rows).to_have_text(["Gren", "Blad", "Kvist"])

    page.goto("/spaces/kundeservice/pages/")
    fold = page.get_by_role("button", name="Sider under Rot")
    expect(page.get_by_role("navigation", name="Sider").get_by_role("link", name="Gren")).to_be_visible()
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Sider").get_by_role("link", name="Gren")).to_be_hidden()
    page.reload()
    expect(fold).to_have_attribute("aria-expanded", "false")


def test_tasks_are_ticked_code_is_copied_and_the_outline_says_where_one_is(opens: Opens, live: Live) -> None:
    parts = "\n\n".join(f"## Del {number}\n\n" + "Tekst.\n\n" * 30 for number in range(3))
    with live.program("tore") as tore:
        said = {
            "kind": "page",
            "space": "kundeservice",
            "title": "Flytting",
            "body": f"- [ ] Esker\n- [ ] Nøkler\n\n```\nls -l\n```\n\n{parts}",
        }
        made = tore.post("/api/entries", json=said).json()
    page = opens("tore", permissions=["clipboard-read", "clipboard-write"])
    page.goto(live.path(made))
    for box in page.locator(".task input").all():
        with page.expect_response("**/tick") as answer:
            box.check()
        assert answer.value.ok
    page.reload()
    expect(page.locator(".task input:checked")).to_have_count(2)
    page.locator(".coded").hover()
    page.locator(".coded .copy").click()
    expect(page.locator(".coded .copy")).to_have_text("Kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == "ls -l"
    page.locator("h2", has_text="Del 1").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#s-del-1').scrollIntoView()")
    expect(page.locator(".outline [aria-current]")).to_have_text("Del 1")
    with live.program("tore") as tore:
        current = tore.get(f"/api/entries/{made['id']}").json()
        change = {"revision": current["revision"], "body": "- [x] Noe annet\n- [x] Og mer"}
        tore.post(f"/api/entries/{made['id']}/edit", json=change).raise_for_status()
    page.locator(".task input").first.click()
    expect(page.locator("dugnad-toasts")).to_contain_text("Les siden på nytt")
    expect(page.locator(".task input").first).to_be_checked()


FORMULAS = r"""Energy is $E = mc^2$, it costs $5 or 10$, and this is wrong: $\frac{1$.

$$
\sum_{i=1}^n x_i \href{javascript:alert(1)}{y} \htmlStyle{color:red}{z} \includegraphics{https://example.org/x.png} \fcolorbox{red}{blue}{f}
$$

```math
\begin{pmatrix} a & b \\ c & d \end{pmatrix}
```

```mermaid
flowchart LR
  A["<img src=x onerror=alert(1)>"] --> B
  click B "javascript:alert(1)"
```
"""


def test_formulas_and_diagrams_are_drawn_here_and_in_a_copy_and_do_nothing_else(
    live: Live, opens: Opens, tmp_path: Path
) -> None:
    with live.program("tore") as tore:
        given = {"kind": "page", "space": "house", "title": "Formulas", "body": FORMULAS}
        entry = tore.post("/api/entries", json=given).json()
    live.dugnad("export", str(tmp_path / "copy"), "--audience", "everyone")
    copied = tmp_path / "copy" / live.path(entry).strip("/") / "index.html"
    for page, address in (
        (opens("per"), live.path(entry)),
        (opens(home=(tmp_path / "copy").as_uri()), copied.as_uri()),
    ):
        page.goto(address)
        expect(page.locator(".prose code.math math")).to_have_count(1)
        expect(page.locator(".prose pre.math math mtable")).to_have_count(1)
        assert page.locator(".prose .math").first.evaluate("each => each.getBoundingClientRect().height") > 5
        text = page.locator(".prose").first.inner_text()
        assert r"\frac{1" in text and "$5 or 10$" in text, (
            "what is no formula, or cannot be read, stands as it was typed"
        )
        assert page.locator(".prose a, .prose :not(.diagram) > img, .prose [style*=red], .prose script").count() == 0
        drawing = page.locator(".prose .diagram > img")
        assert drawing.evaluate("each => each.complete && each.naturalWidth") == int(
            str(drawing.get_attribute("width"))
        )


def test_formulas_are_drawn_in_a_preview(live: Live, opens: Opens) -> None:
    page = opens("per")
    page.goto("/new/page/")
    body_of(page).fill(
        r"So $x^2$, and not $\def\a{" + "x" * 400 + r"}" + r"\a" * 40 + "$, which would grow without end."
    )
    press(page, "Forhåndsvis")
    expect(page.locator(".preview .math math")).to_have_count(1)
    expect(page.locator(".preview .math").nth(1)).to_have_attribute("data-drawn", "false")
