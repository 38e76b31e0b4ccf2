"""A snapshot as one file, as a bag, as what has changed since another; and whose it is."""

from __future__ import annotations

import json
import shutil
import subprocess
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest

from export.manifest import MANIFEST, SIGNED, written
from export.manifest import read as manifest_in
from export.packing import apply_delta, pack_bag, pack_delta, pack_zip
from export.snapshot import export
from export.verify import verify
from tests.cast import House
from tests.export.test_again import held
from tests.export.test_snapshot import names_in
from web.entries import actions
from web.entries.actions import Fields
from web.errors import NotDone
from web.publishing.signing import new_keys, read_key

LARGE = 20_000_000


async def published(house: House, out: Path, key: Path | None = None) -> Path:
    await export(lambda: house.app, house.settings, "everyone", out, key=read_key(key) if key else None)
    return out


async def changed(house: House) -> None:
    mons, page = await house.viewer("mons"), await house.entry("torget", "page")
    await actions.edit(mons, page.id, Fields(f"{page.title} again", f"{page.body} More."), page.revision)


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    both = tmp_path / "keys" / "ours.key", tmp_path / "keys" / "ours.pub"
    both[0].parent.mkdir()
    new_keys(*both)
    return both


async def test_one_file_holds_all_of_it_and_is_the_same_each_time(house: House, tmp_path: Path) -> None:
    out = await published(house, tmp_path / "out")
    for name in ("a.zip", "b.zip"):
        pack_zip(out, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        ways = {each.compress_type for each in packed.infolist()}
        assert ways == {zipfile.ZIP_STORED}, "and on a machine with another zlib too"
        packed.extractall(tmp_path / "unpacked")
    assert held(tmp_path / "unpacked") == held(out) and verify(tmp_path / "unpacked") == []
    assert names_in(tmp_path) == ["a.zip", "b.zip", "out", "unpacked"]


async def test_a_bag_is_one_for_the_library_that_archives_use(house: House, tmp_path: Path) -> None:
    out = await published(house, tmp_path / "out")
    for _ in range(2):  # the second one takes the place of the first
        pack_bag(out, tmp_path / "bag")
    assert bagit.Bag(str(tmp_path / "bag")).validate() and held(tmp_path / "bag" / "data") == held(out)
    with pytest.raises(NotDone, match="not a bag of ours"):
        pack_bag(out, tmp_path / "out")
    assert names_in(tmp_path) == ["bag", "out"]


async def test_a_copy_elsewhere_is_brought_up_to_date_by_what_has_changed(house: House, tmp_path: Path) -> None:
    out = await published(house, tmp_path / "out")
    shutil.copytree(out, tmp_path / "copy")
    await changed(house)
    await published(house, out)
    many = pack_delta(out, tmp_path / "copy" / MANIFEST, tmp_path / "delta.zip")
    assert 0 < many < len(held(out)) / 2
    apply_delta(tmp_path / "delta.zip", tmp_path / "copy")
    assert held(tmp_path / "copy") == held(out) and verify(tmp_path / "copy") == []
    with pytest.raises(NotDone, match="already"):
        apply_delta(tmp_path / "delta.zip", tmp_path / "copy")
    await changed(house)
    other = await published(house, tmp_path / "other")
    before = held(other)
    with pytest.raises(NotDone, match="another snapshot"):
        apply_delta(tmp_path / "delta.zip", other)
    assert held(other) == before and names_in(tmp_path) == ["copy", "delta.zip", "other", "out"]


def _repacked(pack: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> None:
    with zipfile.ZipFile(pack) as packed:
        found = [each for name in packed.namelist() for each in change(name, packed.read(name))]
    with zipfile.ZipFile(pack, "w") as packed:
        for name, content in found:
            packed.writestr(name, content)


def _other_bytes(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [(name, content.replace(b"<p>", b"<b>", 1) if name.endswith(".html") else content)]


def _something_more(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [(name, content), *([("files/../planted.html", b"x")] if name == "delta.json" else [])]


def _less(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [] if name.endswith("index.html") else [(name, content)]


def _another_manifest(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [(name, content.replace(b'"everyone"', b'"somebody"') if name.endswith(MANIFEST) else content)]


def _no_delta(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [] if name == "delta.json" else [(name, content)]


@pytest.mark.parametrize("change", [_other_bytes, _something_more, _less, _another_manifest, _no_delta])
async def test_what_was_changed_on_its_way_is_not_applied(
    house: House, tmp_path: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]
) -> None:
    out = await published(house, tmp_path / "out")
    shutil.copytree(out, tmp_path / "copy")
    await changed(house)
    await published(house, out)
    pack_delta(out, tmp_path / "copy" / MANIFEST, tmp_path / "delta.zip")
    _repacked(tmp_path / "delta.zip", change)
    before = held(tmp_path / "copy")
    with pytest.raises(NotDone):
        apply_delta(tmp_path / "delta.zip", tmp_path / "copy")
    assert held(tmp_path / "copy") == before and names_in(tmp_path) == ["copy", "delta.zip", "out"]


async def test_a_few_bytes_that_unpack_to_very_many_are_not_unpacked(house: House, tmp_path: Path) -> None:
    out = await published(house, tmp_path / "out")
    shutil.copytree(out, tmp_path / "copy")
    await changed(house)
    await published(house, out)
    pack, bomb = tmp_path / "delta.zip", tmp_path / "bomb.zip"
    pack_delta(out, tmp_path / "copy" / MANIFEST, pack)
    with zipfile.ZipFile(pack) as packed:
        found = {each: packed.read(each) for each in packed.namelist()}
    before = held(tmp_path / "copy")
    page = next(each for each in found if each.endswith(".html"))
    for name in ("delta.json", f"files/{MANIFEST}", page):
        for way in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA):
            with zipfile.ZipFile(bomb, "w") as packed:
                for each, content in (found | {name: bytes(LARGE)}).items():
                    packed.writestr(each, content, way if each == name else zipfile.ZIP_STORED)
                packed.getinfo(name).file_size = len(found[name])  # as small as it should be, it says
            tracemalloc.start()
            with pytest.raises(NotDone):
                apply_delta(bomb, tmp_path / "copy")
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert most < LARGE / 4 and held(tmp_path / "copy") == before, (name, way)


async def test_a_signature_says_whose_it_is_and_that_nobody_has_changed_it(
    house: House, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    secret, public = keys
    out = await published(house, tmp_path / "out", secret)
    signature = (out / SIGNED).read_bytes()
    assert verify(out, public) == [] and verify(out) == []
    other = tmp_path / "keys" / "other.pub"
    new_keys(tmp_path / "keys" / "other.key", other)
    assert verify(out, other) == [f"{MANIFEST}: somebody else has signed it"]
    await published(house, out, secret)
    assert (out / SIGNED).read_bytes() == signature, "the same signature for the same snapshot"
    manifest = manifest_in(out)
    assert manifest is not None
    manifest.as_of += 1
    (out / MANIFEST).write_bytes(written(manifest))
    assert verify(out, public) == [f"{MANIFEST}: it is not what was signed"]
    (out / SIGNED).write_bytes(signature.replace(b"audience:everyone", b"audience:somebody"))
    assert verify(out, public) == [f"{MANIFEST}: it is not what was signed"]
    (out / SIGNED).write_bytes(b"\xff")
    assert verify(out, public) == [f"{MANIFEST}: it is not what was signed"]
    await published(house, out)
    assert not (out / SIGNED).exists() and verify(out, public) == [f"{MANIFEST}: nobody has signed it"]


async def test_only_what_is_signed_is_applied_where_that_is_asked_for(
    house: House, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    secret, public = keys
    out = await published(house, tmp_path / "out", secret)
    shutil.copytree(out, tmp_path / "copy")
    await changed(house)
    await published(house, out, secret)
    pack_delta(out, tmp_path / "copy" / MANIFEST, tmp_path / "delta.zip")
    shutil.copy(tmp_path / "delta.zip", tmp_path / "unsigned.zip")
    _repacked(tmp_path / "unsigned.zip", lambda name, content: [] if name.endswith(SIGNED) else [(name, content)])
    with pytest.raises(NotDone, match="nobody has signed"):
        apply_delta(tmp_path / "unsigned.zip", tmp_path / "copy", public)
    apply_delta(tmp_path / "delta.zip", tmp_path / "copy", public)
    assert verify(tmp_path / "copy", public) == []


async def test_what_the_same_key_has_signed_for_others_or_long_ago_is_not_applied(
    house: House, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    secret, public = keys
    old = await published(house, tmp_path / "old", secret)
    await changed(house)
    new = await published(house, tmp_path / "new", secret)
    pack_delta(old, new / MANIFEST, tmp_path / "back.zip")
    before = held(new)
    with pytest.raises(NotDone, match="older"):
        apply_delta(tmp_path / "back.zip", new, public)
    assert held(new) == before
    theirs = tmp_path / "theirs"
    await export(lambda: house.app, house.settings, "person:mons", theirs, key=read_key(secret))
    with pytest.raises(NotDone, match="for everyone"):
        pack_delta(theirs, new / MANIFEST, tmp_path / "theirs.zip")


async def test_what_is_not_ours_is_never_replaced(house: House, tmp_path: Path) -> None:
    out = await published(house, tmp_path / "out")
    (tmp_path / "thesis.docx").write_bytes(b"PK years of work")
    with zipfile.ZipFile(tmp_path / "theirs.zip", "w") as packed:
        packed.writestr("thesis.txt", "years of work")
    for name in ("thesis.docx", "theirs.zip", "out"):
        before = (tmp_path / name).read_bytes() if name != "out" else b""
        with pytest.raises(NotDone, match="something else"):
            pack_zip(out, tmp_path / name)
        assert name == "out" or (tmp_path / name).read_bytes() == before
    (tmp_path / "bag" / "data").mkdir(parents=True)
    (tmp_path / "bag" / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    (tmp_path / "bag" / "data" / "thesis.txt").write_text("years of work")
    with pytest.raises(NotDone, match="not a bag of ours"):
        pack_bag(out, tmp_path / "bag")
    assert (tmp_path / "bag" / "data" / "thesis.txt").is_file()


async def test_a_signature_that_was_lost_is_made_again(house: House, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    secret, public = keys
    out = await published(house, tmp_path / "out", secret)
    (out / SIGNED).unlink()
    await published(house, out, secret)
    assert verify(out, public) == []


async def test_others_can_check_a_signature_too(house: House, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    if shutil.which("minisign") is None:
        pytest.skip("needs minisign")
    out = await published(house, tmp_path / "out", keys[0])
    assert _is_signed(out / MANIFEST, keys[1])
    (out / MANIFEST).write_bytes(b"{}")
    assert not _is_signed(out / MANIFEST, keys[1])


def _is_signed(file: Path, public: Path) -> bool:
    asked = ["minisign", "-V", "-p", str(public), "-m", str(file)]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("content", ["", "x\n", "x\nAAAA\n", "x\n" + "A" * 212 + "\n"])
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "k"
    file.write_text(content)
    with pytest.raises(NotDone, match="key"):
        read_key(file)


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    both = tmp_path / "a.key", tmp_path / "a.pub"
    new_keys(*both)
    before = both[0].read_bytes()
    with pytest.raises(NotDone, match="already"):
        new_keys(*both)
    assert both[0].read_bytes() == before and both[0].stat().st_mode & 0o077 == 0


def test_the_manifest_can_be_read_by_anybody(tmp_path: Path) -> None:
    """It is what another program would look at: plain JSON, in order."""
    from export.manifest import FORMAT, File, Manifest

    told = json.loads(written(Manifest(FORMAT, "everyone", 1, "", "", "", "", {"index.html": File("00", 3)}, {}, [])))
    assert told["files"] == {"index.html": {"sha256": "00", "size": 3}} and told["audience"] == "everyone"
