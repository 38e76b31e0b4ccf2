"""What goes out comes in as it was: out of a house, into an empty space of another, and out of that, it is the same to the byte."""

from __future__ import annotations

import io
import os
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path, PurePosixPath

import pytest
import pytest_asyncio

from export.texts import write_pages
from tests.conftest import ENGINES
from tests.export.moving import New, databases, elsewhere
from tests.export.test_again import held
from tests.imports.test_import_plan import folder
from web import twins
from web.cli import main
from web.database import execute, new_id
from web.entries import actions, attachments, queries
from web.entries.actions import Fields
from web.entries.rows import Branch, Entry, Ref
from web.imports.markdown import import_markdown
from web.imports.plan import fields_of, plan
from web.imports.tree import Page
from web.leaving.links import Outwards, rewritten
from web.leaving.names import Files, places
from web.people import actions as people_actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.people.rows import Space
from web.policy import Viewer
from web.storage import Folder
from web.urls import file_url, permalink

SEED = int(os.environ.get("DUGNAD_SEED", 2026))
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea735"
    "8199000000004945"
    "4e44ae426082"
)
TITLES = [
    "Drift", "drift", "DRIFT", "README", "readme", "index", "_index", "Home", "CON", "nul.txt", "com¹", "Files", "files", "manifest.json",
    "A/B testing", "Hvem: hva?", "c:\\temp", "..", ".gitignore", "...", "node_modules", "Versjon 2.0.", "notes.md", "notes", "index.md", "x.QMD",
    "🏡 Hjem 👩‍👧", "دليل الموظف", "מדריך", "x" * 200, "ø" * 200, "Æ" * 199 + "1", "# Not a heading", "a [b](c) *d* `e`", "<b>Fet</b>", "{#id} .class",
    "100 % & #tag?", "- dash", "null", "yes", "2024-01-01", "'single' \"double\"", "Drift (2)", "a|b", "_sidebar", "_footer", "Smørbrød", "Smo\u0308rbro\u0308d",
    "&amp; &#35;", "\\escaped\\", "---", "title: x", "Ｆｕｌｌ", "~tilde~", "(parens)", "a\u200db", "\u202egnp.exe",
]  # fmt: skip
BODIES = [
    "", "\n\nblank lines first\n\n\n", "trailing blanks   \t \n  ", "---\ntitle: Not mine\n---\n\nLooks like front matter", "+++\nx = 1\n+++\n",
    "CR\r\nLF\r\nlines\r", "::: note\nA box of another program\n:::\n", "<div class=\"x\">\n<a href=\"/e/1\">raw</a> <img src=\"a.png\">\n</div>",
    "{{ template }} {% if x %} {{% raw %}} {.class} {#id}", "Text[^1] and[^two].\n\n[^1]: A note with [a link]({page}).\n\n[^two]: Another\n    over lines.",
    "| a | b |\n|---|---|\n| [x]({page}) | `[y](/e/1)` \\| z |\n", "- [ ] a task [here]({page})\n- [x] done\n  - under\n",
    "> [!NOTE]\n> See [this]({page}#s-heading) in a box\n>\n> [ref]\n\n[ref]: {page} \"a title\"", "> [q]\n>\n> [q]: {page}\n",
    "```markdown\n[code]({page}) ![p]({file})\n```\n\n    [indented]({page})\n\n`[span]({page})`", "Wiki [[Drift]], [[Drift#x|so]], ![[p.png]]\n\n![[Smørbrød]]\n\n```list\nkind:page due:month\n```\n",
    "![Alt *text* with ] \\] signs]({file} \"And a title\")\n\n[![Picture]({file})]({page})", "[angled](<{page}>) [nested [brackets]]({page}?a=b#s-c)",
    "[outside](https://example.org/e/42) <https://example.org> https://example.org/{{x}} [mail](mailto:a@b.no) [tel](tel:1) [js](javascript:x)",
    "[tag](/tags/drift/) [person](/people/kari/) [search](/search/?q=x#y) [history](/entries/42/history/) [gone](/e/4242424242) [file](/files/4242424242/x.png) [top](/)",
    "[typed](Drift.md) [typed](./Drift.md#x) [typed](Drift%20%282%29.md) [file](files/a.png) [file](../files/a.png) [up](../../x.md) [none](nothing.md) [self](#s-x)",
    "[whole]({origin}{page}) [whole]({origin}/tags/x/) ![whole]({origin}{file})", "\\[not a link]({page}) and [broken]({page} and ](/e/1) and [x]:({page})",
    "%% remark %% ==mark== ^[note] <!-- comment [x]({page}) --> H~2~O #tag/deep text ^block-1", "import X from 'y'\n\nexport const z = 1\n\n!!! note\n    Text",
    "signs that are no text: \ufdd0e x\ufdd1 \ufdef and \x85 \u2028 \ufeff", "# {title}\n\nThe heading is the title.", "{title}\n=====\n\n## Heading\n\nText",
    "@kari #felles [a]({page}){.btn} [^no]: x", "a&nbsp;b &copy; [e](&#47;e/1) [e](/e/1&amp;x) [\\_](/e/\\_1)", "[a]({file}#page=3) [b]({file}) [c](/files/1/small/320/x.png)",
    "* [x]({page}\n  'title over a line')\n* [y](\n{page}\n)\n1) [d]: {page}\n\n   [d]",
]  # fmt: skip
NAMES = [
    "a.png",
    "A.png",
    "a.png",
    "rapport 2025 (utkast).txt",
    "notes.md",
    "notes.md.txt",
    "CON.txt",
    "2",
    "é" * 150 + ".txt",
    "x." + "y" * 30,
    "README.qmd",
    "æøå [1].csv",
]
ORIGIN = "https://intranett.eksempel.no"


@pytest_asyncio.fixture
async def new(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[New]:
    async for made in databases(request, tmp_path):
        yield made


class Village:
    """A house that chance has made, with one space in it."""

    def __init__(self, viewer: Viewer, space: Space, files: Folder) -> None:
        self.viewer, self.space, self.files = viewer, space, files

    @classmethod
    async def opened(cls, folder: Path) -> Village:
        await people_actions.add_person(NewPerson("kari", "Kari", "kari@dugnad.test", admin=True))
        viewer = await people.viewer_by_handle("kari")
        await people_actions.add_space("torget", "Torget", "open")
        return cls(await people.viewer_by_handle("kari"), await people.space(viewer, "torget"), Folder(folder))

    async def out(self, to: Path, origin: str = ORIGIN) -> dict[str, bytes]:
        await write_pages(self.viewer, to, origin, self.files, self.space, None, lambda done, of: None)
        return held(to)

    async def filled(self, chance: random.Random) -> None:
        kept = [await self._kept(name, number) for number, name in enumerate(NAMES)]
        ids = [new_id() for _ in range(110)]
        titles = [*TITLES, *(chance.choice(TITLES) for _ in ids)][: len(ids)]
        chance.shuffle(titles)
        posted: list[Entry] = []
        for number, (id, title) in enumerate(zip(ids, titles, strict=True)):
            body = BODIES[number % len(BODIES)] if number < 2 * len(BODIES) else "\n\n".join(chance.sample(BODIES, 6))
            body = self._said(body, chance, ids, kept, title)
            tags = " ".join(chance.sample(["Drift", "null", "yes", "é", "2", "æ-ø_å", "true"], chance.randrange(4)))
            fields = Fields(title, body, tags=tags, lang=chance.choice([None, "nb", "en", "nn"]))
            # Some stand deep, and deeper names are shorter.
            above = posted[-1] if posted and chance.random() < 0.5 else chance.choice([None, *posted[-30:]])
            await actions.post(self.viewer, "page", self.space, fields, above, id=id)
            posted.append(await queries.entry(self.viewer, id))
            await execute("UPDATE entry SET created_at = {} WHERE id = {}", chance.randrange(1, 1_700_000_000_000), id)
        for id in chance.sample(ids, 30):
            with_same_parent = await queries.entry(self.viewer, id)
            await actions.place(self.viewer, id, with_same_parent.parent, None)

    async def _kept(self, name: str, number: int) -> str:
        picture = PNG if name.endswith("png") else b""
        # The first and the third are called the same, and are not the same.
        data = picture + (b"\0" * number if picture else f"{name} {number}".encode())
        file = await attachments.keep(self.viewer, self.files, name, io.BytesIO(data))
        return f"/files/{file.id}/{file.name.replace(' ', '%20').replace('(', '%28').replace(')', '%29')}"

    def _said(self, body: str, chance: random.Random, ids: list[int], kept: list[str], title: str) -> str:
        while "{page}" in body:
            id = chance.choice(ids)
            body = body.replace("{page}", chance.choice([f"/e/{id}", f"/pages/{id}/any-slug/", f"/pages/{id}"]), 1)
        while "{file}" in body:
            body = body.replace("{file}", chance.choice(kept), 1)
        return body.replace("{origin}", ORIGIN).replace("{title}", title)


@pytest.mark.parametrize(("first", "second"), [ENGINES, ENGINES[::-1]])
async def test_out_and_in_and_out_again_is_the_same(new: New, tmp_path: Path, first: str, second: str) -> None:
    chance = random.Random(SEED)
    async with elsewhere(None, await new(first)):
        village = await Village.opened(tmp_path / "files")
        await village.filled(chance)
        out = await village.out(tmp_path / "one")
        pages = {each.path: each for each in plan(tmp_path / "one").pages}
        branches = await queries.standing(village.viewer, village.space.id, most=1000)
        said = [(each.ref.title, each.depth, (await queries.entry(village.viewer, each.ref.id))) for each in branches]
        tags = [await queries.form_tags(each.ref.id) for each in branches]
    async with elsewhere(None, await new(second)):
        other = await Village.opened(tmp_path / "other files")
        report = await import_markdown(other.viewer, tmp_path / "one", other.space, other.files)
        again = await other.out(tmp_path / "two", "https://elsewhere.example")
        came = await queries.standing(other.viewer, other.space.id, most=1000)
        found = [(each.ref.title, each.depth, (await queries.entry(other.viewer, each.ref.id))) for each in came]
        found_tags = [await queries.form_tags(each.ref.id) for each in came]
    assert sorted(out) == sorted(again)
    assert {name: (out[name], again[name]) for name in out if out[name] != again[name]} == {}
    assert report.not_imported == 0 and report.made == len(branches) == len(pages)
    assert [each[:2] for each in said] == [each[:2] for each in found], "the tree is as it was"
    assert [each[2].lang for each in said] == [each[2].lang for each in found]
    assert [set(each.split()) for each in tags] == [set(each.split()) for each in found_tags]
    untouched = [
        (one[2].body, other[2].body)
        for one, other in zip(said, found, strict=True)
        if "](" not in one[2].body and "]:" not in one[2].body and "\ufdd0" not in one[2].body
    ]
    assert len(untouched) > 15 and all(one == other for one, other in untouched), (
        "to the byte, with whatever is at its ends"
    )
    _names_that_every_system_takes(list(out))


def _names_that_every_system_takes(names: list[str]) -> None:
    parts = {(str(above), part) for name in names for above, part in _steps(name)}
    folded = [(above.casefold(), part.casefold()) for above, part in parts]
    assert len(folded) == len(set(folded)), "no two are one where case does not count"
    for _, part in parts:
        assert not set(part) & set('\\/:*?"<>|') and part == part.strip(" ") and not part.startswith(".")
        assert not part.endswith(".") and len(part.encode()) <= 200
        assert part.split(".")[0].lower() not in ("con", "nul", "aux", "prn", "com1")
    assert max(map(len, names)) < 700


def _steps(name: str) -> Iterator[tuple[PurePosixPath, str]]:
    path = PurePosixPath(name)
    yield from ((each.parent, each.name) for each in (path, *path.parents[:-1]))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("address", ["postgres"], indirect=True)
def test_a_real_folder_comes_to_rest_once_it_was_in_a_house(
    address: str, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _house_of_kari(monkeypatch, address, tmp_path)
    for space, source, out in (
        ("one", shared / "nb-dapla-manual", tmp_path / "1"),
        ("two", tmp_path / "1", tmp_path / "2"),
    ):
        assert main(["space", "add", space, "--name", space]) == 0
        assert main(["import", "markdown", str(source), "--space", space]) == 0
        assert main(["pages", str(out), "--space", space]) == 0
    one, two = held(tmp_path / "1"), held(tmp_path / "2")
    assert len(one) > 200 and any(path.startswith("files/") for path in one)
    assert {path for path in one.keys() | two.keys() if one.get(path) != two.get(path)} == set()


def test_of_a_real_handbook_an_import_makes_the_texts_that_went_out(shared: Path, tmp_path: Path) -> None:
    """The same without a house, which for so many takes a minute."""
    made = plan(shared / "hb-sourcegraph")
    ids = {page.path: number for number, page in enumerate(made.pages, start=1)}
    addresses = {path: file_url(number, file.name) for number, (path, file) in enumerate(made.files.items(), start=1)}
    bodies = {
        page.path: fields_of(page, {path: permalink(id) for path, id in ids.items()}, addresses).body
        for page in made.pages
    }
    placed = places(Branch(Ref(ids[page.path], "page", "", page.title, 0), _depth(page)) for page in made.pages)
    files, kept = Files(), list(made.files.values())
    paths = {id: each.path for id, each in placed.items()}
    for page in made.pages:
        place = placed[ids[page.path]]
        out = Outwards(
            place.path,
            paths,
            frozenset(paths.values()),
            lambda id: files.path_of(kept[id - 1].hash, kept[id - 1].name),
            ORIGIN,
        )
        front = {"dugnad": "page", "title": page.title, "order": place.order}
        folder(tmp_path, {place.path: twins.written(front, rewritten(bodies[page.path], out), clear=True)})
    folder(
        tmp_path,
        {
            path: next(each.path for each in kept if each.hash == hash).read_bytes()
            for path, hash in files.wanted.items()
        },
    )
    came = plan(tmp_path)
    assert len(came.pages) == len(made.pages) > 900 and len(came.files) > 40
    known = {(file.hash, file.name): addresses[path] for path, file in made.files.items()}
    entries = {path: permalink(id) for id, path in paths.items()}
    for one, other in zip(made.pages, came.pages, strict=True):
        fields = fields_of(other, entries, {path: known[file.hash, file.name] for path, file in came.files.items()})
        assert (fields.title, fields.body) == (one.title, bodies[one.path])
        assert (other.parent and other.parent.path) == (one.parent and paths[ids[one.parent.path]])


def _depth(page: Page) -> int:
    return 1 + _depth(page.parent) if page.parent else 0


def _house_of_kari(monkeypatch: pytest.MonkeyPatch, address: str, folder: Path) -> None:
    monkeypatch.delenv("DUGNAD_SHARED", raising=False)  # it is no setting
    monkeypatch.setenv("DUGNAD_DATABASE", address)
    monkeypatch.setenv("DUGNAD_DATA", str(folder / "data"))
    assert main(["migrate"]) == 0 and main(["person", "add", "kari", "--name", "Kari", "--admin"]) == 0
