"""A snapshot, opened from a folder: found in, without a server and without asking anybody."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from export.placing import write
from export.searching import Document, Index
from tests.browser.conftest import Live, Opens

pytestmark = pytest.mark.browser
# In bytes: what a page needs before it can be searched in, and what the answer to a question may take besides.
FIRST, MORE = 30_000, 200_000


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

    first = [url for url in loaded if url.endswith(("reading.js", "directory.js"))]
    parts = [url for url in loaded if "/search/" in url and url.endswith(".js") and url not in first]
    assert len(first) == 2 and size(first) <= FIRST
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
    index = Index()
    files = []
    for number, said in enumerate(texts):
        narrow = (f"kind:{'page' if number % 3 else 'question'}",)
        files += index.add(
            Document("../index.html", f"Number {number}", " ".join(said), "page", "S", "A", "2026-11-01", narrow)
        )
    for name, content in [*files, *index.close({"page": "page"})]:
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
