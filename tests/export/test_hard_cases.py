"""What people write, attach and unplug does not stop a snapshot, spoil it, or open a door in it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from litestar import Litestar, MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Stream

from export.addresses import file_of, plain
from export.leads import Faulty, Leads, address_of, from_top
from export.pages import is_still, rewritten
from export.reading import Reader, Snapshot
from export.snapshot import Report, export
from tests.cast import House
from tests.export.whole import faults
from web import static_files, urls
from web.entries import actions
from web.entries.actions import Fields
from web.errors import NotDone
from web.policy import NOBODY

LIVE = "https://intra.example"


@asynccontextmanager
async def written(house: House, body: str, file: tuple[str, bytes] | None = None) -> AsyncIterator[int]:
    """A page for as long as it is needed; a link to the file, when there is one, ends it."""
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("Hard", body))
    if file:
        kept = await house.attach("mons", *file, entry=id)
        more = await actions.post(
            mons, "page", house.spaces["torget"], Fields("More", f"[x]({urls.file_url(kept.id, kept.name)})")
        )
    try:
        yield kept.id if file else id
    finally:
        for each in (id, more) if file else (id,):
            await actions.trash(mons, each, "")


async def published(house: House, out: Path, audience: str = "everyone") -> Report:
    report = await export(lambda: house.app, house.settings, audience, out)
    assert faults(out) == []
    return report


# Addresses.


@pytest.mark.parametrize(
    ("path", "one"),
    [
        ("/%70ages//42", "/pages/42/"),
        ("/pages/42/", "/pages/42/"),
        ("/tags/%c3%a6re", "/tags/%C3%A6re/"),
        ("/files/7/a.png", "/files/7/a.png"),
        ("/people/ola.nordmann/", "/people/ola.nordmann/"),
        ("/", "/"),
        ("/%2e%2e/settings/", None),
    ],
)
def test_an_address_has_one_spelling(path: str, one: str | None) -> None:
    assert plain(path) == one


@pytest.mark.parametrize(
    "link",
    ["/settings/", "/help/", "/drafts/7/", "/palette/", "/theme", "/api/me", "/%73ettings/", "//settings/", "/x/%2e%2e/settings/", "/search/?q=a", "/entries/4/edit/", "/%65ntries/4/edit/",
     "/pages/?older=4", "/files/", "/" + "a" * 70_000, "http://[::1", "javascript:alert(1)", "/static/x/js/keys.js"],
)  # fmt: skip
def test_what_only_lives_on_a_server_is_not_walked_to_however_it_is_spelled(link: str) -> None:
    assert address_of(link, "/pages/") is None


def test_our_own_address_written_out_is_one_of_our_links_and_the_bare_one_leads_to_the_live_house() -> None:
    assert from_top(f"{LIVE}/pages/42/", LIVE) == "/pages/42/"
    assert from_top(LIVE, LIVE) == LIVE and from_top(f"{LIVE}.evil/x/", LIVE) == f"{LIVE}.evil/x/"


@pytest.mark.parametrize("letter", ["a", "å", "漢", "😀"])
def test_no_name_is_longer_than_a_file_system_takes(letter: str) -> None:
    name = file_of(f"/files/7/{letter * 150}.docx")
    assert len(name.rpartition("/")[2].encode()) < 130 and name.endswith(".docx")


def test_two_names_that_some_file_system_takes_for_one_get_two_files() -> None:
    alike = ["tags/a", "tags/A", "tags/%C3%A5", "tags/a%CC%8A", "tags/ss", "tags/%C3%9F", "people/index.html", "people"]
    names = [file_of(f"/{each}/") for each in alike]
    assert len({unicodedata.normalize("NFD", name).casefold() for name in names}) == len(alike)
    folders = {folder.as_posix() for name in names for folder in Path(name).parents}
    assert not folders.intersection(names), "and none is a file and a folder"
    assert file_of("/files/7/A.png") == "files/7/A.png", "which stands there alone"


# Pages, and the check.


def test_a_break_stays_one_break_and_what_asks_a_server_is_taken_out() -> None:
    html = '<p>a<br/>b<img src="/x.png" srcset="/y.png 2x"><b style="background:url(//e)">c</b></p>'
    made, removed = rewritten(html, lambda link: link)
    assert made == '<p>a<br>b<img src="/x.png"><b>c</b></p>' and removed == ["srcset", "style"]


@pytest.mark.parametrize("end", ["", "<"])
def test_what_stands_in_a_value_is_no_link_for_whoever_reads_quickly_or_with_care(end: str) -> None:
    html = (
        '<img alt=" href=" title=" src=" src="/x.png"><a title="a > b" href="/y?a=1&amp;b=2">href="/z" onclick="x"</a>'
        + end
    )
    seen: list[str] = []
    made, removed = rewritten(html, lambda link: seen.append(link) or f".{link}")  # type: ignore[func-returns-value]
    assert seen == ["/x.png", "/y?a=1&b=2"] and removed == []
    assert ' src="./x.png"' in made and ' href="./y?a=1&amp;b=2"' in made and 'href="/z" onclick="x"</a>' in made


@pytest.mark.parametrize(
    "line",
    ["a > b", "<p>a &lt; b</p>", '<h2 id="s-href">on click=</h2><hr>', '<li lang="nb" class="on style"><b>a</b></li>'],
)
def test_a_line_that_is_still_stays_as_it_is_for_whoever_reads_with_care(line: str) -> None:
    links: list[str] = []
    assert is_still(line)
    assert rewritten(line + "<", lambda link: links.append(link)) == (line + "<", []) and not links  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    "line",
    [
        '<a href="/x/">', '<img src="x">', '<use xlink:href="#a">', '<video poster="/x">', '<p onclick="x">', '<p hx-get="/x">', '<p style="x">',
        '<img srcset="x">', "<p class=x>", "<p ONCLICK=x>", "<script>", '<button type="button">', "</form>", '<p class="a"onclick="x">', "a < b", "<p",
    ],
)  # fmt: skip
def test_no_line_is_still_that_leads_anywhere_or_asks_for_anything(line: str) -> None:
    assert not is_still(line) and not is_still(f"<p>a</p>{line}<p>b</p>")


@pytest.mark.parametrize(
    "tag",
    ['<img/onerror="x" src="a">', "<img src='a' onerror='x'>", '<p ONCLICK="x">', '<p\nonclick="x">', "<p style=x>"],
)
def test_what_is_spelled_unusually_is_taken_out_too(tag: str) -> None:
    made, removed = rewritten(tag, lambda link: link)
    assert removed and not re.search("onerror|onclick|style", made, re.I)


@pytest.mark.parametrize(
    ("name", "text"),
    [("index.html", '<video src="/v.mp4"></video>'), ("index.html", '<svg><use xlink:href="/i.svg#a"/></svg>'),
     ("index.html", '<img src="a.png" srcset="https://e/a.png 2x">'), ("index.html", '<base href="https://e/">'),
     ("static/a.css", '@import "https://e/b.css";'), ("static/a.css", '@media print { a { b: url( "https://e/c" ) } }'),
     ("static/a.css", r"a { b: \75rl(https://e/d) }")],
)  # fmt: skip
def test_the_check_finds_what_hides(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert faults(tmp_path)


# Links in a house of another builder.


@get("/{word:str}", media_type=MediaType.HTML)
async def _word(word: str) -> str:
    if word.lower() != "case":
        raise NotFoundException
    return f"<p>{word}</p>"


@get("/e/1", status_code=301)
async def _short() -> Redirect:
    return Redirect("/case/#there", status_code=301)


@get("/round", status_code=303)
async def _round() -> Redirect:
    return Redirect("/round/", status_code=303)


@get("/away", status_code=303)
async def _away() -> Redirect:
    return Redirect("https://elsewhere.example/case/", status_code=303)


@get("/pages")
async def _burning() -> Response[str]:
    return Response("fire", status_code=503)


def leads_in(app: Litestar, *planned: str) -> Leads:
    return Leads(Reader(lambda: app, NOBODY, Snapshot("public", LIVE), "en"), planned, {}, LIVE)


async def test_what_nobody_planned_is_asked_for_and_followed_to_its_end_or_to_nothing() -> None:
    leads = leads_in(Litestar([_word, _short, _round, _away], logging_config=None), "/case/")
    asked = ("/e/1", "/Case/", "/round/", "/away/", "/gone/", "/pages/")
    assert [leads.end(address) for address in asked] == [None] * 6
    assert await leads.ask() == ["/Case/"], "and only that is a page of its own that nobody had planned"
    assert [leads.end(address) for address in asked] == [
        ("case/index.html", "there"), (file_of("/Case/"), ""), None, None, None, None,
    ]  # fmt: skip
    assert not leads.unasked


@get("/pages")
async def _breaking_off() -> Stream:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"half of it"
        raise OSError("the bucket is gone")

    return Stream(pieces(), media_type="text/html")


async def test_what_breaks_off_is_not_taken_for_a_page() -> None:
    leads = leads_in(Litestar([_breaking_off], logging_config=None))
    leads.end("/pages/")
    with pytest.raises(Faulty, match="/pages/ could not be read"):
        await leads.ask()


async def test_a_page_that_cannot_be_made_ends_the_run() -> None:
    leads = leads_in(Litestar([_burning], logging_config=None))
    leads.end("/pages/")
    with pytest.raises(Faulty, match="/pages/ could not be read"):
        await leads.ask()


# The real house.


LINKS = [
    "/pages", "/people/mons", "/pages//", "/t%61gs/", "/tags/TAGkanaritorgetpage/", "/" + "a" * 70_000, "//evil.example/x", "///x",
    "ftp://evil.example/", "http://[::1", "http:x", "/a%5Cb", "/pages/%ff/", "/%00/", "?x", "#", "..", "index.md", "/e/9007199254740993",
    "/static/x/js/keys.js", "/people/mons/?x#y", "mailto:a@b.no", "tel:12",
]  # fmt: skip


async def test_no_link_that_somebody_writes_stops_a_snapshot_or_spoils_another_page(
    house: House, tmp_path: Path
) -> None:
    await published(house, tmp_path / "before")
    links = [*LINKS, static_files.asset("js/dugnad.js"), static_files.asset("../web/app.py")]
    async with written(house, " ".join(f"[x]({link})" for link in links)):
        report = await published(house, tmp_path / "after")
    assert (
        {each.page.split("/")[0] for each in report.broken} == {"pages"}
        and report.removed == []
        and report.unlinked > 2
    )
    for name in ("spaces/index.html", "people/index.html", "accessibility/index.html", "articles/index.html"):
        before, after = ((tmp_path / when / name).read_text("utf-8").count("href=") for when in ("before", "after"))
        assert before == after > 10, name


@pytest.mark.parametrize("word", ["settings", "bin", "new", "files", "drafts"])
async def test_a_disguised_link_brings_no_private_page_along(house: House, tmp_path: Path, word: str) -> None:
    async with house.browser("mons") as browser:
        assert (await browser.get(f"/%{ord(word[0]):x}{word[1:]}/")).status_code == 200, (
            "the application understands it"
        )
    async with written(house, f"[a](/%{ord(word[0]):x}{word[1:]}/) [b](//{word}/) [c](/x/%2e%2e/{word}/)"):
        await published(house, tmp_path / "out", "person:mons")
    assert not (tmp_path / "out" / word / "index.html").exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [("漢" * 95 + ".txt", b"x"), ("LESMEG", b"<script>x</script>"), ("r.html", b"<form><script>x</script></form>"),
     ("r.HTM", b"<script>x</script>"), ("x.css", b"a { b: url(https://evil.example/x) }"), ("manifest.json", b"{}")],
)  # fmt: skip
async def test_an_attachment_comes_along_unchanged_and_never_as_a_page(
    house: House, tmp_path: Path, name: str, data: bytes
) -> None:
    async with written(house, "x", (name, data)) as id:
        report = await published(house, tmp_path / "out")
    kept = [path for path in (tmp_path / "out" / "files" / str(id)).rglob("*") if path.is_file()]
    assert data in [path.read_bytes() for path in kept] and report.removed == []
    assert all(path.name == "index.html" or path.suffix.lower() not in (".html", ".htm") for path in kept)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["audience"] == "everyone"


async def test_our_own_address_written_out_becomes_a_link_inside_the_snapshot(house: House, tmp_path: Path) -> None:
    async with written(house, f"[x]({house.settings.url}/people/mons/)") as id:
        await published(house, tmp_path / "out")
    html = (tmp_path / "out" / "pages" / str(id) / "hard" / "index.html").read_text("utf-8")
    assert 'href="../../../people/mons/index.html"' in html and f"{house.settings.url}/people" not in html


async def test_the_same_content_gives_the_same_bytes(house: House, tmp_path: Path) -> None:
    for out in ("a", "b"):
        await published(house, tmp_path / out)
    made = [(tmp_path / out / "manifest.json").read_bytes() for out in ("a", "b")]
    assert made[0] == made[1], "the manifest holds the sum of every other file"


async def test_a_folder_of_somebody_elses_is_never_replaced(house: House, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name, text in (("manifest.json", '{"name": "another program"}'), ("thesis.txt", "years of work")):
        (tmp_path / "out" / name).write_text(text)
        with pytest.raises(NotDone, match="not a snapshot"):
            await export(lambda: house.app, house.settings, "everyone", tmp_path / "out")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "years of work"
