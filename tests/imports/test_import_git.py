"""A repository of Markdown comes in with its commits; what is in its settings, and where its links lead, is nobody's business."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cast import House
from tests.imports.test_import_plan import PNG, folder
from web.database import value
from web.entries import actions, check, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.errors import NotDone
from web.imports.gits import Asked, import_git
from web.imports.people import People, read_people
from web.imports.report import Report

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
_NOON = 1_420_113_600  # the first of January 2015


def git(root: Path, *said: str, day: int = 0, who: str = "Ine Berg", given: str = "") -> str:
    at = f"{_NOON + day * 86_400} +0000"
    mail = f"{who.split()[0].lower()}@example.no"
    environment = {
        **os.environ, "GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": mail, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_NAME": who,
        "GIT_COMMITTER_EMAIL": mail, "GIT_COMMITTER_DATE": at, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip
    done = subprocess.run(
        ["git", "-C", str(root), *said], input=given.encode(), capture_output=True, check=True, env=environment
    )
    return done.stdout.decode().strip()


def commit(root: Path, message: str, files: dict[str, str | bytes], day: int = 0, who: str = "Ine Berg") -> None:
    folder(root, files)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message, day=day, who=who)


def repository(root: Path) -> Path:
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    return root


async def run(
    house: House, root: Path, space: str = "torget", people: People | None = None, *, dry_run: bool = False
) -> Report:
    return await import_git(
        await house.viewer("mons"), root, house.spaces[space], house.files, Asked(people or People(), dry_run)
    )


async def entry_of(house: House, report: Report, path: str) -> Entry:
    return await queries.entry(await house.viewer("mons"), report.entries[path])


async def test_each_commit_is_a_text_also_under_another_name(house: House, tmp_path: Path) -> None:
    root = repository(tmp_path / "wiki")
    commit(
        root, "Begynner\n\nMed mer.", {"README.md": "# Fyr\n\nSe [lykta](lykt.md).", "lykt.md": "# Lykt\n\nHvit."}, 0
    )
    commit(
        root, "Blinker nå", {"lykt.md": "# Lykt\n\nHvit, hvert sekund.\n\n![x](lys.png)", "lys.png": PNG}, 1, "Per Vik"
    )
    git(root, "mv", "lykt.md", "lykta.md")
    commit(root, "Heter noe annet", {"README.md": "# Fyr\n\nSe [lykta](lykta.md)."}, 2)
    commit(root, "Rød", {"lykta.md": "# Lykta\n\nRød, hvert sekund.\n\n![x](lys.png)"}, 3, "Ola Dahl")
    (tmp_path / "people").write_text("per@example.no = ole\nOla Dahl = @hedda\n")
    report = await run(house, root, people=await read_people(tmp_path / "people"))
    assert (report.made, report.texts, report.attachments) == (2, 6, 1)
    lamp = await entry_of(house, report, "lykta.md")
    found = await queries.revisions(await house.viewer("mons"), lamp.id)
    assert [(each.title, each.body.partition("\n")[0], each.author.handle, each.summary) for each in found] == [
        ("Lykta", "Rød, hvert sekund.", "hedda", "Rød"), ("Lykt", "Hvit, hvert sekund.", "mons", "Heter noe annet (Ine Berg)"),
        ("Lykt", "Hvit, hvert sekund.", "ole", "Blinker nå"), ("Lykt", "Hvit.", "mons", "Begynner (Ine Berg)"),
    ]  # fmt: skip
    assert [each.created_at // 1000 for each in found] == [_NOON + day * 86_400 for day in (3, 2, 1, 0)]
    assert (await entry_of(house, report, "README.md")).body == f"Se [lykta](/e/{lamp.id})."
    assert not await check.faults(house.files)


async def test_run_again_only_later_commits_come_and_colleagues_keep_what_they_wrote(
    house: House, tmp_path: Path
) -> None:
    root = repository(tmp_path / "igjen")
    commit(root, "En", {"a.md": "# Aa\n\nEn.\n\nTo.", "b.md": "# Bb\n\nEn."}, 0)
    first = await run(house, root)
    assert (await run(house, root)).unchanged == 2
    viewer = await house.viewer("hedda")
    page = await entry_of(house, first, "a.md")
    await actions.edit(viewer, page.id, Fields("Aa", "En, sier Hedda.\n\nTo."), page.revision)
    commit(root, "To", {"a.md": "# Aa\n\nEn.\n\nTo, sier git.", "b.md": "# Bb\n\nTo."}, 1)
    commit(root, "Tre", {"b.md": "# Bb\n\nTre.", "c.md": "# Cc"}, 2)
    dry = await run(house, root, dry_run=True)
    again = await run(house, root)
    assert (again.made, again.updated, again.unchanged) == (dry.made, dry.updated, dry.unchanged) == (1, 2, 0)
    assert (await queries.entry(viewer, page.id)).body == "En, sier Hedda.\n\nTo, sier git."
    assert [each.body for each in await queries.revisions(viewer, first.entries["b.md"])] == ["Tre.", "To.", "En."]
    commit(root, "Bort", {"a.md": "# Aa\n\nEn, sier git nå.\n\nTo."}, 3)
    git(root, "rm", "--quiet", "b.md")
    git(root, "commit", "--quiet", "--message", "b er borte", day=4)
    last = await run(house, root)
    assert {(each.file, each.what) for each in last.problems} == {("a.md", "conflict"), ("b.md", "gone")}
    assert await value("SELECT count(*) FROM entry WHERE id = {} AND trashed_at IS NULL", first.entries["b.md"]) == 1


async def test_what_a_merge_made_stands_at_last(house: House, tmp_path: Path) -> None:
    root = repository(tmp_path / "flettet")
    commit(root, "Grunn", {"m.md": "# Mm\n\nEn.\n\nTo.\n\nTre."}, 0)
    git(root, "switch", "--quiet", "--create", "side")
    commit(root, "Siden", {"m.md": "# Mm\n\nEn.\n\nTo.\n\nTre, fra siden."}, 2, "Per Vik")
    git(root, "switch", "--quiet", "main")
    commit(root, "Stammen", {"m.md": "# Mm\n\nEn, fra stammen.\n\nTo.\n\nTre."}, 1)
    git(root, "merge", "--quiet", "--no-edit", "side", day=3)
    report = await run(house, root / ".", "loftet")
    page = await entry_of(house, report, "m.md")
    assert page.body == "En, fra stammen.\n\nTo.\n\nTre, fra siden."
    bodies = [each.body for each in await queries.revisions(await house.viewer("mons"), page.id)]
    assert (
        len(bodies) == 4 and "En.\n\nTo.\n\nTre, fra siden." in bodies and "En, fra stammen.\n\nTo.\n\nTre." in bodies
    )


async def test_a_hostile_repository_runs_nothing_and_leads_nowhere(house: House, tmp_path: Path) -> None:
    root = repository(tmp_path / "fiendtlig")
    trap, secret = tmp_path / "felle", tmp_path / "hemmelig.md"
    secret.write_text("# Hemmelig\n\nIkke for deg.")
    run_it = f"touch {trap}"
    commit(
        root,
        "x\n\x1b[31m (sint)",
        {"a.md": "# Aa\n\nHei.", ".gitattributes": "*.md filter=f diff=d\n"},
        0,
        "Ine\u202e Berg",
    )
    (root / "lenke.md").symlink_to(secret)
    commit(root, "Lenke", {}, 1)
    blob = git(root, "hash-object", "-w", "--stdin", given="# Ute\n\nUtenfor.")
    inner = git(root, "mktree", given=f"100644 blob {blob}\tute.md\n")
    tree = git(
        root,
        "mktree",
        given=f"{git(root, 'ls-tree', 'HEAD')}\n160000 commit {git(root, 'rev-parse', 'HEAD')}\tunder\n040000 tree {inner}\t..\n",
    )
    git(root, "reset", "--quiet", "--soft", git(root, "commit-tree", tree, "-p", "HEAD", "-m", "Ut", day=2))
    settings = {
        "core.fsmonitor": run_it, "core.sshCommand": run_it, "core.pager": run_it, "core.hooksPath": str(tmp_path), "diff.external": run_it,
        "diff.d.textconv": run_it, "diff.d.command": run_it, "filter.f.smudge": run_it, "filter.f.clean": run_it, "gpg.program": run_it,
        "log.showSignature": "true", "alias.log": f"!{run_it}", "core.alternateRefsCommand": run_it, "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{run_it}", "remote.origin.promisor": "true", "protocol.ext.allow": "always", "core.editor": run_it,
    }  # fmt: skip
    for name, said in settings.items():
        git(root, "config", "--file", str(root / ".git" / "config"), name, said)
    report = await run(house, root)
    assert not trap.exists()
    assert sorted(report.entries) == ["a.md"]
    assert {each.file for each in report.problems if each.what == "file"} == {"lenke.md", "under", "../ute.md"}
    assert not await value(
        "SELECT count(*) FROM entry WHERE body LIKE {} OR body LIKE {}", "%Ikke for deg%", "%Utenfor%"
    )
    (root / ".git" / "objects" / "info" / "alternates").write_text(f"{tmp_path}\n")
    with pytest.raises(NotDone, match="borrows its objects"):
        await run(house, root)


async def test_what_is_no_repository_is_said_to_be_none(house: House, tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    for root in (tmp_path / "tom", repository(tmp_path / "ny")):
        with pytest.raises(NotDone, match="no repository of git"):
            await run(house, root)
