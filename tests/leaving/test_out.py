"""Pages taken along: what is in the zip and in the folder, who gets it, and what comes in of what was changed there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from export.texts import write_pages
from tests.cast import House
from tests.export.test_again import held, times
from tests.imports.test_import_plan import folder
from web.database import execute
from web.entries import actions, drafts, queries
from web.entries.actions import Fields
from web.entries.rows import Branch, Entry, Ref
from web.errors import NotDone
from web.imports.markdown import import_markdown
from web.imports.plan import plan
from web.leaving.names import places
from web.leaving.packing import zipped
from web.leaving.pages import Member, members
from web.people import actions as people_actions
from web.people import queries as people

MARK = "---\ndugnad: page\ntitle: %s\n---\n\n%s\n"


async def entry_of(house: House, id: int) -> Entry:
    return await queries.entry(await house.viewer("mons"), id)


async def branch(house: House, title: str, space: str = "torget") -> tuple[int, int]:
    """A page that links to everything, and one under it."""
    mons = await house.viewer("mons")
    top = await actions.post(mons, "page", house.spaces[space], Fields(title, "First"))
    child = await actions.post(
        mons, "page", house.spaces[space], Fields(f"{title}: more", "Under"), await queries.entry(mons, top)
    )
    return top, child


async def told(house: House, id: int, body: str, tags: str = "") -> None:
    mons = await house.viewer("mons")
    entry = await queries.entry(mons, id)
    await actions.edit(mons, id, Fields(entry.title, body, tags=tags), entry.revision)


async def fetched(house: House, address: str, who: str = "ole") -> dict[str, str]:
    async with house.browser(who) as browser:
        answer = await browser.get(address)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    assert "content-encoding" not in answer.headers, "it is one file already"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None and all(each.flag_bits & 8 == 0 for each in packed.infolist())
        return {name: packed.read(name).decode() for name in packed.namelist()}


async def test_a_page_goes_out_with_what_is_under_it_and_its_files(house: House) -> None:
    top, child = await branch(house, "Vaktordning")
    elsewhere = house.entries["torget", "page"]
    file = await house.attach("mons", "plan over året.txt", b"who and when", entry=top)
    body = (
        f"[a](/e/{child}#s-x) [b](/pages/{child}/slug/) [c](/e/{elsewhere}) [f](/files/{file.id}/plan%20over%20%C3%A5ret.txt) "
        f"[[Vaktordning: more]] `[x](/e/{child})` [t](/tags/x/)"
    )
    await told(house, top, body, "Drift vakt")
    found = await fetched(house, f"/entries/{top}/markdown.zip")
    assert list(found) == ["Vaktordning.md", "Vaktordning/Vaktordning - more.md", "files/plan over året.txt"]
    _, front, said = found["Vaktordning.md"].split("---\n", 2)
    known = yaml.safe_load(front)
    assert (known["dugnad"], known["title"], known["tags"], known["order"]) == (
        "page",
        "Vaktordning",
        ["Drift", "vakt"],
        1,
    )
    assert not {"author", "space", "permalink", "revision"} & known.keys()
    url = house.settings.url.rstrip("/")
    way = "Vaktordning/Vaktordning%20-%20more.md"
    assert said.strip() == (
        f"[a]({way}#s-x) [b]({way}) [c]({url}/e/{elsewhere}) [f](files/plan%20over%20året.txt) "
        f"[[Vaktordning: more]] `[x](/e/{child})` [t]({url}/tags/x/)"
    )
    assert found["files/plan over året.txt"] == "who and when"
    async with house.browser("ole") as browser:
        one, other = [await browser.get(f"/entries/{top}/markdown.zip") for _ in range(2)]
        assert one.content == other.content and "Vaktordning.zip" in one.headers["content-disposition"]
        assert f"/entries/{top}/markdown.zip" in (await browser.get(f"/e/{top}", follow_redirects=True)).text
        assert "/spaces/torget/markdown.zip" in (await browser.get("/spaces/torget/")).text
    assert set(found) < set(await fetched(house, "/spaces/torget/markdown.zip"))


async def test_nobody_gets_more_than_they_may_read(house: House) -> None:
    top, child = await branch(house, "Åpent")
    mons = await house.viewer("mons")
    hidden = await actions.post(
        mons, "page", house.spaces["torget"], Fields("kanarilukket", "kanaribak"), await queries.entry(mons, child)
    )
    await execute("UPDATE entry SET space = {} WHERE id = {}", house.spaces["kontoret"].id, hidden)
    thrown = await actions.post(
        mons, "page", house.spaces["torget"], Fields("kanarikastet", "x"), await queries.entry(mons, top)
    )
    await actions.trash(mons, thrown, "kanarigrunn")
    secret = await house.attach("mons", "kanarifil.txt", b"kanaribytes", entry=hidden)
    await told(
        house, top, f"[x](/e/{hidden}) [y](/files/{secret.id}/f.txt) ![y](/files/{secret.id}/f.txt) [[kanarilukket]]"
    )
    begun = {"kind": "page", "title": "kanariutkast", "body": "x", "entry": str(child)}
    assert await drafts.keep(mons, begun)
    found = await fetched(house, f"/entries/{top}/markdown.zip")
    assert list(found) == ["Åpent.md", "Åpent/Åpent - more.md"]
    whole = "".join([*found, *found.values(), *(await fetched(house, "/spaces/torget/markdown.zip")).values()])
    assert "[[kanarilukket]]" in whole, "which somebody wrote in the open"
    for canary in ("kanaribak", "kanarikastet", "kanarigrunn", "kanarifil", "kanaribytes", "kanariutkast"):
        assert canary not in whole
    url = house.settings.url.rstrip("/")
    assert f"[x]({url}/e/{hidden}) [y]({url}/files/{secret.id}/f.txt)" in found["Åpent.md"]


@pytest.mark.parametrize("who", ["ole", "gro", None])
async def test_what_is_closed_is_not_there(house: House, who: str | None) -> None:
    space = "loftet" if who == "gro" else "kontoret"
    async with house.browser("mons") as browser:
        for address in (f"/entries/{house.entries[space, 'page']}/markdown.zip", f"/spaces/{space}/markdown.zip"):
            assert (await browser.get(address)).status_code == 200
    async with house.browser(who) as browser:
        for address in (f"/entries/{house.entries[space, 'page']}/markdown.zip", f"/spaces/{space}/markdown.zip"):
            answer = await browser.get(address)
            assert answer.status_code == (404 if who else 303)


async def test_only_pages_have_others_under_them(house: House) -> None:
    async with house.browser("mons") as browser:
        for kind in ("question", "article", "reply"):
            assert (await browser.get(f"/entries/{house.entries['torget', kind]}/markdown.zip")).status_code == 404


def test_far_down_names_are_short_and_farthest_down_pages_stand_beside_each_other() -> None:
    branches = [
        Branch(Ref(id, "page", "", "En lang tittel på en side som står langt nede " * 4, id), id) for id in range(100)
    ]
    paths = [each.path for each in places(branches).values()]
    assert len(set(paths)) == 100 and max(len(path.encode()) for path in paths) < 1000
    assert [path.count("/") for path in paths] == [*range(30), *[30] * 70]


def test_many_of_one_name_take_no_longer_than_others() -> None:
    """Twenty thousand would be two hundred million tries."""
    branches = [Branch(Ref(id, "page", "", "Møte", id), 0) for id in range(20_000)]
    paths = [each.path for each in places(branches).values()]
    assert (paths[1], paths[-1]) == ("Møte (2).md", "Møte (20000).md")


async def test_it_is_sent_while_it_is_made(house: House) -> None:
    asked: list[str] = []

    async def counted() -> AsyncIterator[Member]:
        for number in range(100):
            asked.append(str(number))
            yield Member(f"{number}.md", "x" * 5000)

    sent = [len(asked) async for _ in zipped(counted(), house.files)]
    assert sent[:3] == [1, 2, 3] and len(sent) == 101


async def test_a_file_that_is_lost_keeps_nobody_from_the_rest(house: House, tmp_path: Path) -> None:
    top, _ = await branch(house, "Tapt")
    file = await house.attach("mons", "borte.txt", b"not for long", entry=top)
    await told(house, top, f"[f](/files/{file.id}/borte.txt)")
    await execute("UPDATE attachment SET hash = {} WHERE id = {}", "0" * 64, file.id)
    assert list(await fetched(house, f"/entries/{top}/markdown.zip")) == ["Tapt.md", "Tapt/Tapt - more.md"]
    with pytest.raises(NotDone, match="borte"):
        await written(house, tmp_path / "out", top)
    assert not (tmp_path / "out").exists()


async def written(house: House, out: Path, under: int | None, who: str = "mons", space: str = "torget") -> None:
    await write_pages(
        await house.viewer(who), out, house.settings.url, house.files, house.spaces[space], under, lambda done, of: None
    )


async def test_a_folder_is_brought_up_to_date_and_nothing_else_is_touched(house: House, tmp_path: Path) -> None:
    top, child = await branch(house, "Rutine")
    out = tmp_path / "out"
    await written(house, out, top)
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref")
    before = times(out)
    await told(house, child, "Anew")
    await actions.post(
        await house.viewer("mons"), "page", house.spaces["torget"], Fields("Ny", "x"), await entry_of(house, top)
    )
    await written(house, out, top)
    changed = {name for name, at in times(out).items() if before.get(name) != at}
    assert changed == {"Rutine/Rutine - more.md", "Rutine/Ny.md", "manifest.json"}
    await actions.trash(await house.viewer("mons"), child, "")
    await written(house, out, top)
    assert set(held(out)) == {".git/HEAD", "Rutine.md", "Rutine/Ny.md", "manifest.json"}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.md").write_text("mine")
    with pytest.raises(NotDone, match="something"):
        await written(house, tmp_path / "mine", top)
    with pytest.raises(NotDone, match="no page"):
        await written(house, tmp_path / "closed", house.entries["kontoret", "page"], "ole")
    assert held(tmp_path / "mine") == {"letter.md": b"mine"} and not (tmp_path / "closed").exists()


def test_what_is_changed_in_the_folder_comes_in(tmp_path: Path) -> None:
    files = {
        "A.md": MARK
        % (
            "'A: *b*'",
            "[one](./A/B.md#s-x) [two](A/C.md?q=1) ![p](A/my%20p.txt) [f](files/f.txt) [[C]] ::: {{x}}\n\n# A b",
        ),
        "A/B.md": MARK % ("B", "[up](../A.md) [not](../files/../files/f.txt) [none](D.md)"),
        "A/C.md": "# C\n\nBy hand, [home](../A.md), {.x}",
        "A/my p.txt": b"one",
        "files/f.txt": b"two",
    }
    made = plan(folder(tmp_path, files))
    bodies = {page.path: page.body for page in made.pages}
    assert [(page.title, page.parent.path if page.parent else "") for page in made.pages] == [
        ("A: *b*", ""),
        ("B", "A.md"),
        ("C", "A.md"),
    ]
    mark = "\ufdd0%s%s\ufdd1"
    assert bodies["A.md"] == (
        f"[one]({mark % ('e', 'A/B.md')}#s-x) [two]({mark % ('e', 'A/C.md')}?q=1) ![p]({mark % ('f', 'A/my p.txt')}) "
        f"[f]({mark % ('f', 'files/f.txt')}) [[C]] ::: {{{{x}}}}\n\n# A b"
    )
    assert bodies["A/B.md"] == f"[up]({mark % ('e', 'A.md')}) [not](../files/../files/f.txt) [none](D.md)"
    assert bodies["A/C.md"] == f"By hand, [home]({mark % ('e', 'A.md')}), {{.x}}"
    assert [(each.file, each.line, each.what) for each in made.report.problems] == [
        ("A/B.md", 6, "link"),
        ("A/B.md", 6, "link"),
    ]


async def test_what_was_zipped_by_the_web_is_brought_in_by_the_terminal(house: House, tmp_path: Path) -> None:
    top, child = await branch(house, "Begge veier")
    await told(house, top, f"[x](/e/{child})\n\n\n")
    unpacked = folder(tmp_path / "zip", await fetched(house, f"/entries/{top}/markdown.zip"))
    astrid = await house.viewer("astrid")
    await people_actions.add_space("begge", "Begge", "open")
    there = await people.space(astrid, "begge")
    report = await import_markdown(astrid, unpacked, there, house.files)
    made = await queries.entry(astrid, report.entries["Begge veier.md"])
    other = await queries.entry(astrid, report.entries["Begge veier/Begge veier - more.md"])
    assert (made.body, other.parent) == (f"[x](/e/{other.id})\n\n\n", made.id)
    branches = await queries.standing(astrid, there.id, most=10)
    again = {each.path: each.text async for each in members(astrid, house.settings.url, branches)}
    assert again == {name: (unpacked / name).read_text("utf-8") for name in again}
