"""The published copy: complete, self-contained, right for its audience, and never half."""

from __future__ import annotations

import json
import re
from pathlib import Path

import html5lib
import pytest

from export import making, plan
from export.addresses import file_of, relative
from export.pages import rewritten
from export.snapshot import export
from tests.cast import House
from tests.export.whole import faults
from web import urls, words
from web.entries import actions, queries
from web.entries.actions import Fields
from web.errors import NotDone
from web.kinds import KINDS

OUR_SCRIPT = re.compile(
    r'<script src="(?:\.\./)*static/\w+/js/reading\.js"></script>|<script src="(?:\.\./)*lately\.js" defer></script>'
)


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/pages/42/a-page/", "pages/42/a-page/index.html"),
        ("/pages/42/a-page/index.md", "pages/42/a-page/index.md"),
        ("/files/7/bilde%20av%20%C3%A5l.png", "files/7/bilde av ål.png"),
        ("/tags/%C3%A6re/", "tags/ære/index.html"),
        ("/people/ola.nordmann", "people/ola.nordmann/index.html"),
        ("/e/42", "e/42/index.html"),
        ("/files/7/LESMEG", "files/7/LESMEG.txt"),
        ("/files/7/report.HTM", "files/7/report.HTM.txt"),
    ],
)
def test_an_address_becomes_a_file(path: str, file: str) -> None:
    assert file_of(path) == file


def test_no_name_escapes_its_folder_or_troubles_another_file_system() -> None:
    for path in (
        "/files/1/..%2F..%2Fetc%2Fpasswd",
        "/files/1/%2e%2e",
        "/tags/con/",
        '/files/1/a:b"c?.txt',
        f"/tags/{'x' * 300}/",
    ):
        name = file_of(path)
        assert (
            ".." not in name.split("/") and not re.search(r'[<>:"|?*\\]', name) and max(map(len, name.split("/"))) < 130
        )
    assert file_of("/files/1/a:b.txt") != file_of("/files/1/a?b.txt"), "two names stay two"


def test_links_between_files_are_relative() -> None:
    assert relative("pages/1/x/index.html", "pages/2/å b/index.html") == "../../../pages/2/%C3%A5%20b/index.html"
    assert relative("index.html", "tags/index.html") == "tags/index.html"


def test_what_only_lives_on_a_server_is_taken_out() -> None:
    html = '<p>a<form action="/x"><button>b</button></form><script src="/s.js"></script><a href="/y" hx-get="/z">c</a>&amp;</p>'
    made, removed = rewritten(html, lambda link: None)
    assert made == "<p>a<a>c</a>&amp;</p>" and {"form", "button", "script", "hx-get"} <= set(removed)


def test_the_check_finds_planted_faults(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<a href="missing.html">x</a><a href="/root">y</a><form></form><a href="https://a.b/">z</a>'
    )
    (tmp_path / "a.css").write_text(
        "@font-face { src: url(https://elsewhere/x.woff2) } b { background: url('gone.png') }"
    )
    found = "\n".join(faults(tmp_path))
    assert found.count("\n") == 4 and all(
        word in found for word in ("missing.html", "/root", "form", "elsewhere", "gone.png")
    )


async def test_a_snapshot_holds_every_entry_its_audience_may_read_and_works_from_a_folder(
    house: House, tmp_path: Path
) -> None:
    report = await export(lambda: house.app, house.settings, "everyone", tmp_path / "out")
    assert report.removed == [] and report.broken == []
    out = tmp_path / "out"
    for kind in KINDS.values():
        entry = await house.entry("torget", kind.name)
        root = await queries.entry(await house.viewer("mons"), entry.root)
        page = out / file_of(
            f"/{root.is_a.path}/{root.id}/{root.slug}/" if root.slug else f"/{root.is_a.path}/{root.id}/"
        )
        assert entry.body.split(" with ")[0] in page.read_text("utf-8"), kind.name
    assert faults(out) == []
    assert (await house.entry("torget", "page")).body in next((out / "pages").rglob("index.md")).read_text("utf-8")
    for path in out.rglob("*.html"):
        html = path.read_text("utf-8")
        html = OUR_SCRIPT.sub("", html)
        assert not re.search(r'<form|<script|<button(?! type="button")|\shx-|\son\w+=|(?:href|src)="/', html), path
        assert not re.search(r"\d[^<>]{0,20} (?:ago|siden)<", html), "a snapshot is read whenever"


async def test_every_page_is_html_as_the_standard_has_it(house: House, tmp_path: Path) -> None:
    mons, page = await house.viewer("mons"), await house.entry("torget", "page")
    await actions.edit(mons, page.id, Fields("Called otherwise", page.body), page.revision)
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "out", history=True)
    for path in (tmp_path / "out").rglob("*.html"):
        parser = html5lib.HTMLParser()
        parser.parse(path.read_bytes())
        assert parser.errors == [], path


async def test_what_is_found_is_read_on_its_own_page(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out)
    texts = "\n".join(path.read_text("utf-8") for path in (out / "search" / "t").iterdir())
    mons = await house.viewer("mons")
    for kind in KINDS.values():
        entry = await house.entry("torget", kind.name)
        root = await queries.entry(mons, entry.root)
        assert f'"..{urls.url_of(root)}index.html#entry-{entry.id}"' in texts, kind.name


async def test_what_was_called_otherwise_leads_on_from_where_it_was(house: House, tmp_path: Path) -> None:
    hedda, thread = await house.viewer("hedda"), await house.entry("torget", "thread")
    await actions.edit(hedda, thread.id, Fields("Another title", thread.body), thread.revision)
    await actions.turn(await house.viewer("mons"), thread.id, "article")
    quick = await house.entry("torget", "micropost")
    await actions.turn(await house.viewer("mons"), quick.id, "question", "Asked in haste")
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out, language="en", history=True)
    for former in (f"threads/{thread.id}/{thread.slug}", f"threads/{thread.id}/another-title"):
        html = (out / former / "index.html").read_text("utf-8")
        to = f"../../../articles/{thread.id}/another-title/index.html"
        assert f'content="0; url={to}"' in html and f'href="{to}"' in html and thread.title not in html
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "plain")
    stub = tmp_path / "plain" / "microposts" / str(quick.id) / "index.html"
    assert f"questions/{quick.id}/asked-in-haste/index.html" in stub.read_text("utf-8")
    names = [path.name for path in (tmp_path / "plain").rglob("*")]
    assert thread.slug not in names, "what it was called is part of its history"
    assert (out / "articles" / str(thread.id) / "another-title" / "index.html").is_file()


async def test_with_history_older_texts_come_along_and_without_it_is_said_that_there_are(
    house: House, tmp_path: Path
) -> None:
    hedda, page = await house.viewer("hedda"), await house.entry("torget", "question")
    typed = f"Nothing of what stood here [x](/entries/{page.id}/history/{page.revision}/)"
    await actions.edit(hedda, page.id, Fields(page.title, typed), page.revision)
    word = "passage"
    for history in (False, True):
        out = tmp_path / str(history)
        await export(lambda: house.app, house.settings, "everyone", out, history=history)
        pages = list((out / "entries" / str(page.id)).rglob("*.html"))
        assert len(pages) == (1 if not history else len(pages)) and pages, "what happened is told"
        assert any(word in path.read_text("utf-8") for path in pages) is history
    page = await house.entry("torget", "question")
    await actions.edit(hedda, page.id, Fields(page.title, "Without the link"), page.revision)


async def test_a_snapshot_of_one_space_has_nothing_of_the_others(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "person:mons", out, spaces=["kontoret"])
    said = "\n".join(path.read_text("utf-8") for path in out.rglob("*") if path.suffix in (".html", ".md", ".js"))
    assert "kanarikontoretpage" in said and "kanaritorget" not in said and "kanariloftet" not in said
    with pytest.raises(NotDone, match="no audience"):
        await export(lambda: house.app, house.settings, "everyone", tmp_path / "no", spaces=["kontoret"])


async def test_a_strict_run_publishes_nothing_while_a_link_leads_nowhere(house: House, tmp_path: Path) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("Broken", "[x](/people/nobody/)"))
    with pytest.raises(NotDone, match="/people/nobody/, where there is nothing"):
        await export(lambda: house.app, house.settings, "everyone", tmp_path / "out", strict=True)
    assert not (tmp_path / "out").exists()
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "out")
    with pytest.raises(NotDone, match="/people/nobody/"):
        await export(lambda: house.app, house.settings, "everyone", tmp_path / "out", strict=True)
    await actions.trash(mons, id, "")
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "out", strict=True)


@pytest.mark.parametrize(
    ("audience", "hidden"),
    [("public", ("torget", "kontoret", "loftet")), ("everyone", ("kontoret", "loftet")), ("space:kontoret", ("loftet",)),
     ("person:gro", ("torget", "loftet")), ("person:ole", ("kontoret", "loftet"))],
)  # fmt: skip
async def test_nothing_that_the_audience_may_not_read_is_in_any_file(
    house: House, tmp_path: Path, audience: str, hidden: tuple[str, ...]
) -> None:
    mons = await house.viewer("mons")
    if ("loftet", "secretfile") not in house.entries:
        secret = house.entries["loftet", "page"]
        kept = await house.attach("mons", "kanariloftetfile.txt", b"kanariloftetbytes", entry=secret)
        for space in house.spaces:
            body = f"[f](/files/{kept.id}/kanarifile.txt) [x](/e/{house.entries['loftet', 'page']}) kanari{space}border"
            await actions.post(mons, "page", house.spaces[space], Fields(f"Border in {space[:2]}", body))
        house.entries["loftet", "secretfile"] = kept.id
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, audience, out)
    for path in out.rglob("*"):
        if path.is_file():
            heard = f"{path.relative_to(out)} {path.read_bytes().decode('utf-8', 'ignore')}".lower()
            for space in hidden:
                assert f"kanari{space}" not in heard, path
            if "loftet" in hidden:
                assert "loftet" not in heard, path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_run_that_fails_leaves_what_was_published_before(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out)
    before = (out / "manifest.json").read_bytes()
    monkeypatch.setattr(making, "page_faults", lambda name, html, files: ["planted"])
    monkeypatch.setattr(plan, "program", lambda: "another version")
    with pytest.raises(NotDone, match="planted"):
        await export(lambda: house.app, house.settings, "everyone", out)
    assert (out / "manifest.json").read_bytes() == before
    assert names_in(tmp_path) == ["out"], "and nothing beside it"
    assert json.loads(before)["audience"] == "everyone"


async def test_each_page_says_for_whom_it_is_and_of_when_and_leads_to_the_live_one(
    house: House, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    question = await house.entry("torget", "question")
    live = f"{house.settings.url}/questions/{question.id}/"
    html = next((out / "questions" / str(question.id)).rglob("index.html")).read_text("utf-8")
    assert "as read by everybody in the house" in html and f'href="{live}' in html and "snapshot.css" in html
    when = max(entry.active_at for entry in [await house.entry("torget", kind) for kind in KINDS])
    assert words.date(when, "en") in (out / "snapshot.css").read_text("utf-8")


async def test_a_page_stays_the_same_file_when_another_has_changed(house: House, tmp_path: Path) -> None:
    mons, page, question = (
        await house.viewer("mons"),
        await house.entry("torget", "page"),
        await house.entry("torget", "question"),
    )
    texts = []
    for turn in range(2):
        await actions.edit(mons, page.id, Fields(page.title, f"{page.body}\n\nTurn {turn}."), page.revision)
        page = await house.entry("torget", "page")
        await export(lambda: house.app, house.settings, "everyone", tmp_path / f"{turn}")
        texts.append(
            {
                path.relative_to(tmp_path / f"{turn}").as_posix(): path.read_bytes()
                for path in (tmp_path / f"{turn}").rglob("*.html")
            }
        )
    changed = {name for name in texts[0] if texts[0][name] != texts[1].get(name)}
    assert any(name.startswith(f"pages/{page.id}/") for name in changed)
    assert not any(name.startswith(f"questions/{question.id}/") for name in changed)
