"""Real handbooks through the real command: every file is accounted for, and the second time nothing happens."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.imports.test_import_plan import folder
from web.app import TABLES
from web.cli import main
from web.database import close_database, open_database, rows
from web.imports.plan import plan

FOLDERS = {
    "hb-sourcegraph": 885, "hb-18f": 248, "nb-kodeklubben": 957, "nb-dapla-manual": 228, "md-foam-wikilinks": 91,
}  # fmt: skip
ON = [("sqlite", name) for name in FOLDERS] + [("postgres", "md-foam-wikilinks")]


@pytest.fixture(scope="module")
def environment(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A house with nobody in it but its administrator."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUGNAD_DATABASE", address)
        patch.setenv("DUGNAD_DATA", str(tmp_path_factory.mktemp("data")))
        assert main(["migrate"]) == 0 and main(["person", "add", "kari", "--name", "Kari", "--admin"]) == 0
        yield address


def markdown_in(root: Path) -> set[str]:
    """Counted apart from how the import counts."""
    found = set()
    for here, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        found |= {(Path(here) / name).relative_to(root).as_posix() for name in files if not name.startswith(".")}
    return {name for name in found if name.lower().endswith((".md", ".markdown", ".mdx", ".qmd"))}


def imported(root: Path, space: str, out: Path) -> dict[str, Any]:
    assert main(["import", "markdown", str(root), "--space", space, "--report", str(out)]) == 0
    report: dict[str, Any] = json.loads(out.read_bytes())
    return report


def everything(address: str) -> dict[str, list[Any]]:
    """All that is in the database."""

    async def read() -> dict[str, list[Any]]:
        await open_database(address, TABLES)
        try:
            names = [table._meta.tablename for table in TABLES]
            return {name: await rows(f"SELECT * FROM {name} ORDER BY id") for name in names}
        finally:
            await close_database()

    return asyncio.run(read())


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("address", "name"), ON, indirect=["address"], scope="module")
def test_every_file_is_a_page_or_reported_and_a_second_run_changes_nothing(
    environment: str, name: str, shared: Path, tmp_path: Path
) -> None:
    assert main(["space", "add", name, "--name", name]) == 0
    report = imported(shared / name, name, tmp_path / "report.json")
    counts, files = report["counts"], markdown_in(shared / name)
    assert counts["files"] == len(files) == FOLDERS[name]
    assert counts["files"] + counts["folders"] == counts["made"] + counts["not_imported"]
    left_out = {problem["file"] for problem in report["problems"] if problem["line"] == 0}
    assert files == {path for path in report["entries"] if not path.endswith("/")} | (files & left_out)
    before = everything(environment)
    assert {entry["id"] for entry in before["entry"]} >= set(report["entries"].values())
    again = imported(shared / name, name, tmp_path / "again.json")
    assert (again["counts"]["made"], again["counts"]["updated"]) == (0, 0)
    assert again["counts"]["unchanged"] == counts["made"]
    assert again["problems"] == report["problems"]
    assert everything(environment) == before
    assert main(["check"]) == 0


def test_the_seven_links_that_are_broken_at_their_source_are_named_with_file_and_line(shared: Path) -> None:
    root = shared / "hb-sourcegraph"
    made = plan(root)
    broken = [problem for problem in made.report.problems if problem.what == "link"]
    assert len(broken) == 7 and made.report.links > 3_154
    for problem in broken:
        address = problem.detail.removesuffix(" is not in the folder.")
        assert address in (root / problem.file).read_text("utf-8").splitlines()[problem.line - 1]
        target = ((root / problem.file).parent / address.partition("#")[0]).resolve()
        assert not target.is_relative_to(root.resolve()) or not target.exists()


@pytest.mark.parametrize("name", ["hb-basecamp", "nb-varianter"])
def test_other_real_folders_become_pages_or_are_reported(shared: Path, name: str) -> None:
    made = plan(shared / name)
    assert len(made.pages) == made.report.files - made.report.not_imported + made.report.folders
    assert made.report.files > 10


def test_hostile_strings_as_texts_and_titles_are_no_trouble(shared: Path, tmp_path: Path) -> None:
    strings = (shared / "adv-blns" / "blns.txt").read_text("utf-8").splitlines()
    made = plan(folder(tmp_path, {f"{n}.md": f"# {line}\n\n{line}\n[x]({line})" for n, line in enumerate(strings)}))
    assert len(made.pages) + made.report.not_imported == len(strings)
