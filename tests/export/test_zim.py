"""A snapshot as a ZIM file: what the library that Kiwix is made of finds in it, and what nobody may find."""

from __future__ import annotations

import filecmp
import io
import posixpath
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest
import pytest_asyncio
from libzim.reader import Archive
from libzim.search import Query, Searcher
from libzim.suggestion import SuggestionSearcher
from PIL import Image

from export.manifest import read as manifest_in
from export.packing import pack_zip
from export.snapshot import export
from export.zim import LANGUAGES, pack_zim
from tests.cast import House
from tests.export.test_again import held
from tests.export.test_snapshot import names_in
from tests.serving import free_port
from web import urls, words
from web.entries import actions
from web.entries.actions import Fields
from web.errors import NotDone
from web.kinds import KINDS

LINK = re.compile(r'\s(?:href|src)="([^"]*)"')
POLICY = re.compile(r'<meta http-equiv="content-security-policy" content="[^"]*">')
# The letters of titles that an index may choke on, as many of them as a title may have.
HARD = ("x", "ø", "…", "-", "漢", "👩‍👩‍👧", "..…", "a\u0300", "_", "<b>&amp;")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a snapshot for everyone, in which there is a bit of everything."""
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    ferry = await actions.post(
        mons, "page", torget, Fields("Fergekaiene ved Kråkholmen", "Billettene kjøpes om bord på ferja.")
    )
    await actions.post(mons, "page", torget, Fields("The timetable", f"Tickets are sold on board. See /e/{ferry}"))
    for sign in HARD:
        most = KINDS["page"].title_max
        await actions.post(mons, "page", torget, Fields((sign * most)[:most], "A hard title."))
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    page = house.entries["torget", "page"]
    image = await house.attach("mons", "kai.png", picture.getvalue(), entry=page)
    text = await house.attach("mons", "Årsmelding 2026.TXT", b"plain", entry=page)
    links = f"![kai](/files/{image.id}/kai.png) [text]({urls.file_url(text.id, text.name)})"
    await actions.post(mons, "page", torget, Fields("With files", links))
    quick = await house.entry("torget", "micropost")
    await actions.turn(mons, quick.id, "question", "Asked in haste")
    secret = await house.attach(
        "mons", "kanariloftetfile.txt", b"kanariloftetbytes", entry=house.entries["loftet", "page"]
    )
    assert secret
    out = tmp_path_factory.mktemp("site") / "out"
    await export(lambda: house.app, house.settings, "everyone", out)
    return out


@pytest.fixture(scope="module")
def file(site: Path) -> Path:
    out = site.with_name("copy.zim")
    pack_zim(site, out)
    return out


@pytest.fixture(scope="module")
def archive(file: Path) -> Archive:
    return Archive(file)


def found(archive: Archive, query: str) -> list[str]:
    """The titles of what has these words, the best first."""
    search = Searcher(archive).search(Query().set_query(query))
    return [archive.get_entry_by_path(path).title for path in search.getResults(0, 100)]


def suggested(archive: Archive, begin: str) -> list[str]:
    search = SuggestionSearcher(archive).suggest(begin)
    return [archive.get_entry_by_path(path).title for path in search.getResults(0, 100)]


def entries(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """All that is in it, also what libzim adds."""
    for number in range(archive.all_entry_count):
        entry = archive._get_entry_by_id(number)
        yield entry.path, b"" if entry.is_redirect else bytes(entry.get_item().content)


def test_it_is_whole_and_says_what_it_is(archive: Archive, site: Path, house: House) -> None:
    assert archive.check() and archive.has_fulltext_index and archive.has_title_index
    assert archive.main_entry.get_item().path == "index.html"
    manifest = manifest_in(site)
    assert manifest is not None
    told = {key: archive.get_metadata(key) for key in archive.metadata_keys}
    name = re.search(r"<title>[^<]* · ([^<]*)</title>", (site / "index.html").read_text("utf-8"))
    assert name and told["Title"].decode() == told["Creator"].decode() == unescape(name[1])[:30]
    assert told["Date"].decode() == f"{datetime.fromtimestamp(manifest.as_of / 1000, UTC):%Y-%m-%d}"
    assert told["Language"] == b"nob" and told["Scraper"] == b"dugnad" and told["Source"].decode() == house.settings.url
    assert told["Description"].decode() == "Et øyeblikksbilde, slik alle i huset leser det"
    assert told["Name"].endswith(b"_nob_everyone") and told["Publisher"]
    picture = Image.open(io.BytesIO(told["Illustration_48x48@1"]))
    assert (picture.format, picture.size) == ("PNG", (48, 48))
    assert set(LANGUAGES) == set(words.LANGUAGES)


def test_the_files_of_the_snapshot_are_in_it_and_nothing_else(archive: Archive, site: Path) -> None:
    manifest = manifest_in(site)
    assert manifest is not None
    inside = {archive._get_entry_by_id(number).path for number in range(archive.entry_count)}
    assert inside == manifest.files.keys() and archive.entry_count == len(inside)
    for name in inside:
        entry = archive.get_entry_by_path(name)
        if not entry.is_redirect:
            content, kept = bytes(entry.get_item().content), (site / name).read_bytes()
            if name.endswith(".html"):
                content, kept = (POLICY.sub("", each.decode(), count=1).encode() for each in (content, kept))
            assert content == kept, name
    types = {name: archive.get_entry_by_path(name).get_item().mimetype for name in inside}
    assert {types[name] for name in inside if name.endswith("/index.md")} == {"text/markdown"}
    assert {types[name] for name in inside if name.endswith(".html")} == {"text/html"}
    for ending, kind in ((".css", "text/css"), (".js", "text/javascript"), (".woff2", "font/woff2"), ("/kai.png", "image/png"),
                         ("/Årsmelding 2026.TXT", "text/plain"), (".svg", "image/svg+xml")):  # fmt: skip
        assert {types[name] for name in inside if name.endswith(ending)} == {kind}, ending
    assert "application/octet-stream" not in types.values()


def test_every_page_has_its_title_and_is_found_by_its_beginning(archive: Archive, site: Path) -> None:
    assert archive.get_entry_by_path(suggested_path(archive, "Fergek")).title == "Fergekaiene ved Kråkholmen"
    assert "Fergekaiene ved Kråkholmen" in suggested(archive, "krakh"), "with other letters too"
    assert "Mons" in suggested(archive, "mons")
    house = archive.get_metadata("Creator").decode()
    for path in site.rglob("*.html"):
        entry = archive.get_entry_by_path(path.relative_to(site).as_posix())
        assert entry.is_redirect or (entry.title and not entry.title.endswith(f" · {house}")), path


def suggested_path(archive: Archive, begin: str) -> str:
    return str(next(iter(SuggestionSearcher(archive).suggest(begin).getResults(0, 1))))


def test_texts_are_found_in_both_languages_where_they_are_read(archive: Archive) -> None:
    for query in ("billettene", "billett", "ferja bord", "fergekaiene", "kråkholmen", "krakholmen"):
        assert "Fergekaiene ved Kråkholmen" in found(archive, query), query
    for query in ("tickets", "ticket", "timetable", "sold board"):
        assert found(archive, query)[0] == "The timetable", query
    assert found(archive, "billettene") == ["Fergekaiene ved Kråkholmen"], "and not once more for each list"
    assert not found(archive, "xyzzyplugh") and not found(archive, "Tilgjengelighet")[1:], (
        "the foot of each page is no text"
    )


async def test_a_snapshot_in_english_is_read_as_english(house: House, site: Path, tmp_path: Path) -> None:
    def pack(folder: Path) -> None:
        pack_zim(folder, tmp_path / "copy.zim")

    await export(lambda: house.app, house.settings, "space:kontoret", tmp_path / "out", language="en", pack=pack)
    archive = Archive(tmp_path / "copy.zim")
    assert archive.get_metadata("Language") == b"eng" and archive.get_metadata("Name").endswith(b"_eng_space-kontoret")
    assert archive.get_metadata("Description").startswith(b"A snapshot, as read by ")
    for query in ("ticket", "boarding", "timetables"):
        assert found(archive, query) == ["The timetable"], query
    assert found(archive, "kanarikontoretpage") and not found(archive, "kanariloftetpage")


def test_a_title_of_whatever_letters_is_taken(archive: Archive) -> None:
    assert len(found(archive, "hard title")) == len(HARD)


def test_links_lead_to_what_is_in_it(archive: Archive) -> None:
    seen = 0
    for name, content in entries(archive):
        if not name.endswith(".html"):
            continue
        for link in map(unescape, LINK.findall(content.decode("utf-8"))):
            parts = urlsplit(link)
            if parts.scheme or not parts.path:
                continue
            to = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
            assert not link.startswith("/") and archive.has_entry_by_path(to), (name, link)
            seen += 1
    assert seen > 500


async def test_where_something_was_before_leads_on(archive: Archive, house: House) -> None:
    quick = await house.entry("torget", "micropost")
    entry = archive.get_entry_by_path(f"microposts/{quick.id}/index.html")
    assert entry.is_redirect and entry.get_redirect_entry().path == f"questions/{quick.id}/asked-in-haste/index.html"
    assert not [title for title in suggested(archive, "Flyttet") + suggested(archive, "Dette") if title == entry.title]


def test_kiwix_may_ask_its_own_server_and_nothing_else_may_be_asked(archive: Archive) -> None:
    for name, content in entries(archive):
        if name.endswith(".html") and content:
            policy = POLICY.findall(content.decode("utf-8"))
            assert len(policy) == 1 and "default-src 'none'" in policy[0], name
            assert "form-action 'self'" in policy[0] and "connect-src 'self'" in policy[0] and "unsafe" not in policy[0]


def test_nothing_that_its_readers_may_not_read_is_in_it(archive: Archive, house: House) -> None:
    everything = [f"{name} ".encode() + content for name, content in entries(archive)]
    said = b"\n".join(everything).decode("utf-8", "ignore").lower()
    assert (
        "kanaritorgetpage" in said
        and found(archive, "kanaritorgetpage")
        and suggested(archive, "Title of kanaritorgetp")
    )
    for hidden in (
        "kanarikontoret",
        "loftet",
        "kanariloftet",
        *(str(id) for (space, _), id in house.entries.items() if space == "loftet"),
    ):
        assert hidden not in said, hidden
    # An index is packed tighter than one can read it, so it is asked.
    for (space, kind), id in house.entries.items():
        hidden = space != "torget"
        assert bool(found(archive, f"kanari{space}{kind}")) is not hidden, (space, kind)
        assert not hidden or not (found(archive, str(id)) or suggested(archive, f"Title of kanari{space}{kind}"))


async def test_the_same_content_gives_the_same_bytes(
    house: House, site: Path, file: Path, archive: Archive, tmp_path: Path
) -> None:
    out = tmp_path / "other name.zim"
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "anew")
    assert held(tmp_path / "anew") == held(site)
    pack_zim(tmp_path / "anew", out)
    assert filecmp.cmp(out, file, shallow=False)
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("One more", "And another text."))
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "anew")
    pack_zim(tmp_path / "anew", out)
    assert Archive(out).uuid != archive.uuid and "One more" in suggested(Archive(out), "one m")
    assert names_in(tmp_path) == ["anew", "other name.zim"]
    await actions.trash(mons, id, "")


def test_it_takes_the_place_of_its_like_and_of_nothing_else(site: Path, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "copy.zim"
    for _ in range(2):
        pack_zim(site, out)
    pack_zip(site, tmp_path / "copy.zip")
    (tmp_path / "thesis.zim").write_bytes(b"ZIM\x04 years of work")
    for name in ("copy.zip", "thesis.zim"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(NotDone, match="something else"):
            pack_zim(site, tmp_path / name)
        assert (tmp_path / name).read_bytes() == before
    with pytest.raises(NotDone, match="something else"):
        pack_zip(site, out)
    with pytest.raises(NotDone, match="not a snapshot"):
        pack_zim(tmp_path / "new", tmp_path / "b.zim")
    assert names_in(out.parent) == ["copy.zim"] and out.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("lost", ["index.html", "tags/index.html", "snapshot.css"])
def test_one_that_fails_leaves_the_former_one(site: Path, tmp_path: Path, lost: str) -> None:
    shutil.copytree(site, tmp_path / "site")
    pack_zim(site, tmp_path / "copy.zim")
    before = (tmp_path / "copy.zim").read_bytes()
    (tmp_path / "site" / lost).unlink()
    with pytest.raises(NotDone, match=r"could not be made: [^\n]*$"):
        pack_zim(tmp_path / "site", tmp_path / "copy.zim")
    assert (tmp_path / "copy.zim").read_bytes() == before and names_in(tmp_path) == ["copy.zim", "site"]


def test_nothing_is_said_that_was_not_asked_for(site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[int, int]] = []
    pack_zim(site, tmp_path / "copy.zim", lambda done, of: seen.append((done, of)))
    print("still there")
    assert capfd.readouterr() == ("still there\n", "")
    assert [done for done, _ in seen] == list(range(seen[-1][1] + 1)), "but how far it is, when somebody wants to know"


@pytest.fixture
def kiwix(file: Path) -> Iterator[httpx.Client]:
    """The program that serves such files, as Debian has it, below a prefix."""
    if shutil.which("kiwix-serve") is None:
        pytest.skip("needs kiwix-serve (kiwix-tools)")
    port = free_port()
    command = ["kiwix-serve", "--address", "127.0.0.1", "--port", str(port), "--urlRootLocation", "/library", str(file)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}/library", trust_env=False, follow_redirects=True
        ) as client:
            for _ in range(100):
                try:
                    client.get("/")
                    break
                except httpx.ConnectError:
                    time.sleep(0.05)
            yield client
    finally:
        server.terminate()
        server.wait(20)


def test_kiwix_serves_it_and_searches_in_it(kiwix: httpx.Client, archive: Archive) -> None:
    home = kiwix.get("/copy")
    assert home.status_code == 200 and home.url.path.startswith("/library/")
    for link in dict.fromkeys(map(unescape, LINK.findall(home.text))):
        if not urlsplit(link).scheme and not link.startswith(("/", "#")):
            assert kiwix.get(str(home.url.join(link))).status_code == 200, link
    hits = kiwix.get("/search", params={"content": "copy", "pattern": "billettene"}).text
    assert "Fergekaiene ved Kråkholmen" in hits
    page = kiwix.get(
        next(link for link in map(unescape, LINK.findall(hits)) if "fergekaiene" in link).removeprefix("/library")
    )
    assert page.status_code == 200 and "Billettene kjøpes om bord" in page.text
    offered = kiwix.get("/suggest", params={"content": "copy", "term": "ferg"}).json()
    assert suggested_path(archive, "ferg") in [each.get("path") for each in offered]
    assert "Fergekaiene" not in kiwix.get("/search", params={"content": "copy", "pattern": "kanariloftetpage"}).text
