"""A copy that was changed on its way is told from one that was not."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.manifest import FORMAT, MANIFEST, File, Manifest, written
from export.snapshot import export
from export.verify import verify
from tests.cast import House
from web.errors import NotDone


async def test_what_was_changed_added_or_taken_away_is_named(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out)
    assert verify(out) == []
    (out / "tags" / "index.html").unlink()
    (out / "people" / "index.html").write_bytes(b"")
    (out / "planted.html").write_text("<p>Trust me.</p>")
    assert verify(out) == [
        "planted.html is not of this snapshot", "people/index.html has been changed", "tags/index.html is missing",
    ]  # fmt: skip


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"files": 4}', '{"files": ["a"]}', "\\ud800"])
def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path: Path, manifest: str) -> None:
    (tmp_path / MANIFEST).write_text(manifest)
    with pytest.raises(NotDone, match="not a snapshot"):
        verify(tmp_path)


def test_a_manifest_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("mine")
    folder = tmp_path / "copy"
    folder.mkdir()
    away = ("../outside.txt", "/etc/passwd", "a/../b")
    files = {name: File("0", 0) for name in away}
    (folder / MANIFEST).write_bytes(written(Manifest(FORMAT, "everyone", 0, "", "", "", "", files, {}, [])))
    with pytest.raises(NotDone, match="not a snapshot"):
        verify(folder)
