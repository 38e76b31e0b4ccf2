"""A snapshot, opened from a folder: found in, without a server and without asking anybody."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from export.changes import LATELY, Lately, script
from export.placing import write
from export.reading import Snapshot
from export.searching import OF_BLOCK, Document, Index, block
from tests.browser.conftest import Live, Opens

pytestmark = pytest.mark.browser
# In bytes: what a page needs before it can be searched in, and what the answer to a question may take besides.
FIRST, MORE = 30_000, 200_000
OPEN = {"access-control-allow-origin": "*"}


def look_for(page: Page, words: str) -> list[str]:
    """The titles that are found, in order."""
    page.locator("#q").fill(words)
    expect(page.locator("#found")).to_have_attribute("data-shows", words)
    return page.locator("#found h2 a").all_inner_texts()


@pytest.fixture
def page(opens: Opens, snapshot: Path) -> Page:
    page = opens(home=snapshot.as_uri())
    page.goto((snapshot / "index.html").as_uri())
    page.keyboard.press("/")
    page.wait_for_url("**/search/index.html")
    expect(page.locator("#q")).to_be_focused()
    return page


def test_what_is_in_a_snapshot_is_found_from_a_folder(page: Page, live: Live) -> None:
    question = live.first("question")
    word = max(question["title"].strip("?").split(), key=len)
    assert question["title"] in look_for(page, word)
    assert question["title"] in look_for(page, word[:-1]), "as one types"
    assert question["title"] in look_for(page, f"kind:spørsmål {question['title'].strip('?')}")
    assert question["title"] not in look_for(page, f"kind:page {word}")
    assert question["title"] not in look_for(page, f"{word} before:2001-01")
    assert question["title"] in look_for(page, f"by:{question['author']} in:{question['space']} {word}")
    assert page.locator("#found mark").first.inner_text().lower().startswith(word[:4].lower())
    page.locator("#found h2 a", has_text=question["title"]).first.click()
    expect(page.locator("h1")).to_have_text(question["title"])
    page.go_back()
    expect(page.locator("#q")).not_to_have_value("")
    expect(page.locator("#found h2 a").first).to_be_visible()


def test_forms_of_a_word_find_each_other_in_both_languages(page: Page) -> None:
    for words in (
        "fergekai",
        "fergekaier",
        "Kråkholmen",
        "kraakholmen",
        "krakholmen",
        "ferry",
        "møte kaiene",
        '"kaiene the ferries"',
    ):
        assert "Fergekaiene ved Kråkholmen" in look_for(page, words), words
    for words in ("fergekaiene -møtene", '"ferries the"', "xyzzyplugh", "fergekaiene kind:idea"):
        assert "Fergekaiene ved Kråkholmen" not in look_for(page, words), words
    look_for(page, "xyzzyplugh")
    expect(page.locator("#found")).to_contain_text("Ingenting")


def test_a_search_loads_little(page: Page, snapshot: Path) -> None:
    loaded: list[str] = []
    page.on("request", lambda asked: loaded.append(asked.url))
    page.reload()
    look_for(page, "fergekaiene møtene")

    def size(urls: list[str]) -> int:
        return sum(
            len((snapshot / url.removeprefix(f"{snapshot.as_uri()}/").partition("#")[0]).read_bytes()) for url in urls
        )

    first = [url for url in loaded if url.endswith(("reading.js", "directory.js", "lately.js"))]
    parts = [url for url in loaded if "/search/" in url and url.endswith(".js") and url not in first]
    assert len(first) == 3 and size(first) <= FIRST
    assert parts and size(parts) <= MORE


def test_what_is_found_in_a_large_index_is_what_is_there(opens: Opens, snapshot: Path, tmp_path: Path) -> None:
    """In hundreds of shards, of words that have no other forms."""
    large = tmp_path / "large"
    shutil.copytree(snapshot, large, ignore=shutil.ignore_patterns("b", "r", "t", "w", "pages", "questions"))
    chance = random.Random(20_261_128)
    texts = [
        [f"w{int(20_000 * chance.random() ** 3)}q" for _ in range(60)] + ["everyq"] * (number > 1500)
        for number in range(6000)
    ]
    documents = []
    for number, said in enumerate(texts):
        narrow = (f"kind:{'page' if number % 3 else 'question'}",)
        documents.append(
            Document("../index.html", f"Number {number}", " ".join(said), "page", "S", "A", "2026-11-01", narrow)
        )
    index = Index()
    files: dict[str, str] = {}
    for start in range(0, len(documents), OF_BLOCK):
        made = block(start, documents[start : start + OF_BLOCK])
        index.add(made)
        files |= made.files
    for name, content in [*files.items(), *index.close({"page": "page"})]:
        write(large / "search" / f"{name}.js", content.encode())
    assert len(list((large / "search" / "w").iterdir())) > 64 and list((large / "search" / "r").iterdir())
    page = opens(home=large.as_uri())
    page.goto((large / "search/index.html").as_uri())

    def found(words: str) -> int:
        look_for(page, words)
        return (
            int(page.locator("#found [role=status]").inner_text().rpartition(" ")[2])
            if page.locator("#found .row").count()
            else 0
        )

    def there(*asked: str) -> int:
        return sum(all(any(each.startswith(word) for each in said) for word in asked) for said in texts)

    # Of the beginning of a word, three shards are looked into.
    for asked in ("w17q", "w19999q", "w343", "w7q w8q", "w9q w112", "w1234", "w997", "w5q w6q w7q", "nothingq"):
        expected = there(*asked.split())
        assert found(asked) == expected, asked
    assert found("everyq") == 4000, "the best of a very common word come first"
    assert there("everyq", "w7q") * 0.8 < found("everyq w7q") <= there("everyq", "w7q")
    assert found("everyq w15000q") == there("everyq", "w15000q"), "and the others when these are not enough"
    assert found("w7q kind:page") == sum("w7q" in said and number % 3 > 0 for number, said in enumerate(texts))
    assert found("w7q -w8q") == there("w7q") - there("w7q", "w8q")


def test_light_or_dark_is_chosen_for_all_pages_of_a_snapshot(page: Page, snapshot: Path) -> None:
    page.locator("[data-themes] button[value=dark]").click()
    page.goto((snapshot / "people/index.html").as_uri())
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("[data-themes] [aria-current]")).to_have_attribute("value", "dark")
    page.locator("[data-themes] button[value='']").click()
    page.reload()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")


# Since one last read.

PRIVATE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('not here') } })"


@pytest.mark.timeout(180)
def test_what_is_new_since_one_last_read_is_marked_until_a_newer_snapshot_is_opened(
    opens: Opens, live: Live, tmp_path: Path
) -> None:
    copy, then = tmp_path / "copy", tmp_path / "then"
    space = "kundeservice"

    def publish() -> None:
        live.dugnad("export", str(copy), "--audience", "everyone", "--space", space)

    def at(path: str, folder: Path = copy) -> str:
        return (folder / path.strip("/") / "index.html").as_uri()

    with live.program("tore") as tore:
        said = {"kind": "page", "space": space, "title": "Skiftet", "body": "Vi møtes ved kaien."}
        older = tore.post("/api/entries", json=said).json()
        publish()
        page = opens(home=tmp_path.as_uri())
        page.goto(at("changes"))
        expect(page.locator("main .row").first).to_be_visible()
        assert page.locator(".since").count() == 0 and page.locator("[data-since]:visible").count() == 0

        change = {
            "revision": older["revision"],
            "body": "Vi møtes ved den nye kaien. Ta med vester.",
            "summary": "Ny kai",
        }
        tore.post(f"/api/entries/{older['id']}/edit", json=change).raise_for_status()
        new = tore.post(
            "/api/entries", json={"kind": "thread", "space": space, "title": "Vester", "body": "Hvor?"}
        ).json()
        reply = tore.post("/api/entries", json={"kind": "reply", "parent": older["id"], "body": "I skapet."}).json()
        publish()
        shutil.copytree(copy, then)
        (then / LATELY).write_bytes(script(Snapshot("everyone", live.address, moment=1), "nb", 1, Lately()))

    def sees_it_marked() -> None:
        page.goto(at("changes"))
        expect(page.locator("[data-since]")).to_contain_text(": 2 nye, 1 endret")
        assert page.locator("main .row:has(.since) h2 a").all_inner_texts() == ["I skapet.", "Vester", "Skiftet"]
        page.goto(at(""))
        expect(page.locator(f"#entry-{new['id']} .since")).to_have_text("nytt siden du leste sist")
        expect(page.locator(f"#entry-{older['id']} .since")).to_have_text("endret siden du leste sist")
        assert page.locator(".since").count() == 2

    sees_it_marked()
    page.goto(at(live.path(older)))
    expect(page.locator(f"#entry-{older['id']} > header .since.changed")).to_be_visible()
    expect(page.locator(f"#entry-{reply['id']} .since.new")).to_be_visible()
    page.goto(at("changes"))
    page.locator("main details > summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main details ins").first).to_be_visible()
    page.goto(at("changes", then))
    assert page.locator(".since").count() == 0, "who looks back has not read on"
    sees_it_marked()

    other = opens(home=tmp_path.as_uri())
    other.add_init_script(PRIVATE)
    for _ in range(2):
        other.goto(at("changes"))
        expect(other.locator("main .row").first).to_be_visible()
        assert other.locator(".since").count() == 0, "whoever is here for the first time"
    plain = opens(home=tmp_path.as_uri(), java_script_enabled=False)
    plain.goto(at("changes"))
    plain.locator("main details > summary").first.click()
    expect(plain.locator("main details ins").first).to_be_visible()
    assert plain.locator("[data-since]:visible").count() == 0

    with live.program("tore") as tore:
        for id in (reply["id"], older["id"]):
            tore.post(f"/api/entries/{id}/trash", json={"reason": "Alt er sagt"}).raise_for_status()
        never = tore.post("/api/entries", json={"kind": "micropost", "space": space, "body": "Angret."}).json()
        tore.post(f"/api/entries/{never['id']}/trash", json={}).raise_for_status()
        publish()
    page.goto(at("changes"))
    expect(page.locator("[data-since]")).to_contain_text(": 2 borte")
    assert page.locator("[data-gone] a").all_inner_texts() == ["Side", "Svar"], "and not what nobody has seen"
    page.goto(at(""))
    page.locator("[data-gone] a").last.click()
    expect(page.locator("main")).to_contain_text("Alt er sagt")


def test_what_was_taken_back_is_hidden_in_a_copy_that_asks(opens: Opens, live: Live, tmp_path: Path) -> None:
    copy, title = tmp_path / "copy", "Taubaneplanen ved Gråfjell"
    with live.program("tore") as tore:
        said = {"kind": "page", "space": "kundeservice", "title": title, "body": "Kabelen er tre kilometer."}
        plan = tore.post("/api/entries", json=said).json()
        asks = {**said, "kind": "thread", "title": "Om taubanen", "body": f"Se [planen]({live.path(plan)})."}
        thread = tore.post("/api/entries", json=asks).json()
        live.dugnad("export", str(copy), "--audience", "everyone", "--space", "kundeservice", **live.recall)
    page = opens(home=tmp_path.as_uri(), asks=f"{live.address}/recalled/everyone/")
    elsewhere = tmp_path / "elsewhere.html"
    elsewhere.write_text("<!doctype html><title>Et annet sted</title>", encoding="utf-8")

    def at(path: str) -> str:
        return (copy / path.strip("/") / "index.html").as_uri()

    def look(path: str) -> None:
        """As after the minutes that a browser waits between two questions."""
        page.goto(elsewhere.as_uri())  # what the page before still writes down is written before it is forgotten
        page.evaluate("localStorage.clear()")
        with page.expect_response(f"{live.address}/recalled/**") as answer:
            page.goto(at(path))
        assert answer.value.ok

    look(live.path(plan))
    expect(page.locator("h1")).to_have_text(title)
    with live.forms("tore") as forms:
        done = forms.post(f"/entries/{plan['id']}/trash", data={"reason": "Hemmelig"})
        assert done.status_code == 303
    look(live.path(plan))
    expect(page.locator("h1")).to_have_text("Kalt tilbake")
    expect(page.locator("body")).not_to_contain_text("Kabelen")
    for place in ("main", ".snapshot"):
        link = page.locator(f"{place} a", has_text="Gå til den levende siden")
        expect(link).to_have_attribute("href", f"{live.address}{live.path(plan)}")
    look(live.path(thread))
    expect(page.locator(f"#entry-{thread['id']}-body .recalled")).to_have_text("Kalt tilbake")
    expect(page.locator("body")).not_to_contain_text(title)
    look("")
    expect(page.locator("main .recalled").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(title)
    look("search")
    page.locator("#q").fill("taubaneplanen")
    expect(page.locator("#found")).to_have_attribute("data-shows", "taubaneplanen")
    expect(page.locator("#found .recalled")).to_be_visible()
    expect(page.locator("#found")).not_to_contain_text(title)
    # Where nobody answers, what was told last stands; and what nobody has signed is not believed.
    page.route("**/recalled/**", lambda asked: asked.fulfill(status=404, headers=OPEN))
    page.evaluate(
        "for (const key in localStorage) if (key.startsWith('dugnad-recalled')) localStorage[key] = localStorage[key].replace(/\"at\":\\d+/, '\"at\":0')"
    )
    page.goto(at(live.path(plan)))
    expect(page.locator("h1")).to_have_text("Kalt tilbake")
    page.unroute_all()
    forged = {
        "list": f'{{"audience":"everyone","as_of":9e15,"entries":[[{thread["id"]},1]]}}',
        "signature": "A" * 86 + "==",
    }
    page.route("**/recalled/**", lambda asked: asked.fulfill(json=forged, headers=OPEN))
    look(live.path(thread))
    expect(page.locator("h1")).to_have_text("Om taubanen")
    page.unroute_all()
    # A text that was taken away for good is in the copies that were made before, and in none that is made after.
    with live.program("tore") as tore:
        now = tore.get(f"/api/entries/{thread['id']}").json()
        anew = {"revision": now["revision"], "body": "Vi sier det på nytt.", "summary": "På nytt"}
        tore.post(f"/api/entries/{thread['id']}/edit", json=anew).raise_for_status()
    with live.program("kari") as kari:
        taken = {"revision": now["revision"], "reason": "Hemmelig"}
        kari.post(f"/api/entries/{thread['id']}/redact", json=taken).raise_for_status()
    look(live.path(thread))
    expect(page.locator("h1")).to_have_text("Kalt tilbake")
    live.dugnad("export", str(copy), "--audience", "everyone", "--space", "kundeservice", **live.recall)
    look(live.path(thread))
    expect(page.locator("h1")).to_have_text("Om taubanen")
    expect(page.locator("main")).to_contain_text("Vi sier det på nytt.")
