"""Hostile text in a real browser: nothing runs, nothing is sent anywhere, nothing even tries."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.browser.conftest import Live, Opens, watch
from tests.hostile import OWN, collected

pytestmark = pytest.mark.browser
_A_PAGE = 25


def _post(program: httpx.Client, texts: list[str], kind: str = "page") -> list[int]:
    """The texts as bodies, several to a page, and each as a title, a tag and an address too."""
    made: list[int] = []
    for start in range(0, len(texts), _A_PAGE):
        some = texts[start : start + _A_PAGE]
        body = "\n\n".join(some)[:200_000]
        made += _made(program, {"kind": kind, "space": "house", "title": f"Some texts {start}", "body": body})
    for text in texts[:: max(1, len(texts) // 60)]:
        title = " ".join(text.split())[:150] or "x"
        sent = {
            "kind": "bookmark",
            "space": "house",
            "title": title,
            "url": f"https://example.org/{title[:50]}",
            "tags": text[:200],
        }
        made += _made(program, {**sent, "body": text[:60_000]})
    return made


def _made(program: httpx.Client, sent: dict[str, str]) -> list[int]:
    answer = program.post("/api/entries", json=sent)
    assert answer.status_code in (201, 422), answer.text
    return [answer.json()["id"]] if answer.status_code == 201 else []


def test_our_own_collection_does_no_harm_anywhere(live: Live, opens: Opens) -> None:
    with live.program("kari") as program:
        ids = _post(program, list(OWN))
        for text in OWN[:20]:
            _made(program, {"kind": "micropost", "space": "house", "body": text[:500]})
    page = opens("kari")
    for id in ids:
        for address in (f"/e/{id}", f"/entries/{id}/edit/", f"/entries/{id}/history/"):
            page.goto(address)
    for address in (
        "/",
        "/bookmarks/",
        "/tags/",
        "/search/?q=script",
        "/search/?q=%3Cscript%3E",
        "/people/kari/",
        "/spaces/house/",
    ):
        page.goto(address)
        assert page.locator("h1").count() == 1
    page.goto("/new/page/")
    for text in OWN:
        page.locator("textarea[name=body]").fill(text)
        page.get_by_role("button", name="Forhåndsvis").click()
        page.locator(".previewed *").first.wait_for(state="attached")


def test_the_collections_do_no_harm(live: Live, opens: Opens, shared: Path) -> None:
    with live.program("tore") as program:
        ids = _post(program, [text.replace("\0", "") for text in collected(shared)])
    page = opens("tore")
    for id in ids:
        page.goto(f"/e/{id}", wait_until="domcontentloaded")
    page.goto("/tags/")


def test_names_that_mean_harm_are_only_names_in_the_menu_of_suggestions(live: Live, opens: Opens) -> None:
    with live.program("ingrid") as program:
        _made(
            program,
            {"kind": "page", "space": "house", "title": "Zz <img src=x onerror=alert(1)>", "tags": 'zz"onclick'},
        )
    profile = opens("sunniva")
    profile.goto("/settings/")
    profile.locator("[name=name]").first.fill("<img src=x onerror=alert(1)> Zz")
    profile.locator("[name=name]").first.press("Enter")
    page = opens("ingrid")
    page.goto("/new/page/")
    area = page.locator("textarea[name=body]")
    for typed, shown in (("[[zz", "onerror"), ("@sunn", "onerror")):
        area.fill("")
        area.press_sequentially(typed)
        page.locator(".suggestions [role=option]", has_text=shown).wait_for()
        area.press("Enter")
    assert "@sunniva " in area.input_value()


def test_a_snapshot_opened_from_a_folder_does_no_harm(live: Live, opens: Opens, snapshot: Path) -> None:
    page = opens()
    wrong: list[str] = []
    page = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    watch(page, "file://", wrong)
    page.goto(f"file://{snapshot}/index.html")
    assert page.locator("form, script").count() == 0
    page.locator("article h2 a").first.click()
    assert page.url.startswith("file://") and page.url.endswith("/index.html") and page.locator("h1").count() == 1
    for file in sorted(snapshot.rglob("index.html"))[:150]:
        page.goto(f"file://{file}", wait_until="domcontentloaded")
    page.context.close()
    assert wrong == []
