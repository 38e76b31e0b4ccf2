"""Every page is one for everybody: for those who do not see it, in the dark, and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

from tests.browser.conftest import WIDE, Live, Opens
from web.kinds import ALONE, KINDS
from web.static_files import handbook_root

pytestmark = pytest.mark.browser
LISTS = ["/", "/followed/", "/pages/", "/questions/", "/microposts/", "/spaces/", "/spaces/kundeservice/",
         "/spaces/kundeservice/members/", "/spaces/kundeservice/settings/", "/spaces/new/", "/people/", "/people/per/", "/tags/",
         "/tags/avtalegiro/", "/changes/", "/glossary/", "/upkeep/", "/suggestions/", "/search/?q=avtale", "/search/?q=zzz", "/new/", "/new/bookmark/", "/new/page/", "/settings/", "/bin/", "/drafts/",
         "/files/", "/accessibility/", "/forgotten/", "/nothing/"]  # fmt: skip
ABOUT = ("edit", "history", "tag", "turn", "move", "place", "trash", "reply", "annotate", "tend", "translate")
# To tell of all that is right takes axe a third of its time.
BRIEF = {"reporter": "no-passes", "preload": False}
# The size of what one presses is a rule of WCAG 2.2 that axe leaves out unless it is asked.
ALL = {**BRIEF, "rules": {"target-size": {"enabled": True}}}
SIZES = {**BRIEF, "runOnly": ["target-size", "color-contrast"]}
COLOURS = {**BRIEF, "runOnly": ["color-contrast", "link-in-text-block"]}
WIDTHS = (360, 768, 1320)


def addresses(live: Live) -> list[str]:
    """Every sort of page, with something in it. A page of the demo gets a history, for there to be differences."""
    entry = live.first("page")
    with live.program("tore") as tore, live.program("per") as per:
        for turn, program in enumerate((tore, per)):
            change = {"revision": entry["revision"], "body": f"{entry['body']}\n\nTurn {turn}.", "summary": "one more"}
            entry = program.post(f"/api/entries/{entry['id']}/edit", json=change).json()
        revisions = per.get(f"/api/entries/{entry['id']}/revisions").json()["items"]
    about = f"/entries/{entry['id']}"
    kinds = [live.path(live.first(kind)) for kind in ALONE]
    differs = f"{about}/history/{revisions[-1]['id']}/{revisions[0]['id']}/"
    that_day = f"{about}/at/{datetime.now(UTC):%Y-%m-%d}/"
    return [
        *LISTS,
        *kinds,
        *(f"{about}/{word}/" for word in ABOUT),
        differs,
        f"{differs}side/",
        f"{about}/history/blame/",
        f"{about}/redact/{revisions[-1]['id']}/",
        f"{about}/history/{revisions[0]['id']}/",
        that_day,
    ]


def visits(page: Page, live: Live) -> Iterator[str]:
    """Opens one page after the other, and says which it is."""
    with live.program("per") as per:
        given = {"kind": "article", "space": "house", "title": "Min egen", "body": "Skrevet av den som leser."}
        about = f"/entries/{per.post('/api/entries', json=given).json()['id']}"
    own = (f"{about}/series/", f"{about}/write_with/", f"{about}/world/")
    rarer = (*own, "/files/unused/", "/upkeep/pictures/", "/upkeep/behind/")
    for address in (*addresses(live), *rarer, "/similar/?kind=question&title=flytte+avtalegiro"):
        answer = page.goto(address)
        assert address not in own or (answer and answer.ok), "what only its writer may do"
        yield address
    yield from _refused(page)
    yield from _helped(page)
    yield from _in_conflict(page, live)


def _refused(page: Page) -> Iterator[str]:
    page.goto("/new/bookmark/")
    page.locator("[name=url]").fill("javascript:alert(1)")
    page.locator(".write .button").first.click()
    page.locator("[role=alert]").wait_for()
    yield "a form with something wrong in it"


def _helped(page: Page) -> Iterator[str]:
    page.goto("/new/page/")
    page.locator(".write .buttons button[hx-post]").click()
    page.locator(".previewed .preview").wait_for(state="attached")
    page.locator("textarea[name=body]").press_sequentially("@tor")
    page.locator(".suggestions [role=option]").first.wait_for()
    yield "a form with a preview and suggestions"


def _in_conflict(page: Page, live: Live) -> Iterator[str]:
    entry = live.first("page")
    page.goto(f"/entries/{entry['id']}/edit/")
    with live.program("tore") as tore:
        change = {"revision": entry["revision"], "body": "Theirs.", "title": entry["title"]}
        tore.post(f"/api/entries/{entry['id']}/edit", json=change).raise_for_status()
    page.locator("textarea[name=body]").fill("Ours.")
    page.locator(".write .button").first.click()
    page.locator(".sides").wait_for()
    yield "a page that somebody else changed meanwhile"


def speaks(page: Page, language: str) -> None:
    page.goto("/settings/")
    page.locator(f"form[action='/language/'] button[value={language}]").click()
    page.locator(f"html[lang={language}]").wait_for()


def judge(page: Page, address: str, *, by_day: bool = True) -> None:
    """Everything by day, and what changes when it gets dark; or everything by night. What is said has no colour:
    a page that is right in one language by day and by night, and in the other by night, is right in all four."""
    page.emulate_media(color_scheme="light" if by_day else "dark")
    page.evaluate(AXE_SCRIPT)
    _accept(page, ALL, address)
    if by_day:
        page.emulate_media(color_scheme="dark")
        _accept(page, COLOURS, f"{address} in the dark")


def _accept(page: Page, options: dict[str, Any], where: str) -> None:
    found = AxeResults(page.evaluate("options => axe.run(options)", options))
    assert found.violations_count == 0, f"{where}\n{found.generate_report()}"


def fit(page: Page, address: str) -> None:
    """On any screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(WIDE) == [], f"{address} at {width}"
    page.set_viewport_size({"width": 1320, "height": 900})


# Norwegian words are the longer ones: that no page is wider than the screen is looked at in them.
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("language", "by_day"), [("nb", True), ("en", False)], ids=["nb", "en"])
def test_axe_finds_nothing_by_day_or_by_night_and_no_page_is_wider_than_the_screen(
    opens: Opens, live: Live, language: str, by_day: bool
) -> None:
    page = opens("per")
    speaks(page, language)
    for address in visits(page, live):
        assert page.locator("html").get_attribute("lang") == language, address
        judge(page, address, by_day=by_day)
        if language == "nb":
            fit(page, address)
    speaks(page, "nb")  # as others in this house expect


# One page of every template that a snapshot has, the first that fits.
COPIED = ("index.html", "month/*/index.html", *(f"{KINDS[kind].path}/index.html" for kind in ALONE),
          *(f"{KINDS[kind].path}/[0-9]*/{'*/' if KINDS[kind].title_max else ''}index.html" for kind in ALONE),
          "people/index.html", "people/per/index.html", "spaces/index.html", "spaces/kundeservice/index.html", "spaces/kundeservice/members/index.html",
          "spaces/kundeservice/pages/index.html", "tags/index.html", "tags/*/index.html", "titles/index.html", "titles/*/index.html", "glossary/index.html",
          "changes/index.html", "changes/month/*/index.html", "accessibility/index.html")  # fmt: skip
SINCE = """() => localStorage.setItem(`dugnad-read ${dugnadLately.key}`, JSON.stringify(
    { seen: dugnadLately.as_of, before: dugnadLately.as_of - Math.min(...dugnadLately.gone.map(([, , age]) => age)) }))"""


@pytest.fixture(scope="module")
def copied(live: Live, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """A snapshot, and a page of every sort in it: also of the handbook, of what is in the bin, of a history, and of an older text."""
    with live.program("tore") as tore:
        help = {
            "kind": "page",
            "space": "house",
            "title": "Håndbok",
            "body": (handbook_root("nb") / "markdown.md").read_text("utf-8"),
        }
        helps = tore.post("/api/entries", json=help).json()
        gone = tore.post("/api/entries", json={"kind": "page", "space": "house", "title": "Feil", "body": "x"}).json()
        tore.post(f"/api/entries/{gone['id']}/trash", json={"reason": "Skrevet to ganger"}).raise_for_status()
    changed = next(word for word in addresses(live) if "/history/" in word)
    top = tmp_path_factory.mktemp("copied") / "copy"
    live.dugnad("export", str(top), "--audience", "everyone", "--history")
    found = [next(iter(sorted(top.glob(each))), top / each) for each in COPIED]
    about = top / changed.strip("/").partition("/history")[0] / "history"
    older = sorted(about.glob("*/*/index.html"))[:1] + sorted(about.glob("*/index.html"))[:1]
    return top, [
        *found,
        top / live.path(helps).strip("/") / "index.html",
        top / f"pages/{gone['id']}/index.html",
        about / "index.html",
        *older,
    ]


def copies(page: Page, copied: tuple[Path, list[Path]]) -> Iterator[str]:
    """Opens one after the other; first the front page, to a reader who has been here before, and what a search has found."""
    top, files = copied
    page.goto((top / "index.html").as_uri())
    page.evaluate(SINCE)
    for file in files:
        page.goto(file.as_uri())
        yield str(file.relative_to(top))
    page.goto((top / "search/index.html").as_uri())
    page.locator("#q").fill("avtale")
    page.locator("#found h2 a").first.wait_for()
    yield "what a search has found"


@pytest.mark.timeout(180)
def test_every_sort_of_page_in_a_snapshot_can_be_read_by_everybody(
    opens: Opens, copied: tuple[Path, list[Path]]
) -> None:
    page = opens(home=copied[0].as_uri())
    for name in copies(page, copied):
        judge(page, name)
        page.set_viewport_size({"width": 390, "height": 740})
        assert page.evaluate(WIDE) == [], f"{name} is too wide"
        _accept(page, SIZES, f"{name} on a telephone")
        page.set_viewport_size({"width": 1320, "height": 900})


def test_the_first_view_of_the_stream_is_light_and_does_not_move(opens: Opens, live: Live) -> None:
    page = opens("per")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.evaluate("document.fonts.ready")
    shifted = page.evaluate(
        """() => new Promise((done) => {
            new PerformanceObserver((list) => done(list.getEntries().map((each) => each.value)))
                .observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done([]), 500);
        })"""
    )
    # To the thousandth, as it is reported everywhere: a row that is painted while it still arrives moves less.
    assert round(sum(shifted), 3) == 0, shifted
    parts = [url for url in asked if not url.endswith(".woff2") and "/live/" not in url]
    assert sum(".css" in url for url in parts) == 1 and sum(".js" in url for url in parts) == 1
    with live.forms("per") as client:
        sizes = {url: _weight(client, url) for url in parts}
    assert sum(sizes.values()) <= 60_000, sizes


def _weight(client: httpx.Client, url: str) -> int:
    """Bytes over the wire."""
    with client.stream("GET", url, headers={"accept-encoding": "br"}) as answer:
        return sum(len(chunk) for chunk in answer.iter_raw())
