"""A folder may come from anybody: one that cannot be a house is refused in a sentence, and nothing of it moves in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio

from export.portable.arriving import read_house
from export.portable.leaving import write_house
from tests.cast import application, settle
from tests.export.moving import asked, elsewhere
from web.database import rows
from web.entries import check, versions
from web.errors import NotDone
from web.settings import Settings
from web.storage import Folder


@pytest_asyncio.fixture(scope="module")
async def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing wrong in it."""
    here = tmp_path_factory.mktemp("good")
    settings = Settings(
        f"sqlite:///{here / 'dugnad.sqlite'}", here / "data", "a-secret-for-tests", "http://dugnad.test"
    )
    async with elsewhere(None, settings.database):
        house = await settle(application(settings), settings)
        file = await house.attach("mons", "b.txt", b"words", entry=house.entries["torget", "page"])
        await versions.bring(await house.viewer("mons"), house.files, file.id, BytesIO(b"other words"), "")
        await write_house(here / "out", house.files)
    return here / "out"


@pytest_asyncio.fixture(scope="module")
async def empty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with nobody in it, as long as nobody gets in."""
    address = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'empty.sqlite'}"
    async with elsewhere(None, address):
        pass
    return address


def first(folder: Path, pattern: str) -> Path:
    return sorted(folder.glob(pattern))[0]


def changed(pattern: str, old: str, new: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = first(folder, pattern)
        content = path.read_text("utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), "utf-8")

    return change


def added(name: str, content: bytes) -> Callable[[Path], object]:
    def add(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return add


def doubled(pattern: str) -> Callable[[Path], object]:
    return lambda folder: shutil.copy(first(folder, pattern), first(folder, pattern).with_name("again.md"))


QUESTION, PAGE, STORY = (
    "spaces/torget/questions/*/*.md",
    "spaces/torget/pages/*.md",
    "spaces/torget/questions/*/*.jsonl",
)
BOMB = (
    b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(12))
    + b"---\n\nx\n"
)
HOSTILE = {
    "no house": (lambda folder: (folder / "house.md").unlink(), "not a house"),
    "newer": (changed("house.md", "dugnad: 1", "dugnad: 2"), r"house\.md, line 2: dugnad"),
    "no front": (lambda folder: first(folder, QUESTION).write_text("words"), r"line 1: here should stand"),
    "no yaml": (changed(QUESTION, "kind: question", "kind: [question"), r"questions/.*\.md, line \d+: this is not YAML"),
    "deep yaml": (changed(QUESTION, "kind: question", "kind: " + "[" * 900), "not YAML"),
    "yaml bomb": (added("spaces/torget/x.md", BOMB), "not known here"),
    "list in front": (added("spaces/torget/x.md", b"---\n- a\n---\n\nx\n"), "must be names"),
    "not utf-8": (added("spaces/torget/x.md", b"---\ntitle: x\n---\n\nok\n\xff\n"), r"line 6: this is not UTF-8"),
    "not utf-8 in front": (added("spaces/torget/x.md", b"---\ntitle: \xff\n---\n\nok\n"), r"line 2: this is not UTF-8"),
    "no character": (changed(QUESTION, "title: ", 'title: "\\0"\nstage: '), "character in it that is none"),
    "huge": (added("spaces/torget/x.md", b"---\ntitle: x\n---\n\n" + b"x" * (9 << 20)), "more than 8 MB"),
    "unknown key": (changed(QUESTION, "kind: ", "password: x\nkind: "), r"line \d+: password: this is not known"),
    "no kind": (changed(QUESTION, "kind: question", "kind: admin"), r"line \d+: kind: this must be one of"),
    "kind is a list": (changed(QUESTION, "kind: question", "kind: [question]"), "kind: this must be one of"),
    "no author": (changed(QUESTION, "author: mons", "author: nobody"), r"line \d+: author: there is no person"),
    "no space": (changed(QUESTION, "space: torget", "space: ../etc"), "space: there is no space"),
    "id": (changed(QUESTION, "id: ", "id: -"), "id: this must be the number"),
    "huge id": (changed(QUESTION, "id: ", "id: 999999"), "id: this must be the number"),
    "time": (changed(QUESTION, "created: '2", "created: 'x2"), "created: this must be a time"),
    "twice": (doubled(QUESTION), r"id: this is there twice"),
    "person twice": (doubled("people/*.md"), "this is there twice"),
    "parent": (changed(PAGE, "revision: ", "parent: 4711\nrevision: "), r"line \d+: parent: this is not in this folder"),
    "accepted": (changed(QUESTION, "revision: ", "accepted: 4711\nrevision: "), "accepted: this was not written under it"),
    "lead": (changed(PAGE, "revision: ", "links: {x: /e/4711}\nrevision: "), "links: 4711 is not in this folder"),
    "lead elsewhere": (changed(PAGE, "revision: ", "links: {x: 'javascript:alert(1)'}\nrevision: "), "links: .* is neither"),
    "script": (changed("spaces/torget/bookmarks/*/*.md", "url: https", "url: javascript"), "url: This must be a web address"),
    "stage": (changed("spaces/torget/ideas/*/*.md", "stage: new", "stage: old"), "stage: this must be one of"),
    "handle": (changed("people/*.md", "handle: ", "handle: ../"), "handle: Use the letters"),
    "public": (changed("spaces/kontoret/space.md", "access: closed", "access: closed\npublic: true"), "public: "),
    "no json": (changed(STORY, "{", "("), r"\.jsonl, line 1: this is not JSON"),
    "json list": (added("x.jsonl", b"[1]\n"), r"x\.jsonl, line 1: this must be an object"),
    "deep json": (added("x.jsonl", b"[" * 100_000 + b"\n"), "not JSON"),
    "what": (added("x.jsonl", b'\n{"what":"session"}\n'), r"x\.jsonl, line 2: what: this must be one of"),
    "what is a list": (added("x.jsonl", b'{"what":["event"]}\n'), "what: this must be one of"),
    "event of nothing": (changed(STORY, '"entry":', '"entry":1'), r"\.jsonl, line 1: entry: .* is not in this folder"),
    "verb": (changed(STORY, '"verb":"post"', '"verb":"praise"'), r"line 1: verb: this must be one of"),
    "note": (changed(STORY, '"verb":"post"', '"verb":"turn","note":"page king"'), r"line 1: note: this says nothing"),
    "title of two lines": (changed(QUESTION, "title: ", 'title: "a\\r\\nb"\nstage: '), "title: this must be one line"),
    "name of a file": (changed("files/*.md", "name: b.txt", "name: ../b.txt"), "name: this is not the name of a file"),
    "role": (changed("spaces/kontoret/members.jsonl", '"role":"host"', '"role":"owner"'), r"members\.jsonl, line 1: role"),
    "member twice": (lambda folder: (p := folder / "spaces/kontoret/members.jsonl").write_text(p.read_text() + p.read_text().replace('"id":', '"id":1')), "person: this is there twice"),
    "no file": (lambda folder: shutil.rmtree(next(path for path in (folder / "files").iterdir() if path.is_dir())), "tells of a file that is not there"),
    "two files": (lambda folder: (next(path for path in (folder / "files").iterdir() if path.is_dir()) / "x.txt").write_text("x"), "no attachment of a house"),
    "version of nothing": (added("versions/4711/5.md", b"---\nid: 5\n---\n\n"), "no version of a file of this house"),
    "version that is not there": (lambda folder: shutil.rmtree(first(folder, "versions/*/*.md").with_suffix("")), "tells of a file that is not there"),
    "two last versions": (lambda folder: _two_last(folder), "there are two"),
    "version of another": (changed("versions/*/*.md", "file: ", "file: 1"), "file: this stands somewhere else"),
    "stranger": (added("notes.txt", b"mine"), r"notes\.txt is nothing of a house"),
    "link": (lambda folder: (folder / "spaces/torget/x.md").symlink_to("/etc/passwd"), "is a link"),
    "folder link": (lambda folder: (folder / "spaces/x").symlink_to("/etc"), "is a link"),
    "pipe": (lambda folder: os.mkfifo(folder / "spaces/torget/x.md"), "is not a file"),
    "root": (changed("spaces/torget/pages/*/reply-*.md", "root: ", "root: 1"), "root: this heads no conversation"),
    "under itself": (lambda folder: _under_itself(folder), "parent: nothing stands under itself"),
}  # fmt: skip


def _two_last(folder: Path) -> None:
    last = sorted(folder.glob("versions/*/*.md"))[-1].with_suffix("")
    last.mkdir()
    (last / "b.txt").write_text("more words")


def _under_itself(folder: Path) -> None:
    page = first(folder, PAGE)
    id = page.stem.rpartition("-")[2]
    changed(PAGE, "revision: ", f"parent: {id}\nrevision: ")(folder)


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_folder_that_cannot_be_a_house_is_refused_and_nothing_is_imported(
    what: str, good: Path, empty: str, tmp_path: Path
) -> None:
    change, said = HOSTILE[what]
    shutil.copytree(good, tmp_path / "in")
    change(tmp_path / "in")
    with pytest.raises(NotDone, match=said) as wrong:
        await read_house(tmp_path / "in", empty, Folder(tmp_path / "files"))
    assert "\n" not in str(wrong.value)
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in ("person", "entry", "tag", "event", "space"))
    assert await asked(empty, f"SELECT {counts}") == [0, 0, 0, 0, 1]


async def test_what_a_file_is_is_seen_in_it_and_not_believed(good: Path, empty: str, tmp_path: Path) -> None:
    shutil.copytree(good, tmp_path / "in")
    file = next(path for path in (tmp_path / "in" / "files").rglob("*.txt"))
    file.write_bytes(b"<html><script>alert(1)</script>")
    file.rename(file.with_name("x.jsonl"))
    files = Folder(tmp_path / "files")
    await read_house(tmp_path / "in", empty, files)
    async with elsewhere(None, empty):
        assert await rows("SELECT media_type FROM attachment") == [{"media_type": "text/plain; charset=utf-8"}]
        assert await check.faults(files) == []
