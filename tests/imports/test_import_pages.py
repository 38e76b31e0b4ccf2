"""A folder of Markdown becomes pages; run again, only what changed is written, and nobody's words are lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cast import House
from tests.imports.test_import_plan import PNG, folder
from web.database import rows, value
from web.entries import actions, attachments, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.errors import NotAllowed, NotThere
from web.imports.markdown import import_markdown
from web.imports.report import Report

FILES = {
    "index.md": "# Velkommen\n\nSe [oppsettet](b/setup.md#steg-to) og [[Setup]].",
    "b/setup.md": "---\ntags: drift\nauthor: Kari\n---\n# Setup\n\nEn.\n\n## Steg to\n\n![Bilde](../p.png) [hjem](../index.md)\n\nTre.",
    "b/other.md": "[borte](gone.md)",
    "p.png": PNG,
}


async def run(house: House, root: Path, space: str = "torget", by: str = "mons", *, dry_run: bool = False) -> Report:
    return await import_markdown(await house.viewer(by), root, house.spaces[space], house.files, dry_run=dry_run)


def problems(report: Report) -> list[tuple[str, str]]:
    """Without those of other tests' folders."""
    return [(problem.file, problem.what) for problem in report.problems if problem.what != "gone"]


async def entry_of(house: House, report: Report, path: str) -> Entry:
    return await queries.entry(await house.viewer("mons"), report.entries[path])


async def written(house: House, id: int, **given: str) -> None:
    viewer = await house.viewer("hedda")
    entry = await queries.entry(viewer, id)
    fields = Fields(given.get("title", entry.title), given.get("body", entry.body), tags=await queries.form_tags(id))
    await actions.edit(viewer, id, fields, entry.revision)


async def test_a_folder_becomes_a_tree_of_pages_that_lead_to_each_other(house: House, tmp_path: Path) -> None:
    report = await run(house, folder(tmp_path, FILES))
    home, setup, made_up = [await entry_of(house, report, path) for path in ("index.md", "b/setup.md", "b/")]
    assert (report.made, report.files, report.folders, report.not_imported) == (4, 3, 1, 0)
    assert home.body == f"Se [oppsettet](/e/{setup.id}#s-steg-to) og [[Setup]]."
    assert (setup.title, setup.parent, home.parent, made_up.title) == ("Setup", made_up.id, None, "B")
    assert [each.id for each in await queries.children(await house.viewer("mons"), made_up.id)] == [
        report.entries["b/other.md"], setup.id,
    ]  # fmt: skip
    assert await queries.form_tags(setup.id) == "drift"
    found = {each.id for each in await queries.backlinks(await house.viewer("ole"), setup.id)}
    assert found == {home.id}, "also a link that was written before its page"
    assert [(problem.file, problem.line, problem.what) for problem in report.problems] == [
        ("b/other.md", 1, "link"), ("b/setup.md", 1, "author"),
    ]  # fmt: skip
    summary = (await queries.revisions(await house.viewer("mons"), setup.id))[0].summary
    assert summary == "Imported from b/setup.md (Kari)"


async def test_pictures_belong_to_the_page_that_shows_them(house: House, tmp_path: Path) -> None:
    html = '<table><tr><td><img src="p.png"></table>'
    report = await run(house, folder(tmp_path, {"pic.md": html, "p.png": PNG}), "loftet")
    page = await entry_of(house, report, "pic.md")
    found = re.search(r"/files/(\d+)/p\.png", page.body)
    assert found
    kept = await attachments.attachment(await house.viewer("mons"), int(found[1]))
    assert kept.entry == page.id
    with pytest.raises(NotThere):
        await attachments.attachment(await house.viewer("ole"), kept.id)


async def test_running_again_changes_nothing(house: House, tmp_path: Path) -> None:
    root = folder(tmp_path, {"again/a.md": "![x](p.png) [b](b.md)", "again/b.md": "x", "again/p.png": PNG})
    first = await run(house, root)
    files = await value("SELECT count(*) FROM attachment")
    second = await run(house, root)
    assert (first.made, second.made, second.updated, second.unchanged) == (3, 0, 0, 3)
    assert second.entries == first.entries
    assert await value("SELECT count(*) FROM attachment") == files


async def test_a_dry_run_reports_the_same_and_writes_nothing(house: House, tmp_path: Path) -> None:
    root = folder(tmp_path, {"dry/a.md": "[x](gone.md) ![p](p.png)", "dry/p.png": PNG})
    tables = ("entry", "attachment", "imported", "event")
    before = [await rows(f"SELECT count(*) AS n FROM {table}") for table in tables]
    dry = await run(house, root, dry_run=True)
    assert [await rows(f"SELECT count(*) AS n FROM {table}") for table in tables] == before
    real = await run(house, root)
    assert dry.counts() == real.counts()
    assert dry.problems == real.problems


async def test_what_changed_in_the_folder_is_merged_with_what_colleagues_changed_here(
    house: House, tmp_path: Path
) -> None:
    root = folder(tmp_path, {"m.md": "# Merge me\n\nOne.\n\nTwo.\n\nThree."})
    report = await run(house, root)
    id = report.entries["m.md"]
    await written(house, id, body="One, said Hedda.\n\nTwo.\n\nThree.")
    folder(tmp_path, {"m.md": "# Merge me\n\nOne.\n\nTwo.\n\nThree, says the file."})
    assert (await run(house, root)).updated == 1
    folder(tmp_path, {"m.md": "# Merge me\n\nOne.\n\nTwo.\n\nThree, says the file again."})
    again = await run(house, root)
    entry = await entry_of(house, report, "m.md")
    assert (again.updated, problems(again)) == (1, [])
    assert entry.body == "One, said Hedda.\n\nTwo.\n\nThree, says the file again."


async def test_where_both_changed_the_same_line_the_page_is_left_and_reported(house: House, tmp_path: Path) -> None:
    root = folder(tmp_path, {"c.md": "# Clash\n\nOne."})
    report = await run(house, root)
    await written(house, report.entries["c.md"], body="One, said Hedda.")
    folder(tmp_path, {"c.md": "# Clash\n\nOne, says the file."})
    again = await run(house, root)
    assert problems(again) == [("c.md", "conflict")]
    assert (again.updated, again.not_imported) == (0, 1)
    assert (await entry_of(house, report, "c.md")).body == "One, said Hedda."


async def test_new_pages_come_in_their_order_and_gone_ones_stay(house: House, tmp_path: Path) -> None:
    root = folder(tmp_path, {"o/a.md": "a", "o/c.md": "c"})
    first = await run(house, root)
    (tmp_path / "o/a.md").unlink()
    folder(tmp_path, {"o/b.md": "b"})
    second = await run(house, root)
    assert ("o/a.md", "gone") in [(problem.file, problem.what) for problem in second.problems]
    below = await queries.children(await house.viewer("mons"), first.entries["o/"])
    assert [each.title for each in below] == ["A", "B", "C"]


async def test_links_to_a_page_whose_file_is_gone_still_lead_there(house: House, tmp_path: Path) -> None:
    root = folder(tmp_path, {"g/a.md": "[b](b.md#part) [[Bee]]", "g/b.md": "# Bee\n\n## Part\n"})
    first = await run(house, root)
    (tmp_path / "g/b.md").unlink()
    second = await run(house, root)
    assert (second.updated, second.unchanged, second.links) == (0, 2, first.links)
    said = [(problem.file, problem.line, problem.what) for problem in second.problems]
    assert said.count(("g/a.md", 1, "link")) == 2 and ("g/b.md", 0, "gone") in said


async def test_a_page_counts_as_written_when_its_file_says_so(house: House, tmp_path: Path) -> None:
    report = await run(
        house, folder(tmp_path, {"d/a.md": "---\ndate: 2021-03-04\n---\nx", "d/b.md": "---\ndate: x\n---\n"})
    )
    old, new = [await entry_of(house, report, path) for path in ("d/a.md", "d/b.md")]
    assert old.created_at == 1_614_816_000_000 < new.created_at and old.updated_at > old.created_at
    assert ("d/b.md", "date") in problems(report) and ("d/a.md", "date") not in problems(report)


async def test_a_page_in_the_bin_stays_there(house: House, tmp_path: Path) -> None:
    root = folder(tmp_path, {"bin.md": "x"})
    report = await run(house, root)
    await actions.trash(await house.viewer("mons"), report.entries["bin.md"])
    again = await run(house, root)
    assert (again.made, again.not_imported) == (0, 1)
    assert ("bin.md", "not imported") in [(problem.file, problem.what) for problem in again.problems]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_nobody_imports_where_they_may_not_write(house: House, tmp_path: Path, dry_run: bool) -> None:
    root = folder(tmp_path, {"no.md": "x"})
    with pytest.raises(NotAllowed):
        await run(house, root, "kontoret", "gro", dry_run=dry_run)
    with pytest.raises(NotAllowed):
        await run(house, root, "loftet", "ole", dry_run=dry_run)
