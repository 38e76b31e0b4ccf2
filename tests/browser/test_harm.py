"""Hostile text in a real browser: nothing runs, nothing is sent anywhere, nothing even tries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDE, Live, Opens, served, watch
from tests.hostile import OWN, collected
from tests.test_files import picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NARROW = {"width": 360, "height": 740}
CANARIES = (
    '<img src=x onerror="__ran=1">',
    "<script>__ran=1</script>",
    "[x](javascript:__ran=1)",
    '"><svg onload=__ran=1>',
)
TEXTS = (*CANARIES, *OWN)
SHARP = [text for text in TEXTS if re.search("[<\"'{:]", text) and len(text) < 120 and text.isprintable()]
# What a formula that we have drawn is made of: signs and how they stand. Nothing in it leads anywhere, or is anything else.
DRAWN = """math, semantics, annotation[encoding="application/x-tex"], mrow, mi, mn, mo, ms, mtext, mspace, mfrac, msqrt, mroot, msub, msup, msubsup,
    munder, mover, munderover, mtable, mtr, mtd, mlabeledtr, mstyle, mpadded, mphantom, menclose"""
# What stands in the page as Chromium reads it, and has no business there.
HARM = """() => [...document.querySelectorAll("*")].filter((each) =>
    (each.matches("math") && !each.matches(".prose .math[data-drawn=true] > math:only-child"))
    || (each.closest("math") && (!each.matches(`DRAWN`) || ["href", "xlink:href", "src", "actiontype"].some((name) => each.hasAttribute(name))))
    || each.matches("iframe, object, embed, base, style, frame, meta[http-equiv]:not(head > [http-equiv=content-security-policy])")
    || [...each.attributes].some(({ name }) => name.startsWith("on") || name === "style")
    || (each.matches("a") && !["http:", "https:", "mailto:", "tel:", location.protocol, ":"].includes(each.protocol))
    || (each.matches("script") && (!each.src || new URL(each.src).host !== location.host))
    || (each.matches("form") && new URL(each.getAttribute("action") || "", location).host !== location.host)
).map((each) => each.outerHTML.slice(0, 200))""".replace("DRAWN", DRAWN)

# Nothing is looked for where nothing was typed, and a line has no breaks.
SEARCHED = """() => { const typed = document.querySelector("#q").value.trim();
    return !typed || document.querySelector("#found").dataset.shows === typed; }"""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A house of this module's own: nobody else wants to meet what is in it."""
    with served(tmp_path_factory.mktemp("harm")) as house:
        yield house


def _sent(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code in (200, 201, 422), f"{answer.status_code} {answer.text[:300]}"
    return [] if answer.status_code == 422 else [answer.json()]


def _under(program: httpx.Client, title: str, texts: Iterable[str], space: str = "house") -> list[str]:
    """A page with each text as a reply of its own; the addresses where all of them can be read."""
    page = _sent(program.post("/api/entries", json={"kind": "page", "space": space, "title": title}))[0]
    made = [
        reply["id"]
        for text in texts
        for reply in _sent(program.post(f"/api/entries/{page['id']}/reply", json={"body": text, "tags": text[:200]}))
    ]
    more = [f"/entries/{page['id']}/replies/{last}/" for last in made[99:-1:100]]
    return [f"/e/{page['id']}", *more]


def _titled(program: httpx.Client, kind: str, texts: Iterable[str], space: str = "house") -> list[int]:
    """An entry of that kind for each text, which is its title, address, tags and words."""
    made: list[int] = []
    for text in texts:
        line = " ".join(text.split())
        sent = {"kind": kind, "space": space, "title": line[:200], "body": text[:500], "tags": text[:200]}
        if kind == "bookmark":
            sent["url"] = f"https://example.org/?{quote(line[:80])}#{re.sub('[^!-~]', '', line)[:80]}"
        made += [each["id"] for each in _sent(program.post("/api/entries", json=sent))]
    assert made
    return made


def _visit(page: Page, addresses: Iterable[str]) -> None:
    for address in addresses:
        page.goto(address)
        _judge(page)


def _judge(page: Page) -> None:
    assert page.locator("h1").count() == 1, page.url
    assert page.evaluate(HARM) == [], page.url
    assert page.evaluate(WIDE) == [], f"{page.url} is too wide"


def _visit_all(page: Page, address: str) -> None:
    """A list, and what is older, as far as it goes."""
    page.goto(address)
    _judge(page)
    while page.locator(".pager a[rel=next]").count():
        page.goto(page.locator(".pager a[rel=next]").get_attribute("href") or "")
        _judge(page)


def test_whatever_goes_wrong_in_a_page_is_noticed(opens: Opens, live: Live) -> None:
    page = opens("kari")
    page.goto("/")
    wrong: list[str] = []
    context = page.context.browser.new_context(storage_state=page.context.storage_state())  # type: ignore[union-attr]
    watch(context, live.address, wrong)
    page = context.new_page()
    page.goto(f"{live.address}/")
    page.evaluate("""() => {
        document.body.insertAdjacentHTML("beforeend", '<img src="https://elsewhere.example/x.png" onerror="1">');
        document.body.append(Object.assign(document.createElement("script"), { textContent: "1" }));
        alert("loud");
        window.__ran = "canary";
        setTimeout(() => { throw new Error("thrown"); });
    }""")
    assert page.evaluate(HARM)
    page.goto("about:blank")
    context.close()
    for noticed in ("CSP img-src", "CSP script-src", "dialog loud", "ran canary", "error thrown"):
        assert any(noticed in each for each in wrong), noticed


def test_our_own_collection_does_no_harm_anywhere(live: Live, opens: Opens) -> None:
    with live.program("tore") as tore, live.program("ingrid") as ingrid:
        talk = _under(tore, "Own texts", TEXTS)
        ids = _titled(tore, "bookmark", TEXTS)
        _titled(ingrid, "micropost", TEXTS)
        edited = _changed([tore, ingrid])
    page = opens("kari", viewport=NARROW)
    page.goto("/")
    _visit(page, talk)
    _visit(page, edited)
    _visit(page, [f"/e/{id}" for id in ids[:: max(1, len(ids) // 10)]])
    _visit(page, [f"/entries/{id}/{word}/" for id in ids[:3] for word in ("edit", "history", "trash")])
    _visit(page, ["/", "/microposts/", "/tags/", "/search/?q=script", "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E"])
    _visit(page, ["/new/page/?title=%22%3E%3Cscript%3E__ran=1%3C/script%3E", "/sign-in/?next=javascript:__ran=1"])
    _visit_all(page, "/bookmarks/")


def _changed(programs: list[httpx.Client]) -> list[str]:
    """A page that two people change in turn, with its history and every difference; and passages of it, quoted."""
    entry = _sent(
        programs[0].post("/api/entries", json={"kind": "page", "space": "house", "title": "Changed", "body": "x"})
    )[0]
    for turn, text in enumerate(SHARP[:8]):
        change = {
            "revision": entry["revision"],
            "title": text,
            "body": f"{text}\n\n{text}",
            "summary": text,
            "tags": text,
        }
        entry = [entry, *_sent(programs[turn % 2].post(f"/api/entries/{entry['id']}/edit", json=change))][-1]
    programs[0].post(f"/api/entries/{entry['id']}/annotate", json={"quote": entry["body"][:60], "body": SHARP[0]})
    revisions = programs[0].get(f"/api/entries/{entry['id']}/revisions").json()["items"]
    assert len(revisions) > 6
    about = f"/entries/{entry['id']}/history/"
    return [f"/e/{entry['id']}", about, *(f"{about}{each['id']}/{entry['revision']}/" for each in revisions[1:])]


def test_names_of_people_spaces_files_and_keys_do_no_harm(live: Live, opens: Opens) -> None:
    files: list[int] = []
    with live.forms("sunniva", agent=CANARIES[1]) as forms:
        for number, text in enumerate(SHARP[:8]):
            forms.post("/spaces/", data={"slug": f"harm{number}", "name": text, "about": text, "access": "open"})
            forms.post("/settings/tokens", data={"name": text})
            answer = forms.post(
                "/files/", data={"alt": text}, files={"file": (f"{text}.png", picture((8, 8)), "image/png")},
                headers={"accept": "application/json"},
            )  # fmt: skip
            files += [answer.json()["id"]] if answer.status_code == 201 else []
        forms.post("/spaces/ledelse/ask", data={"why": CANARIES[0]})
        assert (
            forms.post("/settings/profile", data={"name": CANARIES[0], "about": "\n\n".join(SHARP[:20])}).status_code
            == 303
        )
    assert len(files) >= 4
    with live.program("sunniva") as program:
        idea = _titled(program, "idea", CANARIES[:1])[0]
        gone = _titled(program, "question", CANARIES[:1])[0]
        program.post(f"/api/entries/{idea}/stage", json={"stage": "planned", "note": CANARIES[1]})
        program.post(f"/api/entries/{gone}/trash", json={"reason": CANARIES[1]})
    visitor = opens("sunniva", viewport=NARROW)
    _visit(visitor, ["/", "/settings/", "/files/", "/bin/", "/people/sunniva/", *(f"/files/{id}/" for id in files)])
    visitor = opens("kari", viewport=NARROW)
    _visit(
        visitor,
        [
            "/people/",
            "/people/sunniva/",
            "/spaces/",
            "/spaces/ledelse/members/",
            "/spaces/harm0/",
            "/spaces/harm0/members/",
        ],
    )
    _visit(visitor, [f"/e/{idea}", f"/e/{gone}", f"/entries/{idea}/move/", f"/entries/{idea}/history/"])


def test_hostile_text_is_previewed_without_harm(opens: Opens) -> None:
    page = opens("kari")
    page.goto("/new/page/")
    area = page.locator("textarea[name=body]")
    for text in TEXTS:
        area.fill(text)
        with page.expect_response("**/preview/") as answer:
            page.get_by_role("button", name="Forhåndsvis").click()
        # What nobody can mean, such as control characters, is refused in words.
        assert answer.value.status in (200, 422)
        expect(page.locator(".previewed > *").first).to_be_attached()
        assert page.evaluate(HARM) == [], text


def test_names_that_mean_harm_are_only_names_in_the_menu_of_suggestions(live: Live, opens: Opens) -> None:
    with live.program("ingrid") as program:
        _titled(program, "page", [f"zz{text}" for text in CANARIES])
    with live.forms("per") as forms:
        assert forms.post("/settings/profile", data={"name": CANARIES[0], "about": ""}).status_code == 303
    page = opens("ingrid")
    page.goto("/new/page/")
    area = page.locator("textarea[name=body]")
    for typed, shown in (("[[zz", "onerror"), ("@per", "onerror")):
        area.fill("")
        area.press_sequentially(typed)
        page.locator(".suggestions [role=option]", has_text=shown).first.wait_for()
        assert page.evaluate(HARM) == []
        area.press("Enter")
    expect(area).to_have_value("@per ")


def test_a_snapshot_opened_from_a_folder_does_no_harm(live: Live, opens: Opens, tmp_path: Path) -> None:
    with live.program("tore") as program:
        _under(program, "For the snapshot", TEXTS, "fagforum-data")
        ids = _titled(program, "article", SHARP, "fagforum-data")
        program.post(f"/api/entries/{ids[0]}/trash", json={"reason": CANARIES[1]}).raise_for_status()
    folder = tmp_path / "snapshot"
    live.dugnad("export", str(folder), "--audience", "space:fagforum-data", "--history")
    page = opens(home=f"file://{folder}")
    page.goto(f"file://{folder}/index.html")
    for link in (
        "main article h2 a",
        ".crumbs a",
        ".mark",
        "nav.side a >> nth=-1",
        "main .face",
        "nav.side a >> nth=2",
    ):
        before = page.url
        page.locator(link).first.click()
        page.wait_for_url(lambda url, before=before: url != before)
        assert page.url.startswith(f"file://{folder}/") and page.locator("h1").count() == 1, link
    files = sorted(folder.rglob("index.html"))
    lists = [folder / each / "index.html" for each in ("articles", "titles", "changes", "tags", f"articles/{ids[0]}")]
    for file in (*lists, *files[:: max(1, len(files) // 40)]):
        page.goto(f"file://{file}", wait_until="domcontentloaded")
        if 'http-equiv="refresh"' in file.read_text("utf-8"):  # it leads on by itself
            page.wait_for_url(lambda url, file=file: url != f"file://{file}", wait_until="domcontentloaded")
        assert page.evaluate(HARM) == [], file.name
    _search_in(page, folder, ("script", "onerror", *SHARP))


def _search_in(page: Page, folder: Path, words: Iterable[str]) -> None:
    """What is found is put into the page by a script; also what was typed there."""
    page.goto(f"file://{folder}/search/index.html")
    found = 0
    for typed in words:
        page.locator("#q").fill(typed)
        page.wait_for_function(SEARCHED)
        assert page.evaluate(HARM) == [], typed
        found += page.locator("#found .row").count()
    assert found > 20


def test_the_collections_do_no_harm(live: Live, opens: Opens, shared: Path, tmp_path: Path) -> None:
    texts = list(dict.fromkeys(text.replace("\0", "") for text in collected(shared)))
    assert len(texts) > 500
    with live.program("tore") as program:
        talk = _under(program, "Collected texts", texts)
        _titled(program, "idea", texts[::3])
    page = opens("kari", viewport=NARROW)
    _visit(page, talk)
    _visit(page, ["/tags/"])
    _visit_all(page, "/ideas/")
    folder = tmp_path / "snapshot"
    live.dugnad("export", str(folder), "--audience", "everyone")
    page = opens(home=f"file://{folder}", viewport=NARROW)
    (talked,) = folder.glob("pages/*/collected-texts/index.html")
    more = sorted(folder.glob(f"entries/{talked.parts[-3]}/replies/*/index.html"))
    lists = [folder / each / "index.html" for each in ("", "titles", "tags", "changes")]
    assert len(more) > 3
    for file in (talked, *more, *lists, *sorted(folder.glob("ideas/month/**/index.html"))):
        page.goto(file.as_uri())
        _judge(page)
    _search_in(page, folder, texts[:: len(texts) // 60])
