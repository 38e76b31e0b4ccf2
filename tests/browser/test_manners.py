"""What changes in place: edits, replies, lists and what can be taken back, with the focus where it belongs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, Opens
from tests.browser.test_use import press

pytestmark = pytest.mark.browser


def written(live: Live, handle: str, title: str, kind: str = "page", **more: Any) -> dict[str, Any]:
    with live.program(handle) as program:
        made = program.post(
            "/api/entries", json={"kind": kind, "space": "house", "title": title, "body": "Slik var det.", **more}
        )
        found: dict[str, Any] = made.raise_for_status().json()
    return found


def stays(page: Page) -> None:
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def test_a_text_is_changed_where_it_stands(live: Live, opens: Opens) -> None:
    entry = written(live, "tore", "Endres på stedet")
    page = opens("tore")
    page.goto(live.path(entry))
    stays(page)
    page.keyboard.press("e")
    area = page.locator("article.entry form.write textarea[name=body]")
    expect(page.locator("article.entry form.write :focus")).to_have_count(1)
    area.fill("Slik ble det.")
    press(page, "Lagre")
    expect(page.locator(".entry .prose")).to_have_text("Slik ble det.")
    expect(page.locator(".toasts .notice")).to_contain_text("Lagret")
    expect(page.locator(f"[data-edit='{entry['id']}']")).to_be_focused()
    assert stayed(page) and page.url.endswith(live.path(entry))
    page.reload()
    expect(page.locator(".entry .prose")).to_have_text("Slik ble det.")


def test_a_change_that_is_left_leaves_the_text_as_it_was(live: Live, opens: Opens) -> None:
    entry = written(live, "tore", "Blir som det var")
    page = opens("tore")
    page.goto(live.path(entry))
    stays(page)
    page.locator(f"[data-edit='{entry['id']}']").click()
    page.locator("form.write textarea[name=body]").fill("Nei.")
    page.get_by_role("link", name="La det være som det var").click()
    expect(page.locator(".entry .prose")).to_have_text("Slik var det.")
    assert stayed(page)


def test_what_is_wrong_with_a_change_is_said_and_nothing_typed_is_lost(live: Live, opens: Opens) -> None:
    entry = written(live, "tore", "Får ikke være tom")
    page = opens("tore")
    page.goto(live.path(entry))
    page.locator(f"[data-edit='{entry['id']}']").click()
    page.locator("form.write [name=title]").evaluate("each => each.removeAttribute('required')")
    page.locator("form.write [name=title]").fill("")
    page.locator("form.write textarea[name=body]").fill("Men dette ble skrevet.")
    press(page, "Lagre")
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("form.write textarea[name=body]")).to_have_value("Men dette ble skrevet.")


def test_a_reply_goes_to_the_bin_and_comes_back_without_leaving_the_page(live: Live, opens: Opens) -> None:
    entry = written(live, "tore", "Med svar", "thread")
    page = opens("tore")
    page.goto(live.path(entry))
    stays(page)
    page.locator("form.answer textarea[name=body]").last.fill("Et svar som angres.")
    page.locator("form.answer").last.get_by_role("button", name="Send").click()
    reply = page.locator(".reply", has_text="Et svar som angres.")
    expect(reply).to_be_visible()
    expect(page.locator(":target")).to_contain_text("Et svar som angres.")
    reply.locator("summary", has_text="Mer").click()
    reply.get_by_role("button", name="Legg i papirkurven").click()
    expect(reply).to_have_count(0)
    toast = page.locator(".toasts .notice")
    expect(toast).to_contain_text("papirkurven")
    toast.get_by_role("button", name="Angre").click()
    expect(page.locator(".reply", has_text="Et svar som angres.")).to_be_visible()
    assert stayed(page)


def test_a_list_that_was_left_is_there_again_with_the_focus_on_what_one_followed(live: Live, opens: Opens) -> None:
    with live.program("tore") as program:
        for number in range(70):
            program.post("/api/entries", json={"kind": "micropost", "space": "house", "body": f"Nummer {number}."})
    page = opens("per", viewport={"width": 1320, "height": 500})
    page.goto("/microposts/")
    stays(page)
    newest = page.locator(".rows").inner_text()
    for _ in range(2):
        before = page.url
        page.get_by_role("link", name="Eldre").click()
        expect(page).not_to_have_url(before)
        expect(page.locator("main")).to_be_focused()
    assert stayed(page) and "/older/" in page.url
    older, seen = page.url, page.locator(".rows").inner_text()
    link = page.locator(".rows > li").nth(3).locator("a.when")
    link.scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    assert scrolled > 0
    link.click()
    page.wait_for_url(re.compile(r"/microposts/\d+/"))
    page.go_back()
    expect(page).to_have_url(older)
    assert page.locator(".rows").inner_text() == seen
    expect(page.locator(".rows > li").nth(3).locator("a.when")).to_be_focused()
    page.wait_for_function("was => Math.abs(scrollY - was) < 60", arg=scrolled)
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile("/microposts/$"))
    expect(page.locator(".rows")).to_have_text(re.compile(re.escape(newest.split("\n")[0])))


def test_a_space_is_narrowed_to_a_kind_in_place_with_an_address_of_its_own(opens: Opens) -> None:
    page = opens("per")
    page.goto("/spaces/kundeservice/")
    stays(page)
    page.locator(".tabs").get_by_role("link", name="Spørsmål").click()
    expect(page.locator(".tabs [aria-current]")).to_have_text("Spørsmål")
    expect(page).to_have_url(re.compile("/spaces/kundeservice/questions/$"))
    expect(page).to_have_title(re.compile("Spørsmål"))
    page.go_back()
    expect(page.locator(".tabs [aria-current]")).to_have_text("Alt")
    assert stayed(page)


def test_whoever_edits_is_told_that_somebody_else_does(live: Live, opens: Opens) -> None:
    entry = written(live, "tore", "To på en gang")
    one, other = opens("tore"), opens("ingrid")
    for page in (one, other):
        page.goto(live.path(entry))
        page.locator(f"[data-edit='{entry['id']}']").click()
    one.locator("form.write textarea[name=body]").fill("Slik var det.\n\nTore la til dette.")
    press(one, "Lagre")
    expect(one.locator(".entry .prose")).to_contain_text("Tore la til")
    expect(other.locator("form.write dugnad-live")).to_be_visible()
    other.locator("form.write textarea[name=body]").fill("Ingrid begynte slik.\n\nSlik var det.")
    press(other, "Lagre")
    expect(other.locator(".entry .prose")).to_contain_text("Ingrid begynte slik.")
    expect(other.locator(".entry .prose")).to_contain_text("Tore la til dette.")


def test_words_typed_in_the_composer_are_there_when_one_comes_back(opens: Opens) -> None:
    page = opens("per")
    page.goto("/")
    page.locator(".composer [name=body]").fill("Halvveis i en tanke")
    page.get_by_role("link", name="Eldre").click()
    expect(page.locator(".composer")).to_have_count(0)
    page.go_back()
    expect(page.locator(".composer [name=body]")).to_have_value("Halvveis i en tanke")
    page.locator(".composer [name=body]").fill("")


def test_without_a_network_it_is_said_and_the_words_stay(live: Live, opens: Opens) -> None:
    page = opens("tore")
    page.goto(live.path(written(live, "tore", "Uten nett", "thread")))
    # htmx says aloud what it could not have; here that is what is wanted.
    page.evaluate(
        "() => { console.error = () => {}; window.fetch = () => Promise.reject(new TypeError('no network')); }"
    )
    area = page.locator("form.answer textarea[name=body]").last
    area.fill("Skrevet i tunnelen.")
    page.locator("form.answer").last.get_by_role("button", name="Send").click()
    expect(page.locator(".toasts .notice")).to_contain_text("Nettet er borte")
    expect(area).to_have_value("Skrevet i tunnelen.")


def test_an_impatient_finger_sends_once(live: Live, opens: Opens) -> None:
    thrice = "form => { form.requestSubmit(); form.requestSubmit(); form.requestSubmit(); }"
    page = opens("tore")
    page.goto(live.path(written(live, "tore", "Utålmodig", "thread")))
    page.locator("form.answer textarea[name=body]").last.fill("Bare én gang.")
    page.locator("form.answer").last.evaluate(thrice)
    expect(page.locator(".reply", has_text="Bare én gang.")).to_be_visible()
    page.reload()
    expect(page.locator(".reply", has_text="Bare én gang.")).to_have_count(1)
    page.goto("/")
    page.locator(".composer [name=body]").fill("Også bare én gang")
    page.locator(".composer").evaluate(thrice)
    page.locator(".entry").wait_for()
    page.goto("/microposts/")
    expect(page.locator(".row", has_text="Også bare én gang")).to_have_count(1)


def test_looking_at_a_text_before_it_is_sent_loses_nothing_of_it(live: Live, opens: Opens) -> None:
    page = opens("tore")
    page.goto(live.path(written(live, "tore", "Forhåndsvist", "thread")))
    area = page.locator("form.answer textarea[name=body]").last
    area.fill("Nesten ferdig.")
    page.locator("form.answer").last.get_by_role("button", name="Forhåndsvis").click()
    expect(page.locator("form.answer .previewed").last).to_contain_text("Nesten ferdig.")
    page.reload()
    expect(page.locator("form.answer textarea[name=body]").last).to_have_value("Nesten ferdig.")


def test_the_focus_goes_to_what_one_opened_to_write_in_and_nowhere_else(live: Live, opens: Opens) -> None:
    entry = written(live, "tore", "Fokus", "thread")
    with live.program("tore") as program:
        for body in ("Det første.", "Det andre."):
            program.post(f"/api/entries/{entry['id']}/reply", json={"body": body}).raise_for_status()
    page = opens("tore")
    page.goto(live.path(entry))
    replies = page.locator(".threads .reply")
    for number, word in ((0, "Rediger"), (1, "Svar")):
        replies.nth(number).locator("a.act", has_text=word).click()
        expect(replies.nth(number).locator("form textarea[name=body]")).to_be_focused()
    page.goto(live.path(entry))
    replies.nth(1).locator("summary").click()
    replies.nth(1).get_by_role("button", name="Legg i papirkurven").click()
    expect(replies).to_have_count(1)
    expect(page.locator("main")).to_be_focused()


def test_on_paper_there_is_the_text_where_it_leads_and_nothing_to_press(live: Live, opens: Opens) -> None:
    body = (
        "Se https://nett.example.org/ og [kartet](https://kart.example.org/a).\n\n## Del\n\n- [ ] gjort\n\n```\n"
        + "x " * 200
    )
    entry = written(live, "tore", "På papir", body=body)
    page = opens("tore")
    for path in (live.path(entry), f"/entries/{entry['id']}/whole/"):
        page.goto(path)
        page.emulate_media(media="print")
        expect(page.locator(".entry .prose").first).to_be_visible()
        pressed = page.locator(
            "button, summary, textarea, select, [role=search], .beside, .side, .foot, .empty, .prose .section"
        )
        assert [each.evaluate("each => each.outerHTML") for each in pressed.all() if each.is_visible()] == []
        led = "each => getComputedStyle(each, '::after').content"
        links = page.locator(".prose a[href^=http]")
        assert links.nth(0).evaluate(led) == "none", "it says it already"
        assert "https://kart.example.org/a" in links.nth(1).evaluate(led)
        assert page.locator(".prose pre").evaluate("each => each.scrollWidth <= each.clientWidth"), "no line is cut"
        expect(page.locator(".on-paper").first).to_contain_text(f"/e/{entry['id']}")
